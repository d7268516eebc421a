import { type Selectable, sql } from 'kysely'
import { scopeKey, scopesAbove, subscriptionOf } from '../domain/access/scope.ts'
import type { ManagementLock } from '../domain/resource/management-lock.ts'
import { type Db, json } from './db.ts'
import type { Database } from './schema.ts'

export interface StoredLock extends ManagementLock {
  readonly createdAt: Date
  readonly createdBy: string
  readonly updatedAt: Date
  readonly updatedBy: string
}

/** Those that concern the scope: at it, above it and below it; by scope and name. */
export async function listLocks(
  db: Db,
  scope: string,
  page?: { readonly after: string | undefined; readonly limit: number },
): Promise<StoredLock[]> {
  const key = scopeKey(scope)
  let query = db
    .selectFrom('management_lock')
    .selectAll()
    .where('subscription_id', '=', subscriptionOf(scope) ?? '')
    .where((where) =>
      where.or([
        sql<boolean>`scope_key = any(${scopesAbove(key)}::text[])`,
        sql<boolean>`starts_with(scope_key, ${`${key}/`})`,
      ]),
    )
    .orderBy('scope_key')
    .orderBy('name_key')
  if (page) query = query.limit(page.limit)
  if (page?.after !== undefined) {
    const at = page.after.lastIndexOf('|')
    query = query.where(sql<boolean>`(scope_key, name_key) > (${page.after.slice(0, at)}, ${page.after.slice(at + 1)})`)
  }
  return (await query.execute()).map(toLock)
}

export const keyOfLock = (lock: ManagementLock): string => `${scopeKey(lock.scope)}|${lock.name.toLowerCase()}`

export async function findLock(db: Db, scope: string, name: string): Promise<StoredLock | undefined> {
  const row = await db
    .selectFrom('management_lock')
    .selectAll()
    .where('scope_key', '=', scopeKey(scope))
    .where('name_key', '=', name.toLowerCase())
    .executeTakeFirst()
  return row && toLock(row)
}

export async function saveLock(db: Db, lock: ManagementLock, by: string, at: Date): Promise<StoredLock> {
  const said = { name: lock.name, level: lock.level, notes: lock.notes, owners: json(lock.owners) }
  const row = await db
    .insertInto('management_lock')
    .values({
      ...said,
      scope: lock.scope,
      scope_key: scopeKey(lock.scope),
      subscription_id: subscriptionOf(lock.scope) ?? '',
      name_key: lock.name.toLowerCase(),
      created_at: at,
      created_by: by,
      updated_at: at,
      updated_by: by,
    })
    .onConflict((conflict) =>
      conflict.columns(['scope_key', 'name_key']).doUpdateSet((update) => ({
        ...said,
        updated_at: at,
        updated_by: by,
        revision: update('management_lock.revision', '+', 1n),
      })),
    )
    .returningAll()
    .executeTakeFirstOrThrow()
  return toLock(row)
}

export async function deleteLock(db: Db, lock: ManagementLock): Promise<void> {
  await db
    .deleteFrom('management_lock')
    .where('scope_key', '=', scopeKey(lock.scope))
    .where('name_key', '=', lock.name.toLowerCase())
    .execute()
}

/** At the scope and below it, when all of it goes. */
export async function deleteLocksBelow(db: Db, scope: string): Promise<void> {
  const key = scopeKey(scope)
  await db
    .deleteFrom('management_lock')
    .where((where) => where.or([where('scope_key', '=', key), sql<boolean>`starts_with(scope_key, ${`${key}/`})`]))
    .execute()
}

/** The locks of a resource go where it goes. */
export async function moveLocks(db: Db, from: string, to: string): Promise<void> {
  await db
    .updateTable('management_lock')
    .set({ scope: to, scope_key: scopeKey(to), subscription_id: subscriptionOf(to) ?? '' })
    .where('scope_key', '=', scopeKey(from))
    .execute()
}

function toLock(row: Selectable<Database['management_lock']>): StoredLock {
  return {
    scope: row.scope,
    name: row.name,
    level: row.level,
    notes: row.notes,
    owners: row.owners,
    createdAt: row.created_at,
    createdBy: row.created_by,
    updatedAt: row.updated_at,
    updatedBy: row.updated_by,
  }
}
