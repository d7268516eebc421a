import { sql, type Selectable } from 'kysely'
import type { ResourceId } from '../domain/resource/resource-id.ts'
import { json, period, type Db } from './db.ts'
import { hasTag } from './resource-group.ts'
import type { Database } from './schema.ts'

/** Who wrote it, as `systemData` shows it. */
export interface Writer {
  readonly id: string
  readonly name: string
  readonly type: 'User' | 'Application'
}

/** The base of every type; a type with behaviour of its own keeps more beside it, by `uid`. */
export interface Resource extends ResourceId {
  readonly uid: string
  readonly location: string
  readonly kind: string | null
  readonly sku: Readonly<Record<string, unknown>> | null
  readonly plan: Readonly<Record<string, unknown>> | null
  readonly identity: Readonly<Record<string, unknown>> | null
  readonly managedBy: string | null
  readonly tags: Readonly<Record<string, string>>
  readonly properties: Readonly<Record<string, unknown>>
  readonly createdAt: Date
  readonly createdBy: Writer
  readonly changedAt: Date
  readonly changedBy: Writer
  readonly revision: bigint
}

type Content = Pick<Resource, 'location' | 'kind' | 'sku' | 'plan' | 'identity' | 'managedBy' | 'tags' | 'properties'>
type NewResource = ResourceId & { readonly uid: string } & Partial<Content> & Pick<Content, 'location'>

function select(db: Db) {
  return db
    .selectFrom('resource as r')
    .innerJoin('resource_group as g', (join) =>
      join.onRef('g.subscription_id', '=', 'r.subscription_id').onRef('g.name_key', '=', 'r.resource_group_key'),
    )
    .where('r.deleted_at', 'is', null)
    .selectAll('r')
    .select('g.name as group_name')
}

function byId(db: Db, id: ResourceId) {
  return select(db)
    .where('r.subscription_id', '=', id.subscriptionId)
    .where('r.resource_group_key', '=', id.resourceGroupName.toLowerCase())
    .where('r.type_key', '=', id.type.toLowerCase())
    .where('r.name_key', '=', id.name.toLowerCase())
}

export async function findResource(db: Db, id: ResourceId): Promise<Resource | undefined> {
  const row = await byId(db, id).executeTakeFirst()
  return row && toResource(row)
}

export async function lockResource(db: Db, id: ResourceId): Promise<Resource | undefined> {
  const row = await byId(db, id).forUpdate('r').executeTakeFirst()
  return row && toResource(row)
}

export async function findResourceByUid(db: Db, uid: string): Promise<Resource | undefined> {
  const row = await select(db).where('r.uid', '=', uid).executeTakeFirst()
  return row && toResource(row)
}

export interface ResourceFilter {
  readonly subscriptionId: string
  readonly resourceGroupName?: string | undefined
  readonly type?: string | undefined
  readonly name?: string | undefined
  readonly location?: string | undefined
  readonly tagName?: string | undefined
  readonly tagValue?: string | undefined
}

/** Ordered by uid, which is also the key to go on from. */
export async function listResources(
  db: Db,
  filter: ResourceFilter,
  page: { after?: string | undefined; limit: number },
): Promise<Resource[]> {
  let query = select(db).where('r.subscription_id', '=', filter.subscriptionId).orderBy('r.uid').limit(page.limit)
  if (page.after !== undefined) query = query.where('r.uid', '>', page.after)
  if (filter.resourceGroupName !== undefined)
    query = query.where('r.resource_group_key', '=', filter.resourceGroupName.toLowerCase())
  if (filter.type !== undefined) query = query.where('r.type_key', '=', filter.type.toLowerCase())
  if (filter.name !== undefined) query = query.where('r.name_key', '=', filter.name.toLowerCase())
  if (filter.location !== undefined) query = query.where('r.location', '=', filter.location)
  if (filter.tagName !== undefined) query = query.where(hasTag('r', filter.tagName, filter.tagValue))
  return (await query.execute()).map(toResource)
}

/** Those with an identity of the tenant, and those of the types given. */
export async function listResourcesOfDirectory(
  db: Db,
  subscriptionId: string,
  types: readonly string[],
): Promise<Resource[]> {
  const rows = await select(db)
    .where('r.subscription_id', '=', subscriptionId)
    .where((where) =>
      where.or([
        where('r.identity', 'is not', null),
        where(
          'r.type_key',
          'in',
          types.map((type) => type.toLowerCase()),
        ),
      ]),
    )
    .orderBy('r.resource_group_key')
    .orderBy('r.type_key')
    .orderBy('r.name_key')
    .execute()
  return rows.map(toResource)
}

/** All resources of a group, locked until the transaction ends. */
export async function lockResourcesOfGroup(
  db: Db,
  subscriptionId: string,
  resourceGroupName: string,
): Promise<Resource[]> {
  const rows = await select(db)
    .where('r.subscription_id', '=', subscriptionId)
    .where('r.resource_group_key', '=', resourceGroupName.toLowerCase())
    .orderBy('r.uid')
    .forUpdate('r')
    .execute()
  return rows.map(toResource)
}

/** A name that is taken fails with the constraint `resource_name`. */
export async function insertResource(db: Db, resource: NewResource, by: Writer, at: Date): Promise<Resource> {
  const groupKey = resource.resourceGroupName.toLowerCase()
  await db
    .insertInto('resource')
    .values({
      uid: resource.uid,
      subscription_id: resource.subscriptionId,
      resource_group_key: groupKey,
      type: resource.type,
      type_key: resource.type.toLowerCase(),
      name: resource.name,
      name_key: resource.name.toLowerCase(),
      location: resource.location,
      kind: resource.kind ?? null,
      sku: resource.sku ? json(resource.sku) : null,
      plan: resource.plan ? json(resource.plan) : null,
      identity: resource.identity ? json(resource.identity) : null,
      managed_by: resource.managedBy ?? null,
      tags: json(resource.tags ?? {}),
      properties: json(resource.properties ?? {}),
      created_at: at,
      created_by: json(by),
      changed_at: at,
      changed_by: json(by),
    })
    .execute()
  await db
    .insertInto('resource_placement')
    .values({
      resource_uid: resource.uid,
      during: period(at),
      subscription_id: resource.subscriptionId,
      resource_group_key: groupKey,
    })
    .execute()
  const inserted = await findResourceByUid(db, resource.uid)
  if (!inserted) throw new Error(`resource ${resource.uid} was written into a group that does not exist`)
  return inserted
}

/** Replaces what is given and keeps the rest; `name` only changes its casing. */
export async function updateResource(
  db: Db,
  uid: string,
  changes: Partial<Content> & { readonly name?: string },
  by: Writer,
  at: Date,
): Promise<Resource> {
  const jsonOrNull = (value: unknown) => (value === null ? null : json(value))
  await db
    .updateTable('resource')
    .set({
      ...(changes.name === undefined ? {} : { name: changes.name }),
      ...(changes.location === undefined ? {} : { location: changes.location }),
      ...(changes.kind === undefined ? {} : { kind: changes.kind }),
      ...(changes.sku === undefined ? {} : { sku: jsonOrNull(changes.sku) }),
      ...(changes.plan === undefined ? {} : { plan: jsonOrNull(changes.plan) }),
      ...(changes.identity === undefined ? {} : { identity: jsonOrNull(changes.identity) }),
      ...(changes.managedBy === undefined ? {} : { managed_by: changes.managedBy }),
      ...(changes.tags === undefined ? {} : { tags: json(changes.tags) }),
      ...(changes.properties === undefined ? {} : { properties: json(changes.properties) }),
      changed_at: at,
      changed_by: json(by),
      revision: sql<bigint>`revision + 1`,
    })
    .where('uid', '=', uid)
    .execute()
  const updated = await findResourceByUid(db, uid)
  if (!updated) throw new Error(`resource ${uid} does not exist`)
  return updated
}

/** The row and its history stay, the name is free again. */
export async function softDeleteResource(db: Db, uid: string, at: Date): Promise<void> {
  await db
    .updateTable('resource')
    .set({ deleted_at: at })
    .where('uid', '=', uid)
    .where('deleted_at', 'is', null)
    .execute()
  await closePlacement(db, uid, at)
}

/** The resource is in the other group from `at` on; its location stays (SUB-16). Call `changeAttribution` first. */
export async function moveResource(
  db: Db,
  uid: string,
  target: { readonly subscriptionId: string; readonly resourceGroupName: string },
  at: Date,
): Promise<void> {
  const groupKey = target.resourceGroupName.toLowerCase()
  await closePlacement(db, uid, at)
  await db
    .insertInto('resource_placement')
    .values({
      resource_uid: uid,
      during: period(at),
      subscription_id: target.subscriptionId,
      resource_group_key: groupKey,
    })
    .execute()
  await db
    .updateTable('resource')
    .set({
      subscription_id: target.subscriptionId,
      resource_group_key: groupKey,
      changed_at: at,
      revision: sql<bigint>`revision + 1`,
    })
    .where('uid', '=', uid)
    .execute()
}

/** A placement that began at this very instant never held for any usage, so nothing of it is kept. */
async function closePlacement(db: Db, uid: string, at: Date): Promise<void> {
  const instant = sql`${at.toISOString()}::timestamptz`
  await db
    .deleteFrom('resource_placement')
    .where('resource_uid', '=', uid)
    .where(sql<boolean>`lower(during) = ${instant} and upper_inf(during)`)
    .execute()
  await db
    .updateTable('resource_placement')
    .set({ during: sql<string>`tstzrange(lower(during), ${instant}, '[)')` })
    .where('resource_uid', '=', uid)
    .where(sql<boolean>`upper_inf(during)`)
    .execute()
}

function toResource(row: Selectable<Database['resource']> & { group_name: string }): Resource {
  return {
    uid: row.uid,
    subscriptionId: row.subscription_id,
    resourceGroupName: row.group_name,
    type: row.type,
    name: row.name,
    location: row.location,
    kind: row.kind,
    sku: row.sku,
    plan: row.plan,
    identity: row.identity,
    managedBy: row.managed_by,
    tags: row.tags,
    properties: row.properties,
    createdAt: row.created_at,
    createdBy: row.created_by,
    changedAt: row.changed_at,
    changedBy: row.changed_by,
    revision: row.revision,
  }
}
