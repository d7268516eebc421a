import { sql } from 'kysely'
import type { Db } from './db.ts'

export interface DirectoryRoleMember {
  readonly tenantId: string
  readonly roleTemplateId: string
  readonly principalId: string
  readonly assignedAt: Date
}

/** False when the principal holds the role already. */
export async function insertDirectoryRoleMember(db: Db, member: DirectoryRoleMember): Promise<boolean> {
  const result = await db
    .insertInto('directory_role_member')
    .values({
      tenant_id: member.tenantId,
      role_template_id: member.roleTemplateId,
      principal_id: member.principalId,
      assigned_at: member.assignedAt,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

export async function deleteDirectoryRoleMember(
  db: Db,
  member: Pick<DirectoryRoleMember, 'tenantId' | 'roleTemplateId' | 'principalId'>,
): Promise<boolean> {
  const result = await db
    .deleteFrom('directory_role_member')
    .where('tenant_id', '=', member.tenantId)
    .where('role_template_id', '=', member.roleTemplateId)
    .where('principal_id', '=', member.principalId)
    .executeTakeFirst()
  return result.numDeletedRows > 0n
}

/** The roles that a principal holds itself; a deleted principal's come back with it (TEN-22). */
export async function listDirectoryRolesOf(db: Db, tenantId: string, principalId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('directory_role_member')
    .select('role_template_id')
    .where('tenant_id', '=', tenantId)
    .where('principal_id', '=', principalId)
    .orderBy('role_template_id')
    .execute()
  return rows.map((row) => row.role_template_id)
}

/**
 * Who holds the role and could use it now: not deleted, not disabled, not a guest who has yet to accept, not an
 * application whose registration is gone.
 */
export async function listUsableRoleMembers(db: Db, tenantId: string, roleTemplateId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('directory_role_member as m')
    .innerJoin('principal as p', 'p.id', 'm.principal_id')
    .leftJoin('user_account as u', 'u.id', 'm.principal_id')
    .leftJoin('service_principal as s', 's.id', 'm.principal_id')
    .leftJoin('application as a', 'a.app_id', 's.app_id')
    .select('m.principal_id')
    .where('m.tenant_id', '=', tenantId)
    .where('m.role_template_id', '=', roleTemplateId)
    .where('p.deleted_at', 'is', null)
    .where('a.deleted_at', 'is', null)
    .where(sql<boolean>`coalesce(u.account_enabled, true)`)
    .where(sql<boolean>`coalesce(u.external_user_state, 'Accepted') = 'Accepted'`)
    .orderBy('m.principal_id')
    .execute()
  return rows.map((row) => row.principal_id)
}
