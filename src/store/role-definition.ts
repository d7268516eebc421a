import type { RoleDefinition, RolePermission } from '../domain/access/role-definition.ts'
import { type Db, json } from './db.ts'

/** A custom role; the built-in ones are data of the domain. */
export interface CustomRole extends RoleDefinition {
  readonly tenantId: string
  readonly createdAt: Date
  readonly createdBy: string
  readonly updatedAt: Date
  readonly revision: bigint
}

export interface CustomRoleContent {
  readonly name: string
  readonly description: string
  readonly permissions: readonly RolePermission[]
  readonly assignableScopes: readonly string[]
}

export async function findCustomRole(db: Db, tenantId: string, id: string): Promise<CustomRole | undefined> {
  const row = await db
    .selectFrom('role_definition')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst()
  return row && toCustomRole(row)
}

export async function listCustomRoles(db: Db, tenantId: string): Promise<CustomRole[]> {
  const rows = await db
    .selectFrom('role_definition')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .orderBy('id')
    .execute()
  return rows.map(toCustomRole)
}

/** Nothing when another role of the tenant has the name. */
export async function insertCustomRole(
  db: Db,
  key: { readonly tenantId: string; readonly id: string },
  content: CustomRoleContent,
  at: Date,
  by: string,
): Promise<CustomRole | undefined> {
  const row = await db
    .insertInto('role_definition')
    .values({
      id: key.id,
      tenant_id: key.tenantId,
      role_name: content.name,
      description: content.description,
      permissions: json(content.permissions),
      assignable_scopes: json(content.assignableScopes),
      created_at: at,
      created_by: by,
      updated_at: at,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst()
  return row && toCustomRole(row)
}

export async function updateCustomRole(
  db: Db,
  role: CustomRole,
  content: CustomRoleContent,
  at: Date,
): Promise<CustomRole> {
  const row = await db
    .updateTable('role_definition')
    .set((update) => ({
      role_name: content.name,
      description: content.description,
      permissions: json(content.permissions),
      assignable_scopes: json(content.assignableScopes),
      updated_at: at,
      revision: update('revision', '+', 1n),
    }))
    .where('tenant_id', '=', role.tenantId)
    .where('id', '=', role.id)
    .returningAll()
    .executeTakeFirstOrThrow()
  return toCustomRole(row)
}

export async function deleteCustomRole(db: Db, role: CustomRole): Promise<void> {
  await db.deleteFrom('role_definition').where('tenant_id', '=', role.tenantId).where('id', '=', role.id).execute()
}

export async function isRoleAssigned(db: Db, tenantId: string, roleDefinitionId: string): Promise<boolean> {
  const row = await db
    .selectFrom('role_assignment')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('role_definition_id', '=', roleDefinitionId)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

function toCustomRole(row: {
  id: string
  tenant_id: string
  role_name: string
  description: string
  permissions: RolePermission[]
  assignable_scopes: string[]
  created_at: Date
  created_by: string
  updated_at: Date
  revision: bigint
}): CustomRole {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    name: row.role_name,
    description: row.description,
    isBuiltIn: false,
    permissions: row.permissions,
    assignableScopes: row.assignable_scopes,
    createdAt: row.created_at,
    createdBy: row.created_by,
    updatedAt: row.updated_at,
    revision: row.revision,
  }
}
