import { sql } from 'kysely'
import type { DirectoryService, PlatformService, TenantService } from '../domain/directory/tenant-service.ts'
import type { Db } from './db.ts'

export async function listDirectoryServices(db: Db): Promise<DirectoryService[]> {
  const rows = await db.selectFrom('directory_service').selectAll().orderBy('name').execute()
  return rows.map(toService)
}

export async function findDirectoryService(db: Db, name: string): Promise<DirectoryService | undefined> {
  const row = await db.selectFrom('directory_service').selectAll().where('name', '=', name).executeTakeFirst()
  return row && toService(row)
}

/** The plan id of the first time stays. */
export async function putDirectoryService(db: Db, service: DirectoryService, at: Date): Promise<void> {
  await db
    .insertInto('directory_service')
    .values({
      name: service.name,
      display_name: service.displayName,
      portal_url: service.portalUrl,
      service_plan_id: service.servicePlanId,
      created_at: at,
    })
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet({ display_name: service.displayName, portal_url: service.portalUrl }),
    )
    .execute()
}

export async function listTenantServices(db: Db, tenantId: string, at: Date): Promise<TenantService[]> {
  const result = await sql<{
    name: string
    display_name: string
    portal_url: string
    service_plan_id: string
    enabled_at: Date
  }>`
    select s.name, s.display_name, s.portal_url, s.service_plan_id, lower(t.during) as enabled_at
      from tenant_service t join directory_service s on s.name = t.service_name
     where t.tenant_id = ${tenantId} and t.during @> ${at}::timestamptz order by s.name`.execute(db)
  return result.rows.map((row) => ({ ...toService(row), enabledAt: row.enabled_at }))
}

/** When the tenant first used each part of the platform. */
export async function findFirstUses(db: Db, tenantId: string): Promise<Readonly<Record<PlatformService, Date | null>>> {
  const result = await sql<Record<PlatformService, Date | null>>`
    select t.created_at as directory,
      (select min(lower(d.during)) from subscription_directory d where d.tenant_id = t.id) as subscriptions,
      (select min(b.created_at) from billing_account b where b.tenant_id = t.id) as billing,
      case when t.kind = 'identity' then t.created_at end as identity,
      (select p.created_at from partner p where p.tenant_id = t.id) as partner
    from tenant t where t.id = ${tenantId}`.execute(db)
  const [row] = result.rows
  if (!row) throw new Error(`there is no tenant ${tenantId}`)
  return row
}

export async function startTenantService(db: Db, tenantId: string, serviceName: string, at: Date): Promise<void> {
  await sql`insert into tenant_service (tenant_id, service_name, during)
    values (${tenantId}, ${serviceName}, tstzrange(${at}, null))`.execute(db)
}

/** A service that was had for no time at all leaves nothing. */
export async function endTenantService(db: Db, tenantId: string, serviceName: string, at: Date): Promise<void> {
  await sql`delete from tenant_service where tenant_id = ${tenantId} and service_name = ${serviceName}
    and lower(during) = ${at}::timestamptz`.execute(db)
  await sql`update tenant_service set during = tstzrange(lower(during), ${at})
    where tenant_id = ${tenantId} and service_name = ${serviceName} and upper_inf(during)`.execute(db)
}

const toService = (row: { name: string; display_name: string; portal_url: string; service_plan_id: string }) => ({
  name: row.name,
  displayName: row.display_name,
  portalUrl: row.portal_url,
  servicePlanId: row.service_plan_id,
})
