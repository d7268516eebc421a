import { sql } from 'kysely'
import type { SubscriptionState } from '../domain/resource/subscription-state.ts'
import { type Db, period } from './db.ts'

export interface HeldSubscription {
  readonly id: string
  readonly state: SubscriptionState
  readonly cancelledAt: Date | null
  readonly deletedAt: Date | null
}

export interface PaymentHold extends HeldSubscription {
  /** What the subscription comes back to (BIL-23). */
  readonly stateBefore: 'Active' | 'Warned'
  readonly disabledAt: Date | null
}

/** What a profile pays for now and could be held, locked in the order of their ids. */
export async function lockSubscriptionsPaidBy(db: Db, profile: string): Promise<HeldSubscription[]> {
  const rows = await db
    .selectFrom('subscription as s')
    .innerJoin('billing_placement as p', 'p.subscription_id', 's.id')
    .where('p.billing_profile_name', '=', profile)
    .where(sql<boolean>`upper_inf(p.during)`)
    .where('s.state', 'in', ['Active', 'Warned'])
    .select(['s.id', 's.state', 's.cancelled_at', 's.deleted_at'])
    .orderBy('s.id')
    .forUpdate('s')
    .execute()
  return rows.map(toHeld)
}

/** Every hold of a profile that was not lifted, with the subscriptions as they are now, locked. */
export async function lockPaymentHolds(db: Db, profile: string): Promise<PaymentHold[]> {
  const rows = await db
    .selectFrom('payment_hold as h')
    .innerJoin('subscription as s', 's.id', 'h.subscription_id')
    .where('h.billing_profile_name', '=', profile)
    .where(sql<boolean>`upper_inf(h.during)`)
    .select(['s.id', 's.state', 's.cancelled_at', 's.deleted_at', 'h.state_before', 'h.disabled_at'])
    .orderBy('s.id')
    .forUpdate()
    .execute()
  return rows.map((row) => ({ ...toHeld(row), stateBefore: row.state_before, disabledAt: row.disabled_at }))
}

/** One that is held already, and was suspended and resumed since, comes back to what it was before that (BIL-23). */
export async function insertPaymentHold(
  db: Db,
  hold: {
    readonly subscriptionId: string
    readonly profile: string
    readonly stateBefore: 'Active' | 'Warned'
    readonly at: Date
  },
): Promise<void> {
  await db
    .insertInto('payment_hold')
    .values({
      subscription_id: hold.subscriptionId,
      during: period(hold.at),
      billing_profile_name: hold.profile,
      state_before: hold.stateBefore,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

export async function markHoldDisabled(db: Db, subscriptionId: string, at: Date | null): Promise<void> {
  await db
    .updateTable('payment_hold')
    .set({ disabled_at: at })
    .where('subscription_id', '=', subscriptionId)
    .where(sql<boolean>`upper_inf(during)`)
    .execute()
}

/** One that is lifted at the instant at which it began never held. */
export async function liftPaymentHold(db: Db, subscriptionId: string, at: Date): Promise<void> {
  const instant = sql`${at.toISOString()}::timestamptz`
  await sql`delete from payment_hold where subscription_id = ${subscriptionId}::uuid and upper_inf(during)
    and lower(during) >= ${instant}`.execute(db)
  await sql`update payment_hold set during = tstzrange(lower(during), ${instant}, '[)')
    where subscription_id = ${subscriptionId}::uuid and upper_inf(during)`.execute(db)
}

function toHeld(row: {
  id: string
  state: SubscriptionState
  cancelled_at: Date | null
  deleted_at: Date | null
}): HeldSubscription {
  return { id: row.id, state: row.state, cancelledAt: row.cancelled_at, deletedAt: row.deleted_at }
}
