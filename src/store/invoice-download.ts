import type { Db } from './db.ts'

export interface InvoiceDownload {
  /** Only the hash is kept, so that who reads the database cannot follow the link. */
  readonly ticketHash: string
  /** Who asked for it. */
  readonly tenantId: string
  readonly principalId: string
  readonly isArchive: boolean
  readonly files: readonly { readonly invoiceId: string; readonly kind: string }[]
  readonly expiresAt: Date
}

export async function insertDownload(db: Db, download: InvoiceDownload): Promise<void> {
  const { ticketHash } = download
  await db
    .insertInto('invoice_download')
    .values({
      ticket_hash: ticketHash,
      tenant_id: download.tenantId,
      principal_id: download.principalId,
      is_archive: download.isArchive,
      expires_at: download.expiresAt,
    })
    .execute()
  await db
    .insertInto('invoice_download_file')
    .values(download.files.map(({ invoiceId, kind }) => ({ ticket_hash: ticketHash, invoice_id: invoiceId, kind })))
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

export async function findDownload(db: Db, ticketHash: string, at: Date): Promise<InvoiceDownload | undefined> {
  const download = await db
    .selectFrom('invoice_download')
    .selectAll()
    .where('ticket_hash', '=', ticketHash)
    .where('expires_at', '>', at)
    .executeTakeFirst()
  if (!download) return undefined
  const files = await db
    .selectFrom('invoice_download_file')
    .select(['invoice_id as invoiceId', 'kind'])
    .where('ticket_hash', '=', ticketHash)
    .orderBy('invoice_id')
    .orderBy('kind')
    .execute()
  return {
    ticketHash,
    tenantId: download.tenant_id,
    principalId: download.principal_id,
    isArchive: download.is_archive,
    files,
    expiresAt: download.expires_at,
  }
}

/** Links that have expired. */
export async function forgetDownloads(db: Db, at: Date): Promise<void> {
  await db.deleteFrom('invoice_download').where('expires_at', '<=', at).execute()
}
