import type { Selectable } from 'kysely'
import type { Db } from './db.ts'
import type { Database } from './schema.ts'

export interface BillingRoleAssignment {
  readonly name: string
  readonly billingAccountName: string
  readonly scope: string
  readonly roleDefinitionName: string
  readonly principalTenantId: string
  readonly principalId: string
  readonly createdAt: Date
  readonly createdBy: string
}

/** False when the principal holds this role at this scope already. */
export async function insertBillingRoleAssignment(db: Db, assignment: BillingRoleAssignment): Promise<boolean> {
  const result = await db
    .insertInto('billing_role_assignment')
    .values({
      name: assignment.name,
      billing_account_name: assignment.billingAccountName,
      scope: assignment.scope,
      scope_key: assignment.scope.toLowerCase(),
      role_definition_name: assignment.roleDefinitionName,
      principal_tenant_id: assignment.principalTenantId,
      principal_id: assignment.principalId,
      created_at: assignment.createdAt,
      created_by: assignment.createdBy,
    })
    .onConflict((conflict) => conflict.columns(['scope_key', 'role_definition_name', 'principal_id']).doNothing())
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** What was granted at the scope itself. */
export async function listBillingRoleAssignments(
  db: Db,
  scope: string,
  page: { after?: string | undefined; limit?: number | undefined } = {},
): Promise<BillingRoleAssignment[]> {
  let query = db.selectFrom('billing_role_assignment').selectAll().where('scope_key', '=', scope.toLowerCase())
  if (page.after !== undefined) query = query.where('name', '>', page.after)
  if (page.limit !== undefined) query = query.limit(page.limit)
  return (await query.orderBy('name').execute()).map(toAssignment)
}

export async function findBillingRoleAssignment(
  db: Db,
  scope: string,
  name: string,
): Promise<BillingRoleAssignment | undefined> {
  const row = await db
    .selectFrom('billing_role_assignment')
    .selectAll()
    .where('scope_key', '=', scope.toLowerCase())
    .where('name', '=', name)
    .executeTakeFirst()
  return row && toAssignment(row)
}

/** The assignments at a scope, held until the transaction ends, so that two revocations cannot both leave one. */
export async function lockBillingRoleAssignments(db: Db, scope: string): Promise<BillingRoleAssignment[]> {
  const rows = await db
    .selectFrom('billing_role_assignment')
    .selectAll()
    .where('scope_key', '=', scope.toLowerCase())
    .orderBy('name')
    .forUpdate()
    .execute()
  return rows.map(toAssignment)
}

export async function deleteBillingRoleAssignment(db: Db, name: string): Promise<void> {
  await db.deleteFrom('billing_role_assignment').where('name', '=', name).execute()
}

function toAssignment(row: Selectable<Database['billing_role_assignment']>): BillingRoleAssignment {
  return {
    name: row.name,
    billingAccountName: row.billing_account_name,
    scope: row.scope,
    roleDefinitionName: row.role_definition_name,
    principalTenantId: row.principal_tenant_id,
    principalId: row.principal_id,
    createdAt: row.created_at,
    createdBy: row.created_by,
  }
}
