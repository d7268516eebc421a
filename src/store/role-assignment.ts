import { sql } from 'kysely'
import { scopeKey, scopesAbove, subscriptionOf } from '../domain/access/scope.ts'
import type { Db } from './db.ts'

export type PrincipalType = 'User' | 'Group' | 'ServicePrincipal' | 'ForeignGroup'

export interface RoleAssignment {
  readonly id: string
  readonly tenantId: string
  readonly scope: string
  readonly roleDefinitionId: string
  readonly principalId: string
  readonly principalType: PrincipalType
  readonly description: string | null
  readonly createdAt: Date
  readonly createdBy: string
  readonly updatedAt: Date
  readonly updatedBy: string
  readonly revision: bigint
}

export type NewRoleAssignment = Omit<RoleAssignment, 'updatedAt' | 'updatedBy' | 'revision'>

/** Nothing when the same role is assigned to the same principal at the same scope already. */
export async function insertRoleAssignment(db: Db, assignment: NewRoleAssignment): Promise<RoleAssignment | undefined> {
  const row = await db
    .insertInto('role_assignment')
    .values({
      id: assignment.id,
      tenant_id: assignment.tenantId,
      scope: assignment.scope,
      scope_key: scopeKey(assignment.scope),
      subscription_id: subscriptionOf(assignment.scope) ?? null,
      role_definition_id: assignment.roleDefinitionId,
      principal_id: assignment.principalId,
      principal_type: assignment.principalType,
      description: assignment.description,
      created_at: assignment.createdAt,
      created_by: assignment.createdBy,
      updated_at: assignment.createdAt,
      updated_by: assignment.createdBy,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst()
  return row && toRoleAssignment(row)
}

export async function findRoleAssignment(
  db: Db,
  tenantId: string,
  scope: string,
  id: string,
): Promise<RoleAssignment | undefined> {
  const row = await db
    .selectFrom('role_assignment')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('scope_key', '=', scopeKey(scope))
    .where('id', '=', id)
    .executeTakeFirst()
  return row && toRoleAssignment(row)
}

/** Assignment ids are one name space in a tenant; the scope of the one that has the id. */
export async function findScopeOfRoleAssignment(db: Db, tenantId: string, id: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('role_assignment')
    .select('scope')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst()
  return row?.scope
}

export async function describeRoleAssignment(
  db: Db,
  assignment: RoleAssignment,
  change: { readonly description: string | null; readonly updatedAt: Date; readonly updatedBy: string },
): Promise<RoleAssignment> {
  const row = await db
    .updateTable('role_assignment')
    .set((update) => ({
      description: change.description,
      updated_at: change.updatedAt,
      updated_by: change.updatedBy,
      revision: update('revision', '+', 1n),
    }))
    .where('scope_key', '=', scopeKey(assignment.scope))
    .where('id', '=', assignment.id)
    .returningAll()
    .executeTakeFirstOrThrow()
  return toRoleAssignment(row)
}

export async function deleteRoleAssignment(db: Db, assignment: RoleAssignment): Promise<void> {
  await db
    .deleteFrom('role_assignment')
    .where('scope_key', '=', scopeKey(assignment.scope))
    .where('id', '=', assignment.id)
    .execute()
}

export interface NamedRoleAssignment extends RoleAssignment {
  /** Nothing for a principal that is gone. */
  readonly principalName: string | null
}

/** Everything that was given in a subscription, whoever has it. */
export async function listRoleAssignmentsOfSubscription(
  db: Db,
  subscriptionId: string,
): Promise<NamedRoleAssignment[]> {
  const rows = await db
    .selectFrom('role_assignment as a')
    .leftJoin('principal as p', 'p.id', 'a.principal_id')
    .leftJoin('user_account as u', 'u.id', 'a.principal_id')
    .selectAll('a')
    .select(['p.display_name', 'u.user_principal_name'])
    .where('a.subscription_id', '=', subscriptionId)
    .orderBy('a.scope_key')
    .orderBy('a.id')
    .execute()
  return rows.map((row) => ({ ...toRoleAssignment(row), principalName: row.user_principal_name ?? row.display_name }))
}

/** At the scope and below it: with a deleted resource or group go the roles on it (SUB-17). */
export async function deleteRoleAssignmentsBelow(db: Db, scope: string): Promise<RoleAssignment[]> {
  const key = scopeKey(scope)
  const rows = await db
    .deleteFrom('role_assignment')
    .where((where) => where.or([where('scope_key', '=', key), sql<boolean>`starts_with(scope_key, ${`${key}/`})`]))
    .returningAll()
    .execute()
  return rows.map(toRoleAssignment)
}

export interface RoleAssignmentList {
  readonly tenantId: string
  readonly scope: string
  /** At the scope and above it only. */
  readonly isAtScope: boolean
  readonly principalId: string | undefined
  /** The principal or any group that it is in, directly or through groups. */
  readonly assignedTo: string | undefined
  readonly after: string | undefined
  readonly limit: number
}

export const keyOfRoleAssignment = (assignment: RoleAssignment): string =>
  `${scopeKey(assignment.scope)}|${assignment.id}`

/** Assignments that concern the scope: at it, above it, and, unless told otherwise, below it. */
export async function listRoleAssignments(db: Db, list: RoleAssignmentList): Promise<RoleAssignment[]> {
  const key = scopeKey(list.scope)
  const below = key === '/' ? '/' : `${key}/`
  let query = db
    .selectFrom('role_assignment')
    .selectAll()
    .where('tenant_id', '=', list.tenantId)
    .where((where) => {
      const above = sql<boolean>`scope_key = any(${scopesAbove(key)}::text[])`
      return list.isAtScope ? above : where.or([above, sql<boolean>`starts_with(scope_key, ${below})`])
    })
    .orderBy('scope_key')
    .orderBy('id')
    .limit(list.limit)
  if (list.principalId !== undefined) query = query.where('principal_id', '=', list.principalId)
  if (list.assignedTo !== undefined)
    query = query.where(
      sql<boolean>`principal_id in (
        with recursive who(id) as (
          select ${list.assignedTo}::uuid
          union
          select m.group_id from who join group_member m on m.member_id = who.id
        ) select id from who)`,
    )
  if (list.after !== undefined) {
    const [scope, id] = splitKey(list.after)
    query = query.where(sql<boolean>`(scope_key, id) > (${scope}, ${id}::uuid)`)
  }
  return (await query.execute()).map(toRoleAssignment)
}

function splitKey(after: string): [string, string] {
  const at = after.lastIndexOf('|')
  return [after.slice(0, at), after.slice(at + 1)]
}

/** How many assignments of the role at exactly this scope belong to principals that still exist. */
export async function countHolders(db: Db, scope: string, roleDefinitionId: string): Promise<number> {
  const rows = await db
    .selectFrom('role_assignment as a')
    .innerJoin('principal as p', 'p.id', 'a.principal_id')
    .where('p.deleted_at', 'is', null)
    .where('a.scope_key', '=', scopeKey(scope))
    .where('a.role_definition_id', '=', roleDefinitionId)
    .select('a.id')
    .execute()
  return rows.length
}

/** Holds off other writers who would count the holders of the subscription at the same time. */
export async function lockSubscriptionAccess(db: Db, subscriptionId: string): Promise<void> {
  await db.selectFrom('subscription').select('id').where('id', '=', subscriptionId).forUpdate().execute()
}

function toRoleAssignment(row: {
  id: string
  tenant_id: string
  scope: string
  role_definition_id: string
  principal_id: string
  principal_type: PrincipalType
  description: string | null
  created_at: Date
  created_by: string
  updated_at: Date
  updated_by: string
  revision: bigint
}): RoleAssignment {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    scope: row.scope,
    roleDefinitionId: row.role_definition_id,
    principalId: row.principal_id,
    principalType: row.principal_type,
    description: row.description,
    createdAt: row.created_at,
    createdBy: row.created_by,
    updatedAt: row.updated_at,
    updatedBy: row.updated_by,
    revision: row.revision,
  }
}
