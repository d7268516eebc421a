import type { Db } from './db.ts'

export interface InvoiceDownload {
  /** Only the hash is kept, so that who reads the database cannot follow the link. */
  readonly ticketHash: string
  readonly invoiceId: string
  readonly kind: string
  /** Who asked for it. */
  readonly tenantId: string
  readonly principalId: string
  readonly expiresAt: Date
}

export async function insertDownload(db: Db, download: InvoiceDownload): Promise<void> {
  await db
    .insertInto('invoice_download')
    .values({
      ticket_hash: download.ticketHash,
      invoice_id: download.invoiceId,
      kind: download.kind,
      tenant_id: download.tenantId,
      principal_id: download.principalId,
      expires_at: download.expiresAt,
    })
    .execute()
}

export async function findDownload(db: Db, ticketHash: string, at: Date): Promise<InvoiceDownload | undefined> {
  return db
    .selectFrom('invoice_download')
    .select([
      'ticket_hash as ticketHash',
      'invoice_id as invoiceId',
      'kind',
      'tenant_id as tenantId',
      'principal_id as principalId',
      'expires_at as expiresAt',
    ])
    .where('ticket_hash', '=', ticketHash)
    .where('expires_at', '>', at)
    .executeTakeFirst()
}
