import { billingRoleId } from '../../../src/domain/access/billing-roles.ts'
import type { Person } from '../../providers/Microsoft.AzureActiveDirectory/identity-cloud.ts'
import { type Stage, type Success, version } from '../stage.ts'

const managing = { properties: { displayName: 'Finance', billingManagementState: 'Active' } }

const associationPath = (stage: Stage, tenantId: string): string =>
  `${stage.customer.accountId}/associatedTenants/${tenantId}?${version.billing2024}`

async function associated(stage: Stage): Promise<{ path: string; person: Person }> {
  const { tenant, administrator } = await stage.world.identities.workforce()
  const path = associationPath(stage, tenant.id)
  await stage.did(stage.owner.put(path, managing))
  return { path, person: administrator }
}

/** A customer whose present partner asks nothing, and an agent of the one who asks for its subscriptions. */
async function betweenPartners(stage: Stage) {
  const [present, future] = [await stage.partner(), await stage.partner()]
  const customer = await stage.partners.customer(present.agent)
  await stage.partners.relate(future.agent, customer.administrator)
  await stage.partners.attest(future.agent, customer)
  const { accountId, profiles } = future.partner
  const transfers = `${accountId}/billingProfiles/${profiles.USD}/customers/${customer.id}/transfers`
  return {
    as: future.agent.client,
    path: `${transfers}/${stage.label('transfer')}`,
    body: { properties: { recipientEmailId: present.agent.userPrincipalName, transferTermsAccepted: true } },
  }
}

/** What an account shares with other tenants, and what a partner takes over from another. */
export const associationSuccesses: Readonly<Record<string, Success>> = {
  'Microsoft.Billing.AssociatedTenants_CreateOrUpdate': async (stage) => ({
    as: stage.owner,
    path: associationPath(stage, (await stage.world.identities.workforce()).tenant.id),
    body: managing,
  }),
  'Microsoft.Billing.AssociatedTenants_Delete': async (stage) => ({
    as: stage.owner,
    path: (await associated(stage)).path,
  }),
  'Microsoft.Billing.BillingRequests_CreateOrUpdate': async (stage) => {
    const { person } = await associated(stage)
    const offered = await stage.did(
      stage.owner.post(`${stage.customer.accountId}/createBillingRoleAssignment?${version.billing2024}`, {
        principalId: person.objectId,
        principalTenantId: person.tenantId,
        roleDefinitionId: billingRoleId('BAR'),
      }),
    )
    const name = offered.body.properties.billingRequestId.split('/').at(-1)
    return {
      as: person.client,
      path: `/providers/Microsoft.Billing/billingRequests/${name}?${version.billing2024}`,
      body: { properties: { status: 'Approved' } },
    }
  },
  'Microsoft.Billing.PartnerTransfers_Initiate': async (stage) => {
    const { path, ...asking } = await betweenPartners(stage)
    return { ...asking, path: `${path}?${version.billing2024}` }
  },
  'Microsoft.Billing.PartnerTransfers_Cancel': async (stage) => {
    const { as, path, body } = await betweenPartners(stage)
    await stage.did(as.put(`${path}?${version.billing2024}`, body))
    return { as, path: `${path}/cancel?${version.billing2024}` }
  },
}
