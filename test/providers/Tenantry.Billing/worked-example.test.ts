import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { BillingWorld, type Customer, type LinkedTenant, linesOf, names, ours } from './billing-world.ts'

let cloud: TestCloud
let world: BillingWorld
let customer: Customer
let tenant: LinkedTenant

const changedAt = '2019-11-10T09:30:15.250Z'
const groupA = names('a', 100)
const groupB = names('b', 150)

beforeAll(async () => {
  cloud = await startTestCloud({ now: '2019-10-01T00:00:00Z' })
  world = new BillingWorld(cloud)
  customer = await world.customer()
  tenant = await world.linkedTenant(customer, await world.subscription(customer))
  await cloud.clock.set('2019-11-08T00:00:00Z')
  for (const day of ['03', '05', '07']) await world.signIns(tenant, groupA, `2019-11-${day}T08:00:00Z`)
  await cloud.clock.set(changedAt)
  await world.upgrade(customer, tenant)
  await cloud.clock.set('2019-11-20T00:00:00Z')
  await world.signIns(tenant, [...groupA, ...groupB], '2019-11-12T08:00:00Z')
  await world.signIns(tenant, groupB, '2019-11-15T08:00:00Z')
}, 120_000)
afterAll(() => cloud?.stop())

test('INV-4, DEC-8: a month is run when its grace is over, and not before', async () => {
  await cloud.clock.set('2019-12-03T23:59:59.999Z')
  const early = await world.run('2019-11')
  expect(early).toMatchObject({ status: 409, body: { error: { code: 'BillingPeriodOpen' } } })
  expect(early.body.error.additionalInfo[0].info.closesAt).toBe('2019-12-04T00:00:00.000Z')
})

test('MAU-24, MAU-25, INV-10: 3.00 for authentications before the change and 7.50 for active users after it', async () => {
  const preview = await cloud.operator.post(`${customer.profileId}/providers/Tenantry.Billing/preview?${ours}`, {
    properties: { period: '2019-11' },
  })
  expect(preview.status).toBe(200)
  await cloud.clock.set('2019-12-04T00:00:00Z')
  const run = await world.run('2019-11')
  expect(run).toMatchObject({
    status: 200,
    body: { properties: { provisioningState: 'Succeeded', parked: [], unpriced: [], progress: { lines: 2 } } },
  })
  const [issued] = await world.documents(customer)
  const lines = linesOf(issued?.content)
  expect(lines).toMatchObject([
    {
      meterId: 'authentications',
      from: '2019-11-01T00:00:00.000Z',
      to: changedAt,
      quantity: '300',
      unitPrice: '0.01',
      charge: '3.00',
      description: { key: 'authentications', parameters: { tenant: tenant.domain, until: changedAt } },
    },
    {
      meterId: 'monthly-active-users',
      from: changedAt,
      to: '2019-12-01T00:00:00.000Z',
      quantity: '150',
      unitPrice: '0.05',
      charge: '7.50',
      description: { key: 'monthlyActiveUsers', parameters: { tenant: tenant.domain, from: changedAt } },
    },
  ])
  expect(issued?.content.summary).toMatchObject({ charges: '10.50', subtotal: '10.50', tax: '0.00', total: '10.50' })
  expect(issued?.content.notes).toEqual([{ key: 'transitionMonth', parameters: { tenant: tenant.domain, changedAt } }])
  expect({ ...issued?.content, issue: null }).toEqual(preview.body.properties.document)
  expect(JSON.stringify({ ...issued?.content, issue: null })).toBe(JSON.stringify(preview.body.properties.document))
})

test('MAU-27: in the next month all 250 are active users, for 12.50', async () => {
  await cloud.clock.set('2019-12-20T00:00:00Z')
  await world.signIns(tenant, [...groupA, ...groupB], '2019-12-12T08:00:00Z')
  await cloud.clock.set('2020-01-04T00:00:00Z')
  expect((await world.run('2019-12')).status).toBe(200)
  const [issued] = await world.documents(customer)
  expect(linesOf(issued?.content)).toMatchObject([
    { meterId: 'monthly-active-users', quantity: '250', charge: '12.50', chargeType: 'Usage' },
  ])
})

test('DEC-6, DEC-7, INV-14: an event from before the change that comes late makes 149 and 301, as a difference on the next invoice', async () => {
  await cloud.clock.set('2020-01-10T00:00:00Z')
  await world.signIns(tenant, ['b-7'], '2019-11-04T08:00:00Z')
  await cloud.clock.set('2020-02-04T00:00:00Z')
  expect((await world.run('2020-01')).status).toBe(200)
  const [issued, , first] = await world.documents(customer)
  expect(linesOf(issued?.content)).toMatchObject([
    {
      meterId: 'authentications',
      chargeType: 'Adjustment',
      usagePeriod: '2019-11',
      quantity: '1',
      charge: '0.01',
      adjustment: { billedQuantity: '300', ratedQuantity: '301', originals: [first?.number] },
    },
    {
      meterId: 'monthly-active-users',
      chargeType: 'Adjustment',
      usagePeriod: '2019-11',
      quantity: '-1',
      credit: '-0.05',
      adjustment: { billedQuantity: '150', ratedQuantity: '149', originals: [first?.number] },
    },
  ])
  expect(issued?.content.summary).toMatchObject({ charges: '0.01', credits: '-0.05', total: '-0.04' })
})

test('INV-17: the lines of each invoice are still explained by as many events as they count, after late events too', async () => {
  for (const { name, content } of await world.documents(customer))
    for (const line of linesOf(content)) {
      const events: { quantity: string; disposition: string; reason: string | null }[] = []
      let next: string | undefined =
        `/providers/Tenantry.Billing/invoices/${name}/lines/${line.lineNumber}/events?${ours}&$top=90`
      let wanted = ''
      while (next !== undefined) {
        const reply = await cloud.operator.get(next)
        expect(reply.status).toBe(200)
        wanted = reply.body.line.eventQuantity
        events.push(...reply.body.value)
        const link: string | undefined = reply.body.nextLink
        next = link === undefined ? undefined : link.slice(cloud.baseUrl.length)
      }
      const counted = events.filter((event) => event.quantity === '1')
      expect([content.period.name, line.meterId, String(counted.length)]).toEqual([
        content.period.name,
        line.meterId,
        wanted,
      ])
      expect(wanted).toBe(line.adjustment?.ratedQuantity ?? line.quantity)
      for (const event of events) if (event.quantity === '0') expect(event.reason).not.toBeNull()
    }
})
