import { type Selectable, sql } from 'kysely'
import type { TransferStatus } from '../domain/billing/transfer.ts'
import { json, type Db } from './db.ts'
import type { Database } from './schema.ts'
import type { TermsAgreement } from './transfer-schema.ts'

export interface Transfer {
  readonly name: string
  readonly account: string
  readonly profile: string
  /** Exactly one of section and customer is there: a partner asks for one of its customers (OWN-14). */
  readonly section: string | null
  readonly customer: string | null
  readonly status: TransferStatus
  readonly recipientEmail: string
  readonly initiatorEmail: string
  readonly initiatedBy: string
  readonly initiatorTenantId: string
  readonly initiatedAt: Date
  readonly initiatorTerms: TermsAgreement
  readonly expiresAt: Date
  readonly answeredAt: Date | null
  readonly recipientTerms: TermsAgreement | null
  /** The subscriptions that the recipient handed over, by id. */
  readonly chosen: readonly string[] | null
  readonly canceledBy: string | null
  readonly responsibleFrom: Date | null
}

export type NewTransfer = Omit<
  Transfer,
  'status' | 'answeredAt' | 'recipientTerms' | 'chosen' | 'canceledBy' | 'responsibleFrom'
>

/** False when another request has the name. */
export async function insertTransfer(db: Db, transfer: NewTransfer): Promise<boolean> {
  const result = await db
    .insertInto('billing_transfer')
    .values({
      name: transfer.name,
      name_key: transfer.name.toLowerCase(),
      billing_account_name: transfer.account,
      billing_profile_name: transfer.profile,
      invoice_section_name: transfer.section,
      customer_name: transfer.customer,
      recipient_email: transfer.recipientEmail,
      recipient_key: transfer.recipientEmail.toLowerCase(),
      initiator_email: transfer.initiatorEmail,
      initiated_by: transfer.initiatedBy,
      initiator_tenant_id: transfer.initiatorTenantId,
      initiated_at: transfer.initiatedAt,
      initiator_terms: json(transfer.initiatorTerms),
      expires_at: transfer.expiresAt,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** By its name in any casing. */
export async function findTransfer(db: Db, name: string): Promise<Transfer | undefined> {
  const row = await db
    .selectFrom('billing_transfer')
    .selectAll()
    .where('name_key', '=', name.toLowerCase())
    .executeTakeFirst()
  return row && toTransfer(row)
}

/** The request as it stays until the transaction ends, so that one answer only is given to it. */
export async function lockTransfer(db: Db, name: string): Promise<Transfer | undefined> {
  const row = await db
    .selectFrom('billing_transfer')
    .selectAll()
    .where('name_key', '=', name.toLowerCase())
    .forUpdate()
    .executeTakeFirst()
  return row && toTransfer(row)
}

/** The requests of a section, those for a partner's customer, or those addressed to any of these addresses, by name. */
export async function listTransfers(
  db: Db,
  of:
    | { readonly section: string }
    | { readonly profile: string; readonly customer: string }
    | { readonly recipients: readonly string[] },
  page: { after?: string | undefined; limit: number },
): Promise<Transfer[]> {
  let query = db.selectFrom('billing_transfer').selectAll()
  if ('section' in of) query = query.where('invoice_section_name', '=', of.section)
  else if ('customer' in of)
    query = query.where('billing_profile_name', '=', of.profile).where('customer_name', '=', of.customer)
  else query = query.where(sql<boolean>`recipient_key = any(${of.recipients.map((one) => one.toLowerCase())}::text[])`)
  if (page.after !== undefined) query = query.where('name_key', '>', page.after)
  return (await query.orderBy('name_key').limit(page.limit).execute()).map(toTransfer)
}

export type TransferChange =
  | { readonly status: 'Expired' }
  | { readonly status: 'Canceled'; readonly canceledBy: string }
  | { readonly status: 'Declined'; readonly by: TransferAnswerer }
  | {
      readonly status: 'InProgress'
      readonly by: TransferAnswerer
      readonly terms: TermsAgreement
      readonly chosen: readonly string[]
    }
  | { readonly status: 'Completed' | 'CompletedWithErrors'; readonly responsibleFrom: Date | null }

export interface TransferAnswerer {
  readonly tenantId: string
  readonly objectId: string
  readonly at: Date
}

/** The database refuses a state that does not follow the one that is there (OWN-6). */
export async function changeTransfer(db: Db, name: string, change: TransferChange): Promise<void> {
  await db
    .updateTable('billing_transfer')
    .set({
      status: change.status,
      ...('canceledBy' in change ? { canceled_by: change.canceledBy } : {}),
      ...('by' in change
        ? { answered_by: change.by.objectId, answered_tenant_id: change.by.tenantId, answered_at: change.by.at }
        : {}),
      ...('terms' in change ? { recipient_terms: json(change.terms), chosen: json(change.chosen) } : {}),
      ...('responsibleFrom' in change ? { responsible_from: change.responsibleFrom } : {}),
    })
    .where('name_key', '=', name.toLowerCase())
    .execute()
}

function toTransfer(row: Selectable<Database['billing_transfer']>): Transfer {
  return {
    name: row.name,
    account: row.billing_account_name,
    profile: row.billing_profile_name,
    section: row.invoice_section_name,
    customer: row.customer_name,
    status: row.status,
    recipientEmail: row.recipient_email,
    initiatorEmail: row.initiator_email,
    initiatedBy: row.initiated_by,
    initiatorTenantId: row.initiator_tenant_id,
    initiatedAt: row.initiated_at,
    initiatorTerms: row.initiator_terms,
    expiresAt: row.expires_at,
    answeredAt: row.answered_at,
    recipientTerms: row.recipient_terms,
    chosen: row.chosen,
    canceledBy: row.canceled_by,
    responsibleFrom: row.responsible_from,
  }
}
