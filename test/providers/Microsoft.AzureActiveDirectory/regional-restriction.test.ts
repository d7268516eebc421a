import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { IdentityCloud, linkPath, type Person, type TestTenant, version } from './identity-cloud.ts'

const policyVersion = 'api-version=2021-06-01'
const allowedLocations = '/providers/Microsoft.Authorization/policyDefinitions/e56962a6-4747-49cd-b67b-bf8b01975c4c'
const allowedGroupLocations =
  '/providers/Microsoft.Authorization/policyDefinitions/e765b5de-1225-4ba3-bd56-1ac6695af988'
const bare = { location: 'Europe', sku: { name: 'Standard', tier: 'A0' }, properties: {} }

let cloud: TestCloud
let world: IdentityCloud
let contoso: TestTenant
let owner: Person

async function open(env: Record<string, string>): Promise<void> {
  cloud = await startTestCloud({ now: '2026-01-01T00:00:00Z', env })
  world = new IdentityCloud(cloud)
  const workforce = await world.workforce('contoso')
  contoso = workforce.tenant
  owner = await world.user(workforce.administrator, 'owner', contoso)
}

async function restrict(subscriptionId: string, name: string, definitionId: string, locations: readonly string[]) {
  const scope = `/subscriptions/${subscriptionId}`
  const reply = await owner.client.put(
    `${scope}/providers/Microsoft.Authorization/policyAssignments/${name}?${policyVersion}`,
    { properties: { policyDefinitionId: definitionId, parameters: { listOfAllowedLocations: { value: locations } } } },
  )
  expect(reply.status).toBe(201)
}

async function ownRule(subscriptionId: string): Promise<string> {
  const path = `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/policyDefinitions/only-these`
  const reply = await owner.client.put(`${path}?${policyVersion}`, {
    properties: {
      mode: 'All',
      parameters: { listOfAllowedLocations: { type: 'Array' } },
      policyRule: {
        if: { not: { field: 'location', in: "[parameters('listOfAllowedLocations')]" } },
        // oxlint-disable-next-line unicorn/no-thenable
        then: { effect: 'deny' },
      },
    },
  })
  expect(reply.status).toBe(201)
  return path
}

describe('regional restrictions as they are by default', () => {
  beforeAll(() => open({}))
  afterAll(() => cloud?.stop())

  test('DEC-14, SUB-13: a rule of the own kind blocks the link and says which policy, where and the cure; relaxed, it links', async () => {
    const [id, tenant] = [await world.subscription(contoso, owner), await world.identity(owner)]
    const definition = await ownRule(id)
    await restrict(id, 'nordic', definition, ['swedencentral'])
    const path = `${linkPath(id, tenant.domain)}?${version}`
    const refused = await owner.client.put(path, bare)
    expect(refused).toMatchObject({ status: 403, body: { error: { code: 'RequestDisallowedByPolicy' } } })
    const { message } = refused.body.error
    for (const said of [
      'policyAssignments/nordic',
      'policyDefinitions/only-these',
      "location 'Europe'",
      'swedencentral',
    ])
      expect(message).toContain(said)
    expect(message).toMatch(/relaxed/)
    expect((await owner.client.get(path)).status).toBe(404)
    await restrictAgain(id, 'nordic', definition, ['swedencentral', 'europe'])
    expect((await owner.client.put(path, bare)).status).toBe(201)
  })

  test('DEC-14: the built-in rule for locations exempts the link, and the one for groups blocks the new group', async () => {
    const [id, tenant] = [await world.subscription(contoso, owner), await world.identity(owner)]
    await restrict(id, 'places', allowedLocations, ['swedencentral'])
    await restrict(id, 'groups', allowedGroupLocations, ['swedencentral'])
    const group = `/subscriptions/${id}/resourceGroups/new?api-version=2021-04-01`
    expect(await owner.client.put(group, { location: 'westeurope' })).toMatchObject({
      status: 403,
      body: { error: { code: 'RequestDisallowedByPolicy' } },
    })
    expect((await owner.client.put(group, { location: 'swedencentral' })).status).toBe(201)
    expect((await owner.client.put(`${linkPath(id, tenant.domain, 'new')}?${version}`, bare)).status).toBe(201)
  })

  test('MAU-4: what the caller may not do, and what the tenant says, comes before any policy', async () => {
    const id = await world.subscription(contoso, owner)
    await restrict(id, 'nordic', await ownRule(id), ['swedencentral'])
    const notMine = await world.identity((await world.workforce()).administrator)
    const refused = await owner.client.put(`${linkPath(id, notMine.domain)}?${version}`, bare)
    expect(refused.body.error.code).toBe('NotIdentityTenantAdministrator')
  })

  test('DEC-14, MAU-33: a creation that a policy refuses leaves no tenant behind', async () => {
    const id = await world.subscription(contoso, owner)
    await restrict(id, 'nordic', await ownRule(id), ['swedencentral'])
    const path = `${linkPath(id, 'blocked.onmicrosoft.com')}?${version}`
    const wanted = { ...bare, properties: { createTenantProperties: { displayName: 'Blocked', countryCode: 'SE' } } }
    expect((await owner.client.put(path, wanted)).body.error.code).toBe('RequestDisallowedByPolicy')
    const free = await owner.client.post(
      `/subscriptions/${id}/providers/Microsoft.AzureActiveDirectory/checkNameAvailability?${version}`,
      { name: 'blocked.onmicrosoft.com', countryCode: 'SE' },
    )
    expect(free.body).toMatchObject({ nameAvailable: true })
  })
})

describe('with identity links exempt', () => {
  beforeAll(() => open({ TENANTRY_EXEMPT_IDENTITY_LINKS: 'true' }))
  afterAll(() => cloud?.stop())

  test('DEC-14: the flag lets a link through where a rule of the own kind would block it', async () => {
    const [id, tenant] = [await world.subscription(contoso, owner), await world.identity(owner)]
    await restrict(id, 'nordic', await ownRule(id), ['swedencentral'])
    expect((await owner.client.put(`${linkPath(id, tenant.domain)}?${version}`, bare)).status).toBe(201)
  })
})

async function restrictAgain(
  subscriptionId: string,
  name: string,
  definitionId: string,
  locations: readonly string[],
): Promise<void> {
  const path = `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/policyAssignments/${name}`
  const properties = {
    policyDefinitionId: definitionId,
    parameters: { listOfAllowedLocations: { value: locations } },
  }
  expect((await owner.client.put(`${path}?${policyVersion}`, { properties })).status).toBeLessThan(300)
}
