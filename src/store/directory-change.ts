import { type Selectable, sql } from 'kysely'
import type { DirectoryChange, DirectoryChangeState } from '../domain/resource/directory-change.ts'
import { type Db, json } from './db.ts'
import type { Database } from './schema.ts'

/** A second open request of the same subscription fails with the constraint `directory_change_open`. */
export async function insertDirectoryChange(db: Db, change: DirectoryChange): Promise<void> {
  await db
    .insertInto('directory_change')
    .values({
      id: change.id,
      subscription_id: change.subscriptionId,
      source_tenant_id: change.source.tenantId,
      source_owner_id: change.source.ownerId,
      source_owner_email: change.source.ownerEmail,
      destination_tenant_id: change.destination.tenantId,
      destination_owner_id: change.destination.ownerId,
      losses: json(change.losses),
      state: change.state,
      created_at: change.createdAt,
      expires_at: change.expiresAt,
    })
    .execute()
}

/** The request made last, whatever became of it; lock the subscription before acting on it. */
export async function findLastDirectoryChange(db: Db, subscriptionId: string): Promise<DirectoryChange | undefined> {
  const row = await db
    .selectFrom('directory_change')
    .selectAll()
    .where('subscription_id', '=', subscriptionId)
    // The clock of a sandbox may stand still; the open one is then the last.
    .orderBy('created_at', 'desc')
    .orderBy(sql`ended_at desc nulls first`)
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  return row && toDirectoryChange(row)
}

/** The request made last that names this account as the owner to be. */
export async function findDirectoryChangeFor(
  db: Db,
  subscriptionId: string,
  owner: { readonly tenantId: string; readonly objectId: string },
): Promise<DirectoryChange | undefined> {
  const row = await db
    .selectFrom('directory_change')
    .selectAll()
    .where('subscription_id', '=', subscriptionId)
    .where('destination_tenant_id', '=', owner.tenantId)
    .where('destination_owner_id', '=', owner.objectId)
    .orderBy('created_at', 'desc')
    .orderBy(sql`ended_at desc nulls first`)
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  return row && toDirectoryChange(row)
}

export async function findDirectoryChange(db: Db, id: string): Promise<DirectoryChange | undefined> {
  const row = await db.selectFrom('directory_change').selectAll().where('id', '=', id).executeTakeFirst()
  return row && toDirectoryChange(row)
}

/** False when it has ended already, which cannot be undone. */
export async function endDirectoryChange(
  db: Db,
  id: string,
  state: Exclude<DirectoryChangeState, 'Initialized'>,
  at: Date,
): Promise<boolean> {
  const result = await db
    .updateTable('directory_change')
    .set({ state, ended_at: at })
    .where('id', '=', id)
    .where('state', '=', 'Initialized')
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

function toDirectoryChange(row: Selectable<Database['directory_change']>): DirectoryChange {
  return {
    id: row.id,
    subscriptionId: row.subscription_id,
    source: { tenantId: row.source_tenant_id, ownerId: row.source_owner_id, ownerEmail: row.source_owner_email },
    destination: { tenantId: row.destination_tenant_id, ownerId: row.destination_owner_id },
    losses: row.losses,
    state: row.state,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    endedAt: row.ended_at,
  }
}
