import type { Principal, PrincipalKind } from '../domain/directory/principal.ts'
import type { Db } from './db.ts'

export interface NewPrincipal {
  readonly id: string
  readonly tenantId: string
  readonly kind: PrincipalKind
  readonly displayName: string
  readonly createdAt: Date
}

/** A principal that exists now; a soft-deleted one is not found. */
export async function findPrincipal(db: Db, id: string): Promise<Principal | undefined> {
  const row = await db
    .selectFrom('principal')
    .selectAll()
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  return row && toPrincipal(row)
}

export async function insertPrincipal(db: Db, principal: NewPrincipal): Promise<void> {
  await db
    .insertInto('principal')
    .values({
      id: principal.id,
      tenant_id: principal.tenantId,
      kind: principal.kind,
      display_name: principal.displayName,
      created_at: principal.createdAt,
    })
    .execute()
}

export async function renamePrincipal(db: Db, id: string, displayName: string): Promise<void> {
  await db
    .updateTable('principal')
    .set((row) => ({ display_name: displayName, revision: row('revision', '+', 1n) }))
    .where('id', '=', id)
    .execute()
}

export async function endPrincipal(db: Db, id: string, deletedAt: Date): Promise<void> {
  await db
    .updateTable('principal')
    .set((row) => ({ deleted_at: deletedAt, revision: row('revision', '+', 1n) }))
    .where('id', '=', id)
    .execute()
}

export async function restorePrincipal(db: Db, id: string): Promise<void> {
  await db
    .updateTable('principal')
    .set((row) => ({ deleted_at: null, revision: row('revision', '+', 1n) }))
    .where('id', '=', id)
    .execute()
}

function toPrincipal(row: {
  id: string
  tenant_id: string
  kind: PrincipalKind
  display_name: string
  created_at: Date
  deleted_at: Date | null
  revision: bigint
}): Principal {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    kind: row.kind,
    displayName: row.display_name,
    createdAt: row.created_at,
    deletedAt: row.deleted_at,
    revision: row.revision,
  }
}
