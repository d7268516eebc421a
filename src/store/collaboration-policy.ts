import { type CollaborationPolicy, defaultCollaborationPolicy } from '../domain/directory/collaboration-policy.ts'
import type { DomainList } from '../domain/directory/domain-list.ts'
import { type Db, json } from './db.ts'

/** What holds in a tenant now; the defaults where nothing was ever set. */
export async function getCollaborationPolicy(db: Db, tenantId: string): Promise<CollaborationPolicy> {
  const row = await db
    .selectFrom('collaboration_policy')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .executeTakeFirst()
  if (!row) return defaultCollaborationPolicy
  return {
    allowInvitesFrom: row.allow_invites_from,
    guestVisibility: row.guest_visibility,
    membersCreateApps: row.members_create_apps,
    membersCreateSecurityGroups: row.members_create_security_groups,
    membersCreateTenants: row.members_create_tenants,
    membersReadOtherUsers: row.members_read_other_users,
    privacyStatementUrl: row.privacy_statement_url,
    termsOfUseUrl: row.terms_of_use_url,
  }
}

export async function replaceCollaborationPolicy(db: Db, tenantId: string, policy: CollaborationPolicy): Promise<void> {
  const columns = {
    allow_invites_from: policy.allowInvitesFrom,
    guest_visibility: policy.guestVisibility,
    members_create_apps: policy.membersCreateApps,
    members_create_security_groups: policy.membersCreateSecurityGroups,
    members_create_tenants: policy.membersCreateTenants,
    members_read_other_users: policy.membersReadOtherUsers,
    privacy_statement_url: policy.privacyStatementUrl,
    terms_of_use_url: policy.termsOfUseUrl,
  }
  await db
    .insertInto('collaboration_policy')
    .values({ tenant_id: tenantId, ...columns })
    .onConflict((conflict) => conflict.column('tenant_id').doUpdateSet(columns))
    .execute()
}

/** The one list of a tenant with what Graph says about it. */
export interface StoredDomainList extends DomainList {
  readonly id: string
  readonly displayName: string
  readonly description: string | null
  /** Azure's isOrganizationDefault: a list that is not active is kept and does nothing. */
  readonly isActive: boolean
}

export async function findDomainList(db: Db, tenantId: string): Promise<StoredDomainList | undefined> {
  const row = await db.selectFrom('domain_list').selectAll().where('tenant_id', '=', tenantId).executeTakeFirst()
  return (
    row && {
      id: row.id,
      displayName: row.display_name,
      description: row.description,
      kind: row.kind,
      domains: row.domains,
      isActive: row.is_active,
    }
  )
}

export async function replaceDomainList(db: Db, tenantId: string, list: StoredDomainList): Promise<void> {
  const columns = {
    display_name: list.displayName,
    description: list.description,
    kind: list.kind,
    domains: json(list.domains),
    is_active: list.isActive,
  }
  await db
    .insertInto('domain_list')
    .values({ tenant_id: tenantId, id: list.id, ...columns })
    .onConflict((conflict) => conflict.column('tenant_id').doUpdateSet(columns))
    .execute()
}

export async function deleteDomainList(db: Db, tenantId: string): Promise<void> {
  await db.deleteFrom('domain_list').where('tenant_id', '=', tenantId).execute()
}
