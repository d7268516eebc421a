import type { Db } from './db.ts'

export interface OpenInvoice {
  readonly id: string
  readonly number: string
  readonly currency: string
  readonly dueDate: Date
  /** What is left of its total after credit notes and payments. */
  readonly dueMinor: bigint
}

/** The invoices of a profile that are not settled, by their due date. */
export async function listOpenInvoices(db: Db, profile: string): Promise<OpenInvoice[]> {
  const rows = await db
    .selectFrom('invoice_balance as b')
    .innerJoin('invoice as i', 'i.id', 'b.invoice_id')
    .where('b.billing_profile_name', '=', profile)
    .select(['i.id', 'i.number', 'i.currency', 'i.due_date', 'b.total_minor', 'b.credited_minor', 'b.paid_minor'])
    .orderBy('i.due_date')
    .orderBy('i.number')
    .execute()
  return rows.flatMap((row) => {
    const dueMinor = row.total_minor + row.credited_minor - row.paid_minor
    return dueMinor > 0n
      ? [{ id: row.id, number: row.number ?? row.id, currency: row.currency, dueDate: row.due_date, dueMinor }]
      : []
  })
}

export interface Balance {
  readonly totalMinor: bigint
  /** What credit notes took back; not above zero. */
  readonly creditedMinor: bigint
  readonly paidMinor: bigint
}

/** By invoice id; only invoices have one. */
export async function loadBalances(db: Db, ids: readonly string[]): Promise<Map<string, Balance>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('invoice_balance')
    .selectAll()
    .where('invoice_id', 'in', [...ids])
    .execute()
  return new Map(
    rows.map((row) => [
      row.invoice_id,
      { totalMinor: row.total_minor, creditedMinor: row.credited_minor, paidMinor: row.paid_minor },
    ]),
  )
}
