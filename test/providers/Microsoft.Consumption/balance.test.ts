import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Client } from '../../support/cloud.ts'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import type { Person } from '../Microsoft.AzureActiveDirectory/identity-cloud.ts'
import type { Customer } from '../Tenantry.Billing/billing-world.ts'
import { CostWorld, edition } from './cost-world.ts'

let cloud: TestCloud
let world: CostWorld
let contoso: Customer
let subscriptionId: string
let nobody: Person
let stranger: Person

const namespace = 'providers/Microsoft.Consumption'
const dates = 'startDate=2026-10-01&endDate=2026-10-31'

beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-10-01T00:00:00Z' })
  world = new CostWorld(cloud)
  await world.publish('tiered')
  contoso = await world.customer({ priceList: 'tiered' })
  subscriptionId = await world.subscription(contoso)
  nobody = await world.person(contoso)
  stranger = (await world.customer()).owner
  await cloud.clock.set('2026-10-02T00:00:00Z')
  await world.assign(contoso.owner, `/subscriptions/${subscriptionId}`, 'usagePublisher', contoso.owner.objectId)
  for (const [name, tags] of [
    ['a', { team: 'shop', tier: 'one' }],
    ['b', { team: 'core' }],
  ] as const) {
    const id = await world.resource(contoso.owner, subscriptionId, 'Web', name, tags)
    await world.use(contoso.owner.client, id, '2026-10-01', '1', 'disk')
  }
  await world.resource(contoso.owner, subscriptionId, 'Web', 'unused', { team: 'nobody' })
}, 120_000)
afterAll(() => cloud?.stop())

test('P17: nothing is paid in advance, so balances and credits are zero, and lots and events are none', async () => {
  const sdk = world.sdk(contoso.owner.client)
  const zero = { currency: 'USD', beginningBalance: 0, endingBalance: 0, utilized: 0, newPurchasesDetails: [] }
  expect(await sdk.balances.getByBillingAccount(contoso.account)).toMatchObject(zero)
  expect(await sdk.balances.getForBillingPeriodByBillingAccount(contoso.account, '202609')).toMatchObject(zero)
  expect(await sdk.credits.get(contoso.account, contoso.profile)).toMatchObject({
    billingCurrency: 'USD',
    balanceSummary: { currentBalance: { currency: 'USD', value: 0 } },
  })
  const lists = [
    sdk.eventsOperations.listByBillingProfile(contoso.account, contoso.profile, '2026-10-01', '2026-10-31'),
    sdk.eventsOperations.listByBillingAccount(contoso.account),
    sdk.lotsOperations.listByBillingProfile(contoso.account, contoso.profile),
    sdk.lotsOperations.listByBillingAccount(contoso.account),
    sdk.marketplaces.list(contoso.accountId),
    sdk.marketplaces.list(`/subscriptions/${subscriptionId}`),
  ]
  for (const list of lists) expect(await Array.fromAsync<unknown>(list)).toEqual([])
  const wrong = await contoso.owner.client.get(
    `${contoso.accountId}/billingPeriods/never/${namespace}/balances?${edition}`,
  )
  expect([wrong.status, wrong.body.error.code]).toEqual([400, 'InvalidBillingPeriod'])
})

test('INV-12: the price sheet has the prices that usage is rated by, a tier at a time', async () => {
  const sdk = world.sdk(contoso.owner.client, subscriptionId)
  const { pricesheets } = await sdk.priceSheet.get({ expand: 'properties/meterDetails' })
  expect(pricesheets?.map((price) => [price.partNumber, price.unitOfMeasure, price.unitPrice])).toEqual([
    ['tiered/v1/authentications', 'authentication', 0.01],
    ['tiered/v1/cpu/above-0', 'hour', 1.5],
    ['tiered/v1/cpu/above-10', 'hour', 0.123456789],
    ['tiered/v1/disk', 'GB', 0.0123456789],
    ['tiered/v1/monthly-active-users', 'monthly active user', 0.05],
  ])
  expect(pricesheets?.[3]).toMatchObject({ currencyCode: 'USD', meterDetails: { meterName: 'disk', unit: 'GB' } })
  expect((await sdk.priceSheet.getByBillingPeriod('202609')).pricesheets).toHaveLength(5)
  const path = `/subscriptions/${subscriptionId}/${namespace}/pricesheets/default?${edition}`
  const first = await contoso.owner.client.get(`${path}&$top=3`)
  const { pathname, search } = new URL(first.body.properties.nextLink)
  const second = await contoso.owner.client.get(pathname + search)
  expect([first.body.properties.pricesheets.length, second.body.properties.pricesheets.length]).toEqual([4, 1])
  expect(second.body.properties.nextLink).toBeUndefined()
})

test('INV-16: prices are the payer’s; a role on the subscription shows them of a stand-alone account only', async () => {
  const path = (id: string) => `/subscriptions/${id}/${namespace}/pricesheets/default?${edition}`
  const reader = await world.person(contoso)
  await world.assign(contoso.owner, `/subscriptions/${subscriptionId}`, 'reader', reader.objectId)
  const refused = await reader.client.get(path(subscriptionId))
  expect([refused.status, refused.body.error.details[0].code]).toEqual([403, 'BillingRoleRequired'])
  const alone = await world.customer({ priceList: 'tiered', agreementType: 'MicrosoftOnlineServicesProgram' })
  const id = await world.subscription(alone)
  const member = await world.person(alone)
  await world.assign(alone.owner, `/subscriptions/${id}`, 'reader', member.objectId)
  expect((await member.client.get(path(id))).body.properties.pricesheets).toHaveLength(5)
})

test('tags are those of what costs something', async () => {
  const { tags } = (await world.sdk(contoso.owner.client).tags.get(`/subscriptions/${subscriptionId}`)) ?? {}
  expect(tags).toEqual([
    { key: 'team', value: ['core', 'shop'] },
    { key: 'tier', value: ['one'] },
  ])
})

test('the operations are listed, and each edition of the API that has their shapes is served', async () => {
  const operations = await Array.fromAsync(world.sdk(nobody.client).operations.list())
  expect(operations.map((operation) => operation.name)).toContain('Microsoft.Consumption/usageDetails/read')
  const get = (version: string) =>
    contoso.owner.client.get(`/subscriptions/${subscriptionId}/${namespace}/usageDetails?api-version=${version}`)
  for (const version of ['2019-10-01', '2021-10-01', '2023-05-01'])
    expect((await get(version)).body.value).toHaveLength(2)
  expect((await get('2014-01-01')).status).toBe(400)
})

test('INV-16: every operation refuses those without a role, of another tenant and without a token', async () => {
  const subscription = `/subscriptions/${subscriptionId}`
  const paths = [
    ...['usageDetails', 'charges', 'tags', 'marketplaces'].flatMap((kind) =>
      [contoso.accountId, contoso.profileId, contoso.sectionId, subscription].map(
        (scope) => `${scope}/${namespace}/${kind}?${edition}`,
      ),
    ),
    `${contoso.accountId}/${namespace}/balances?${edition}`,
    `${contoso.accountId}/billingPeriods/202610/${namespace}/balances?${edition}`,
    `${contoso.accountId}/${namespace}/events?${edition}`,
    `${contoso.accountId}/${namespace}/lots?${edition}`,
    `${contoso.profileId}/${namespace}/credits/balanceSummary?${edition}`,
    `${contoso.profileId}/${namespace}/events?${edition}&${dates}`,
    `${contoso.profileId}/${namespace}/lots?${edition}`,
    `${subscription}/${namespace}/pricesheets/default?${edition}`,
    `${subscription}/providers/Microsoft.Billing/billingPeriods/202610/${namespace}/pricesheets/default?${edition}`,
  ]
  const outcome = async (client: Client, path: string) => {
    const { status, body } = await client.get(path)
    return `${status} ${body?.error?.code ?? ''}`
  }
  for (const path of paths) {
    expect(await outcome(contoso.owner.client, path), path).toBe('200 ')
    expect(await outcome(nobody.client, path), path).toBe('403 AuthorizationFailed')
    expect(await outcome(stranger.client, path), path).toMatch(/^404 (BillingAccount|Subscription)NotFound$/)
    expect(await outcome(cloud.as(undefined), path), path).toBe('401 AuthenticationFailed')
  }
})
