import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runAudit } from '../../../src/audit/audit.ts'
import { type Client, startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { CostWorld } from '../Microsoft.Consumption/cost-world.ts'
import { type Customer, expectSuccess, type LinkedTenant, linesOf, ours } from '../Tenantry.Billing/billing-world.ts'

let cloud: TestCloud
let world: CostWorld
let contoso: Customer
let owner: Client
let subscriptionId: string
/** Metered by authentications, and by monthly active users. */
let legacy: LinkedTenant
let upgraded: LinkedTenant
let machine: string

const cancelledAt = '2019-11-10T12:00:00.000Z'
const justBefore = '2019-11-10T11:59:59.999Z'
const whileCancelled = '2019-11-15T00:00:00.000Z'
const justBeforeEnabled = '2019-11-19T23:59:59.999Z'
const enabledAt = '2019-11-20T00:00:00.000Z'
const aMinuteAfter = (instant: string) => new Date(Date.parse(instant) + 60_000).toISOString()

beforeAll(async () => {
  cloud = await startTestCloud({ now: '2019-10-01T00:00:00Z' })
  world = new CostWorld(cloud)
  await publish('machines')
  contoso = await world.customer({ priceList: 'machines' })
  owner = contoso.owner.client
  subscriptionId = await world.subscription(contoso)
  await world.assign(contoso.owner, `/subscriptions/${subscriptionId}`, 'usagePublisher', contoso.owner.objectId)
  machine = await world.resource(contoso.owner, subscriptionId, 'web', 'front')
  legacy = await world.linkedTenant(contoso, subscriptionId)
  upgraded = await world.linkedTenant(contoso, subscriptionId)
  await cloud.clock.set('2019-10-02T00:00:00Z')
  await world.upgrade(contoso, upgraded)
}, 120_000)
afterAll(() => cloud?.stop())

async function publish(name: string): Promise<void> {
  const prices = Object.entries({
    authentications: '0.01',
    'monthly-active-users': '0.05',
    'second-factor-attempts': '0.03',
    cpu: '2',
  }).map(([meterId, unitPrice]) => ({
    meterId,
    unit: 'unit',
    productName: { en: meterId },
    serviceFamily: 'Everything',
    price: { model: 'perUnit', unitPrice },
  }))
  expectSuccess(
    await cloud.operator.put(`/providers/Tenantry.Pricing/priceLists/${name}/versions/1?${ours}`, {
      properties: { currency: 'USD', effectiveFrom: '2015-01-01', prices },
    }),
  )
}

const post = async (action: 'cancel' | 'enable'): Promise<void> => {
  expectSuccess(
    await owner.post(
      `/subscriptions/${subscriptionId}/providers/Microsoft.Subscription/${action}?api-version=2021-10-01`,
    ),
  )
}

async function send(client: Client, event: Record<string, unknown>): Promise<void> {
  const events = [{ specversion: '1.0', source: '/cancelled', id: randomUUID(), ...event }]
  const reply = await client.post('/events', events, { 'content-type': 'application/cloudevents-batch+json' })
  expect(reply.body).toMatchObject([{ status: 'accepted' }])
}

const signIn = (tenant: LinkedTenant, user: string, time: string) => world.signIns(tenant, [user], time)

const secondFactor = (tenant: LinkedTenant, time: string) =>
  send(tenant.reporter, {
    type: 'tenantry.second-factor.v1',
    time,
    subject: 'somebody',
    data: { tenantId: tenant.id, kind: 'sms' },
  })

const use = (quantity: string, usageStart: string, subject = machine) =>
  send(owner, {
    type: 'tenantry.usage.v1',
    time: usageStart,
    subject,
    data: { meterId: 'cpu', quantity, usageStart, usageEnd: usageStart },
  })

test('SUB-8: usage before the cancelling is billed however late it is told, usage while cancelled never, usage after enabling again', async () => {
  // Told before the cancelling, of a time before it, of its very instant, and by senders whose clocks are ahead.
  await cloud.clock.set(cancelledAt)
  for (const [user, time] of [
    ['before', '2019-11-09T08:00:00.000Z'],
    ['instant', cancelledAt],
    ['ahead', aMinuteAfter(cancelledAt)],
  ] as const) {
    await signIn(legacy, user, time)
    await signIn(upgraded, user, time)
    await secondFactor(upgraded, time)
  }
  await use('0.125', '2019-11-09T08:00:00.000Z')
  await use('100', cancelledAt)
  await use('200', aMinuteAfter(cancelledAt))
  await use('300', cancelledAt, `/subscriptions/${subscriptionId}`)
  await post('cancel')

  // Told of the same times after it.
  await cloud.clock.set('2019-11-16T00:00:00Z')
  for (const [user, time] of [
    ['late', justBefore],
    ['instant again', cancelledAt],
    ['during', whileCancelled],
  ] as const) {
    await signIn(legacy, user, time)
    await signIn(upgraded, user, time)
    await secondFactor(upgraded, time)
  }
  await use('0.25', justBefore)
  await use('400', cancelledAt)
  await use('500', whileCancelled)

  // And of the end of the time in which it was cancelled: before it is enabled, and after.
  await cloud.clock.set(enabledAt)
  const told = async (user: string) => {
    for (const time of [justBeforeEnabled, enabledAt, aMinuteAfter(enabledAt)]) {
      await signIn(legacy, `${user} ${time}`, time)
      await signIn(upgraded, `${user} ${time}`, time)
    }
    await secondFactor(upgraded, justBeforeEnabled)
    await secondFactor(upgraded, enabledAt)
    await use('600', justBeforeEnabled)
    await use('0.5', enabledAt)
    await use('1', aMinuteAfter(enabledAt))
  }
  await told('early')
  await post('enable')
  await told('again')
  await signIn(upgraded, 'before', enabledAt)

  await cloud.clock.set('2019-11-30T00:00:00Z')
  await signIn(upgraded, 'during', '2019-11-22T08:00:00.000Z')
  await signIn(legacy, 'at last', whileCancelled)
  await use('2', '2019-11-22T08:00:00.000Z')

  await cloud.clock.set('2019-12-04T00:00:00Z')
  expect((await world.run('2019-11')).body).toMatchObject({ properties: { parked: [], unpriced: [] } })
  const [issued] = await world.documents(contoso)
  const lines = linesOf(issued?.content).map((line) => [line.meterId, line.quantity, line.charge])
  expect(lines).toEqual([
    ['authentications', '6', '0.06'],
    ['cpu', '5.375', '10.75'],
    ['monthly-active-users', '7', '0.35'],
    ['second-factor-attempts', '4', '0.12'],
  ])
})

async function resourcesSetAside(period: string): Promise<unknown[]> {
  const { rows } = await sql<{ reason: string; day: string; quantity: string }>`
    select reason, usage_day::text as day, quantity::text from usage_set_aside
    where subscription_id = ${subscriptionId} and identity_tenant_id is null and event_count <> 0
      and starts_with(usage_day::text, ${period}) order by usage_day`.execute(cloud.running.db)
  return rows.map(({ reason, day, quantity }) => [reason, day, quantity])
}

test('SUB-8: what was used while cancelled is kept, and shown with its reason', async () => {
  const unbilled = async (tenant: LinkedTenant) => {
    const reply = await tenant.inside.client.get(
      `/providers/Tenantry.Metering/tenants/${tenant.id}/unbilledUsage?${ours}&period=2019-11`,
    )
    return reply.body.value
  }
  const reason = 'subscriptionCancelled'
  const row = (meterId: string, usageDay: string, count: number) => ({
    meterId,
    usageDay,
    quantity: String(count),
    events: count,
    reason,
  })
  expect(await unbilled(legacy)).toEqual([
    row('authentications', '2019-11-10', 3),
    row('authentications', '2019-11-15', 2),
    row('authentications', '2019-11-19', 2),
  ])
  expect(await unbilled(upgraded)).toEqual([
    row('monthly-active-users', '2019-11-10', 3),
    row('second-factor-attempts', '2019-11-10', 3),
    row('monthly-active-users', '2019-11-15', 1),
    row('second-factor-attempts', '2019-11-15', 1),
    row('monthly-active-users', '2019-11-19', 2),
    row('second-factor-attempts', '2019-11-19', 2),
  ])
  expect(await resourcesSetAside('2019-11')).toEqual([
    [reason, '2019-11-10', '1000'],
    [reason, '2019-11-15', '500'],
    [reason, '2019-11-19', '1200'],
  ])
})

test('SUB-8: a cancelling that is taken back in its very instant changes nothing', async () => {
  const now = '2019-12-05T00:00:00.000Z'
  await cloud.clock.set(now)
  await use('3', now)
  await signIn(legacy, 'december', now)
  await post('cancel')
  expect(await resourcesSetAside('2019-12')).toEqual([['subscriptionCancelled', '2019-12-05', '3']])
  await post('enable')
  expect(await resourcesSetAside('2019-12')).toEqual([])
  const month = await owner.get(`/providers/Tenantry.Metering/tenants/${legacy.id}/monthlyActiveUsers/2019-12?${ours}`)
  expect(month.body.properties).toMatchObject({ authentications: 1, paidUsers: 1 })
})

test('SUB-8: the audit agrees, and names a counted event of a time in which the subscription was cancelled', async () => {
  const connection = { connectionString: cloud.running.databaseUrl }
  const clean = await runAudit(connection)
  expect(clean.checks.flatMap((check) => check.violations)).toEqual([])
  await sql`insert into subscription_cancellation (subscription_id, during)
    values (${subscriptionId}, '[2019-11-09T08:00:00Z, 2019-11-09T08:00:00.001Z)')`.execute(cloud.running.db)
  const { checks } = await runAudit(connection)
  const violations = checks.flatMap((check) => check.violations.map((violation) => `${check.id} ${violation}`))
  expect(violations).toHaveLength(4)
  for (const violation of violations)
    expect(violation).toMatch(/^I-07 event .* stored counted, .*; histories say subscriptionCancelled, /)
})
