import { roleIds } from '../../../src/domain/access/built-in-roles.ts'
import { linkPath, version as linkVersion } from '../../providers/Microsoft.AzureActiveDirectory/identity-cloud.ts'
import { allowed, creationPolicy } from './money.ts'
import { type Stage, type Success, version } from '../stage.ts'

const authorization = 'providers/Microsoft.Authorization'
const allowedLocations = '/providers/Microsoft.Authorization/policyDefinitions/e56962a6-4747-49cd-b67b-bf8b01975c4c'
const roleDefinition = (scope: string) => ({
  properties: {
    roleName: `Reader of ${scope}`,
    permissions: [{ actions: ['*/read'] }],
    assignableScopes: [scope],
  },
})
const policyAssignment = {
  properties: {
    policyDefinitionId: allowedLocations,
    parameters: { listOfAllowedLocations: { value: ['westeurope', 'northeurope', 'Europe'] } },
  },
}
const policyRule = {
  properties: { policyRule: { if: { field: 'location', equals: 'moon' }, then: { effect: 'deny' } } },
}
const reading = { roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${roleIds.reader}` }

const roleAssignment = async (stage: Stage, principalId: string): Promise<string> => {
  const path = `${stage.subscription}/${authorization}/roleAssignments/${stage.guid()}?${version.authorization}`
  await stage.did(stage.owner.put(path, { properties: { ...reading, principalId } }))
  return path
}

const put = async (stage: Stage, path: string, body: unknown): Promise<string> => {
  await stage.did(stage.owner.put(path, body))
  return path
}

async function cancelled(stage: Stage): Promise<string> {
  const subscription = await stage.newSubscription()
  await stage.did(
    stage.owner.post(
      `${subscription}/providers/Microsoft.Subscription/cancel?${version.subscription}&IgnoreResourceCheck=true`,
    ),
  )
  return subscription
}

async function link(stage: Stage): Promise<string> {
  const tenant = await stage.world.linkedTenant(stage.customer, stage.subscriptionId)
  return `${linkPath(stage.subscriptionId, tenant.domain)}?${linkVersion}`
}

const guestUsage = (stage: Stage): string =>
  `${stage.group}/providers/Microsoft.AzureActiveDirectory/guestUsages/guests?${linkVersion}`
const guests = (stage: Stage) => ({ location: 'Europe', properties: { tenantId: stage.customer.tenant.id } })

const moving = async (stage: Stage) => {
  const source = await stage.resourceGroup()
  const target = await stage.resourceGroup()
  return { source, body: { resources: [await stage.machine(source)], targetResourceGroup: target } }
}

/** Everything in the graph of resources and in the access to them. */
export const resourceSuccesses: Readonly<Record<string, Success>> = {
  'Microsoft.Authorization.RoleAssignments_Create': async (stage) => ({
    as: stage.owner,
    path: `${stage.subscription}/${authorization}/roleAssignments/${stage.guid()}?${version.authorization}`,
    body: { properties: { ...reading, principalId: (await stage.user()).objectId } },
  }),
  'Microsoft.Authorization.RoleAssignments_Delete': async (stage) => ({
    as: stage.owner,
    path: await roleAssignment(stage, (await stage.user()).objectId),
  }),
  'Microsoft.Authorization.RoleDefinitions_CreateOrUpdate': (stage) => ({
    as: stage.owner,
    path: `${stage.subscription}/${authorization}/roleDefinitions/${stage.guid()}?${version.authorization}`,
    body: roleDefinition(stage.subscription),
  }),
  'Microsoft.Authorization.RoleDefinitions_Delete': async (stage) => ({
    as: stage.owner,
    path: await put(
      stage,
      `${stage.group}/${authorization}/roleDefinitions/${stage.guid()}?${version.authorization}`,
      roleDefinition(stage.group),
    ),
  }),
  'Microsoft.Authorization.PolicyDefinitions_CreateOrUpdate': (stage) => ({
    as: stage.owner,
    path: `${stage.subscription}/${authorization}/policyDefinitions/${stage.label('policy')}?${version.policy}`,
    body: policyRule,
  }),
  'Microsoft.Authorization.PolicyDefinitions_Delete': async (stage) => ({
    as: stage.owner,
    path: await put(
      stage,
      `${stage.subscription}/${authorization}/policyDefinitions/${stage.label('policy')}?${version.policy}`,
      policyRule,
    ),
  }),
  'Microsoft.Authorization.PolicyAssignments_Create': (stage) => ({
    as: stage.owner,
    path: `${stage.group}/${authorization}/policyAssignments/${stage.label('assigned')}?${version.policy}`,
    body: policyAssignment,
  }),
  'Microsoft.Authorization.PolicyAssignments_Update': async (stage) => {
    const id = `${stage.group}/${authorization}/policyAssignments/${stage.label('assigned')}`
    await put(stage, `${id}?${version.policy}`, policyAssignment)
    return {
      as: stage.owner,
      path: `${id}?${version.policy}`,
      body: { location: 'westeurope' },
    }
  },
  'Microsoft.Authorization.PolicyAssignments_Delete': async (stage) => ({
    as: stage.owner,
    path: await put(
      stage,
      `${stage.group}/${authorization}/policyAssignments/${stage.label('assigned')}?${version.policy}`,
      policyAssignment,
    ),
  }),
  'Microsoft.Authorization.GlobalAdministrator_ElevateAccess': (stage) => ({
    as: stage.owner,
    path: '/providers/Microsoft.Authorization/elevateAccess?api-version=2016-07-01',
    body: {},
  }),
  'Microsoft.PolicyInsights.PolicyStates_ListQueryResultsForSubscription': (stage) => ({
    as: stage.owner,
    path: `${stage.subscription}/providers/Microsoft.PolicyInsights/policyStates/latest/queryResults?api-version=2019-10-01`,
    body: {},
  }),
  'Microsoft.PolicyInsights.PolicyStates_ListQueryResultsForResourceGroup': (stage) => ({
    as: stage.owner,
    path: `${stage.group}/providers/Microsoft.PolicyInsights/policyStates/latest/queryResults?api-version=2019-10-01`,
    body: {},
  }),
  'Microsoft.AzureActiveDirectory.B2CTenants_Create': (stage) => ({
    as: stage.owner,
    path: `${linkPath(stage.subscriptionId, `${stage.label('born')}.onmicrosoft.com`)}?${linkVersion}`,
    body: {
      location: 'Europe',
      sku: { name: 'PremiumP1', tier: 'A0' },
      properties: { createTenantProperties: { displayName: 'New', countryCode: 'SE' } },
    },
  }),
  'Microsoft.AzureActiveDirectory.B2CTenants_Update': async (stage) => ({
    as: stage.owner,
    path: await link(stage),
    body: { tags: { changed: 'yes' } },
  }),
  'Microsoft.AzureActiveDirectory.B2CTenants_Delete': async (stage) => ({ as: stage.owner, path: await link(stage) }),
  'Microsoft.AzureActiveDirectory.B2CTenants_CheckNameAvailability': (stage) => ({
    as: stage.owner,
    path: `${stage.subscription}/providers/Microsoft.AzureActiveDirectory/checkNameAvailability?${linkVersion}`,
    body: { name: 'free.onmicrosoft.com', countryCode: 'SE' },
  }),
  'Microsoft.AzureActiveDirectory.GuestUsages_Create': (stage) => ({
    as: stage.owner,
    path: guestUsage(stage),
    body: guests(stage),
  }),
  'Microsoft.AzureActiveDirectory.GuestUsages_Update': async (stage) => ({
    as: stage.owner,
    path: await put(stage, guestUsage(stage), guests(stage)),
    body: { tags: { changed: 'yes' } },
  }),
  'Microsoft.AzureActiveDirectory.GuestUsages_Delete': async (stage) => ({
    as: stage.owner,
    path: await put(stage, guestUsage(stage), guests(stage)),
  }),
  'Tenantry.Metering.LegacyLinks_Import': async (stage) => {
    const tenant = await stage.world.identities.identity(stage.customer.owner)
    return {
      as: stage.operator,
      path: `/providers/Tenantry.Metering/legacyLinks/${tenant.domain}?${version.ours}`,
      body: {
        properties: {
          subscriptionId: stage.subscriptionId,
          resourceGroup: 'identity',
          linkedAt: '2018-05-01T00:00:00Z',
        },
      },
    }
  },
  'Microsoft.Subscription.Alias_Create': (stage) => ({
    as: stage.owner,
    path: `/providers/Microsoft.Subscription/aliases/${stage.guid()}?${version.subscription}`,
    body: {
      properties: { displayName: 'New', workload: 'Production', billingScope: stage.customer.sectionId },
    },
  }),
  'Microsoft.Subscription.Alias_Delete': async (stage) => ({
    as: stage.owner,
    path: await put(stage, `/providers/Microsoft.Subscription/aliases/${stage.guid()}?${version.subscription}`, {
      properties: { displayName: 'New', workload: 'Production', billingScope: stage.customer.sectionId },
    }),
  }),
  'Microsoft.Subscription.Subscription_AcceptOwnership': async (stage) => {
    await stage.did(stage.owner.put(creationPolicy(stage), allowed))
    const { tenant, administrator } = await stage.world.identities.workforce()
    const asked = await stage.did(
      stage.owner.put(`/providers/Microsoft.Subscription/aliases/${stage.guid()}?${version.subscription}`, {
        properties: {
          displayName: 'For another',
          workload: 'Production',
          billingScope: stage.customer.sectionId,
          additionalProperties: { subscriptionTenantId: tenant.id, subscriptionOwnerId: administrator.objectId },
        },
      }),
    )
    const id = asked.body.properties.subscriptionId as string
    return {
      as: administrator.client,
      path: `/providers/Microsoft.Subscription/subscriptions/${id}/acceptOwnership?${version.subscription}`,
      body: { properties: { displayName: 'Taken over' } },
    }
  },
  'Microsoft.Subscription.Subscription_Cancel': async (stage) => ({
    as: stage.owner,
    path: `${await stage.newSubscription()}/providers/Microsoft.Subscription/cancel?${version.subscription}&IgnoreResourceCheck=true`,
  }),
  'Microsoft.Subscription.Subscription_Enable': async (stage) => ({
    as: stage.owner,
    path: `${await cancelled(stage)}/providers/Microsoft.Subscription/enable?${version.subscription}`,
  }),
  'Microsoft.Subscription.Subscription_Rename': async (stage) => ({
    as: stage.owner,
    path: `${await stage.newSubscription()}/providers/Microsoft.Subscription/rename?${version.subscription}`,
    body: { subscriptionName: 'Renamed' },
  }),
  'Microsoft.Resources.CheckResourceName': (stage) => ({
    as: stage.owner,
    path: '/providers/Microsoft.Resources/checkResourceName?api-version=2022-12-01',
    body: { name: 'x', type: 'Microsoft.Compute/virtualMachines' },
  }),
  'subscriptions.ResourceGroups_CreateOrUpdate': (stage) => ({
    as: stage.owner,
    path: `${stage.subscription}/resourceGroups/${stage.label('rg')}?${version.resources}`,
    body: { location: 'westeurope' },
  }),
  'subscriptions.ResourceGroups_Update': async (stage) => ({
    as: stage.owner,
    path: `${await stage.resourceGroup()}?${version.resources}`,
    body: { tags: { changed: 'yes' } },
  }),
  'subscriptions.ResourceGroups_Delete': async (stage) => {
    const group = await stage.resourceGroup()
    await stage.machine(group)
    return { as: stage.owner, path: `${group}?${version.resources}` }
  },
  '{resourceProviderNamespace}.Resources_CreateOrUpdate': (stage) => ({
    as: stage.owner,
    path: `${stage.group}/providers/Microsoft.Compute/virtualMachines/${stage.label('machine')}?api-version=2023-03-01`,
    body: { location: 'westeurope', properties: { size: 'small' } },
  }),
  '{resourceProviderNamespace}.Resources_Update': async (stage) => ({
    as: stage.owner,
    path: `${await stage.machine()}?api-version=2023-03-01`,
    body: { tags: { changed: 'yes' } },
  }),
  '{resourceProviderNamespace}.Resources_Delete': async (stage) => ({
    as: stage.owner,
    path: `${await stage.machine()}?api-version=2023-03-01`,
  }),
  'subscriptions.Resources_MoveResources': async (stage) => {
    const { source, body } = await moving(stage)
    return { as: stage.owner, path: `${source}/moveResources?${version.resources}`, body }
  },
  'subscriptions.Resources_ValidateMoveResources': async (stage) => {
    const { source, body } = await moving(stage)
    return { as: stage.owner, path: `${source}/validateMoveResources?${version.resources}`, body }
  },
  '{resourceProviderNamespace}.Providers_Register': (stage) => ({
    as: stage.owner,
    path: `${stage.subscription}/providers/Microsoft.Storage/register?${version.resources}`,
  }),
  '{resourceProviderNamespace}.Providers_Unregister': async (stage) => {
    const provider = `${stage.subscription}/providers/Microsoft.Storage`
    await stage.did(stage.owner.post(`${provider}/register?${version.resources}`))
    return { as: stage.owner, path: `${provider}/unregister?${version.resources}` }
  },
  'Microsoft.Resources.Tags_CreateOrUpdateAtScope': async (stage) => ({
    as: stage.owner,
    path: `${await stage.machine()}/providers/Microsoft.Resources/tags/default?${version.resources}`,
    body: { properties: { tags: { changed: 'yes' } } },
  }),
  'Microsoft.Resources.Tags_UpdateAtScope': async (stage) => ({
    as: stage.owner,
    path: `${await stage.machine()}/providers/Microsoft.Resources/tags/default?${version.resources}`,
    body: { operation: 'Merge', properties: { tags: { changed: 'yes' } } },
  }),
  'Microsoft.Resources.Tags_DeleteAtScope': async (stage) => ({
    as: stage.owner,
    path: `${await stage.machine()}/providers/Microsoft.Resources/tags/default?${version.resources}`,
  }),
}
