import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { CostWorld } from '../Microsoft.Consumption/cost-world.ts'
import { type Customer, expectSuccess, linesOf, ours } from './billing-world.ts'

let cloud: TestCloud
let world: CostWorld
let customer: Customer
let machine: string

const entry = (meterId: string, unitPrice: string) => ({
  meterId,
  unit: 'hour',
  productName: { en: meterId },
  serviceFamily: 'Compute',
  price: { model: 'perUnit', scope: 'profile', unitPrice },
})
const publish = (version: number, effectiveFrom: string, prices: object[]) =>
  cloud.operator.put(`/providers/Tenantry.Pricing/priceLists/machines/versions/${version}?${ours}`, {
    properties: { currency: 'EUR', effectiveFrom, prices },
  })
const runPath = (period: string, action = '') =>
  `/providers/Tenantry.Billing/invoiceRuns/${period}${action === '' ? '' : `/${action}`}?${ours}`

beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-10-01T00:00:00Z' })
  world = new CostWorld(cloud)
  expectSuccess(await publish(1, '2026-01-01', [entry('cpu', '0.10')]))
  customer = await world.customer({ currency: 'EUR', priceList: 'machines' })
  const subscriptionId = await world.subscription(customer)
  await world.assign(customer.owner, `/subscriptions/${subscriptionId}`, 'usagePublisher', customer.owner.objectId)
  machine = await world.resource(customer.owner, subscriptionId, 'machines', 'one')
  await cloud.clock.set('2026-10-20T00:00:00Z')
  await use('2026-10-02', '10')
  await use('2026-10-03', '4', 'gpu')
})
afterAll(() => cloud?.stop())

const use = (day: string, quantity: string, meterId = 'cpu') =>
  world.use(customer.owner.client, machine, day, quantity, meterId)

test('INV-3: the preview of a run is what the run issues, and issues nothing', async () => {
  const started = await cloud.operator.post(runPath('2026-10', 'preview'))
  expect(started.status).toBe(202)
  const preview = await cloud.operator.finish(started)
  expect(preview.body.properties).toMatchObject({
    estimated: true,
    value: [{ profile: customer.profile, documentType: 'Invoice', currency: 'EUR', total: '1.00', lines: 1 }],
    unpriced: [{ meterId: 'gpu', quantity: '4', reason: 'noPriceForMeter' }],
  })
  expect(await world.documents(customer)).toEqual([])
  await cloud.clock.set('2026-11-04T00:00:00Z')
  expectSuccess(await world.run('2026-10'))
  const [issued] = await world.documents(customer)
  expect(JSON.stringify({ ...issued?.content, issue: null })).toBe(
    JSON.stringify(preview.body.properties.value[0].document),
  )
})

test('INV-1: usage without a price is reported and never dropped; it is billed when there is a price', async () => {
  const run = await cloud.operator.get(runPath('2026-10'))
  expect(run.body.properties.unpriced).toEqual([
    expect.objectContaining({
      billingProfileName: customer.profile,
      meterId: 'gpu',
      quantity: '4',
      usagePeriod: '2026-10',
      reason: 'noPriceForMeter',
    }),
  ])
  expect(await publish(2, '2026-10-01', [entry('cpu', '0.20'), entry('gpu', '2')])).toMatchObject({
    status: 409,
    body: { error: { code: 'BillingPeriodInvoiced' } },
  })
  expect(await publish(1, '2026-01-01', [entry('cpu', '0.20'), entry('gpu', '2')])).toMatchObject({
    status: 409,
    body: { error: { details: [{ code: 'version_already_published' }] } },
  })
  expect((await publish(1, '2026-01-01', [entry('cpu', '0.10'), entry('gpu', '2')])).status).toBe(200)
  await cloud.clock.set('2026-12-04T00:00:00Z')
  expectSuccess(await world.run('2026-11'))
  const [issued] = await world.documents(customer)
  expect(linesOf(issued?.content)).toMatchObject([
    { meterId: 'gpu', chargeType: 'Adjustment', usagePeriod: '2026-10', quantity: '4', charge: '8.00' },
  ])
  expect((await cloud.operator.get(runPath('2026-11'))).body.properties.unpriced).toEqual([])
})

test('a profile whose document would be wrong is parked with the reason, holds up no other, and is resumed', async () => {
  const other = await world.customer({ currency: 'EUR', priceList: 'machines' })
  await cloud.clock.set('2026-12-10T00:00:00Z')
  await use('2026-12-01', '1')
  await use('2026-10-05', '1')
  const { db } = cloud.running
  // What was billed cannot be explained any more: the list that priced it is not the profile's.
  const lists = await db
    .selectFrom('price_list_assignment')
    .selectAll()
    .where('billing_profile_name', '=', customer.profile)
    .execute()
  await db
    .updateTable('price_list_assignment')
    .set({ price_list_name: 'illustration-eur' })
    .where('billing_profile_name', '=', customer.profile)
    .execute()
  await cloud.clock.set('2027-01-04T00:00:00Z')
  const run = await world.run('2026-12')
  expect(run.body.properties).toMatchObject({
    provisioningState: 'Succeeded',
    parked: [{ billingProfileName: customer.profile, error: { code: 'InvoiceNotComposed' } }],
  })
  expect((await world.documents(customer))[0]?.period).toBe('2026-11')
  expect((await world.documents(other))[0]?.period).toBe('2026-12')
  await db
    .updateTable('price_list_assignment')
    .set({ price_list_name: lists[0]?.price_list_name ?? '' })
    .where('billing_profile_name', '=', customer.profile)
    .execute()
  const resumed = await cloud.operator.finish(await cloud.operator.post(runPath('2026-12', 'resume')))
  expect(resumed.body.properties).toMatchObject({ provisioningState: 'Succeeded', parked: [] })
  const [issued] = await world.documents(customer)
  expect(issued?.period).toBe('2026-12')
  expect(linesOf(issued?.content).map((line) => [line.usagePeriod, line.chargeType, line.charge])).toEqual([
    ['2026-10', 'Adjustment', '0.10'],
    ['2026-12', 'Usage', '0.10'],
  ])
})

test('two requests for one month at the same time make one run and one document for each profile', async () => {
  await cloud.clock.set('2027-02-04T00:00:00Z')
  const started = await Promise.all([1, 2, 3].map(() => cloud.operator.put(runPath('2027-01'), {})))
  const ended = await Promise.all(
    started.map(async (reply) => (reply.status === 202 ? cloud.operator.finish(reply) : reply)),
  )
  for (const reply of ended) expect(reply).toMatchObject({ status: 200, body: { properties: { parked: [] } } })
  const { rows } = await sql<{ profile: string }>`
    select billing_profile_name as profile from invoice where period = '2027-01' group by 1 having count(*) > 1`.execute(
    cloud.running.db,
  )
  expect(rows).toEqual([])
  const progress = ended[0]?.body.properties.progress
  expect(progress.profilesDone).toBe(progress.profilesTotal)
})

test('INV-4: a month that is done answers what was done, also after later months', async () => {
  expect(await cloud.operator.put(runPath('2026-12'), {})).toMatchObject({ status: 200, body: { name: '2026-12' } })
})

test('DEC-7: a month is not resumed once a later one is invoiced, because that one has billed what was left', async () => {
  expect(await cloud.operator.post(runPath('2026-12', 'resume'))).toMatchObject({
    status: 409,
    body: { error: { code: 'LaterPeriodInvoiced' } },
  })
})

test('runs are listed and shown to the operator alone', async () => {
  const { body } = await cloud.operator.get(`/providers/Tenantry.Billing/invoiceRuns?${ours}`)
  expect(body.value.map((run: { name: string }) => run.name)).toEqual(['2026-10', '2026-11', '2026-12', '2027-01'])
  const { client } = customer.owner
  for (const path of [`/providers/Tenantry.Billing/invoiceRuns?${ours}`, runPath('2026-10')])
    expect((await client.get(path)).status).toBe(403)
  for (const action of ['preview', 'resume']) expect((await client.post(runPath('2026-10', action))).status).toBe(403)
  expect((await cloud.operator.get(runPath('2025-01'))).body.error.code).toBe('InvoiceRunNotFound')
})
