import { sql } from 'kysely'
import type { SubscriptionState } from '../domain/resource/subscription-state.ts'
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

/** The one cancelled first among those cancelled at `at` or before; nothing when there is none left. */
export async function lockFirstSubscriptionCancelledBefore(
  db: Db,
  at: Date,
): Promise<{ id: string; cancelledAt: Date; state: SubscriptionState } | undefined> {
  const row = await db
    .selectFrom('subscription')
    .select(['id', 'state', 'cancelled_at'])
    .where('state', 'in', ['Disabled', 'Expired'])
    .where('cancelled_at', '<=', at)
    .orderBy('cancelled_at')
    .orderBy('id')
    .limit(1)
    .forUpdate()
    .executeTakeFirst()
  return row?.cancelled_at ? { id: row.id, state: row.state, cancelledAt: row.cancelled_at } : undefined
}
