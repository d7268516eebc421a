import { sql } from 'kysely'
import { period, type Db } from './db.ts'

/** SUB-8: from `at` on nothing in the subscription costs anything. Call `changeAttribution` first. */
export async function openCancellation(db: Db, subscriptionId: string, at: Date): Promise<void> {
  await db
    .insertInto('subscription_cancellation')
    .values({ subscription_id: subscriptionId, during: period(at) })
    .execute()
}

/** One that began at this very instant never held for any usage, so nothing of it is kept. */
export async function closeCancellation(db: Db, subscriptionId: string, at: Date): Promise<void> {
  const instant = sql`${at.toISOString()}::timestamptz`
  await db
    .deleteFrom('subscription_cancellation')
    .where('subscription_id', '=', subscriptionId)
    .where(sql<boolean>`upper_inf(during) and lower(during) = ${instant}`)
    .execute()
  await db
    .updateTable('subscription_cancellation')
    .set({ during: sql<string>`tstzrange(lower(during), ${instant}, '[)')` })
    .where('subscription_id', '=', subscriptionId)
    .where(sql<boolean>`upper_inf(during)`)
    .execute()
}

/** Subscriptions whose data has been kept for as long as it is kept after the cancelling. */
export async function lockSubscriptionsCancelledBefore(db: Db, at: Date): Promise<{ id: string; cancelledAt: Date }[]> {
  const rows = await db
    .selectFrom('subscription')
    .select(['id', 'cancelled_at'])
    .where('state', 'in', ['Disabled', 'Expired'])
    .where('cancelled_at', '<=', at)
    .orderBy('cancelled_at')
    .orderBy('id')
    .forUpdate()
    .execute()
  return rows.flatMap((row) => (row.cancelled_at ? [{ id: row.id, cancelledAt: row.cancelled_at }] : []))
}
