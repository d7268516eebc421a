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
  // From the application's principals in those tenants outwards, one by one: an application may be in a great many
  // others, and on young tables the planner would sooner walk through them all.
  const { rows } = await sql<{ tenant_id: string }>`
    with own as materialized (
      select s.id, s.tenant_id from service_principal s
      where s.tenant_id = any(${[...tenantIds]}::uuid[]) and s.app_id = (
        select c.app_id from service_principal c
        join principal self on self.id = c.id and self.deleted_at is null
        where c.id = ${application.objectId}::uuid and c.tenant_id = ${application.tenantId}::uuid
      )
    )
    select own.tenant_id from own
    where (select p.deleted_at is null from principal p where p.id = own.id limit 1)
      and (select true from app_role_assignment a
        where a.principal_id = own.id and a.app_role_id = ${appRoleId}::uuid limit 1)`.execute(db)
  return rows.map((row) => row.tenant_id)
}
