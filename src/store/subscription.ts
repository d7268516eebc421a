import { sql, type Selectable } from 'kysely'
import { json, period, type Db } from './db.ts'
import type { Database } from './schema.ts'

export interface Subscription {
  readonly id: string
  readonly displayName: string
  readonly state: Database['subscription']['state']
  readonly offer: Database['subscription']['offer']
  readonly workload: 'Production' | 'DevTest'
  readonly tags: Readonly<Record<string, string>>
  /** The tenant it trusts at the instant asked for (SUB-1). */
  readonly tenantId: string
  readonly createdAt: Date
  readonly createdBy: string
  readonly cancelledAt: Date | null
  readonly deletedAt: Date | null
  readonly revision: bigint
}

function select(db: Db, at: Date) {
  return db
    .selectFrom('subscription as s')
    .innerJoin('subscription_directory as d', 'd.subscription_id', 's.id')
    .where(sql<boolean>`d.during @> ${at.toISOString()}::timestamptz`)
    .selectAll('s')
    .select('d.tenant_id')
}

/** `id` is a GUID in any casing. */
export async function findSubscription(db: Db, id: string, at: Date): Promise<Subscription | undefined> {
  const row = await select(db, at).where('s.id', '=', id).executeTakeFirst()
  return row && toSubscription(row)
}

/**
 * Keeps state, directory and name as they are until the transaction ends. Locked alone and read afterwards: a
 * statement that waited for the row would still see the directory as it was before the wait.
 */
export async function lockSubscription(db: Db, id: string, at: Date): Promise<Subscription | undefined> {
  await db.selectFrom('subscription').select('id').where('id', '=', id).forUpdate().execute()
  return findSubscription(db, id, at)
}

/** Keeps the subscription's directory as it is until the transaction ends, for what is written by its rules. */
export async function holdDirectory(db: Db, subscriptionId: string): Promise<void> {
  await db.selectFrom('subscription').select('id').where('id', '=', subscriptionId).forShare().execute()
}

/** Those of `ids` that exist, by id. */
export async function listSubscriptions(
  db: Db,
  ids: readonly string[],
  at: Date,
  page: { after?: string | undefined; limit: number },
): Promise<Subscription[]> {
  if (ids.length === 0) return []
  let query = select(db, at)
    .where(sql<boolean>`s.id = any(${[...ids]}::uuid[])`)
    .where('s.state', '<>', 'Deleted')
    .orderBy('s.id')
    .limit(page.limit)
  if (page.after !== undefined) query = query.where('s.id', '>', page.after)
  return (await query.execute()).map(toSubscription)
}

export interface NewSubscription {
  readonly id: string
  readonly displayName: string
  readonly offer: Subscription['offer']
  readonly workload: Subscription['workload']
  readonly tags: Readonly<Record<string, string>>
  readonly tenantId: string
  readonly createdAt: Date
  readonly createdBy: string
}

/** An Active subscription that trusts the tenant from its creation on. */
export async function insertSubscription(db: Db, subscription: NewSubscription): Promise<void> {
  await db
    .insertInto('subscription')
    .values({
      id: subscription.id,
      display_name: subscription.displayName,
      state: 'Active',
      offer: subscription.offer,
      workload: subscription.workload,
      tags: json(subscription.tags),
      created_at: subscription.createdAt,
      created_by: subscription.createdBy,
    })
    .execute()
  await db
    .insertInto('subscription_directory')
    .values({
      subscription_id: subscription.id,
      during: period(subscription.createdAt),
      tenant_id: subscription.tenantId,
    })
    .execute()
}

/** The tenant it trusts from `at` on. A period that began at this very instant is replaced. Call `changeAttribution` first. */
export async function changeDirectory(db: Db, id: string, tenantId: string, at: Date): Promise<void> {
  const instant = sql`${at.toISOString()}::timestamptz`
  const replaced = await db
    .updateTable('subscription_directory')
    .set({ tenant_id: tenantId })
    .where('subscription_id', '=', id)
    .where(sql<boolean>`upper_inf(during) and lower(during) = ${instant}`)
    .executeTakeFirst()
  if (replaced.numUpdatedRows === 0n) {
    await db
      .updateTable('subscription_directory')
      .set({ during: sql<string>`tstzrange(lower(during), ${instant}, '[)')` })
      .where('subscription_id', '=', id)
      .where(sql<boolean>`upper_inf(during)`)
      .execute()
    await db
      .insertInto('subscription_directory')
      .values({ subscription_id: id, during: period(at), tenant_id: tenantId })
      .execute()
  }
  await db.updateTable('subscription').set({ revision: sql<bigint>`revision + 1` }).where('id', '=', id).execute()
}

export async function renameSubscription(db: Db, id: string, displayName: string): Promise<void> {
  await db
    .updateTable('subscription')
    .set({ display_name: displayName, revision: sql<bigint>`revision + 1` })
    .where('id', '=', id)
    .execute()
}

export async function replaceSubscriptionTags(
  db: Db,
  id: string,
  tags: Readonly<Record<string, string>>,
): Promise<void> {
  await db
    .updateTable('subscription')
    .set({ tags: json(tags), revision: sql<bigint>`revision + 1` })
    .where('id', '=', id)
    .execute()
}

export async function setSubscriptionState(
  db: Db,
  id: string,
  change: { state: Subscription['state']; cancelledAt: Date | null; deletedAt: Date | null },
): Promise<void> {
  await db
    .updateTable('subscription')
    .set({
      state: change.state,
      cancelled_at: change.cancelledAt,
      deleted_at: change.deletedAt,
      revision: sql<bigint>`revision + 1`,
    })
    .where('id', '=', id)
    .execute()
}

function toSubscription(row: Selectable<Database['subscription']> & { tenant_id: string }): Subscription {
  return {
    id: row.id,
    displayName: row.display_name,
    state: row.state,
    offer: row.offer,
    workload: row.workload,
    tags: row.tags,
    tenantId: row.tenant_id,
    createdAt: row.created_at,
    createdBy: row.created_by,
    cancelledAt: row.cancelled_at,
    deletedAt: row.deleted_at,
    revision: row.revision,
  }
}
