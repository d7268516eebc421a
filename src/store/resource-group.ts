import { sql, type Selectable } from 'kysely'
import { json, type Db } from './db.ts'
import type { Database } from './schema.ts'

export interface ResourceGroup {
  readonly subscriptionId: string
  readonly name: string
  readonly location: string
  readonly managedBy: string | null
  readonly tags: Readonly<Record<string, string>>
  /** The open long-running operation that holds the group; one that has ended holds nothing any more. */
  readonly lock: { readonly operationId: string; readonly kind: string; readonly since: Date } | undefined
  readonly createdAt: Date
  readonly changedAt: Date
  readonly revision: bigint
}

function select(db: Db) {
  return db
    .selectFrom('resource_group as g')
    .leftJoin('long_running_operation as o', (join) =>
      join.onRef('o.id', '=', 'g.locked_by').on('o.finished_at', 'is', null),
    )
    .selectAll('g')
    .select(['o.id as lock_id', 'o.kind as lock_kind', 'o.created_at as lock_since'])
}

export async function findResourceGroup(
  db: Db,
  subscriptionId: string,
  name: string,
): Promise<ResourceGroup | undefined> {
  const row = await select(db)
    .where('g.subscription_id', '=', subscriptionId)
    .where('g.name_key', '=', name.toLowerCase())
    .executeTakeFirst()
  return row && toResourceGroup(row)
}

/** Nobody changes, deletes or begins to move the group, or creates in it, until the transaction ends. */
export async function lockResourceGroup(
  db: Db,
  subscriptionId: string,
  name: string,
): Promise<ResourceGroup | undefined> {
  await rowOf(db, subscriptionId, name).forUpdate().execute()
  return findResourceGroup(db, subscriptionId, name)
}

/** As `lockResourceGroup`, but several writers below the group may hold it at once. */
export async function shareResourceGroup(
  db: Db,
  subscriptionId: string,
  name: string,
): Promise<ResourceGroup | undefined> {
  await rowOf(db, subscriptionId, name).forShare().execute()
  return findResourceGroup(db, subscriptionId, name)
}

/**
 * Locked alone and read afterwards: a statement that waited for the row would still see everything else, the operation
 * that holds the group among it, as it was before the wait.
 */
function rowOf(db: Db, subscriptionId: string, name: string) {
  return db
    .selectFrom('resource_group')
    .select('name_key')
    .where('subscription_id', '=', subscriptionId)
    .where('name_key', '=', name.toLowerCase())
}

export async function listResourceGroups(
  db: Db,
  subscriptionId: string,
  filter: { tagName?: string | undefined; tagValue?: string | undefined },
  page: { after?: string | undefined; limit: number },
): Promise<ResourceGroup[]> {
  let query = select(db).where('g.subscription_id', '=', subscriptionId).orderBy('g.name_key').limit(page.limit)
  if (page.after !== undefined) query = query.where('g.name_key', '>', page.after)
  if (filter.tagName !== undefined) query = query.where(hasTag('g', filter.tagName, filter.tagValue))
  return (await query.execute()).map(toResourceGroup)
}

/** The groups of the subscription that an open operation holds; no other one begins until the transaction ends. */
export async function lockHeldGroups(db: Db, subscriptionId: string): Promise<ResourceGroup[]> {
  await db
    .selectFrom('resource_group')
    .select('name_key')
    .where('subscription_id', '=', subscriptionId)
    .orderBy('name_key')
    .forUpdate()
    .execute()
  const rows = await select(db)
    .where('g.subscription_id', '=', subscriptionId)
    .where('o.id', 'is not', null)
    .orderBy('g.name_key')
    .execute()
  return rows.map(toResourceGroup)
}

/** Tag names compare without case, tag values with it. */
export function hasTag(alias: 'g' | 'r', name: string, value: string | undefined) {
  const ofValue = value === undefined ? sql`` : sql`and t.value = ${value}`
  return sql<boolean>`exists (select from jsonb_each_text(${sql.ref(`${alias}.tags`)}) t where lower(t.key) = ${name.toLowerCase()} ${ofValue})`
}

/** False when the name is taken. */
export async function insertResourceGroup(
  db: Db,
  group: Pick<ResourceGroup, 'subscriptionId' | 'name' | 'location' | 'managedBy' | 'tags' | 'createdAt'>,
): Promise<boolean> {
  const result = await db
    .insertInto('resource_group')
    .values({
      subscription_id: group.subscriptionId,
      name: group.name,
      name_key: group.name.toLowerCase(),
      location: group.location,
      managed_by: group.managedBy,
      tags: json(group.tags),
      locked_by: null,
      created_at: group.createdAt,
      changed_at: group.createdAt,
    })
    .onConflict((conflict) => conflict.columns(['subscription_id', 'name_key']).doNothing())
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

export async function updateResourceGroup(
  db: Db,
  group: Pick<ResourceGroup, 'subscriptionId' | 'name' | 'managedBy' | 'tags'>,
  at: Date,
): Promise<void> {
  await db
    .updateTable('resource_group')
    .set({
      name: group.name,
      managed_by: group.managedBy,
      tags: json(group.tags),
      changed_at: at,
      revision: sql<bigint>`revision + 1`,
    })
    .where('subscription_id', '=', group.subscriptionId)
    .where('name_key', '=', group.name.toLowerCase())
    .execute()
}

/** Writes and deletes in the group are refused for as long as the operation is open (SUB-16). */
export async function holdResourceGroup(
  db: Db,
  subscriptionId: string,
  name: string,
  operationId: string,
): Promise<void> {
  await db
    .updateTable('resource_group')
    .set({ locked_by: operationId })
    .where('subscription_id', '=', subscriptionId)
    .where('name_key', '=', name.toLowerCase())
    .execute()
}

export async function deleteResourceGroup(db: Db, subscriptionId: string, name: string): Promise<void> {
  await db
    .deleteFrom('resource_group')
    .where('subscription_id', '=', subscriptionId)
    .where('name_key', '=', name.toLowerCase())
    .execute()
}

function toResourceGroup(
  row: Selectable<Database['resource_group']> & {
    lock_id: string | null
    lock_kind: string | null
    lock_since: Date | null
  },
): ResourceGroup {
  return {
    subscriptionId: row.subscription_id,
    name: row.name,
    location: row.location,
    managedBy: row.managed_by,
    tags: row.tags,
    lock:
      row.lock_id !== null && row.lock_kind !== null && row.lock_since !== null
        ? { operationId: row.lock_id, kind: row.lock_kind, since: row.lock_since }
        : undefined,
    createdAt: row.created_at,
    changedAt: row.changed_at,
    revision: row.revision,
  }
}
