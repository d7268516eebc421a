import { sql } from 'kysely'
import type { DocumentType } from '../domain/billing/invoice-document.ts'
import type { InvoiceStatus } from '../domain/billing/invoice-life.ts'
import { type BulkTransaction, copyLine } from './bulk-transaction.ts'
import type { Db } from './db.ts'

export interface IssuedInvoice {
  readonly id: string
  /** Null on a statement (DEC-37). */
  readonly number: string | null
  readonly documentType: DocumentType
  readonly runId: string | null
  readonly account: string
  readonly profile: string
  readonly period: string
  readonly currency: string
  readonly invoiceDate: Date
  readonly dueDate: Date
  readonly subtotalMinor: bigint
  readonly taxMinor: bigint
  readonly totalMinor: bigint
  readonly cutoffBatch: bigint
  readonly creditFor: string | null
  readonly documentSha256: string
}

export interface InvoiceToStore extends IssuedInvoice {
  /** The canonical JSON. */
  readonly document: string
}

/** An issued document with what came of it since; only of an invoice can anything come. */
export interface StoredInvoice extends IssuedInvoice {
  readonly creditedMinor: bigint
  readonly paidMinor: bigint
}

/**
 * The next `count` numbers of a series: the last one given before them. The series stays locked until the transaction
 * ends, so that numbers have no gaps and none is given twice.
 */
export async function takeInvoiceNumbers(db: Db, series: string, count: number): Promise<bigint> {
  const { rows } = await sql<{ last_number: bigint }>`
    insert into invoice_series as s (name, last_number) values (${series}, ${count})
    on conflict (name) do update set last_number = s.last_number + ${count}
    returning last_number`.execute(db)
  return (rows[0]?.last_number ?? BigInt(count)) - BigInt(count)
}

export function copyInvoices(bulk: BulkTransaction, invoices: readonly InvoiceToStore[]): Promise<void> {
  return bulk.copy(
    `invoice (id, number, document_type, run_id, billing_account_name, billing_profile_name, period, currency,
      invoice_date, due_date, subtotal_minor, tax_minor, total_minor, cutoff_batch, credit_for, document_sha256, document)`,
    invoices.map((invoice) =>
      copyLine([
        invoice.id,
        invoice.number,
        invoice.documentType,
        invoice.runId,
        invoice.account,
        invoice.profile,
        invoice.period,
        invoice.currency,
        invoice.invoiceDate.toISOString(),
        invoice.dueDate.toISOString(),
        invoice.subtotalMinor.toString(),
        invoice.taxMinor.toString(),
        invoice.totalMinor.toString(),
        invoice.cutoffBatch.toString(),
        invoice.creditFor,
        invoice.documentSha256,
        invoice.document,
      ]),
    ),
  )
}

/** A credit note in the transaction of its request; a run copies its documents. */
export async function insertInvoice(db: Db, invoice: InvoiceToStore): Promise<void> {
  await db
    .insertInto('invoice')
    .values({
      id: invoice.id,
      number: invoice.number,
      document_type: invoice.documentType,
      run_id: invoice.runId,
      billing_account_name: invoice.account,
      billing_profile_name: invoice.profile,
      period: invoice.period,
      currency: invoice.currency,
      invoice_date: invoice.invoiceDate,
      due_date: invoice.dueDate,
      subtotal_minor: invoice.subtotalMinor,
      tax_minor: invoice.taxMinor,
      total_minor: invoice.totalMinor,
      cutoff_batch: invoice.cutoffBatch,
      credit_for: invoice.creditFor,
      document: invoice.document,
      document_sha256: invoice.documentSha256,
    })
    .execute()
}

export async function insertInvoiceStatus(
  db: Db,
  rows: readonly { readonly invoiceId: string; readonly at: Date; readonly status: InvoiceStatus }[],
): Promise<void> {
  if (rows.length === 0) return
  await sql`
    insert into invoice_status (invoice_id, at, status)
    select * from unnest(${rows.map((row) => row.invoiceId)}::uuid[], ${rows.map((row) => row.at.toISOString())}::timestamptz[],
      ${rows.map((row) => row.status)}::text[])`.execute(db)
}

export async function insertInvoicedUsage(
  db: Db,
  rows: readonly {
    readonly invoiceId: string
    readonly profile: string
    readonly usagePeriod: string
    readonly print: string
  }[],
): Promise<void> {
  if (rows.length === 0) return
  await sql`
    insert into invoiced_usage (invoice_id, billing_profile_name, usage_period, usage_print)
    select * from unnest(${rows.map((row) => row.invoiceId)}::uuid[], ${rows.map((row) => row.profile)}::text[],
      ${rows.map((row) => row.usagePeriod)}::text[], ${rows.map((row) => row.print)}::text[])`.execute(db)
}

/** What each profile's latest document saw of each month: `profile month` → print. */
export async function loadUsagePrints(db: Db, profiles: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ billing_profile_name: string; usage_period: string; usage_print: string }>`
    select distinct on (u.billing_profile_name, u.usage_period) u.billing_profile_name, u.usage_period, u.usage_print
    from invoiced_usage u join invoice i on i.id = u.invoice_id
    where u.billing_profile_name = any(${[...profiles]}::text[])
    order by u.billing_profile_name, u.usage_period, i.period desc`.execute(db)
  return new Map(rows.map((row) => [`${row.billing_profile_name} ${row.usage_period}`, row.usage_print]))
}

/** The latest date on which each profile got its month's document. */
export async function loadLastInvoiceDates(db: Db, profiles: readonly string[]): Promise<Map<string, Date>> {
  const { rows } = await sql<{ billing_profile_name: string; last: Date }>`
    select billing_profile_name, max(invoice_date) as last from invoice
    where billing_profile_name = any(${[...profiles]}::text[]) and document_type <> 'CreditNote'
    group by billing_profile_name`.execute(db)
  return new Map(rows.map((row) => [row.billing_profile_name, row.last]))
}

const summaryColumns = [
  'i.id',
  'i.number',
  'i.document_type as documentType',
  'i.run_id as runId',
  'i.billing_account_name as account',
  'i.billing_profile_name as profile',
  'i.period',
  'i.currency',
  'i.invoice_date as invoiceDate',
  'i.due_date as dueDate',
  'i.subtotal_minor as subtotalMinor',
  'i.tax_minor as taxMinor',
  'i.total_minor as totalMinor',
  'i.cutoff_batch as cutoffBatch',
  'i.credit_for as creditFor',
  'i.document_sha256 as documentSha256',
] as const

function select(db: Db) {
  return db
    .selectFrom('invoice as i')
    .leftJoin('invoice_balance as b', 'b.invoice_id', 'i.id')
    .select(summaryColumns)
    .select([
      sql<bigint>`coalesce(b.credited_minor, 0)::bigint`.as('creditedMinor'),
      sql<bigint>`coalesce(b.paid_minor, 0)::bigint`.as('paidMinor'),
    ])
}

const guidText = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** By number in any casing; a statement, which has none, by its id. */
export async function findInvoice(db: Db, name: string): Promise<StoredInvoice | undefined> {
  const query = guidText.test(name.toLowerCase())
    ? select(db).where('i.id', '=', name.toLowerCase())
    : select(db).where('i.number', '=', name.toUpperCase())
  return query.executeTakeFirst()
}

export async function listInvoicesByIds(db: Db, ids: readonly string[]): Promise<StoredInvoice[]> {
  if (ids.length === 0) return []
  return select(db)
    .where('i.id', 'in', [...ids])
    .where('i.document_type', '=', 'Invoice')
    .orderBy('i.due_date')
    .orderBy('i.number')
    .execute()
}

export async function findInvoiceOfMonth(db: Db, profile: string, period: string): Promise<StoredInvoice | undefined> {
  return select(db)
    .where('i.billing_profile_name', '=', profile)
    .where('i.period', '=', period)
    .where('i.document_type', '<>', 'CreditNote')
    .executeTakeFirst()
}

export interface InvoiceFilter {
  readonly account?: string
  readonly profiles?: readonly string[]
  /** The month that the document is for. */
  readonly period?: string
  readonly documentTypes: readonly DocumentType[]
  /** Invoice dates in [from, to). */
  readonly from?: Date
  readonly to?: Date
  readonly subscriptionId?: string
}

/** Newest first. */
export async function listInvoices(
  db: Db,
  filter: InvoiceFilter,
  page: { after?: string | undefined; limit: number },
): Promise<StoredInvoice[]> {
  let query = select(db).where('i.document_type', 'in', [...filter.documentTypes])
  if (filter.account !== undefined) query = query.where('i.billing_account_name', '=', filter.account)
  if (filter.profiles !== undefined)
    query = query.where('i.billing_profile_name', 'in', filter.profiles.length > 0 ? [...filter.profiles] : [''])
  if (filter.period !== undefined) query = query.where('i.period', '=', filter.period)
  if (filter.from) query = query.where('i.invoice_date', '>=', filter.from)
  if (filter.to) query = query.where('i.invoice_date', '<', filter.to)
  if (filter.subscriptionId !== undefined)
    query = query.where(
      sql<boolean>`exists (select from invoice_line l where l.invoice_id = i.id
        and l.subscription_id = ${filter.subscriptionId}::uuid)`,
    )
  if (page.after !== undefined) {
    const [at, id] = page.after.split('~')
    query = query.where(sql<boolean>`(i.invoice_date, i.id) < (${at}::timestamptz, ${id}::uuid)`)
  }
  return query.orderBy('i.invoice_date', 'desc').orderBy('i.id', 'desc').limit(page.limit).execute()
}

export const invoicePageKey = (invoice: StoredInvoice): string => `${invoice.invoiceDate.toISOString()}~${invoice.id}`

export async function loadInvoiceDocument(db: Db, id: string): Promise<string> {
  const row = await db.selectFrom('invoice').select('document').where('id', '=', id).executeTakeFirstOrThrow()
  return row.document
}

export async function listCreditNotes(db: Db, id: string): Promise<StoredInvoice[]> {
  return select(db).where('i.credit_for', '=', id).orderBy('i.number').execute()
}

/** What was last written down of each invoice's life. */
export async function loadLastStatuses(db: Db, ids: readonly string[]): Promise<Map<string, InvoiceStatus>> {
  const { rows } = await sql<{ invoice_id: string; status: InvoiceStatus }>`
    select distinct on (invoice_id) invoice_id, status from invoice_status
    where invoice_id = any(${[...ids]}::uuid[]) order by invoice_id, sequence desc`.execute(db)
  return new Map(rows.map((row) => [row.invoice_id, row.status]))
}

/** Keeps two credit notes of one invoice from giving the same money back. */
export async function lockInvoice(db: Db, id: string): Promise<void> {
  await sql`select from invoice where id = ${id}::uuid for update`.execute(db)
}
