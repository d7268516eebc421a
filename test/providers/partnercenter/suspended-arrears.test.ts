import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runAudit } from '../../../src/audit/audit.ts'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { CostWorld } from '../Microsoft.Consumption/cost-world.ts'
import { expectSuccess, ours } from '../Tenantry.Billing/billing-world.ts'
import { PartnerWorld } from '../Tenantry.Partner/partner-world.ts'

let cloud: TestCloud
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-01-01T00:00:00Z' })
})
afterAll(() => cloud?.stop())

test('BIL-23, PAR-25: what is resumed while its payer is behind is held like the rest, and its payments can be recorded', async () => {
  const costs = new CostWorld(cloud)
  await costs.publish('buying')
  const world = new PartnerWorld(cloud, costs.identities)
  const partner = await world.partner({ priceList: 'buying' })
  const agent = await world.agent(partner, 'adminAgents')
  const customer = await world.customer(agent)
  await world.attest(agent, customer)
  const path = (id: string) => `/v1/customers/${customer.id}/subscriptions/${id}`
  const sold = async (): Promise<string> => {
    const order = await agent.client.post(`/v1/customers/${customer.id}/orders`, {
      ReferenceCustomerId: customer.id,
      LineItems: [{ LineItemNumber: 0, OfferId: 'MS-AZR-0145P', FriendlyName: 'Web', Quantity: 1 }],
    })
    return expectSuccess(order).body.lineItems[0].subscriptionId
  }
  const change = async (id: string, status: string) =>
    expectSuccess(await agent.client.patch(path(id), { Status: status }, { 'if-match': '*' }))
  const stateOf = async (id: string) =>
    (await agent.client.get(`/subscriptions/${id}?api-version=2022-12-01`)).body.state
  const pay = (invoice: string, amount?: string) =>
    cloud.operator.put(`/providers/Tenantry.Billing/invoices/${invoice}/payments/${randomUUID()}?${ours}`, {
      properties: amount === undefined ? {} : { amount: { value: amount, currency: 'USD' } },
    })
  const expectCleanAudit = async () => {
    const { checks } = await runAudit({ connectionString: cloud.running.databaseUrl })
    expect(checks.flatMap((check) => check.violations)).toEqual([])
  }

  const [suspendedLate, suspendedEarly, steady] = [await sold(), await sold(), await sold()]
  const machine = await costs.resource(agent, suspendedLate, 'web', 'front')
  await costs.assign(agent, `/subscriptions/${suspendedLate}`, 'usagePublisher', customer.administrator.objectId)
  await cloud.clock.set('2026-01-10T00:00:00Z')
  await costs.use(customer.administrator.client, machine, '2026-01-05', '100', 'disk')
  await change(suspendedEarly, 'suspended')
  await cloud.clock.set('2026-02-04T00:00:00Z')
  expectSuccess(await costs.run('2026-01'))
  const [invoice] = await costs.documents({ profile: partner.profiles.USD! } as never)
  const number = invoice?.number ?? ''

  await cloud.clock.set(new Date(invoice!.due_date.getTime() + 2 * 86_400_000).toISOString())
  for (const id of [suspendedLate, steady]) expect(await stateOf(id)).toBe('PastDue')
  await change(suspendedLate, 'suspended')
  expect(await stateOf(suspendedLate)).toBe('Disabled')
  for (const id of [suspendedLate, suspendedEarly]) {
    await change(id, 'active')
    expect(await stateOf(id), id).toBe('PastDue')
  }
  await expectCleanAudit()
  // What is not all of it changes nothing, and is not lost.
  expect((await pay(number, '0.50')).status).toBe(201)
  for (const id of [suspendedLate, suspendedEarly, steady]) expect(await stateOf(id)).toBe('PastDue')
  expect((await pay(number)).status).toBe(201)
  for (const id of [suspendedLate, suspendedEarly, steady]) expect(await stateOf(id)).toBe('Enabled')
  await expectCleanAudit()
})
