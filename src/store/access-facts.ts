import { sql } from 'kysely'
import type { Standing } from '../domain/directory/collaboration-policy.ts'
import type { Db } from './db.ts'
import type { RolePermission } from './schema.ts'

export interface SubscriptionFacts {
  readonly id: string
  readonly state: 'Active' | 'Warned' | 'PastDue' | 'Disabled' | 'Expired' | 'Deleted' | 'Suspended'
  /** The tenant it trusts at the instant asked for. */
  readonly tenantId: string
}

export async function findSubscriptionFacts(db: Db, id: string, at: Date): Promise<SubscriptionFacts | undefined> {
  return db
    .selectFrom('subscription as s')
    .innerJoin('subscription_directory as d', 'd.subscription_id', 's.id')
    .where('s.id', '=', id)
    .where(sql<boolean>`d.during @> ${at}::timestamptz`)
    .select(['s.id', 's.state', 'd.tenant_id as tenantId'])
    .executeTakeFirst()
}

/**
 * The principal and every group that contains it, directly or through groups. Nobody is there when it was deleted,
 * disabled, or has not accepted its invitation yet (TEN-14), so that nothing can be granted to it.
 */
const principalsOf = (tenantId: string, objectId: string) => sql`
  who(id) as (
    select p.id from principal p left join user_account u on u.id = p.id
    where p.id = ${objectId}::uuid and p.tenant_id = ${tenantId}::uuid and p.deleted_at is null
      and coalesce(u.account_enabled, true) and coalesce(u.external_user_state, 'Accepted') <> 'PendingAcceptance'
    union
    select m.group_id from who join group_member m on m.member_id = who.id
      join principal g on g.id = m.group_id and g.deleted_at is null
  )`

export interface GrantRow {
  readonly principalId: string
  readonly id: string
  readonly tenantId: string
  readonly scope: string
  readonly roleDefinitionId: string
  readonly principalType: string
  /** Of a custom role; nothing for a built-in one. */
  readonly customRole: { readonly name: string; readonly permissions: readonly RolePermission[] } | undefined
}

export interface PrincipalGrants {
  readonly principals: readonly string[]
  readonly grants: readonly GrantRow[]
}

/** Who the principal is, groups included, and what was granted to any of them at one of the scopes; one query. */
export async function loadGrants(
  db: Db,
  principal: { readonly tenantId: string; readonly objectId: string },
  scopeKeys: readonly string[],
): Promise<PrincipalGrants> {
  const result = await sql<{
    principal_id: string
    id: string | null
    tenant_id: string
    scope: string
    role_definition_id: string
    principal_type: string
    role_name: string | null
    permissions: RolePermission[] | null
  }>`
    with recursive ${principalsOf(principal.tenantId, principal.objectId)}
    select who.id as principal_id, a.id, a.tenant_id, a.scope, a.role_definition_id, a.principal_type,
      d.role_name, d.permissions
    from who
    left join role_assignment a on a.principal_id = who.id and a.scope_key = any(${[...scopeKeys]}::text[])
    left join role_definition d on d.tenant_id = a.tenant_id and d.id = a.role_definition_id
    order by who.id = ${principal.objectId}::uuid desc, a.scope_key, a.id`.execute(db)
  return {
    principals: [...new Set(result.rows.map((row) => row.principal_id))],
    grants: result.rows.flatMap((row) =>
      row.id === null
        ? []
        : [
            {
              principalId: row.principal_id,
              id: row.id,
              tenantId: row.tenant_id,
              scope: row.scope,
              roleDefinitionId: row.role_definition_id,
              principalType: row.principal_type,
              customRole:
                row.role_name === null || row.permissions === null
                  ? undefined
                  : { name: row.role_name, permissions: row.permissions },
            },
          ],
    ),
  }
}

/** Subscriptions at, above or below which the principal holds any role; deleted ones are nobody's. */
export async function listSubscriptionsOfPrincipal(
  db: Db,
  principal: { readonly tenantId: string; readonly objectId: string },
  at: Date,
): Promise<string[]> {
  const result = await sql<{ id: string }>`
    with recursive ${principalsOf(principal.tenantId, principal.objectId)}
    select distinct s.id
    from who
    join role_assignment a on a.principal_id = who.id
    join subscription_directory d on d.during @> ${at}::timestamptz and d.tenant_id = a.tenant_id
      and (d.subscription_id = a.subscription_id or a.subscription_id is null)
    join subscription s on s.id = d.subscription_id and s.state <> 'Deleted'
    where a.tenant_id = ${principal.tenantId}::uuid or a.principal_type = 'ForeignGroup'
    order by s.id`.execute(db)
  return result.rows.map((row) => row.id)
}

/** Template ids of the directory roles the principal holds in its tenant, also through groups, and what it is there. */
export async function loadDirectoryRoles(
  db: Db,
  principal: { readonly tenantId: string; readonly objectId: string },
): Promise<{ readonly isPresent: boolean; readonly standing: Standing; readonly roleTemplateIds: readonly string[] }> {
  const result = await sql<{ role_template_id: string | null; user_type: string | null; account_class: string | null }>`
    with recursive ${principalsOf(principal.tenantId, principal.objectId)}
    select r.role_template_id, u.user_type, u.account_class
    from who
    left join directory_role_member r on r.principal_id = who.id and r.tenant_id = ${principal.tenantId}::uuid
    left join user_account u on u.id = ${principal.objectId}::uuid`.execute(db)
  const [first] = result.rows
  return {
    isPresent: first !== undefined,
    standing:
      !first?.user_type || first.account_class === 'consumer'
        ? 'nobody'
        : first.user_type === 'Member'
          ? 'member'
          : 'guest',
    roleTemplateIds: result.rows.flatMap((row) => row.role_template_id ?? []),
  }
}

/** The principal and its groups, and the directory roles that they hold: what console roles are made of (PAR-17). */
export async function loadConsoleFacts(
  db: Db,
  principal: { readonly tenantId: string; readonly objectId: string },
): Promise<{ readonly principals: readonly string[]; readonly roleTemplateIds: readonly string[] }> {
  const result = await sql<{ id: string; role_template_id: string | null }>`
    with recursive ${principalsOf(principal.tenantId, principal.objectId)}
    select who.id, r.role_template_id from who
    left join directory_role_member r on r.principal_id = who.id and r.tenant_id = ${principal.tenantId}::uuid`.execute(
    db,
  )
  return {
    principals: [...new Set(result.rows.map((row) => row.id))],
    roleTemplateIds: result.rows.flatMap((row) => row.role_template_id ?? []),
  }
}

/**
 * BIL-3: a billing account is reached from its own tenant; from another one only while it is associated with billing
 * management on (OWN-13), whatever was granted.
 */
const reachesTheAccount = sql`(
  exists (select from billing_account a where a.name = b.billing_account_name and a.tenant_id = b.principal_tenant_id)
  or exists (select from associated_tenant t where t.billing_account_name = b.billing_account_name
    and t.tenant_id = b.principal_tenant_id and t.billing_state = 'Active'))`

/** The billing role assignments on one account that the principal holds, also through groups. */
export async function loadBillingGrants(
  db: Db,
  principal: { readonly tenantId: string; readonly objectId: string },
  billingAccountName: string,
): Promise<{ scope: string; roleDefinitionName: string }[]> {
  const result = await sql<{ scope: string; role_definition_name: string }>`
    with recursive ${principalsOf(principal.tenantId, principal.objectId)}
    select b.scope, b.role_definition_name
    from who
    join billing_role_assignment b on b.principal_id = who.id and b.principal_tenant_id = ${principal.tenantId}::uuid
    where b.billing_account_name = ${billingAccountName} and ${reachesTheAccount}`.execute(db)
  return result.rows.map((row) => ({ scope: row.scope, roleDefinitionName: row.role_definition_name }))
}

/** The billing accounts in which anything was granted to the principal, at whatever scope, also through groups. */
export async function listBillingAccountsOfPrincipal(
  db: Db,
  principal: { readonly tenantId: string; readonly objectId: string },
): Promise<string[]> {
  const result = await sql<{ name: string }>`
    with recursive ${principalsOf(principal.tenantId, principal.objectId)}
    select distinct b.billing_account_name as name
    from who
    join billing_role_assignment b on b.principal_id = who.id and b.principal_tenant_id = ${principal.tenantId}::uuid
    where ${reachesTheAccount}`.execute(db)
  return result.rows.map((row) => row.name)
}

export async function findBillingAccountTenant(
  db: Db,
  name: string,
): Promise<{ readonly name: string; readonly tenantId: string; readonly agreementType: string } | undefined> {
  return db
    .selectFrom('billing_account')
    .where(sql<boolean>`lower(name) = lower(${name})`)
    .select(['name', 'tenant_id as tenantId', 'agreement_type as agreementType'])
    .executeTakeFirst()
}

/**
 * The same person, or the same application, in every tenant: a person is known by the home account that an external
 * account names, an application by its client id. Deleted, disabled and pending accounts are left out.
 */
export async function listIdentities(
  db: Db,
  principal: { readonly tenantId: string; readonly objectId: string },
): Promise<{ tenantId: string; objectId: string }[]> {
  const result = await sql<{ tenant_id: string; id: string }>`
    with home as (
      select coalesce(u.home_tenant_id, p.tenant_id) as tenant_id, coalesce(u.home_object_id, p.id) as id
      from principal p left join user_account u on u.id = p.id
      where p.id = ${principal.objectId}::uuid and p.tenant_id = ${principal.tenantId}::uuid and p.deleted_at is null
        and coalesce(u.account_enabled, true) and coalesce(u.external_user_state, 'Accepted') <> 'PendingAcceptance'
    ), same as (
      select tenant_id, id from home
      union
      select u.tenant_id, u.id from home join user_account u on u.home_tenant_id = home.tenant_id and u.home_object_id = home.id
      union
      select other.tenant_id, other.id from home
        join service_principal mine on mine.id = home.id
        join service_principal other on other.app_id = mine.app_id
    )
    select p.tenant_id, p.id
    from same join principal p on p.id = same.id and p.tenant_id = same.tenant_id and p.deleted_at is null
    join tenant t on t.id = p.tenant_id and t.deleted_at is null
    left join user_account u on u.id = p.id
    where coalesce(u.account_enabled, true) and coalesce(u.external_user_state, 'Accepted') <> 'PendingAcceptance'
    order by p.id = ${principal.objectId}::uuid desc, p.tenant_id, p.id`.execute(db)
  return result.rows.map((row) => ({ tenantId: row.tenant_id, objectId: row.id }))
}

/** A principal of the tenant that a role may be given to; `isPending` when the invitation is not accepted yet. */
export async function findAssignee(
  db: Db,
  tenantId: string,
  principalId: string,
): Promise<{ readonly kind: 'user' | 'group' | 'servicePrincipal'; readonly isPending: boolean } | undefined> {
  const row = await db
    .selectFrom('principal as p')
    .leftJoin('user_account as u', 'u.id', 'p.id')
    .where('p.tenant_id', '=', tenantId)
    .where('p.id', '=', principalId)
    .where('p.deleted_at', 'is', null)
    .select(['p.kind', 'u.external_user_state as state', 'u.account_class as accountClass'])
    .executeTakeFirst()
  // TEN-9: a consumer signs in to applications and never has access to resources.
  if (!row || row.accountClass === 'consumer') return undefined
  return { kind: row.kind, isPending: row.state === 'PendingAcceptance' }
}

export async function hasResourceGroup(db: Db, subscriptionId: string, name: string): Promise<boolean> {
  const row = await db
    .selectFrom('resource_group')
    .select('name')
    .where('subscription_id', '=', subscriptionId)
    .where('name_key', '=', name.toLowerCase())
    .executeTakeFirst()
  return row !== undefined
}
