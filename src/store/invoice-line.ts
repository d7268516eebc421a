import { type Selectable, sql } from 'kysely'
import type { ChargeType } from '../domain/billing/invoice-document.ts'
import type { BilledInvoiceLine } from '../domain/billing/invoice-facts.ts'
import type { LineKind } from '../domain/rating/line-key.ts'
import { type BulkTransaction, copyLine } from './bulk-transaction.ts'
import type { Db } from './db.ts'
import type { Database } from './schema.ts'

export interface LineToStore {
  readonly invoiceId: string
  readonly lineNumber: number
  readonly usagePeriod: string
  readonly chargeType: ChargeType
  readonly lineKind: LineKind
  readonly section: string | null
  readonly customer: string | null
  /** Empty of a product, which is in no subscription. */
  readonly subscriptionId: string
  readonly meterId: string
  readonly groupingKey: string
  readonly priceListName: string
  readonly priceVersion: number
  readonly quantity: string
  readonly amount: string
  readonly amountMinor: bigint
}

export function copyInvoiceLines(bulk: BulkTransaction, lines: Iterable<LineToStore>): Promise<void> {
  return bulk.copy(
    `invoice_line (invoice_id, line_number, usage_period, charge_type, line_kind, invoice_section_name, customer_name,
      subscription_id, meter_id, grouping_key, price_list_name, price_version, quantity, amount, amount_minor)`,
    chunksOf(lines),
  )
}

const linesInChunk = 200

/** A stream hands every item on by itself, so that many lines in one item cost less. */
function* chunksOf(lines: Iterable<LineToStore>): Generator<string> {
  let text = ''
  let count = 0
  for (const line of lines) {
    text += copyLine([
      line.invoiceId,
      String(line.lineNumber),
      line.usagePeriod,
      line.chargeType,
      line.lineKind,
      line.section,
      line.customer,
      line.subscriptionId === '' ? null : line.subscriptionId,
      line.meterId,
      line.groupingKey,
      line.priceListName,
      String(line.priceVersion),
      line.quantity,
      line.amount,
      line.amountMinor.toString(),
    ])
    if (++count % linesInChunk === 0) {
      yield text
      text = ''
    }
  }
  if (text !== '') yield text
}

export async function insertInvoiceLines(db: Db, lines: readonly LineToStore[]): Promise<void> {
  for (let from = 0; from < lines.length; from += 1000)
    await db
      .insertInto('invoice_line')
      .values(
        lines.slice(from, from + 1000).map((line) => ({
          invoice_id: line.invoiceId,
          line_number: line.lineNumber,
          usage_period: line.usagePeriod,
          charge_type: line.chargeType,
          line_kind: line.lineKind,
          invoice_section_name: line.section,
          customer_name: line.customer,
          subscription_id: line.subscriptionId === '' ? null : line.subscriptionId,
          meter_id: line.meterId,
          grouping_key: line.groupingKey,
          price_list_name: line.priceListName,
          price_version: line.priceVersion,
          quantity: line.quantity,
          amount: line.amount,
          amount_minor: line.amountMinor,
        })),
      )
      .execute()
}

export async function listInvoiceLines(db: Db, invoiceId: string): Promise<LineToStore[]> {
  const rows = await db
    .selectFrom('invoice_line')
    .selectAll()
    .where('invoice_id', '=', invoiceId)
    .orderBy('line_number')
    .execute()
  return rows.map(toLine)
}

export async function findInvoiceLine(db: Db, invoiceId: string, lineNumber: number): Promise<LineToStore | undefined> {
  const row = await db
    .selectFrom('invoice_line')
    .selectAll()
    .where('invoice_id', '=', invoiceId)
    .where('line_number', '=', lineNumber)
    .executeTakeFirst()
  return row && toLine(row)
}

function toLine(row: Selectable<Database['invoice_line']>): LineToStore {
  return {
    invoiceId: row.invoice_id,
    lineNumber: row.line_number,
    usagePeriod: row.usage_period,
    chargeType: row.charge_type,
    lineKind: row.line_kind as LineKind,
    section: row.invoice_section_name,
    customer: row.customer_name,
    subscriptionId: row.subscription_id ?? '',
    meterId: row.meter_id,
    groupingKey: row.grouping_key,
    priceListName: row.price_list_name,
    priceVersion: row.price_version,
    quantity: row.quantity,
    amount: row.amount,
    amountMinor: row.amount_minor,
  }
}

/**
 * What was billed of the usage of months, by `profile month`. Credit notes give money back and change nothing about usage;
 * what a product costs is known when its month ends and never rated again.
 */
export async function loadBilledLines(
  db: Db,
  months: readonly { readonly profile: string; readonly period: string }[],
): Promise<Map<string, BilledInvoiceLine[]>> {
  const billed = new Map<string, BilledInvoiceLine[]>()
  if (months.length === 0) return billed
  const { rows } = await sql<Selectable<Database['invoice_line']> & { number: string | null; profile: string }>`
    select l.*, i.number, i.billing_profile_name as profile
    from unnest(${months.map((month) => month.profile)}::text[], ${months.map((month) => month.period)}::text[])
      as m (profile, period)
    join invoice i on i.billing_profile_name = m.profile and i.document_type <> 'CreditNote' and i.period >= m.period
    join invoice_line l on l.invoice_id = i.id and l.usage_period = m.period and l.line_kind <> 'product'
    order by i.period, l.line_number`.execute(db)
  for (const row of rows) {
    const key = `${row.profile} ${row.usage_period}`
    const of = billed.get(key) ?? []
    of.push({
      lineKind: row.line_kind as LineKind,
      invoiceSectionName: row.invoice_section_name,
      customerName: row.customer_name,
      subscriptionId: row.subscription_id ?? '',
      meterId: row.meter_id,
      groupingKey: row.grouping_key,
      priceListName: row.price_list_name,
      priceVersion: row.price_version,
      quantity: row.quantity,
      amountMinor: row.amount_minor,
      documentNumber: row.number,
    })
    billed.set(key, of)
  }
  return billed
}
