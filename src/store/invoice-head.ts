import { sql } from 'kysely'
import type { InvoiceDocument } from '../domain/billing/invoice-document.ts'
import type { Db } from './db.ts'

/** What an invoice says above its lines (INV-5). */
export type InvoiceHead = Pick<
  InvoiceDocument,
  'period' | 'paymentTermsDays' | 'billingAccount' | 'billingProfile' | 'creditFor' | 'summary'
>

/** By invoice id. Taken out of the documents where they lie, because they may have very many lines. */
export async function loadInvoiceHeads(db: Db, ids: readonly string[]): Promise<Map<string, InvoiceHead>> {
  const { rows } = await sql<{ id: string; head: InvoiceHead }>`
    select i.id, jsonb_build_object('period', d.document -> 'period', 'paymentTermsDays', d.document -> 'paymentTermsDays',
      'billingAccount', d.document -> 'billingAccount', 'billingProfile', d.document -> 'billingProfile',
      'creditFor', d.document -> 'creditFor', 'summary', d.document -> 'summary') as head
    from invoice i, lateral (select i.document::jsonb as document) d
    where i.id = any(${[...ids]}::uuid[])`.execute(db)
  return new Map(rows.map((row) => [row.id, row.head]))
}

/** Whoever paid for the subscription, the first one first. */
export async function listPayingProfiles(
  db: Db,
  subscriptionId: string,
): Promise<{ readonly account: string; readonly profile: string }[]> {
  return db
    .selectFrom('billing_placement as p')
    .innerJoin('billing_profile as b', 'b.name', 'p.billing_profile_name')
    .where('p.subscription_id', '=', subscriptionId)
    .select(['b.billing_account_name as account', 'b.name as profile'])
    .orderBy(sql`lower(p.during)`)
    .execute()
}

export async function hasLineOf(db: Db, invoiceId: string, subscriptionId: string): Promise<boolean> {
  const row = await db
    .selectFrom('invoice_line')
    .select('line_number')
    .where('invoice_id', '=', invoiceId)
    .where('subscription_id', '=', subscriptionId)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
