import { ExternalIdentitiesConfigurationClient } from '@azure/arm-azureadexternalidentities'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import {
  IdentityCloud,
  type IdentityTenant,
  linkPath,
  type Person,
  signIn,
  type TestTenant,
  version,
} from './identity-cloud.ts'

let cloud: TestCloud
let world: IdentityCloud
let contoso: TestTenant
let administrator: Person
let owner: Person
let contributor: Person
let subscriptionId: string
/** Links of before the model of active users, one for each test. */
const old: IdentityTenant[] = []

const bare = { location: 'Europe', sku: { name: 'Standard', tier: 'A0' }, properties: {} }
const toMau = { properties: { billingConfig: { billingType: 'MAU' } } }
const toAuths = { properties: { billingConfig: { billingType: 'Auths' } } }
const at = (name: string, inSubscription = subscriptionId): string => `${linkPath(inSubscription, name)}?${version}`

function oldTenant(): IdentityTenant {
  const tenant = old.pop()
  if (!tenant) throw new Error('no old link is left')
  return tenant
}

beforeAll(async () => {
  cloud = await startTestCloud({ now: '2019-10-01T00:00:00Z' })
  world = new IdentityCloud(cloud)
  const workforce = await world.workforce('contoso')
  contoso = workforce.tenant
  administrator = workforce.administrator
  owner = await world.user(administrator, 'owner', contoso)
  contributor = await world.user(administrator, 'contributor', contoso)
  subscriptionId = await world.subscription(contoso, owner)
  await world.grant(`/subscriptions/${subscriptionId}`, 'contributor', contributor)
  for (let count = 0; count < 12; count++) {
    const tenant = await world.identity(owner)
    const linked = await owner.client.put(at(tenant.domain), bare)
    if (linked.status !== 201) throw new Error(JSON.stringify(linked.body))
    old.push(tenant)
  }
})
afterAll(() => cloud?.stop())

async function monthOf(person: Person, tenant: TestTenant, period: string, inSubscription = subscriptionId) {
  const path = `${linkPath(inSubscription, tenant.domain)}/providers/Tenantry.Metering/monthlyActiveUsers/${period}`
  const reply = await person.client.get(`${path}?api-version=2026-11-01`)
  if (reply.status !== 200) throw new Error(JSON.stringify(reply.body))
  return reply.body.properties
}

test('MAU-10, MAU-11: a link of before the date is billed per authentication, until it is changed', async () => {
  const tenant = oldTenant()
  const link = await owner.client.get(at(tenant.domain))
  expect(link.body.properties.billingConfig).toEqual({
    billingType: 'Auths',
    effectiveStartDateUtc: '2019-10-01T00:00:00.000Z',
  })
})

test('DEC-44: the change can be neither scheduled nor backdated', async () => {
  const tenant = oldTenant()
  for (const effectiveStartDateUtc of ['2019-12-01T00:00:00Z', '2019-09-01T00:00:00Z'])
    expect(
      await owner.client.patch(at(tenant.domain), {
        properties: { billingConfig: { billingType: 'MAU', effectiveStartDateUtc } },
      }),
    ).toMatchObject({ status: 400, body: { error: { code: 'BillingModelChangeNotSchedulable' } } })
  const link = await owner.client.get(at(tenant.domain))
  expect(link.body.properties.billingConfig.billingType).toBe('Auths')
})

test('MAU-21: the change needs the Owner of the subscription; Contributors, Owners of the group and strangers are refused', async () => {
  const tenant = oldTenant()
  const groupOwner = await world.user(administrator, 'group-owner', contoso)
  await world.grant(`/subscriptions/${subscriptionId}/resourceGroups/identity`, 'owner', groupOwner)
  for (const person of [contributor, groupOwner]) {
    const refused = await person.client.patch(at(tenant.domain), toMau)
    expect(refused).toMatchObject({ status: 403, body: { error: { code: 'AuthorizationFailed' } } })
    expect(refused.body.error.message).toContain('b2cDirectories/changeBillingModel/action')
    expect(refused.body.error.details).toContainEqual(
      expect.objectContaining({ code: 'SubscriptionOwnerRequired', message: expect.stringContaining('Owner') }),
    )
    const put = await person.client.put(at(tenant.domain), { ...bare, ...toMau })
    expect(put).toMatchObject({ status: 403, body: { error: { code: 'AuthorizationFailed' } } })
  }
  const stranger = (await world.workforce()).administrator
  expect((await stranger.client.patch(at(tenant.domain), toMau)).body.error.code).toBe('SubscriptionNotFound')
  // What a Contributor may change is not refused for saying what holds already.
  expect((await contributor.client.patch(at(tenant.domain), { ...toAuths, tags: { a: 'b' } })).status).toBe(200)
})

test('MAU-22, MAU-23: the change holds from the instant of its confirmation, is answered again with that instant, and cannot be undone', async () => {
  const tenant = oldTenant()
  await cloud.clock.set('2019-10-10T13:37:42.123Z')
  const client = new ExternalIdentitiesConfigurationClient(cloud.credential(owner.client.token), subscriptionId, {
    endpoint: cloud.baseUrl,
  })
  const billingConfig = { billingType: 'MAU', effectiveStartDateUtc: '2019-10-10T13:37:42.123Z' }
  const changed = await client.b2CTenants.update('identity', tenant.domain, {
    updateTenantRequestBody: { billingConfig: { billingType: 'MAU' } },
  })
  expect(changed.billingConfig).toEqual(billingConfig)
  await cloud.clock.set('2019-10-11T00:00:00Z')
  const repeated = await owner.client.patch(at(tenant.domain), toMau)
  expect(repeated).toMatchObject({ status: 200, body: { properties: { billingConfig } } })
  const echoed = await owner.client.patch(at(tenant.domain), { properties: { billingConfig } })
  expect(echoed).toMatchObject({ status: 200, body: { properties: { billingConfig } } })
  for (const method of ['PATCH', 'PUT']) {
    const back = await owner.client.send(method, at(tenant.domain), { ...bare, ...toAuths })
    expect(back).toMatchObject({ status: 409, body: { error: { code: 'BillingModelIrreversible' } } })
    expect(back.body.error.message).toContain('2019-10-10T13:37:42.123Z')
    expect(back.body.error.message).toContain(owner.userPrincipalName)
  }
  expect(await contributor.client.patch(at(tenant.domain), toAuths)).toMatchObject({
    status: 403,
    body: { error: { code: 'AuthorizationFailed' } },
  })
})

test('DEC-43: of simultaneous changes by two administrators the first commit wins and the others get its instant', async () => {
  const tenant = oldTenant()
  const other = await world.user(administrator, 'second-owner', contoso)
  await world.grant(`/subscriptions/${subscriptionId}`, 'owner', other)
  const replies = await Promise.all(
    [owner, other, owner, other].map((person) => person.client.patch(at(tenant.domain), toMau)),
  )
  expect(replies.map((reply) => reply.status)).toEqual([200, 200, 200, 200])
  const instants = new Set(replies.map((reply) => reply.body.properties.billingConfig.effectiveStartDateUtc))
  expect(instants.size).toBe(1)
  const rows = await cloud.running.db
    .selectFrom('metering_model as m')
    .innerJoin('identity_link as l', 'l.link_id', 'm.link_id')
    .where('l.identity_tenant_id', '=', tenant.id)
    .select('m.model')
    .execute()
  expect(rows.map((row) => row.model).toSorted()).toEqual(['mau', 'perAuthentication'])
  const audits = await cloud.running.db
    .selectFrom('audit_record')
    .where('action', '=', 'Microsoft.AzureActiveDirectory/b2cDirectories/changeBillingModel/action')
    .where('scope', 'like', `%${tenant.domain}`)
    .select('after')
    .execute()
  expect(audits).toHaveLength(1)
})

test('MAU-22: the database itself refuses a way back', async () => {
  const tenant = oldTenant()
  await owner.client.patch(at(tenant.domain), toMau)
  const { db } = cloud.running
  const { link_id: linkId } = await db
    .selectFrom('identity_link')
    .select('link_id')
    .where('identity_tenant_id', '=', tenant.id)
    .executeTakeFirstOrThrow()
  await expect(
    db
      .updateTable('metering_model')
      .set({ model: 'perAuthentication' })
      .where('link_id', '=', linkId)
      .where('model', '=', 'mau')
      .execute(),
  ).rejects.toThrow(/cannot return|metering_model/)
})

test('MAU-23, MAU-24, MAU-25, DEC-5: before the instant authentications are counted, from it on users, and nobody twice', async () => {
  const tenant = oldTenant()
  const reporter = await world.reporter(tenant.inside)
  const change = '2019-10-20T09:08:07.500Z'
  await cloud.clock.set(change)
  expect(await signIn(reporter, tenant.id, ['anna', 'anna', 'bo'], '2019-10-20T09:08:07.499Z')).toEqual(
    Array(3).fill('accepted'),
  )
  // In the very instant of the change, reported before it: it belongs to the new model.
  expect(await signIn(reporter, tenant.id, ['cilla'], change)).toEqual(['accepted'])
  expect((await monthOf(owner, tenant, '2019-10')).authentications).toBe(4)
  await owner.client.patch(at(tenant.domain), toMau)
  expect(await monthOf(owner, tenant, '2019-10')).toMatchObject({
    authentications: 3,
    paidUsers: 2,
    monthlyActiveUsers: 1,
    intervals: [
      { billingType: 'Auths', from: '2019-10-01T00:00:00.000Z', to: change },
      { billingType: 'MAU', from: change, to: '2019-11-01T00:00:00.000Z' },
    ],
  })
  await cloud.clock.set('2019-10-21T00:00:00Z')
  await signIn(reporter, tenant.id, ['anna', 'bo', 'cilla', 'david'], '2019-10-21T00:00:00Z')
  // DEC-6: late, from before the change; the user is paid for and no longer counted.
  await signIn(reporter, tenant.id, ['cilla'], '2019-10-19T00:00:00Z')
  expect(await monthOf(owner, tenant, '2019-10')).toMatchObject({
    authentications: 4,
    paidUsers: 3,
    monthlyActiveUsers: 1,
  })
})

test('DEC-5, MAU-23: events of the very instant are of the new model, whether they were reported before the change, with it or after', async () => {
  const tenant = oldTenant()
  const reporter = await world.reporter(tenant.inside)
  await cloud.clock.set('2019-10-21T12:00:00Z')
  const instant = '2019-10-21T12:00:00.000Z'
  const groups = Array.from({ length: 12 }, (_, group) =>
    Array.from({ length: 5 }, (_user, index) => `user-${group}-${index}`),
  )
  const change = async () => {
    const reply = await owner.client.patch(at(tenant.domain), toMau)
    expect(reply.body.properties.billingConfig.effectiveStartDateUtc).toBe(instant)
  }
  await Promise.all(
    groups.map(async (group, index) => {
      if (index === 6) await change()
      await signIn(reporter, tenant.id, group, instant)
    }),
  )
  await signIn(reporter, tenant.id, ['user-0-0'], '2019-10-21T11:59:59.999Z')
  expect(await monthOf(owner, tenant, '2019-10')).toMatchObject({
    authentications: 1,
    paidUsers: 1,
    monthlyActiveUsers: 59,
  })
})

test('MAU-20, DEC-10, DEC-11, MAU-32: usage without a link is unbilled for good, and a link counts from its instant on', async () => {
  const tenant = await world.identity(owner)
  const reporter = await world.reporter(tenant.inside)
  await cloud.clock.set('2019-10-22T00:00:00Z')
  await signIn(reporter, tenant.id, ['early', 'early'], '2019-10-22T00:00:00Z')
  await cloud.clock.set('2019-10-23T00:00:00Z')
  await owner.client.put(at(tenant.domain), bare)
  await signIn(reporter, tenant.id, ['late-report'], '2019-10-22T12:00:00Z')
  await signIn(reporter, tenant.id, ['linked'], '2019-10-23T00:00:00Z')
  await cloud.clock.set('2019-10-24T00:00:00Z')
  await owner.client.delete(at(tenant.domain))
  await signIn(reporter, tenant.id, ['afterwards'], '2019-10-24T00:00:00Z')
  await signIn(reporter, tenant.id, ['in-time'], '2019-10-23T23:59:59.999Z')
  const query = 'api-version=2026-11-01'
  const base = `/providers/Tenantry.Metering/tenants/${tenant.id}`
  const unbilled = await tenant.inside.client.get(`${base}/unbilledUsage?${query}&period=2019-10`)
  expect(unbilled.body.value).toMatchObject([
    { usageDay: '2019-10-22', quantity: '3', reason: 'unlinked' },
    { usageDay: '2019-10-24', quantity: '1', reason: 'unlinked' },
  ])
  const month = await owner.client.get(`${base}/monthlyActiveUsers/2019-10?${query}`)
  expect(month.body.properties).toMatchObject({
    authentications: 2,
    links: [{ linkId: null, authentications: 2 }],
    intervals: [{ billingType: 'Auths', from: '2019-10-23T00:00:00.000Z', to: '2019-10-24T00:00:00.000Z' }],
  })
  const first = await tenant.inside.client.get(`${base}/unbilledUsage?${query}&period=2019-10&$top=1`)
  expect(first.body.value).toHaveLength(1)
  const next = new URL(first.body.nextLink)
  expect((await tenant.inside.client.get(`${next.pathname}${next.search}`)).body.value).toHaveLength(1)
  expect((await tenant.inside.client.get(`${base}/unbilledUsage?${query}&period=october`)).body.error.code).toBe(
    'InvalidBillingPeriod',
  )
})

test('MAU-20: the usage of a tenant is read by its administrators and the operator; to others it does not exist', async () => {
  const tenant = oldTenant()
  const stranger = (await world.workforce()).administrator
  const member = await world.user(tenant.inside, 'member', tenant)
  for (const path of ['monthlyActiveUsers/2019-10', 'unbilledUsage']) {
    const url = `/providers/Tenantry.Metering/tenants/${tenant.id}/${path}?api-version=2026-11-01`
    expect((await owner.client.get(url)).status).toBe(200)
    expect((await cloud.operator.get(url)).status).toBe(200)
    expect((await stranger.client.get(url)).body.error.code).toBe('TenantNotFound')
    expect((await contributor.client.get(url)).body.error.code).toBe('TenantNotFound')
    expect((await member.client.get(url)).body.error.code).toBe('AuthorizationFailed')
    expect((await cloud.as(undefined).get(url)).status).toBe(401)
  }
  // The administrator of the tenant reads the month of its link without any role on the subscription.
  const helper = (await world.workforce()).administrator
  await world.makeAdministrator(tenant, helper)
  expect(await monthOf(helper, tenant, '2019-10')).toMatchObject({ tenantId: tenant.id })
})

test('MAU-28: a move inside the tenant keeps the link, its model, its instant and its counters', async () => {
  const tenant = oldTenant()
  const reporter = await world.reporter(tenant.inside)
  await cloud.clock.set('2019-10-25T00:00:00Z')
  await signIn(reporter, tenant.id, ['anna'], '2019-10-24T12:00:00Z')
  const change = '2019-10-25T00:00:00.000Z'
  await owner.client.patch(at(tenant.domain), toMau)
  await signIn(reporter, tenant.id, ['bo'], change)
  const target = await world.subscription(contoso, owner)
  await cloud.clock.set('2019-10-26T00:00:00Z')
  const moved = await owner.client.post(
    `/subscriptions/${subscriptionId}/resourceGroups/identity/moveResources?api-version=2021-04-01`,
    {
      resources: [linkPath(subscriptionId, tenant.domain)],
      targetResourceGroup: `/subscriptions/${target}/resourceGroups/other`,
    },
  )
  expect(moved.status).toBe(202)
  expect((await owner.client.finish(moved)).status).toBe(204)
  expect((await owner.client.get(at(tenant.domain))).status).toBe(404)
  const link = await owner.client.get(`${linkPath(target, tenant.domain, 'other')}?${version}`)
  expect(link.body).toMatchObject({
    location: 'Europe',
    properties: { tenantId: tenant.id, billingConfig: { billingType: 'MAU', effectiveStartDateUtc: change } },
  })
  await signIn(reporter, tenant.id, ['anna', 'bo', 'cilla'], '2019-10-26T00:00:00Z')
  const path = `${linkPath(target, tenant.domain, 'other')}/providers/Tenantry.Metering/monthlyActiveUsers/2019-10`
  const month = await owner.client.get(`${path}?api-version=2026-11-01`)
  expect(month.body.properties).toMatchObject({ authentications: 1, paidUsers: 1, monthlyActiveUsers: 2 })
})

test('MAU-30: unlinking leaves the tenant as it is, and says so before and after', async () => {
  const tenant = oldTenant()
  const user = await world.user(tenant.inside, 'stays', tenant)
  const warnings = `${linkPath(subscriptionId, tenant.domain)}/providers/Tenantry.Metering/unlinkWarnings?api-version=2026-11-01`
  const before = await owner.client.get(warnings)
  expect(before.body.value.map((item: { code: string }) => item.code)).toEqual([
    'OnlyLinkRemoved',
    'BillingModelNotKept',
    'NoDestinationAdministrator',
  ])
  const removed = await owner.client.delete(at(tenant.domain))
  expect(removed).toMatchObject({ status: 200, body: { warnings: before.body.value } })
  expect(removed.headers.warning).toMatch(/299 - "OnlyLinkRemoved: .*untouched/)
  expect((await tenant.inside.client.get(`/v1.0/users/${user.objectId}`)).status).toBe(200)
})

test('MAU-12, DEC-12, MAU-31: an old link that is deleted comes back as active users, under whoever administers the tenant there', async () => {
  const tenant = oldTenant()
  const reporter = await world.reporter(tenant.inside)
  const { tenant: fabrikam, administrator: destination } = await world.workforce()
  const theirs = await world.subscription(fabrikam, destination)
  await world.makeAdministrator(tenant, destination)
  await signIn(reporter, tenant.id, ['anna'], '2019-10-26T00:00:00Z')
  const warnings = `${linkPath(subscriptionId, tenant.domain)}/providers/Tenantry.Metering/unlinkWarnings?api-version=2026-11-01`
  const codes = (await owner.client.get(warnings)).body.value.map((item: { code: string }) => item.code)
  expect(codes).toEqual(['OnlyLinkRemoved', 'BillingModelNotKept'])
  await cloud.clock.set('2019-11-02T00:00:00Z')
  expect((await destination.client.put(at(tenant.domain, theirs), bare)).body.error.code).toBe(
    'IdentityTenantAlreadyLinked',
  )
  await owner.client.delete(at(tenant.domain))
  const relinked = await destination.client.put(at(tenant.domain, theirs), bare)
  expect(relinked).toMatchObject({
    status: 201,
    body: {
      properties: { billingConfig: { billingType: 'MAU', effectiveStartDateUtc: '2019-11-02T00:00:00.000Z' } },
    },
  })
  await signIn(reporter, tenant.id, ['anna'], '2019-11-02T00:00:00Z')
  // MAU-32: what was recorded under the old link stays with the source, which the destination cannot read.
  expect(await monthOf(destination, tenant, '2019-11', theirs)).toMatchObject({ monthlyActiveUsers: 1 })
  expect(await monthOf(destination, tenant, '2019-10', theirs)).toMatchObject({ authentications: 0, links: [] })
  expect((await owner.client.put(at(tenant.domain, theirs), bare)).body.error.code).toBe('SubscriptionNotFound')
})

test('MAU-11: an existing tenant that is linked after the date is billed by active users, and asks for nothing else', async () => {
  const tenant = await world.identity(owner)
  expect(await owner.client.put(at(tenant.domain), { ...bare, ...toAuths })).toMatchObject({
    status: 400,
    body: { error: { code: 'BillingModelNotSelectable' } },
  })
  const linked = await owner.client.put(at(tenant.domain), { ...bare, ...toMau })
  expect(linked).toMatchObject({ status: 201, body: { properties: { billingConfig: { billingType: 'MAU' } } } })
})

test('MAU-2: deleting the resource group unlinks what is in it', async () => {
  const tenant = await world.identity(owner)
  const id = await world.subscription(contoso, owner)
  await owner.client.put(at(tenant.domain, id), bare)
  const deleting = await owner.client.delete(`/subscriptions/${id}/resourceGroups/identity?api-version=2021-04-01`)
  expect((await owner.client.finish(deleting)).status).toBe(200)
  expect((await owner.client.put(at(tenant.domain), bare)).status).toBe(201)
})

test("MAU-9: a partner's subscription is linked, moved and unlinked by its administrators, and the partner gets nothing in the tenant", async () => {
  const tenant = await world.identity(owner)
  const [source, target] = [
    await world.subscription(contoso, owner, 'partner'),
    await world.subscription(contoso, owner, 'partner'),
  ]
  const partner = (await world.workforce()).administrator
  expect((await owner.client.put(at(tenant.domain, source), bare)).status).toBe(201)
  const moved = await owner.client.post(
    `/subscriptions/${source}/resourceGroups/identity/moveResources?api-version=2021-04-01`,
    {
      resources: [linkPath(source, tenant.domain)],
      targetResourceGroup: `/subscriptions/${target}/resourceGroups/identity`,
    },
  )
  expect((await owner.client.finish(moved)).status).toBe(204)
  expect((await owner.client.get(at(tenant.domain, target))).status).toBe(200)
  const usage = `/providers/Tenantry.Metering/tenants/${tenant.id}/monthlyActiveUsers/2019-11?api-version=2026-11-01`
  expect((await partner.client.get(usage)).status).toBe(404)
  expect((await owner.client.delete(at(tenant.domain, target))).status).toBe(200)
})

test('MAU-29: a move to a subscription of another tenant is refused and points to unlinking and linking again', async () => {
  const tenant = await world.identity(owner)
  const { tenant: fabrikam, administrator: other } = await world.workforce()
  const theirs = await world.subscription(fabrikam, other)
  const own = await world.subscription(contoso, owner)
  await owner.client.put(at(tenant.domain, own), bare)
  const refused = await owner.client.post(
    `/subscriptions/${own}/resourceGroups/identity/moveResources?api-version=2021-04-01`,
    {
      resources: [linkPath(own, tenant.domain)],
      targetResourceGroup: `/subscriptions/${theirs}/resourceGroups/identity`,
    },
  )
  expect(refused.status).toBe(403)
  expect(refused.body.error.details[0]).toMatchObject({ code: 'CrossTenantMoveNotSupported' })
  expect(refused.body.error.details[0].message).toMatch(/unlink.*relink/)
  expect((await owner.client.get(at(tenant.domain, own))).status).toBe(200)
})
