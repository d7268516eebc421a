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
  // From the application's principals in those tenants outwards; an application may be in a great many others.
  const { rows } = await sql<{ tenant_id: string }>`
    select s.tenant_id from service_principal s
    join app_role_assignment a on a.principal_id = s.id and a.app_role_id = ${appRoleId}::uuid
    join principal p on p.id = s.id and p.deleted_at is null
    where s.tenant_id = any(${[...tenantIds]}::uuid[]) and s.app_id = (
      select c.app_id from service_principal c
      join principal self on self.id = c.id and self.deleted_at is null
      where c.id = ${application.objectId}::uuid and c.tenant_id = ${application.tenantId}::uuid
    )`.execute(db)
  return rows.map((row) => row.tenant_id)
}
