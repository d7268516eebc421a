import { sql } from 'kysely'
import type { Db } from './db.ts'

/**
 * Of the tenants those in which the application holds the app role, through its own service principal there: the same
 * application may report for many tenants, each of which gave it the role.
 */
export async function listTenantsWithAppRole(
  db: Db,
  application: { readonly tenantId: string; readonly objectId: string },
  appRoleId: string,
  tenantIds: readonly string[],
): Promise<string[]> {
  const { rows } = await sql<{ tenant_id: string }>`
    select distinct a.tenant_id
    from service_principal caller
    join principal self on self.id = caller.id and self.deleted_at is null
    join service_principal s on s.app_id = caller.app_id
    join principal p on p.id = s.id and p.deleted_at is null
    join app_role_assignment a on a.principal_id = s.id and a.app_role_id = ${appRoleId}::uuid
    where caller.id = ${application.objectId}::uuid and caller.tenant_id = ${application.tenantId}::uuid
      and a.tenant_id = any(${[...tenantIds]}::uuid[])`.execute(db)
  return rows.map((row) => row.tenant_id)
}
