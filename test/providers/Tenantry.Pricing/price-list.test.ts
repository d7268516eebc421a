import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { CostWorld } from '../Microsoft.Consumption/cost-world.ts'
import { type Customer, linesOf, ours } from '../Tenantry.Billing/billing-world.ts'

let cloud: TestCloud
let world: CostWorld
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-09-01T00:00:00Z' })
  world = new CostWorld(cloud)
})
afterAll(() => cloud?.stop())

const lists = '/providers/Tenantry.Pricing/priceLists'
const version = (list: string, number: number) => `${lists}/${list}/versions/${number}?${ours}`
const entry = (meterId: string, price: object) => ({
  meterId,
  unit: 'hour',
  productName: { en: 'Compute hours' },
  serviceFamily: 'Compute',
  price: { scope: 'profile', ...price },
})
const perUnit = (unitPrice: string) => entry('cpu', { model: 'perUnit', unitPrice })
const put = (list: string, number: number, effectiveFrom: string, prices: object[], more: object = {}) =>
  cloud.operator.put(version(list, number), { properties: { currency: 'EUR', effectiveFrom, prices, ...more } })

/** A customer with a machine whose usage the owner may report. */
async function customerWithMachine(priceList: string, more: object = {}) {
  const customer = await world.customer({ priceList, currency: 'EUR', ...more })
  const subscriptionId = await world.subscription(customer)
  await world.assign(customer.owner, `/subscriptions/${subscriptionId}`, 'usagePublisher', customer.owner.objectId)
  const machine = await world.resource(customer.owner, subscriptionId, 'machines', 'one')
  return { customer, machine, use: (day: string, quantity: string) => use(customer, machine, day, quantity) }
}
const use = (customer: Customer, machine: string, day: string, quantity: string) =>
  world.use(customer.owner.client, machine, day, quantity)

test('INV-12: a published version never changes; the same again is harmless', async () => {
  const first = await put('fixed', 1, '2026-01-01', [perUnit('0.10')])
  expect(first.status).toBe(201)
  expect((await put('fixed', 1, '2026-01-01', [perUnit('0.10')])).status).toBe(200)
  expect(await put('fixed', 1, '2026-01-01', [perUnit('0.11')])).toMatchObject({
    status: 409,
    body: { error: { details: [{ code: 'version_already_published' }] } },
  })
  expect((await cloud.operator.get(version('fixed', 1))).body).toEqual(first.body)
})

test('INV-12: every field that is wrong is named', async () => {
  const reply = await put('wrong', 1, 'soon', [
    entry('cpu', { model: 'perUnit', unitPrice: 'cheap' }),
    entry('cpu', { model: 'perUnit', unitPrice: '1' }),
  ])
  expect(reply.status).toBe(400)
  expect(reply.body.error.details.map((detail: { target: string }) => detail.target)).toEqual(
    expect.arrayContaining(['effectiveFrom', 'prices[0].price.unitPrice']),
  )
})

test('DEC-32: what is counted over the month changes only with the month', async () => {
  const tiers = (unitPrice: string) =>
    entry('cpu', {
      model: 'graduated',
      tiers: [
        { upTo: '10', unitPrice },
        { upTo: null, unitPrice: '0.5' },
      ],
    })
  expect((await put('tiers', 1, '2026-01-01', [tiers('1')])).status).toBe(201)
  expect(await put('tiers', 2, '2026-10-15', [tiers('2')])).toMatchObject({
    status: 409,
    body: { error: { details: [{ code: 'tiered_price_changes_at_month_start' }] } },
  })
  expect((await put('tiers', 2, '2026-11-01', [tiers('2')])).status).toBe(201)
})

test('INV-12: the price of a usage day is the price valid that day, on a line for each version', async () => {
  await put('daily', 1, '2026-01-01', [perUnit('0.10')])
  await put('daily', 2, '2026-09-16', [perUnit('0.20')])
  const { customer, use: report } = await customerWithMachine('daily')
  await cloud.clock.set('2026-09-20T00:00:00Z')
  await report('2026-09-15', '10')
  await report('2026-09-16', '10')
  await cloud.clock.set('2026-10-04T00:00:00Z')
  expect((await world.run('2026-09')).body.properties.parked).toEqual([])
  const [issued] = await world.documents(customer)
  expect(linesOf(issued?.content)).toMatchObject([
    {
      priceList: { version: 1 },
      from: '2026-09-01T00:00:00.000Z',
      to: '2026-09-16T00:00:00.000Z',
      quantity: '10',
      charge: '1.00',
    },
    {
      priceList: { version: 2 },
      from: '2026-09-16T00:00:00.000Z',
      to: '2026-10-01T00:00:00.000Z',
      quantity: '10',
      charge: '2.00',
    },
  ])
})

test('INV-14: prices and lists of a month that is invoiced stay', async () => {
  expect(await put('daily', 3, '2026-09-20', [perUnit('0.30')])).toMatchObject({
    status: 409,
    body: { error: { code: 'BillingPeriodInvoiced' } },
  })
  const { customer } = await customerWithMachine('daily')
  const assign = (from: string) =>
    cloud.operator.put(`${lists}/fixed/assignments/${customer.profile}?${ours}`, { properties: { from } })
  expect(await assign('2026-09-01T00:00:00Z')).toMatchObject({
    status: 409,
    body: { error: { code: 'BillingPeriodInvoiced' } },
  })
  expect(await assign('2026-10-02T00:00:00Z')).toMatchObject({
    status: 400,
    body: { error: { code: 'AssignmentStartsWithMonth' } },
  })
  expect((await assign('2026-11-01T00:00:00Z')).status).toBe(200)
  const assigned = await cloud.operator.get(
    `/providers/Tenantry.Pricing/billingProfiles/${customer.profile}/priceLists?${ours}`,
  )
  expect(assigned.body.value.map((one: { properties: object }) => one.properties)).toMatchObject([
    { priceList: 'daily', to: '2026-11-01T00:00:00.000Z' },
    { priceList: 'fixed', from: '2026-11-01T00:00:00.000Z', to: null },
  ])
})

test('DEC-36: a price list in another currency is billed at the one rate of the month, which the invoice prints', async () => {
  const { customer, use: report } = await customerWithMachine('fixed', { currency: 'SEK' })
  await cloud.clock.set('2026-10-20T00:00:00Z')
  await report('2026-10-10', '33')
  const rate = await cloud.operator.put(`/providers/Tenantry.Pricing/exchangeRates/2026-10?${ours}`, {
    properties: { from: 'EUR', to: 'SEK', rate: '11.2345' },
  })
  expect(rate.body.properties.rates).toEqual([{ from: 'EUR', to: 'SEK', rate: '11.2345', day: '2026-09-29' }])
  await cloud.clock.set('2026-11-04T00:00:00Z')
  await world.run('2026-10')
  const [issued] = await world.documents(customer)
  // 33 × 0.10 EUR = 3.30 EUR; × 11.2345 = 37.07385 SEK.
  expect(linesOf(issued?.content)).toMatchObject([
    { amount: '37.07385', charge: '37.07', pricingCurrency: 'EUR', exchangeRate: { rate: '11.2345' } },
  ])
  expect(issued?.content.exchangeRates).toEqual([{ from: 'EUR', to: 'SEK', rate: '11.2345', day: '2026-09-29' }])
  expect(issued?.content.notes).toContainEqual({
    key: 'exchangeRate',
    parameters: { from: 'EUR', to: 'SEK', rate: '11.2345', day: '2026-09-29' },
  })
})

test('the shipped lists are there from the start', async () => {
  const { body } = await cloud.operator.get(`${lists}?${ours}`)
  expect(body.value.map((list: { name: string }) => list.name)).toEqual(
    expect.arrayContaining(['standard', 'standard-sek', 'illustration', 'illustration-eur']),
  )
})
