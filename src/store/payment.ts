import { type Selectable, sql } from 'kysely'
import type { PaymentFamily } from '../domain/billing/payment-method.ts'
import type { Db } from './db.ts'
import type { Database } from './schema.ts'

export interface Payment {
  readonly id: string
  readonly invoiceId: string
  readonly kind: 'Payment' | 'Reversal' | 'Refund'
  readonly family: PaymentFamily
  readonly paymentMethodName: string | null
  /** Below zero where it takes a payment back. */
  readonly amountMinor: bigint
  readonly reference: string | null
  readonly paidAt: Date
  readonly recordedAt: Date
  readonly recordedBy: string | null
  readonly reverses: string | null
}

export async function insertPayment(db: Db, payment: Payment): Promise<void> {
  await db
    .insertInto('payment')
    .values({
      id: payment.id,
      invoice_id: payment.invoiceId,
      kind: payment.kind,
      family: payment.family,
      payment_method_name: payment.paymentMethodName,
      amount_minor: payment.amountMinor,
      reference: payment.reference,
      paid_at: payment.paidAt,
      recorded_at: payment.recordedAt,
      recorded_by: payment.recordedBy,
      reverses: payment.reverses,
    })
    .execute()
}

export async function findPayment(db: Db, id: string): Promise<Payment | undefined> {
  const row = await db.selectFrom('payment').selectAll().where('id', '=', id).executeTakeFirst()
  return row && toPayment(row)
}

/** By invoice, in the order in which they were recorded. */
export async function listPayments(db: Db, invoiceIds: readonly string[]): Promise<Payment[]> {
  if (invoiceIds.length === 0) return []
  const rows = await db
    .selectFrom('payment')
    .selectAll()
    .where('invoice_id', 'in', [...invoiceIds])
    .orderBy('recorded_at')
    .orderBy('paid_at')
    .orderBy('id')
    .execute()
  return rows.map(toPayment)
}

export interface Credit {
  readonly id: string
  readonly billingProfileName: string
  readonly amountMinor: bigint
  readonly reason: string
  readonly paymentId: string | null
  readonly grantedAt: Date
  readonly grantedBy: string | null
}

export async function insertCredit(db: Db, credit: Credit): Promise<void> {
  await db
    .insertInto('billing_credit')
    .values({
      id: credit.id,
      billing_profile_name: credit.billingProfileName,
      amount_minor: credit.amountMinor,
      reason: credit.reason,
      payment_id: credit.paymentId,
      granted_at: credit.grantedAt,
      granted_by: credit.grantedBy,
    })
    .execute()
}

export async function findCredit(db: Db, id: string): Promise<Credit | undefined> {
  const row = await db.selectFrom('billing_credit').selectAll().where('id', '=', id).executeTakeFirst()
  return (
    row && {
      id: row.id,
      billingProfileName: row.billing_profile_name,
      amountMinor: row.amount_minor,
      reason: row.reason,
      paymentId: row.payment_id,
      grantedAt: row.granted_at,
      grantedBy: row.granted_by,
    }
  )
}

/** What is left of each profile's credit, where something is: what was granted less what was paid with it. */
export async function loadCreditBalances(db: Db, profiles: readonly string[]): Promise<Map<string, bigint>> {
  const { rows } = await sql<{ profile: string; left_minor: bigint }>`
    select profile, sum(amount_minor)::bigint as left_minor
    from (
      select billing_profile_name as profile, amount_minor from billing_credit
      where billing_profile_name = any(${[...profiles]}::text[])
      union all
      select i.billing_profile_name, -p.amount_minor from payment p join invoice i on i.id = p.invoice_id
      where p.family = 'Credits' and p.kind <> 'Refund' and i.billing_profile_name = any(${[...profiles]}::text[])
    ) moves
    group by profile having sum(amount_minor) > 0`.execute(db)
  return new Map(rows.map((row) => [row.profile, row.left_minor]))
}

function toPayment(row: Selectable<Database['payment']>): Payment {
  return {
    id: row.id,
    invoiceId: row.invoice_id,
    kind: row.kind,
    family: row.family,
    paymentMethodName: row.payment_method_name,
    amountMinor: row.amount_minor,
    reference: row.reference,
    paidAt: row.paid_at,
    recordedAt: row.recorded_at,
    recordedBy: row.recorded_by,
    reverses: row.reverses,
  }
}
