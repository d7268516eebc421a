import { bodies } from '../../http/unauthorised.data.ts'
import { type Stage, type Success, version } from '../stage.ts'

const authorizationPolicy = '/v1.0/policies/authorizationPolicy'
const services = '/providers/Tenantry.Directory/services'
const lock = (scope: string, name: string): string =>
  `${scope}/providers/Microsoft.Authorization/locks/${name}?api-version=2016-09-01`
const locked = { properties: { level: 'CanNotDelete' } }

const invitation = (stage: Stage) => ({
  invitedUserEmailAddress: `${stage.label('guest')}@elsewhere.example`,
  inviteRedirectUrl: 'https://example.com/',
})

const identityProviders = '/v1.0/identity/identityProviders'

function identityProvider(stage: Stage): Record<string, unknown> {
  for (const secret of ['a secret of the provider', 'another secret of the provider']) stage.secrets.add(secret)
  return {
    ...(bodies['v1.0.Graph_CreateIdentityProvider'] as Record<string, unknown>),
    metadataUrl: `https://${stage.label('issuer')}.example/.well-known/openid-configuration`,
  }
}

async function newIdentityProvider(stage: Stage): Promise<string> {
  const made = await stage.did(stage.owner.post(identityProviders, identityProvider(stage)))
  return `${identityProviders}/${made.body.id}`
}

async function service(stage: Stage): Promise<string> {
  const name = stage.label('service')
  await stage.did(
    stage.operator.put(`${services}/${name}?${version.ours}`, bodies['Tenantry.Directory.Services_CreateOrUpdate']),
  )
  return name
}

const ofTenant = (stage: Stage, name: string): string =>
  `/providers/Tenantry.Directory/tenants/${stage.customer.tenant.id}/services/${name}?${version.ours}`

/** Guests and their rules, services of a tenant, and locks. */
export const collaborationSuccesses: Readonly<Record<string, Success>> = {
  'v1.0.Graph_CreateInvitation': (stage) => ({ as: stage.owner, path: '/v1.0/invitations', body: invitation(stage) }),
  'v1.0.Graph_UpdateAuthorizationPolicy': (stage) => ({
    as: stage.owner,
    path: authorizationPolicy,
    body: { allowInvitesFrom: 'adminsAndGuestInviters' },
  }),
  'v1.0.Graph_CreateIdentityProvider': (stage) => ({
    as: stage.owner,
    path: identityProviders,
    body: identityProvider(stage),
  }),
  'v1.0.Graph_UpdateIdentityProvider': async (stage) => ({
    as: stage.owner,
    path: await newIdentityProvider(stage),
    body: { displayName: 'Northwind', clientSecret: 'another secret of the provider' },
  }),
  'v1.0.Graph_DeleteIdentityProvider': async (stage) => ({ as: stage.owner, path: await newIdentityProvider(stage) }),
  'Tenantry.Directory.GuestTerms_CreateOrUpdate': (stage) => ({
    as: stage.owner,
    path: `/providers/Tenantry.Directory/tenants/${stage.customer.tenant.id}/guestTerms?${version.ours}`,
    body: { properties: { termsOfUseUrl: 'https://example.com/terms' } },
  }),
  'Tenantry.Directory.Services_CreateOrUpdate': (stage) => ({
    as: stage.operator,
    path: `${services}/${stage.label('service')}?${version.ours}`,
    body: bodies['Tenantry.Directory.Services_CreateOrUpdate'],
  }),
  'Tenantry.Directory.TenantServices_Enable': async (stage) => ({
    as: stage.owner,
    path: ofTenant(stage, await service(stage)),
    body: {},
  }),
  'Tenantry.Directory.TenantServices_Disable': async (stage) => {
    const path = ofTenant(stage, await service(stage))
    await stage.did(stage.owner.put(path, {}))
    return { as: stage.owner, path }
  },
  'Microsoft.Authorization.ManagementLocks_CreateOrUpdateByScope': async (stage) => ({
    as: stage.owner,
    path: lock(await stage.resourceGroup(), 'kept'),
    body: locked,
  }),
  'Microsoft.Authorization.ManagementLocks_DeleteByScope': async (stage) => {
    const path = lock(await stage.resourceGroup(), 'kept')
    await stage.did(stage.owner.put(path, locked))
    return { as: stage.owner, path }
  },
  'Microsoft.Billing.InvoiceSections_Delete': async (stage) => ({
    as: stage.owner,
    path: `${await stage.section()}?${version.billing2024}`,
  }),
  'Microsoft.Billing.InvoiceSections_ValidateDeleteEligibility': async (stage) => ({
    as: stage.owner,
    path: `${await stage.section()}/validateDeleteEligibility?${version.billing2024}`,
  }),
  'Microsoft.Billing.BillingProfiles_ValidateDeleteEligibility': (stage) => ({
    as: stage.owner,
    path: `${stage.customer.profileId}/validateDeleteEligibility?${version.billing2024}`,
  }),
  'Microsoft.Billing.BillingProfiles_Delete': async (stage) => {
    const path = `${stage.customer.accountId}/billingProfiles/${stage.label('PROFILE')}`
    await stage.did(stage.owner.put(`${path}?${version.billing}`, { properties: {} }))
    return { as: stage.owner, path: `${path}?${version.billing2024}` }
  },
}
