import { randomUUID } from 'node:crypto'
import { SubscriptionClient } from '@azure/arm-resources-subscriptions'
import { SubscriptionClient as SubscriptionManagementClient } from '@azure/arm-subscriptions'
import { SubscriptionClient as OlderSubscriptionClient } from 'arm-resources-subscriptions-2'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { roles, start } from '../Microsoft.Authorization/access-fixture.ts'
import { type Company, resourceFixture } from '../Microsoft.Resources/resource-fixture.ts'

let cloud: TestCloud
let make: ReturnType<typeof resourceFixture>
let contoso: Company
let fabrikam: Company
let olga: Client

beforeAll(async () => {
  cloud = await startTestCloud({ now: start })
  make = resourceFixture(cloud)
  contoso = await make.company()
  fabrikam = await make.company()
  olga = await make.client(contoso.tenantId, contoso.owner)
}, 60_000)
afterAll(() => cloud?.stop())

const path = (alias: string, version = '2021-10-01') =>
  `/providers/Microsoft.Subscription/aliases/${alias}?api-version=${version}`
const wanted = (billingScope: string, more: object = {}) => ({
  properties: { displayName: 'Production', workload: 'Production', billingScope, ...more },
})
const create = async (client: Client, scope: string): Promise<string> => {
  const reply = await client.put(path(randomUUID()), wanted(scope))
  expect(reply.status).toBe(201)
  return reply.body.properties.subscriptionId as string
}

describe('the unchanged SDKs', () => {
  test('SUB-3, SUB-25: an alias creates a subscription in the tenant of its payer, and its creator is the Owner', async () => {
    const { token } = olga
    const client = new SubscriptionManagementClient(cloud.credential(token), { endpoint: cloud.baseUrl })
    const name = `first-${randomUUID()}`
    const alias = await client.alias.beginCreateAndWait(
      name,
      {
        properties: {
          displayName: 'Production',
          workload: 'Production',
          billingScope: contoso.sectionScope
            .toUpperCase()
            .replace('/PROVIDERS/MICROSOFT.BILLING', '/providers/microsoft.billing'),
          additionalProperties: { tags: { team: 'identity' } },
        },
      },
      { updateIntervalInMs: 10 },
    )
    expect(alias).toMatchObject({ name, type: 'Microsoft.Subscription/aliases' })
    expect(alias.properties).toMatchObject({
      displayName: 'Production',
      provisioningState: 'Succeeded',
      billingScope: contoso.sectionScope,
    })
    const id = alias.properties?.subscriptionId ?? ''
    for (const SubscriptionsClient of [SubscriptionClient, OlderSubscriptionClient]) {
      const subscriptions = new SubscriptionsClient(cloud.credential(token), { endpoint: cloud.baseUrl })
      expect(await subscriptions.subscriptions.get(id)).toMatchObject({
        id: `/subscriptions/${id}`,
        subscriptionId: id,
        displayName: 'Production',
        tenantId: contoso.tenantId,
        state: 'Enabled',
        tags: { team: 'identity' },
      })
      const listed = []
      for await (const one of subscriptions.subscriptions.list()) listed.push(one.subscriptionId)
      expect(listed).toContain(id)
    }
    const granted = await olga.get(
      `/subscriptions/${id}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01`,
    )
    expect(granted.body.value).toMatchObject([
      { properties: { principalId: contoso.owner, roleDefinitionId: expect.stringContaining(roles.owner) } },
    ])
    expect((await client.alias.get(name)).properties?.subscriptionId).toBe(id)
    expect((await client.alias.list()).value?.map((one) => one.name)).toContain(name)
    await client.alias.delete(name)
    await client.alias.delete(name)
    await expect(client.alias.get(name)).rejects.toMatchObject({ statusCode: 404, code: 'AliasNotFound' })
    expect((await olga.get(`/subscriptions/${id}?api-version=2022-12-01`)).status).toBe(200)
  })

  test('SUB-8: cancelling stops billing at that instant, enabling starts it again, and a new name is shown', async () => {
    const client = new SubscriptionManagementClient(cloud.credential(olga.token), { endpoint: cloud.baseUrl })
    const id = await create(olga, contoso.sectionScope)
    expect(await client.subscription.rename(id, { subscriptionName: 'Identity' })).toMatchObject({ subscriptionId: id })
    expect(await client.subscription.cancel(id)).toMatchObject({ subscriptionId: id })
    const subscriptions = new SubscriptionClient(cloud.credential(olga.token), { endpoint: cloud.baseUrl })
    expect(await subscriptions.subscriptions.get(id)).toMatchObject({ state: 'Disabled', displayName: 'Identity' })
    const cancelled = await cloud.running.db
      .selectFrom('subscription_cancellation')
      .selectAll()
      .where('subscription_id', '=', id)
      .execute()
    expect(cancelled).toHaveLength(1)
    const refused = await olga.put(`/subscriptions/${id}/resourcegroups/late?api-version=2025-04-01`, {
      location: 'westeurope',
    })
    expect(refused).toMatchObject({ status: 409, body: { error: { code: 'ReadOnlyDisabledSubscription' } } })
    expect(await client.subscription.enable(id)).toMatchObject({ subscriptionId: id })
    expect((await subscriptions.subscriptions.get(id)).state).toBe('Enabled')
  })

  test('locations name regions with their metadata, and the areas that identity tenants are kept in', async () => {
    const id = await create(olga, contoso.sectionScope)
    const subscriptions = new SubscriptionClient(cloud.credential(olga.token), { endpoint: cloud.baseUrl })
    const places = new Map()
    for await (const place of subscriptions.subscriptions.listLocations(id)) places.set(place.name, place)
    expect(places.get('swedencentral')).toMatchObject({
      id: `/subscriptions/${id}/locations/swedencentral`,
      displayName: 'Sweden Central',
      metadata: { regionType: 'Physical', geographyGroup: 'Europe' },
    })
    expect(places.get('unitedstates')).toMatchObject({ displayName: 'United States' })
  })

  test('SUB-1: tenants lists where the caller is at home, and no other tenant', async () => {
    const subscriptions = new SubscriptionClient(cloud.credential(olga.token), { endpoint: cloud.baseUrl })
    const tenants = []
    for await (const tenant of subscriptions.tenants.list()) tenants.push(tenant.tenantId)
    expect(tenants).toEqual([contoso.tenantId])
  })
})

describe('the alias', () => {
  test('SUB-2: the section of the alias pays from the creation on, and the database refuses a second payer beside it', async () => {
    const { db } = cloud.running
    const id = await create(olga, contoso.sectionScope)
    const other = await make.company()
    const [profile, section] = contoso.sectionScope.split('/').filter((_, index) => index === 6 || index === 8)
    const payers = await db.selectFrom('billing_placement').selectAll().where('subscription_id', '=', id).execute()
    expect(payers).toMatchObject([
      { billing_profile_name: profile, invoice_section_name: section, customer_name: null },
    ])
    const [otherProfile = '', otherSection = ''] = other.sectionScope
      .split('/')
      .filter((_, index) => index === 6 || index === 8)
    const second = db
      .insertInto('billing_placement')
      .values({
        subscription_id: id,
        during: sql<string>`tstzrange(${start}::timestamptz, null)`,
        billing_profile_name: otherProfile,
        invoice_section_name: otherSection,
        customer_name: null,
      })
      .execute()
    await expect(second).rejects.toMatchObject({ code: '23P01' })
  })

  test('the same alias again finds the same subscription, also when its name comes in another casing', async () => {
    const name = `Again-${randomUUID()}`
    const first = await olga.put(path(name), wanted(contoso.sectionScope))
    const second = await olga.put(path(name.toLowerCase()), wanted(contoso.sectionScope.toLowerCase()))
    expect([first.status, second.status]).toEqual([201, 200])
    expect(second.body.properties.subscriptionId).toBe(first.body.properties.subscriptionId)
  })

  test('two requests for one alias at once make one subscription', async () => {
    const name = `race-${randomUUID()}`
    const replies = await Promise.all(
      Array.from({ length: 4 }, () => olga.put(path(name), wanted(contoso.sectionScope))),
    )
    expect(replies.map((reply) => reply.status).sort((one, other) => one - other)).toEqual([200, 200, 200, 201])
    expect(new Set(replies.map((reply) => reply.body.properties.subscriptionId)).size).toBe(1)
  })

  test('an alias that is in use for another payer is refused', async () => {
    const name = randomUUID()
    await olga.put(path(name), wanted(contoso.sectionScope))
    const reply = await olga.put(path(name), wanted(contoso.sectionScope, { workload: 'DevTest' }))
    expect(reply).toMatchObject({ status: 409, body: { error: { code: 'AliasInUse' }, code: 'AliasInUse' } })
  })

  test('an alias can name a subscription that exists, for who may write to it', async () => {
    const id = await create(olga, contoso.sectionScope)
    const reply = await olga.put(path(randomUUID()), { properties: { subscriptionId: id.toUpperCase() } })
    expect(reply).toMatchObject({ status: 201, body: { properties: { subscriptionId: id } } })
    const stranger = await make.client(fabrikam.tenantId, fabrikam.owner)
    const refused = await stranger.put(path(randomUUID()), { properties: { subscriptionId: id } })
    expect(refused).toMatchObject({ status: 404, body: { error: { code: 'SubscriptionNotFound' } } })
  })

  test.each([
    [{ subscriptionTenantId: randomUUID() }, 'properties.additionalProperties.subscriptionTenantId'],
    [{ subscriptionOwnerId: randomUUID() }, 'properties.additionalProperties.subscriptionOwnerId'],
    [{ managementGroupId: 'root' }, 'properties.additionalProperties.managementGroupId'],
  ])('SUB-3: %j is refused by name', async (additionalProperties, target) => {
    const reply = await olga.put(path(randomUUID()), wanted(contoso.sectionScope, { additionalProperties }))
    expect(reply).toMatchObject({ status: 400, body: { error: { code: 'UnsupportedProperty', target } } })
  })

  test('BIL-16 S9: who may not create subscriptions in the section is refused, whether the section exists or not', async () => {
    const reader = await make.user(contoso.tenantId, 'rita')
    const { billingAccount, sectionScope, tenantId } = contoso
    await make.billingRole(billingAccount, sectionScope, 'ISR', tenantId, reader)
    const rita = await make.client(tenantId, reader)
    for (const scope of [sectionScope, sectionScope.replace(/[^/]+$/, 'NONE-NONE-NON-NON')]) {
      const reply = await rita.put(path(randomUUID()), wanted(scope))
      expect(reply).toMatchObject({ status: 403, body: { error: { code: 'AuthorizationFailed' } } })
    }
    await make.billingRole(billingAccount, sectionScope, 'SC', tenantId, reader)
    await create(rita, sectionScope)
  })

  test('an account of another tenant looks as if it did not exist', async () => {
    const reply = await olga.put(path(randomUUID()), wanted(fabrikam.sectionScope))
    const unknown = fabrikam.sectionScope.replace(fabrikam.billingAccount, `${randomUUID()}:${randomUUID()}_2019-05-31`)
    const absent = await olga.put(path(randomUUID()), wanted(unknown))
    expect([reply.status, absent.status]).toEqual([404, 404])
    expect(reply.body.error.code).toBe(absent.body.error.code)
  })

  test('BIL-23: a payer that is past due pays for nothing new', async () => {
    const late = await make.company()
    await cloud.running.db
      .updateTable('billing_profile')
      .set({ status: 'PastDue' })
      .where('billing_account_name', '=', late.billingAccount)
      .execute()
    const reply = await (await make.client(late.tenantId, late.owner)).put(
      path(randomUUID()),
      wanted(late.sectionScope),
    )
    expect(reply).toMatchObject({ status: 409, body: { error: { code: 'BillingProfilePastDue' } } })
  })

  test('aliases of others are not shown and not removed', async () => {
    const name = randomUUID()
    await olga.put(path(name), wanted(contoso.sectionScope))
    const colleague = await make.client(contoso.tenantId, await make.user(contoso.tenantId, 'carl'))
    expect((await colleague.get(path(name))).status).toBe(404)
    expect(
      (await colleague.get('/providers/Microsoft.Subscription/aliases?api-version=2021-10-01')).body.value,
    ).toEqual([])
    expect((await colleague.delete(path(name))).status).toBe(204)
    expect((await olga.get(path(name))).status).toBe(200)
  })

  test('without a token nothing is said', async () => {
    const reply = await cloud.as(undefined).put(path('x'), wanted(contoso.sectionScope))
    expect(reply.status).toBe(401)
    expect(reply.headers['www-authenticate']).toContain('Bearer')
  })
})

describe('cancelling', () => {
  const cancel = (client: Client, id: string) =>
    client.post(`/subscriptions/${id}/providers/Microsoft.Subscription/cancel?api-version=2021-10-01`)

  test('SUB-7: no billing role cancels, not even the account owner; a Contributor does not; the Owner does', async () => {
    const { tenantId, billingAccount, sectionScope } = contoso
    const creator = await make.user(tenantId, 'sven')
    await make.billingRole(billingAccount, sectionScope, 'SC', tenantId, creator)
    const sven = await make.client(tenantId, creator)
    const id = await create(sven, sectionScope)
    expect((await cancel(olga, id)).status).toBe(403)
    const contributor = await make.user(tenantId, 'cora')
    await make.assign(tenantId, `/subscriptions/${id}`, roles.contributor, contributor)
    const refused = await cancel(await make.client(tenantId, contributor), id)
    expect(refused).toMatchObject({
      status: 403,
      body: { error: { code: 'AuthorizationFailed' }, code: 'AuthorizationFailed' },
    })
    expect((await cancel(sven, id)).body).toEqual({ subscriptionId: id })
  })

  test('SUB-5: a disabled subscription is read and deleted from, and nothing else', async () => {
    const id = await create(olga, contoso.sectionScope)
    const group = `/subscriptions/${id}/resourcegroups/kept?api-version=2025-04-01`
    expect((await olga.put(group, { location: 'westeurope' })).status).toBe(201)
    await cancel(olga, id)
    expect((await olga.get(group)).status).toBe(200)
    expect((await olga.patch(group, { tags: {} })).status).toBe(409)
    expect((await olga.finish(await olga.delete(group))).status).toBe(200)
  })

  test('SUB-8: 90 days after the cancelling the subscription is gone with all that is in it, and not a moment before', async () => {
    const { db } = cloud.running
    const id = await create(olga, contoso.sectionScope)
    const group = await make.resourceGroup(id, 'kept')
    await make.put(olga, `${group}/providers/Contoso.Compute/machines/one`)
    await cancel(olga, id)
    const address = `/subscriptions/${id}?api-version=2022-12-01`
    await cloud.clock.set('2026-12-29T23:59:59.999Z')
    expect((await olga.get(address)).body.state).toBe('Disabled')
    await cloud.clock.set('2027-01-15T00:00:00Z')
    expect((await olga.get(address)).status).toBe(404)
    const listed = (await olga.get('/subscriptions?api-version=2022-12-01')).body.value
    expect(listed.map((one: { subscriptionId: string }) => one.subscriptionId)).not.toContain(id)
    const row = await db.selectFrom('subscription').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
    expect(row).toMatchObject({ state: 'Deleted', deleted_at: new Date('2026-12-30T00:00:00Z') })
    const live = await db
      .selectFrom('resource')
      .selectAll()
      .where('subscription_id', '=', id)
      .where('deleted_at', 'is', null)
      .execute()
    expect(live).toEqual([])
  })

  test('a foreign subscription looks as if it did not exist', async () => {
    const id = await create(olga, contoso.sectionScope)
    const stranger = await make.client(fabrikam.tenantId, fabrikam.owner)
    for (const target of [id, randomUUID()])
      expect(await cancel(stranger, target)).toMatchObject({
        status: 404,
        body: { error: { code: 'SubscriptionNotFound', message: `The subscription '${target}' could not be found.` } },
      })
  })

  test('SUB-20: cancelling and renaming change neither the directory nor the payer', async () => {
    const id = await create(olga, contoso.sectionScope)
    const facts = async () => ({
      directory: await cloud.running.db
        .selectFrom('subscription_directory')
        .selectAll()
        .where('subscription_id', '=', id)
        .execute(),
      payer: await cloud.running.db
        .selectFrom('billing_placement')
        .selectAll()
        .where('subscription_id', '=', id)
        .execute(),
    })
    const before = await facts()
    const rename = `/subscriptions/${id}/providers/Microsoft.Subscription/rename?api-version=2021-10-01`
    expect((await olga.post(rename, { subscriptionName: 'Other' })).status).toBe(200)
    await cancel(olga, id)
    expect(await facts()).toEqual(before)
  })
})
