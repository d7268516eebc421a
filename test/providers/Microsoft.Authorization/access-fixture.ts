import { randomUUID } from 'node:crypto'
import { period } from '../../../src/store/db.ts'
import type { TestCloud } from '../../support/cloud.ts'

export const start = '2026-10-01T00:00:00Z'
const at = new Date('2026-09-01T00:00:00Z')

/** Writes directory and subscription rows directly, so that access is tested without the operations that make them. */
export function accessFixture(cloud: TestCloud) {
  const { db } = cloud.running
  return {
    async tenant(): Promise<string> {
      const id = randomUUID()
      await db
        .insertInto('tenant')
        .values({
          id,
          kind: 'workforce',
          display_name: 'Contoso',
          country_code: 'SE',
          data_residency: 'Europe',
          created_at: at,
        })
        .execute()
      return id
    },
    async user(
      tenantId: string,
      name: string,
      guest?: { home: { tenantId: string; objectId: string }; state: 'PendingAcceptance' | 'Accepted' },
    ): Promise<string> {
      const id = randomUUID()
      await db
        .insertInto('principal')
        .values({ id, tenant_id: tenantId, kind: 'user', display_name: name, created_at: at })
        .execute()
      await db
        .insertInto('user_account')
        .values({
          id,
          tenant_id: tenantId,
          user_principal_name: `${name}-${id.slice(0, 8)}@contoso.example`,
          user_type: guest ? 'Guest' : 'Member',
          account_class: guest ? 'guest' : 'work',
          account_enabled: true,
          home_tenant_id: guest?.home.tenantId ?? null,
          home_object_id: guest?.home.objectId ?? null,
          external_user_state: guest?.state ?? null,
          external_user_state_changed_at: guest ? at : null,
        })
        .execute()
      return id
    },
    async group(tenantId: string, ...members: string[]): Promise<string> {
      const id = randomUUID()
      await db
        .insertInto('principal')
        .values({ id, tenant_id: tenantId, kind: 'group', display_name: 'group', created_at: at })
        .execute()
      await db.insertInto('group_account').values({ id, tenant_id: tenantId, mail_nickname: id }).execute()
      for (const member of members)
        await db
          .insertInto('group_member')
          .values({ tenant_id: tenantId, group_id: id, member_id: member, added_at: at })
          .execute()
      return id
    },
    async directoryRole(tenantId: string, templateId: string, principalId: string): Promise<void> {
      await db
        .insertInto('directory_role_member')
        .values({ tenant_id: tenantId, role_template_id: templateId, principal_id: principalId, assigned_at: at })
        .execute()
    },
    async subscription(tenantId: string, owner?: string): Promise<string> {
      const id = randomUUID()
      await db
        .insertInto('subscription')
        .values({
          id,
          display_name: 'Production',
          state: 'Active',
          offer: 'direct',
          created_at: at,
          created_by: randomUUID(),
        })
        .execute()
      await db
        .insertInto('subscription_directory')
        .values({ subscription_id: id, during: period(at), tenant_id: tenantId })
        .execute()
      if (owner !== undefined) await this.assign(tenantId, `/subscriptions/${id}`, roles.owner, owner)
      return id
    },
    async resourceGroup(subscriptionId: string, name: string, location = 'westeurope'): Promise<string> {
      await db
        .insertInto('resource_group')
        .values({
          subscription_id: subscriptionId,
          name,
          name_key: name.toLowerCase(),
          location,
          created_at: at,
          changed_at: at,
        })
        .execute()
      return `/subscriptions/${subscriptionId}/resourceGroups/${name}`
    },
    async setState(
      subscriptionId: string,
      state: 'Active' | 'Disabled' | 'Suspended' | 'Deleted' | 'Expired' | 'Warned',
    ) {
      await db.updateTable('subscription').set({ state }).where('id', '=', subscriptionId).execute()
    },
    async assign(
      tenantId: string,
      scope: string,
      role: string,
      principalId: string,
      type: 'User' | 'Group' | 'ForeignGroup' = 'User',
    ) {
      const id = randomUUID()
      await db
        .insertInto('role_assignment')
        .values({
          id,
          tenant_id: tenantId,
          scope,
          scope_key: scope.toLowerCase(),
          subscription_id: scope.split('/')[2] ?? null,
          role_definition_id: role,
          principal_id: principalId,
          principal_type: type,
          description: null,
          created_at: at,
          created_by: principalId,
          updated_at: at,
          updated_by: principalId,
        })
        .execute()
      return id
    },
    async client(tenantId: string, userId: string) {
      return cloud.as(await cloud.userToken(tenantId, userId))
    },
  }
}

export const roles = {
  owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
  contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
  reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
  userAccessAdministrator: '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9',
  resourcePolicyContributor: '36243c78-bf99-498c-9df9-86d9f8d28608',
  tag: '4a9ae827-6dc8-4573-8ac7-8239d42aa03f',
  usagePublisher: '47ffdeb9-5119-4dd8-94ae-155be3049f6f',
} as const

export const globalAdministrator = '62e90394-69f5-4237-9190-012177145e10'
