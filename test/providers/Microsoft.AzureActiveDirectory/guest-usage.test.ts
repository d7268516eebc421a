import { ExternalIdentitiesConfigurationClient } from '@azure/arm-azureadexternalidentities'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { IdentityCloud, type Person, signIn, type TestTenant, version } from './identity-cloud.ts'

let cloud: TestCloud
let world: IdentityCloud
let contoso: TestTenant
/** Global administrator of the workforce tenant and Contributor of its subscription. */
let administrator: Person
let owner: Person
let subscriptionId: string

beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-03-01T00:00:00Z' })
  world = new IdentityCloud(cloud)
  ;({ tenant: contoso, administrator } = await world.workforce('contoso'))
  owner = await world.user(administrator, 'owner', contoso)
  subscriptionId = await world.subscription(contoso, owner)
  await world.grant(`/subscriptions/${subscriptionId}`, 'contributor', administrator)
})
afterAll(() => cloud?.stop())

const clientOf = (person: Person) =>
  new ExternalIdentitiesConfigurationClient(cloud.credential(person.client.token), subscriptionId, {
    endpoint: cloud.baseUrl,
  }).guestUsages
const pathOf = (name: string): string =>
  `/subscriptions/${subscriptionId}/resourceGroups/identity/providers/Microsoft.AzureActiveDirectory/guestUsages/${name}`

test('MAU-1: the guests are linked by an administrator of the tenant; an Owner of the subscription is not enough', async () => {
  const body = { location: 'Europe', properties: { tenantId: contoso.id } }
  const refused = await owner.client.put(`${pathOf('guests')}?${version}`, body)
  expect(refused).toMatchObject({ status: 403, body: { error: { code: 'NotIdentityTenantAdministrator' } } })
  const identity = await world.identity(administrator)
  expect(
    await administrator.client.put(`${pathOf('guests')}?${version}`, { properties: { tenantId: identity.id } }),
  ).toMatchObject({ status: 409, body: { error: { code: 'TenantNotAWorkforceTenant' } } })
})

test('MAU-16, DEC-26: from the link on, guests of the workforce tenant are counted and members are not', async () => {
  const reporter = await world.reporter(administrator)
  await signIn(reporter, contoso.id, ['early'], '2026-03-01T00:00:00Z', { userType: 'Guest' })
  await cloud.clock.set('2026-03-02T00:00:00Z')
  const guestUsages = clientOf(administrator)
  const made = await guestUsages.create('identity', 'guests', {
    resource: { location: 'Europe', tags: { a: 'b' }, tenantId: contoso.id },
  })
  expect(made).toMatchObject({
    id: pathOf('guests'),
    type: 'Microsoft.AzureActiveDirectory/GuestUsages',
    tenantId: contoso.id,
    tags: { a: 'b' },
  })
  await signIn(reporter, contoso.id, ['gina', 'gina', 'gunnar'], '2026-03-02T00:00:00Z', { userType: 'Guest' })
  await signIn(reporter, contoso.id, ['mona'], '2026-03-02T00:00:00Z', { userType: 'Member' })
  const month = await owner.client.get(
    `${pathOf('guests')}/providers/Tenantry.Metering/monthlyActiveUsers/2026-03?api-version=2026-11-01`,
  )
  expect(month.body.properties).toMatchObject({ monthlyActiveUsers: 2, authentications: 0 })
})

test('MAU-16: the unchanged client reads, tags, lists and deletes the link, and another link of the tenant is refused', async () => {
  const guestUsages = clientOf(administrator)
  expect(await guestUsages.get('identity', 'guests')).toMatchObject({ tenantId: contoso.id })
  expect(
    await guestUsages.create('identity', 'guests', { resource: { location: 'Europe', tenantId: contoso.id } }),
  ).toMatchObject({
    tags: {},
  })
  expect(await guestUsages.update('identity', 'guests', { resourcePatch: { tags: { c: 'd' } } })).toMatchObject({
    tags: { c: 'd' },
  })
  const names: (string | undefined)[] = []
  for await (const item of guestUsages.listByResourceGroup('identity')) names.push(item.name)
  for await (const item of guestUsages.listBySubscription()) names.push(item.name)
  expect(names).toEqual(['guests', 'guests'])
  await expect(guestUsages.create('identity', 'second', { resource: { tenantId: contoso.id } })).rejects.toMatchObject({
    code: 'IdentityTenantAlreadyLinked',
    statusCode: 409,
  })
  await guestUsages.delete('identity', 'guests')
  await guestUsages.delete('identity', 'guests')
  await expect(guestUsages.get('identity', 'guests')).rejects.toMatchObject({ code: 'ResourceNotFound' })
  await expect(guestUsages.update('identity', 'guests', { resourcePatch: { tags: {} } })).rejects.toMatchObject({
    statusCode: 404,
  })
})

test('MAU-16: without a role nothing of it is read, written or deleted', async () => {
  await clientOf(administrator).create('identity', 'kept', { resource: { tenantId: contoso.id } })
  const outsider = await world.user(administrator, 'outsider', contoso)
  const stranger = (await world.workforce()).administrator
  const reader = await world.user(administrator, 'reader', contoso)
  await world.grant(`/subscriptions/${subscriptionId}`, 'reader', reader)
  const list = `/subscriptions/${subscriptionId}/providers/Microsoft.AzureActiveDirectory/guestUsages?${version}`
  const inGroup = `/subscriptions/${subscriptionId}/resourceGroups/identity/providers/Microsoft.AzureActiveDirectory/guestUsages?${version}`
  for (const name of ['kept', 'absent']) {
    const path = `${pathOf(name)}?${version}`
    const writes = (person: Person) => [
      person.client.put(path, { properties: {} }),
      person.client.patch(path, { tags: {} }),
      person.client.delete(path),
    ]
    const reads = (person: Person) => [person.client.get(path), person.client.get(list), person.client.get(inGroup)]
    for (const reply of await Promise.all([...writes(outsider), ...reads(outsider), ...writes(reader)]))
      expect(reply).toMatchObject({ status: 403, body: { error: { code: 'AuthorizationFailed' } } })
    for (const reply of await Promise.all([...writes(stranger), ...reads(stranger)]))
      expect(reply).toMatchObject({ status: 404, body: { error: { code: 'SubscriptionNotFound' } } })
  }
  expect((await reader.client.get(`${pathOf('KEPT')}?${version}`)).status).toBe(200)
})
