import { type Selectable, sql } from 'kysely'
import { scopeKey, scopesAbove, subscriptionOf } from '../domain/access/scope.ts'
import type { PolicyAssignment, PolicyAssignmentContent } from '../domain/resource/policy-assignment.ts'
import { type Db, json } from './db.ts'
import type { Database } from './schema.ts'

export interface StoredPolicyAssignment extends PolicyAssignment {
  readonly location: string | null
  readonly createdAt: Date
  readonly createdBy: string
  readonly updatedAt: Date
  readonly revision: bigint
}

export async function findPolicyAssignment(
  db: Db,
  scope: string,
  name: string,
): Promise<StoredPolicyAssignment | undefined> {
  const row = await db
    .selectFrom('policy_assignment')
    .selectAll()
    .where('scope_key', '=', scopeKey(scope))
    .where('name_key', '=', name.toLowerCase())
    .executeTakeFirst()
  return row && toPolicyAssignment(row)
}

export async function savePolicyAssignment(
  db: Db,
  key: { readonly scope: string; readonly name: string },
  content: PolicyAssignmentContent,
  location: string | null,
  at: Date,
  by: string,
): Promise<StoredPolicyAssignment> {
  const row = await db
    .insertInto('policy_assignment')
    .values({
      scope: key.scope,
      scope_key: scopeKey(key.scope),
      subscription_id: subscriptionOf(key.scope) ?? '',
      name: key.name,
      name_key: key.name.toLowerCase(),
      policy_definition_id: content.policyDefinitionId,
      location,
      properties: json(content),
      created_at: at,
      created_by: by,
      updated_at: at,
    })
    .onConflict((conflict) =>
      conflict.columns(['scope_key', 'name_key']).doUpdateSet((update) => ({
        scope: key.scope,
        name: key.name,
        policy_definition_id: content.policyDefinitionId,
        location,
        properties: json(content),
        updated_at: at,
        revision: update('policy_assignment.revision', '+', 1n),
      })),
    )
    .returningAll()
    .executeTakeFirstOrThrow()
  return toPolicyAssignment(row)
}

export async function movePolicyAssignment(
  db: Db,
  assignment: StoredPolicyAssignment,
  location: string,
  at: Date,
): Promise<StoredPolicyAssignment> {
  const row = await db
    .updateTable('policy_assignment')
    .set((update) => ({ location, updated_at: at, revision: update('revision', '+', 1n) }))
    .where('scope_key', '=', scopeKey(assignment.scope))
    .where('name_key', '=', assignment.name.toLowerCase())
    .returningAll()
    .executeTakeFirstOrThrow()
  return toPolicyAssignment(row)
}

export async function deletePolicyAssignment(db: Db, assignment: StoredPolicyAssignment): Promise<void> {
  await db
    .deleteFrom('policy_assignment')
    .where('scope_key', '=', scopeKey(assignment.scope))
    .where('name_key', '=', assignment.name.toLowerCase())
    .execute()
}

/** At the scope and below it: with a deleted resource or group go the assignments on it. */
export async function deletePolicyAssignmentsBelow(db: Db, scope: string): Promise<StoredPolicyAssignment[]> {
  const key = scopeKey(scope)
  const rows = await db
    .deleteFrom('policy_assignment')
    .where((where) => where.or([where('scope_key', '=', key), sql<boolean>`starts_with(scope_key, ${`${key}/`})`]))
    .returningAll()
    .execute()
  return rows.map(toPolicyAssignment)
}

/** Assignments in force at the scope: at it and above it. */
export async function listPolicyAssignmentsOver(db: Db, scope: string): Promise<StoredPolicyAssignment[]> {
  const rows = await db
    .selectFrom('policy_assignment')
    .selectAll()
    .where(sql<boolean>`scope_key = any(${scopesAbove(scopeKey(scope))}::text[])`)
    .orderBy('scope_key')
    .orderBy('name_key')
    .execute()
  return rows.map(toPolicyAssignment)
}

export async function listPolicyAssignmentsOfSubscription(
  db: Db,
  subscriptionId: string,
): Promise<StoredPolicyAssignment[]> {
  const rows = await db
    .selectFrom('policy_assignment')
    .selectAll()
    .where('subscription_id', '=', subscriptionId)
    .orderBy('scope_key')
    .orderBy('name_key')
    .execute()
  return rows.map(toPolicyAssignment)
}

export interface PolicyAssignmentList {
  readonly scope: string
  readonly reach: 'everywhere' | 'atScope' | 'atExactScope'
  readonly policyDefinitionId: string | undefined
  readonly after: string | undefined
  readonly limit: number
}

export const keyOfPolicyAssignment = (assignment: PolicyAssignment): string =>
  `${scopeKey(assignment.scope)}|${assignment.name.toLowerCase()}`

export async function listPolicyAssignments(db: Db, list: PolicyAssignmentList): Promise<StoredPolicyAssignment[]> {
  const key = scopeKey(list.scope)
  let query = db
    .selectFrom('policy_assignment')
    .selectAll()
    .where((where) => {
      if (list.reach === 'atExactScope') return where('scope_key', '=', key)
      const above = sql<boolean>`scope_key = any(${scopesAbove(key)}::text[])`
      return list.reach === 'atScope' ? above : where.or([above, sql<boolean>`starts_with(scope_key, ${`${key}/`})`])
    })
    .orderBy('scope_key')
    .orderBy('name_key')
    .limit(list.limit)
  if (list.policyDefinitionId !== undefined)
    query = query.where(sql<string>`lower(policy_definition_id)`, '=', list.policyDefinitionId.toLowerCase())
  if (list.after !== undefined) {
    const at = list.after.lastIndexOf('|')
    query = query.where(sql<boolean>`(scope_key, name_key) > (${list.after.slice(0, at)}, ${list.after.slice(at + 1)})`)
  }
  return (await query.execute()).map(toPolicyAssignment)
}

export async function isPolicyAssigned(db: Db, policyDefinitionId: string): Promise<boolean> {
  const row = await db
    .selectFrom('policy_assignment')
    .select('name')
    .where(sql<string>`lower(policy_definition_id)`, '=', policyDefinitionId.toLowerCase())
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

function toPolicyAssignment(row: Selectable<Database['policy_assignment']>): StoredPolicyAssignment {
  const content = row.properties as unknown as PolicyAssignmentContent
  return {
    ...content,
    id: `${row.scope}/providers/Microsoft.Authorization/policyAssignments/${row.name}`,
    name: row.name,
    scope: row.scope,
    location: row.location,
    createdAt: row.created_at,
    createdBy: row.created_by,
    updatedAt: row.updated_at,
    revision: row.revision,
  }
}
