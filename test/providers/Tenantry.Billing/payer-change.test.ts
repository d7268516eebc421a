import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { CostWorld } from '../Microsoft.Consumption/cost-world.ts'
import { billing, expectSuccess, linesOf, names, ours } from './billing-world.ts'

let cloud: TestCloud
let world: CostWorld
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-10-01T00:00:00Z' })
  world = new CostWorld(cloud)
})
afterAll(() => cloud?.stop())

test('DEC-33, DEC-34, DEC-46, OWN-9: after a move what is reported goes to the new payer, and free users are given once', async () => {
  expectSuccess(
    await cloud.operator.put(`/providers/Tenantry.Pricing/priceLists/free/versions/1?${ours}`, {
      properties: {
        currency: 'USD',
        effectiveFrom: '2026-01-01',
        prices: [
          {
            meterId: 'monthly-active-users',
            unit: 'monthly active user',
            productName: { en: 'Monthly active users' },
            serviceFamily: 'Identity',
            price: { model: 'perUnit', scope: 'subscription', unitPrice: '1', includedQuantity: '5' },
          },
        ],
      },
    }),
  )
  const customer = await world.customer({ priceList: 'free' })
  const subscriptionId = await world.subscription(customer)
  const tenant = await world.linkedTenant(customer, subscriptionId)
  await cloud.clock.set('2026-10-10T00:00:00Z')
  await world.signIns(tenant, names('early', 3), '2026-10-05T08:00:00Z')
  const { client } = customer.owner
  const made = expectSuccess(
    await client.put(`${customer.accountId}/billingProfiles/OTHR-PROF-AAA-AAA?${billing}`, {
      properties: { displayName: 'Other' },
    }),
  )
  expect(made.headers['x-tenantry-warning']).toContain('computed for each billing profile')
  const [section] = (await client.get(`${made.body.id}/invoiceSections?${billing}`)).body.value
  await cloud.clock.set('2026-10-15T00:00:00Z')
  expectSuccess(
    await client.post(`${customer.accountId}/billingSubscriptions/${subscriptionId}/move?${billing}`, {
      destinationInvoiceSectionId: section.id,
    }),
  )
  await cloud.clock.set('2026-10-20T00:00:00Z')
  // Used before the move and reported after it: the new payer's. A user who was counted before stays the old one's.
  await world.signIns(tenant, names('late', 4), '2026-10-06T08:00:00Z')
  await world.signIns(tenant, names('early', 3), '2026-10-18T08:00:00Z')
  await cloud.clock.set('2026-11-04T00:00:00Z')
  expectSuccess(await world.run('2026-10'))
  const [old] = await world.documents(customer)
  const [new_] = await world.documents({ ...customer, profile: 'OTHR-PROF-AAA-AAA' })
  expect(linesOf(old?.content)).toMatchObject([{ quantity: '3', includedQuantity: '3', charge: '0.00' }])
  expect(linesOf(new_?.content)).toMatchObject([{ quantity: '4', includedQuantity: '2', charge: '2.00' }])
  const statements = await client.get(
    `/subscriptions/${subscriptionId}/providers/Tenantry.Billing/statements/2026-10?${ours}`,
  )
  expect(statements.body.properties.statements.map((one: { summary: { total: string } }) => one.summary.total)).toEqual(
    ['0.00', '2.00'],
  )
})
