import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runAudit } from '../../../src/audit/audit.ts'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { CostWorld } from '../Microsoft.Consumption/cost-world.ts'
import { BillingWorld, type Customer, expectSuccess, names, ours } from '../Tenantry.Billing/billing-world.ts'
import { holder, v2020, v2024 } from './role-holders.ts'

let cloud: TestCloud
let world: BillingWorld
let contoso: Customer
/** A second profile of the same account, with its section. */
let second: { id: string; section: string }

beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-10-01T00:00:00Z' })
  world = new BillingWorld(cloud)
  contoso = await world.customer()
}, 60_000)
afterAll(() => cloud?.stop())

const codes = async (path: string): Promise<[string, string[]]> => {
  const reply = expectSuccess(await contoso.owner.client.post(`${path}/validateDeleteEligibility?${v2024}`))
  return [reply.body.eligibilityStatus, reply.body.eligibilityDetails.map(({ code }: { code: string }) => code)]
}
const move = async (subscriptionId: string, section: string) =>
  contoso.owner.client.post(`${contoso.accountId}/billingSubscriptions/${subscriptionId}/move?${v2024}`, {
    destinationInvoiceSectionId: section,
  })
const listed = async (path: string): Promise<string[]> =>
  (await contoso.owner.client.get(path)).body.value.map(({ id }: { id: string }) => id)

test('BIL-1, BIL-6: the last profile stays, and everything that is in the way of deleting one is said at once', async () => {
  const { client } = contoso.owner
  expect(await codes(contoso.profileId)).toEqual(['NotAllowed', ['LastBillingProfile']])
  expect(await client.delete(`${contoso.profileId}?${v2024}`)).toMatchObject({
    status: 409,
    body: { error: { code: 'BillingProfileNotEligibleForDelete', details: [{ code: 'LastBillingProfile' }] } },
  })
  const made = expectSuccess(
    await client.put(`${contoso.accountId}/billingProfiles/SECOND?${v2024}`, { properties: {} }),
  )
  second = { id: made.body.id, section: made.body.properties.invoiceSections.value[0].id }
  const subscriptionId = await world.subscription(contoso, second.section)
  const tenant = await world.linkedTenant(contoso, subscriptionId)
  await world.signIns(tenant, names('user', 4), '2026-10-01T00:00:00Z')
  const card = randomUUID()
  expectSuccess(
    await client.put(`${second.id}/providers/Tenantry.Billing/paymentMethods/${card}?${ours}`, {
      properties: { family: 'CreditCard', cardReference: 'tok_1', lastFourDigits: '4242', expiration: '11/2027' },
    }),
  )
  expect(await codes(second.id)).toEqual([
    'NotAllowed',
    ['ActiveBillingSubscriptions', 'PendingCharges', 'ActiveCreditCard'],
  ])
  await cloud.clock.set('2026-11-04T00:00:00Z')
  expectSuccess(await world.run('2026-10'))
  const credit = randomUUID()
  expect(await codes(second.id)).toEqual([
    'NotAllowed',
    ['ActiveBillingSubscriptions', 'OutstandingCharges', 'ActiveCreditCard'],
  ])
  // More credit than the invoice of 0.20 asks for.
  expectSuccess(
    await cloud.operator.put(`${second.id}/providers/Tenantry.Billing/credits/${credit}?${ours}`, {
      properties: { amount: '0.30', reason: 'welcome' },
    }),
  )
  expectSuccess(await move(subscriptionId, contoso.sectionId))
  expect(await codes(second.id)).toEqual(['NotAllowed', ['ActiveCredits', 'ActiveCreditCard']])
  const refused = await client.delete(`${second.id}?${v2024}`)
  expect(refused.body.error.details.map(({ code }: { code: string }) => code)).toEqual([
    'ActiveCredits',
    'ActiveCreditCard',
  ])
  expect((await client.get(`${second.id}?${v2024}`)).body.properties.status).toBe('Active')
})

test('BIL-20, BIL-8: a deleted profile is in no list, takes nothing new, and its invoices stay readable', async () => {
  const { client } = contoso.owner
  const third = expectSuccess(
    await client.put(`${contoso.accountId}/billingProfiles/THIRD?${v2024}`, { properties: {} }),
  )
  const section = third.body.properties.invoiceSections.value[0].id as string
  const id = third.body.id as string
  const subscriptionId = await world.subscription(contoso, section)
  const tenant = await world.linkedTenant(contoso, subscriptionId)
  await world.signIns(tenant, names('user', 2), '2026-11-04T00:00:00Z')
  await cloud.clock.set('2026-12-04T00:00:00Z')
  expectSuccess(await world.run('2026-11'))
  const dates = 'periodStartDate=2026-12-01&periodEndDate=2026-12-31'
  const invoices = async () => (await client.get(`${id}/invoices?${dates}&${v2020}`)).body.value
  const [invoice] = await invoices()
  expectSuccess(
    await cloud.operator.put(`/providers/Tenantry.Billing/invoices/${invoice.name}/payments/${randomUUID()}?${ours}`, {
      properties: {},
    }),
  )
  expectSuccess(await move(subscriptionId, contoso.sectionId))
  expect(await codes(id)).toEqual(['Allowed', []])
  const owner = await holder(world, contoso, 'BAC')
  const ofProfile = await holder(world, contoso, 'BPO')
  expect((await ofProfile.client.delete(`${contoso.profileId}?${v2024}`)).status).toBe(403)
  expect((await owner.client.delete(`${id}?${v2024}`)).status).toBe(204)
  expect((await owner.client.delete(`${id}?${v2024}`)).status).toBe(204)

  expect(await client.get(`${id}?${v2024}`)).toMatchObject({ status: 200, body: { properties: { status: 'Deleted' } } })
  const profiles = `${contoso.accountId}/billingProfiles`
  expect(await listed(`${profiles}?${v2024}`)).not.toContain(id)
  expect(await listed(`${profiles}?${v2020}`)).not.toContain(id)
  expect(await listed(`${profiles}?includeDeleted=true&${v2024}`)).toContain(id)
  expect((await invoices())[0]).toMatchObject({ name: invoice.name, properties: { status: 'Paid' } })
  for (const [path, body, code] of [
    [`${id}?${v2024}`, { properties: { displayName: 'Back' } }, 'BillingProfileInactive'],
    [`${id}/invoiceSections/NEW?${v2024}`, { properties: {} }, 'BillingProfileInactive'],
    [
      `/providers/Microsoft.Subscription/aliases/${randomUUID()}?api-version=2021-10-01`,
      { properties: { displayName: 'New', workload: 'Production', billingScope: section } },
      'BillingProfileInactive',
    ],
  ] as const)
    expect(await client.put(path, body), path).toMatchObject({ status: 409, body: { error: { code } } })
  expect(await move(subscriptionId, section)).toMatchObject({
    status: 409,
    body: { error: { code: 'DestinationBillingProfileInactive' } },
  })
  await expect(
    cloud.running.pool.query(
      `insert into billing_placement (subscription_id, during, billing_profile_name, invoice_section_name)
       values ('${subscriptionId}', tstzrange('2020-01-01', '2020-01-02'), 'THIRD', '${section.split('/').at(-1)}')`,
    ),
  ).rejects.toThrow('pays for nothing')
  const report = await runAudit({ connectionString: cloud.running.databaseUrl })
  expect(report.checks.flatMap((check) => check.violations)).toEqual([])
})

test('BIL-1, BIL-5: a section that pays for something stays, and so does the last one', async () => {
  const { client } = contoso.owner
  expect(await codes(second.section)).toEqual(['NotAllowed', ['LastInvoiceSection']])
  const made = expectSuccess(await client.put(`${second.id}/invoiceSections/LAB?${v2024}`, { properties: {} }))
  const section = made.body.id as string
  const subscriptionId = await world.subscription(contoso, section)
  expect(await codes(section)).toEqual(['NotAllowed', ['ActiveBillingSubscriptions']])
  // One that was cancelled can be enabled again, so somebody has to pay for it.
  expectSuccess(
    await client.post(
      `/subscriptions/${subscriptionId}/providers/Microsoft.Subscription/cancel?api-version=2021-10-01`,
    ),
  )
  expect(await client.delete(`${section}?${v2024}`)).toMatchObject({
    status: 409,
    body: { error: { code: 'InvoiceSectionNotEligibleForDelete', details: [{ code: 'ActiveBillingSubscriptions' }] } },
  })
  await expect(
    cloud.running.pool.query(`update invoice_section set state = 'Deleted' where name = 'LAB'`),
  ).rejects.toThrow('still pays')
  const empty = expectSuccess(await client.put(`${second.id}/invoiceSections/EMPTY?${v2024}`, { properties: {} }))
  const contributor = await holder(world, contoso, 'ISO')
  expect((await contributor.client.delete(`${contoso.sectionId}?${v2024}`)).status).toBe(403)
  expect((await client.delete(`${empty.body.id}?${v2024}`)).status).toBe(204)
  expect((await client.get(`${empty.body.id}?${v2024}`)).body.properties.state).toBe('Deleted')
  expect(await listed(`${second.id}/invoiceSections?${v2024}`)).not.toContain(empty.body.id)
  expect(await listed(`${second.id}/invoiceSections?includeDeleted=true&${v2024}`)).toContain(empty.body.id)
  expect(await client.put(`${empty.body.id}?${v2024}`, { properties: { displayName: 'Back' } })).toMatchObject({
    status: 409,
    body: { error: { code: 'InvoiceSectionInactive' } },
  })
})

test('BIL-11, I-05: usage that has no price yet keeps a profile, because it is charged when it has one', async () => {
  const costs = new CostWorld(cloud)
  const entry = (meterId: string) => ({
    meterId,
    unit: 'hour',
    productName: { en: meterId },
    serviceFamily: 'Compute',
    price: { model: 'perUnit', scope: 'profile', unitPrice: '0.10' },
  })
  const publish = (version: number, effectiveFrom: string, ...meters: string[]) =>
    cloud.operator.put(`/providers/Tenantry.Pricing/priceLists/machines/versions/${version}?${ours}`, {
      properties: { currency: 'USD', effectiveFrom, prices: meters.map(entry) },
    })
  expectSuccess(await publish(1, '2026-01-01', 'cpu'))
  const fabrikam = await costs.customer({ priceList: 'machines' })
  const { client, objectId } = fabrikam.owner
  const subscriptionId = await costs.subscription(fabrikam)
  await costs.assign(fabrikam.owner, `/subscriptions/${subscriptionId}`, 'usagePublisher', objectId)
  const machine = await costs.resource(fabrikam.owner, subscriptionId, 'machines', 'one')
  await cloud.clock.set('2026-12-10T00:00:00Z')
  await costs.use(client, machine, '2026-12-09', '4', 'gpu')
  const other = expectSuccess(
    await client.put(`${fabrikam.accountId}/billingProfiles/KEEPS?${v2024}`, { properties: {} }),
  )
  expectSuccess(
    await client.post(`${fabrikam.accountId}/billingSubscriptions/${subscriptionId}/move?${v2024}`, {
      destinationInvoiceSectionId: other.body.properties.invoiceSections.value[0].id,
    }),
  )
  const refused = await client.delete(`${fabrikam.profileId}?${v2024}`)
  expect(refused).toMatchObject({ status: 409, body: { error: { details: [{ code: 'PendingCharges' }] } } })
  expect(refused.body.error.details[0].message).toContain('no price yet')
  const [link] = (await client.get(`${fabrikam.profileId}/paymentMethodLinks?${v2024}`)).body.value
  expect(await client.delete(`${fabrikam.profileId}/paymentMethodLinks/${link.name}?${v2024}`)).toMatchObject({
    status: 409,
    body: { error: { details: [{ code: 'PendingCharges' }] } },
  })
})
