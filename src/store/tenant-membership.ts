import { sql } from 'kysely'
import type { Db } from './db.ts'

/** An account of one person, or the principal of one application, in one tenant (TEN-7). */
export interface TenantMembership {
  readonly tenantId: string
  readonly objectId: string
  readonly tenantDisplayName: string
  readonly isHome: boolean
  readonly userType: 'Member' | 'Guest' | null
  readonly isPending: boolean
  readonly since: Date
}

/**
 * Home first, then by tenant. An invitation that has not been accepted is found by the address it went to, when that is
 * the person's user principal name, whose domain their home has proved.
 */
export async function listTenantMemberships(
  db: Db,
  principal: { readonly tenantId: string; readonly objectId: string },
): Promise<TenantMembership[]> {
  const result = await sql<{
    tenant_id: string
    id: string
    display_name: string
    is_home: boolean
    user_type: 'Member' | 'Guest' | null
    is_pending: boolean
    created_at: Date
  }>`
    with home as (
      select coalesce(u.home_tenant_id, p.tenant_id) as tenant_id, coalesce(u.home_object_id, p.id) as id
      from principal p left join user_account u on u.id = p.id
      where p.id = ${principal.objectId}::uuid and p.tenant_id = ${principal.tenantId}::uuid and p.deleted_at is null
    ), same as (
      select tenant_id, id from home
      union
      select u.tenant_id, u.id from home
        join user_account u on u.home_tenant_id = home.tenant_id and u.home_object_id = home.id
      union
      select u.tenant_id, u.id from home join user_account own on own.id = home.id
        join user_account u on u.external_user_state = 'PendingAcceptance' and u.home_tenant_id is null
          and lower(u.mail) = lower(own.user_principal_name)
      union
      select other.tenant_id, other.id from home
        join service_principal mine on mine.id = home.id
        join service_principal other on other.app_id = mine.app_id
    )
    select t.id as tenant_id, p.id, t.display_name, p.created_at, u.user_type,
      coalesce(u.external_user_state = 'PendingAcceptance', false) as is_pending,
      case when p.kind = 'servicePrincipal'
        then exists (select from application a where a.app_id = s.app_id and a.tenant_id = t.id)
        else p.id = home.id end as is_home
    from same join home on true
    join principal p on p.id = same.id and p.deleted_at is null
    join tenant t on t.id = p.tenant_id and t.deleted_at is null
    left join user_account u on u.id = p.id
    left join service_principal s on s.id = p.id
    where coalesce(u.account_enabled, true)
    order by is_home desc, t.id`.execute(db)
  return result.rows.map((row) => ({
    tenantId: row.tenant_id,
    objectId: row.id,
    tenantDisplayName: row.display_name,
    isHome: row.is_home,
    userType: row.user_type,
    isPending: row.is_pending,
    since: row.created_at,
  }))
}
