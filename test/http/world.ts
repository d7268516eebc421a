import type { Operation } from '../../src/http/operation.ts'
import type { OperationContext } from '../../src/operations/context.ts'
import type { Client, Reply, TestCloud } from '../support/cloud.ts'

export const api = 'api-version=2026-11-01'

/** One customer with everything, and people who have nothing to do with it. */
export interface World {
  /** What to put in the place of a path parameter, by its name. */
  readonly parameters: Readonly<Record<string, string>>
  readonly owner: Client
  /** A member of the same tenant without any role. */
  readonly member: Client
  /** A member of another tenant, without any role there. */
  readonly stranger: Client
}

const ids = {
  tenant: '5b1d2c30-0000-4000-8000-000000000001',
  identity: '5b1d2c30-0000-4000-8000-000000000002',
  other: '5b1d2c30-0000-4000-8000-000000000003',
}

export async function buildWorld(cloud: TestCloud): Promise<World> {
  const { operator } = cloud
  const ownerId = await tenant(operator, ids.tenant, 'canary-contoso')
  const owner = cloud.as(await cloud.userToken(ids.tenant, ownerId))
  const otherAdministrator = cloud.as(await cloud.userToken(ids.other, await tenant(operator, ids.other, 'fabrikam')))
  const member = cloud.as(await cloud.userToken(ids.tenant, await user(owner, 'Mona Member', 'mona@canary-contoso')))
  const stranger = cloud.as(await cloud.userToken(ids.other, await user(otherAdministrator, 'Stig', 'stig@fabrikam')))
  const signUp = await expectStatus(
    operator.put(`/providers/Tenantry.Billing/signUps/canary?${api}`, {
      properties: {
        tenantId: ids.tenant,
        owner: { objectId: ownerId },
        displayName: 'Canary Contoso',
        currency: 'USD',
        countryCode: 'SE',
        priceList: 'illustration',
      },
    }),
    201,
  )
  const { billingAccountName, billingProfileName, invoiceSectionName, invoiceSectionId } = signUp.body.properties
  const alias = await expectStatus(
    owner.put('/providers/Microsoft.Subscription/aliases/canary?api-version=2021-10-01', {
      properties: { displayName: 'Canary', workload: 'Production', billingScope: invoiceSectionId },
    }),
    200,
    201,
  )
  const subscriptionId = alias.body.properties.subscriptionId as string
  const group = `/subscriptions/${subscriptionId}/resourceGroups/canary`
  await expectStatus(owner.put(`${group}?api-version=2021-04-01`, { location: 'westeurope' }), 201)
  await expectStatus(
    owner.put(`${group}/providers/Microsoft.Compute/virtualMachines/canary?api-version=2023-03-01`, {
      location: 'westeurope',
      properties: {},
    }),
    200,
    201,
  )
  await expectStatus(
    operator.put(`/providers/Tenantry.Directory/tenants/${ids.identity}?${api}`, {
      properties: {
        displayName: 'Canary customers',
        initialDomainLabel: 'canaryid',
        countryCode: 'SE',
        kind: 'identity',
        administrator: { homeTenantId: ids.tenant, homeObjectId: ownerId },
      },
    }),
    201,
  )
  await expectStatus(
    owner.put(
      `${group}/providers/Microsoft.AzureActiveDirectory/b2cDirectories/canaryid.onmicrosoft.com?api-version=2021-04-01`,
      {
        location: 'Europe',
        sku: { name: 'PremiumP1', tier: 'A0' },
        properties: { tenantId: ids.identity },
      },
    ),
    200,
    201,
  )
  const scope = `subscriptions/${subscriptionId}`
  return {
    owner,
    member,
    stranger,
    parameters: {
      scope,
      linkScope: `${scope}/resourceGroups/canary/providers/Microsoft.AzureActiveDirectory/b2cDirectories/canaryid.onmicrosoft.com`,
      subscriptionId,
      tenantId: ids.identity,
      tenant: ids.tenant,
      billingAccountName,
      billingProfileName,
      invoiceSectionName,
      billingSubscriptionName: subscriptionId,
      resourceGroupName: 'canary',
      sourceResourceGroupName: 'canary',
      resourceProviderNamespace: 'Microsoft.Compute',
      resourceName: 'canaryid.onmicrosoft.com',
      path: 'virtualMachines/canary',
      aliasName: 'canary',
      period: '2026-01',
      version: '1',
      kind: 'json',
      lineNumber: '1',
      id: ownerId,
    },
  }
}

export async function expectStatus(sent: Promise<Reply>, ...statuses: number[]): Promise<Reply> {
  const reply = await sent
  if (!statuses.includes(reply.status)) throw new Error(`${reply.status}: ${JSON.stringify(reply.body)}`)
  return reply
}

async function user(administrator: Client, displayName: string, name: string): Promise<string> {
  const reply = await expectStatus(
    administrator.post('/v1.0/users', {
      accountEnabled: true,
      displayName,
      mailNickname: name.split('@')[0],
      userPrincipalName: `${name}.onmicrosoft.com`,
      passwordProfile: { password: 'Long enough to be accepted 1!' },
    }),
    201,
  )
  return reply.body.id as string
}

async function tenant(operator: Client, id: string, label: string): Promise<string> {
  const reply = await expectStatus(
    operator.put(`/providers/Tenantry.Directory/tenants/${id}?${api}`, {
      properties: {
        displayName: label,
        initialDomainLabel: label,
        countryCode: 'SE',
        kind: 'workforce',
        administrator: { displayName: `Admin of ${label}` },
      },
    }),
    201,
  )
  return reply.body.properties.administrator.objectId as string
}

/** A request to an operation about the world's things; names that the world does not know become a GUID. */
export function requestTo(operation: Operation<OperationContext>, world: World): { method: string; path: string } {
  const path = operation.path.replace(/\{([^}*]+)\*?\}/g, (_text, name: string) => {
    const known = name === 'scope' && operation.path.includes('Tenantry.Metering') ? 'linkScope' : name
    const value = world.parameters[known] ?? '0e000000-0000-4000-8000-00000000000e'
    return name === 'scope' || name === 'path' ? value : encodeURIComponent(value)
  })
  const versions = operation.apiVersions
  const version = versions === 'none' ? undefined : versions === 'any' ? '2023-03-01' : versions[0]
  const query = new URLSearchParams(version === undefined ? {} : { 'api-version': version })
  for (const [name, use] of Object.entries(operation.query ?? {}))
    if (use === 'required') query.set(name, name === 'from' || name === 'to' ? '2026-01-01T00:00:00Z' : '2026-01-01')
  const text = query.toString()
  return { method: operation.method, path: `${path.startsWith('/') ? '' : '/'}${path}${text === '' ? '' : `?${text}`}` }
}
