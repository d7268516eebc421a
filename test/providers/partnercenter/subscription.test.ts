import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runAudit } from '../../../src/audit/audit.ts'
import { roleIds } from '../../../src/domain/access/built-in-roles.ts'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import type { Person } from '../Microsoft.AzureActiveDirectory/identity-cloud.ts'
import { CostWorld } from '../Microsoft.Consumption/cost-world.ts'
import { billing, expectSuccess, linesOf, ours } from '../Tenantry.Billing/billing-world.ts'
import { PartnerWorld, type TestCustomer, type TestPartner } from '../Tenantry.Partner/partner-world.ts'

let cloud: TestCloud
let costs: CostWorld
let world: PartnerWorld
let partner: TestPartner
let agent: Person
let seller: Person
let customer: TestCustomer

const plan = 'MS-AZR-0145P'
const rbac = 'api-version=2022-04-01'

beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-01-01T00:00:00Z' })
  costs = new CostWorld(cloud)
  await costs.publish('buying')
  await costs.publish('buying-sek', 'SEK')
  world = new PartnerWorld(cloud, costs.identities)
  partner = await world.partner({ priceList: 'buying' })
  agent = await world.agent(partner, 'adminAgents')
  seller = await world.agent(partner, 'salesAgents')
  customer = await world.customer(agent)
  await world.attest(agent, customer)
})
afterAll(() => cloud?.stop())

const order = (by: Person, of: Pick<TestCustomer, 'id'>, lines = [{ FriendlyName: 'Web' }], more = {}) =>
  by.client.post(`/v1/customers/${of.id}/orders`, {
    ReferenceCustomerId: of.id,
    LineItems: lines.map((line, index) => ({ LineItemNumber: index, OfferId: plan, Quantity: 1, ...line })),
    ...more,
  })

const alias = (by: Person, billingScope: string, more = {}) =>
  by.client.put(`/providers/Microsoft.Subscription/aliases/${randomUUID()}?api-version=2021-10-01`, {
    properties: { displayName: 'By alias', workload: 'Production', billingScope, ...more },
  })

const assign = (by: Person, scope: string, role: keyof typeof roleIds, principalId: string) =>
  by.client.put(`${scope}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}?${rbac}`, {
    properties: {
      principalId,
      roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${roleIds[role]}`,
    },
  })

async function sold(of: TestCustomer = customer, more = {}): Promise<string> {
  return expectSuccess(await order(agent, of, undefined, more)).body.lineItems[0].subscriptionId as string
}

test('PAR-9, PAR-28, SUB-3: an order makes a subscription in the tenant of the customer, and the Admin agents own it', async () => {
  const placed = await order(seller, customer, [{ FriendlyName: 'Web' }, { FriendlyName: 'Shop' }])
  expect(placed.status).toBe(201)
  expect(placed.body).toMatchObject({ referenceCustomerId: customer.id, currencyCode: 'USD', billingCycle: 'monthly' })
  const [web, shop] = placed.body.lineItems.map((line: { subscriptionId: string }) => line.subscriptionId)
  const seen = await agent.client.get(`/subscriptions/${web}?api-version=2022-12-01`)
  expect(seen.body).toMatchObject({
    tenantId: customer.id,
    displayName: 'Web',
    state: 'Enabled',
    subscriptionPolicies: { quotaId: 'CSP_2015-05-01' },
  })
  const roles = await agent.client.get(
    `/subscriptions/${web}/providers/Microsoft.Authorization/roleAssignments?${rbac}`,
  )
  expect(roles.body.value.map((one: { properties: object }) => one.properties)).toMatchObject([
    {
      principalId: partner.groups.adminAgents,
      principalType: 'ForeignGroup',
      roleDefinitionId: expect.stringContaining(roleIds.owner),
    },
  ])
  // Who sold it and is no Admin agent has nothing in it, and nor has the customer until a role is given.
  expect((await seller.client.get(`/subscriptions/${web}?api-version=2022-12-01`)).status).toBe(404)
  const own = `/subscriptions/${web}/resourcegroups?api-version=2025-04-01`
  expect((await customer.administrator.client.get(own)).status).toBe(403)
  expectSuccess(await assign(agent, `/subscriptions/${web}`, 'contributor', customer.administrator.objectId))
  expect((await customer.administrator.client.get(own)).status).toBe(200)
  const listed = await seller.client.get(`/v1/customers/${customer.id}/subscriptions?order_id=${placed.body.id}`)
  expect(listed.body.items.map((one: { id: string }) => one.id).toSorted()).toEqual([web, shop].toSorted())
  expect((await agent.client.get(`/v1/customers/${customer.id}/orders/${placed.body.id}`)).body).toEqual(placed.body)
})

test('SUB-2: it is billed to the customer on one profile of the partner and to nobody else', async () => {
  const id = await sold()
  const reply = await agent.client.get(`${partner.accountId}/billingSubscriptions/${id}?${billing}`)
  expect(reply.body.properties).toMatchObject({
    billingProfileId: `${partner.accountId}/billingProfiles/${partner.profiles.USD}`,
    customerId: `${partner.accountId}/customers/${customer.id}`,
  })
  expect(reply.body.properties.invoiceSectionId).toBeUndefined()
  const ofCustomer = await agent.client.get(
    `${partner.accountId}/customers/${customer.id}/billingSubscriptions?${billing}`,
  )
  expect(ofCustomer.body.value.map((one: { name: string }) => one.name)).toContain(id)
  const direct = await costs.customer()
  // The database itself refuses any other payer.
  for (const payer of [
    { billing_profile_name: direct.profile, invoice_section_name: direct.section, customer_name: null },
    { billing_profile_name: direct.profile, invoice_section_name: null, customer_name: customer.id },
    { billing_profile_name: partner.profiles.SEK, invoice_section_name: null, customer_name: direct.tenant.id },
  ])
    await expect(
      cloud.running.db.updateTable('billing_placement').set(payer).where('subscription_id', '=', id).execute(),
    ).rejects.toThrow(/partner/)
})

test('PAR-23: an order in another currency is billed to the profile of that currency', async () => {
  const id = await sold(customer, { CurrencyCode: 'SEK' })
  const reply = await agent.client.get(`${partner.accountId}/billingSubscriptions/${id}?${billing}`)
  expect(reply.body.properties.billingProfileId).toBe(`${partner.accountId}/billingProfiles/${partner.profiles.SEK}`)
  const unknown = await order(agent, customer, undefined, { CurrencyCode: 'EUR' })
  expect([unknown.status, unknown.body.data[0]]).toEqual([400, 'CurrencyNotSupported'])
})

test('PAR-3: nothing is sold before the customer has accepted the agreement', async () => {
  const fresh = await world.customer(agent)
  const before = await cloud.running.pool.query('select count(*) from subscription')
  const ordered = await order(agent, fresh)
  expect([ordered.status, ordered.body.code]).toEqual([403, '13605'])
  const aliased = await alias(agent, `${partner.accountId}/customers/${fresh.id}`)
  expect([aliased.status, aliased.body.error.code]).toEqual([403, 'CustomerAgreementMissing'])
  expect((await cloud.running.pool.query('select count(*) from subscription')).rows).toEqual(before.rows)
  await world.attest(seller, fresh)
  expect((await order(agent, fresh)).status).toBe(201)
})

test('PAR-2: nobody sells to the customer of another partner, nor to an account that is not theirs', async () => {
  const other = await world.partner({ priceList: 'buying' })
  const stranger = await world.agent(other, 'adminAgents')
  const foreign = await world.customer(stranger)
  await world.attest(stranger, foreign)
  expect((await order(agent, foreign)).status).toBe(404)
  const inForeign = await alias(agent, `${other.accountId}/customers/${foreign.id}`)
  expect([inForeign.status, inForeign.body.error.code]).toEqual([404, 'BillingAccountNotFound'])
  const mixed = await alias(agent, `${partner.accountId}/customers/${foreign.id}`)
  expect([mixed.status, mixed.body.error.code]).toEqual([404, 'CustomerNotFound'])
  expect((await alias(customer.administrator, `${partner.accountId}/customers/${customer.id}`)).status).toBe(404)
})

test('PAR-17: an alias for a customer takes an Admin agent, and a sale an Admin or Sales agent or the Global administrator', async () => {
  const scope = `${partner.accountId}/customers/${customer.id}`
  const helper = await world.agent(partner, 'helpdeskAgents')
  const made = await alias(agent, scope)
  expect([made.status, made.body.properties.billingScope]).toEqual([201, scope])
  const id = made.body.properties.subscriptionId
  expect((await agent.client.get(`/subscriptions/${id}?api-version=2022-12-01`)).body.tenantId).toBe(customer.id)
  for (const person of [seller, helper, partner.administrator]) expect((await alias(person, scope)).status).toBe(403)
  expect((await order(helper, customer)).status).toBe(403)
  expect((await order(partner.administrator, customer)).status).toBe(201)
  const sek = await alias(
    agent,
    `${partner.accountId}/billingProfiles/${partner.profiles.SEK}/customers/${customer.id}`,
  )
  const billed = await agent.client.get(
    `${partner.accountId}/billingSubscriptions/${sek.body.properties.subscriptionId}?${billing}`,
  )
  expect(billed.body.properties.billingProfileId).toContain(partner.profiles.SEK)
})

test('PAR-28: what is not in the catalogue is refused, and of an order with one wrong line nothing is made', async () => {
  const offers = await seller.client.get('/v1/offers?country=SE')
  expect(offers.body.items.map((one: { id: string }) => one.id)).toEqual([plan])
  const before = await cloud.running.pool.query('select count(*) from subscription')
  for (const line of [
    { FriendlyName: 'No such', OfferId: 'MS-AZR-9999X' },
    { FriendlyName: 'Two', Quantity: 2 },
    { FriendlyName: 'Repeated', LineItemNumber: 0 },
  ])
    expect((await order(agent, customer, [{ FriendlyName: 'Good' }, line])).status).toBe(400)
  expect((await cloud.running.pool.query('select count(*) from subscription')).rows).toEqual(before.rows)
})

test('SUB-26, PAR-25: a suspended subscription is shut to everybody, keeps its data, and comes back as it was', async () => {
  const id = await sold()
  const path = `/v1/customers/${customer.id}/subscriptions/${id}`
  await costs.resource(agent, id, 'web', 'front')
  expectSuccess(await assign(agent, `/subscriptions/${id}`, 'owner', customer.administrator.objectId))
  const group = `/subscriptions/${id}/resourcegroups/web?api-version=2025-04-01`
  const { client } = customer.administrator
  expect((await client.get(group)).status).toBe(200)
  const { etag } = (await seller.client.get(path)).body.attributes
  const helper = await world.agent(partner, 'helpdeskAgents')
  expect((await helper.client.patch(path, { Status: 'suspended' }, { 'if-match': etag })).status).toBe(403)
  expect((await client.patch(path, { Status: 'suspended' }, { 'if-match': etag })).status).toBe(403)
  const suspended = await seller.client.patch(path, { Status: 'suspended' }, { 'if-match': etag })
  expect([suspended.status, suspended.body.status]).toEqual([200, 'suspended'])
  const stale = await seller.client.patch(path, { Status: 'active' }, { 'if-match': etag })
  expect([stale.status, stale.body.code]).toEqual([400, '2055'])
  for (const person of [customer.administrator, agent]) {
    const refused = await person.client.get(group)
    expect([refused.status, refused.body.error.code]).toEqual([409, 'SubscriptionSuspended'])
    expect((await person.client.put(group, { location: 'westeurope' })).status).toBe(409)
  }
  const resumed = await seller.client.patch(path, { Status: 'active' }, { 'if-match': suspended.body.attributes.etag })
  expect([resumed.status, resumed.body.status]).toEqual([200, 'active'])
  expect((await client.get(group)).status).toBe(200)
})

test('PAR-17: only one person who is both Global administrator and Admin agent cancels', async () => {
  const id = await sold()
  const path = `/v1/customers/${customer.id}/subscriptions/${id}`
  const any = { 'if-match': '*' }
  for (const person of [agent, partner.administrator, seller]) {
    const refused = await person.client.patch(path, { Status: 'deleted' }, any)
    expect([refused.status, refused.body.code]).toEqual([403, '2032'])
  }
  const both = await world.agent(partner, 'adminAgents')
  await world.giveDirectoryRole(partner, 'globalAdministrator', both)
  const cancelled = await both.client.patch(path, { Status: 'deleted' }, any)
  expect([cancelled.status, cancelled.body.status]).toEqual([200, 'deleted'])
})

test('PAR-11: the customer takes the role from the partner, who goes on selling and paying', async () => {
  const id = await sold()
  const scope = `/subscriptions/${id}`
  expectSuccess(await assign(agent, scope, 'owner', customer.administrator.objectId))
  const roles = `${scope}/providers/Microsoft.Authorization/roleAssignments`
  const { client } = customer.administrator
  const all = (await client.get(`${roles}?${rbac}`)).body.value as {
    id: string
    properties: { principalType: string }
  }[]
  const foreign = all.find((one) => one.properties.principalType === 'ForeignGroup')
  expectSuccess(await client.delete(`${foreign?.id}?${rbac}`))
  expect((await agent.client.get(`${scope}?api-version=2022-12-01`)).status).toBe(404)
  const stillSold = await agent.client.get(`/v1/customers/${customer.id}/subscriptions/${id}`)
  expect([stillSold.status, stillSold.body.status]).toEqual([200, 'active'])
  expect((await order(agent, customer)).status).toBe(201)
})

test("BIL-19: the customer sees of the profile that pays only that it is the partner's to ask about, and changes nothing", async () => {
  const id = await sold()
  expectSuccess(await assign(agent, `/subscriptions/${id}`, 'owner', customer.administrator.objectId))
  const path = `/subscriptions/${id}/providers/Microsoft.Billing/billingProperty/default?${billing}`
  const { client } = customer.administrator
  const seen = await client.get(path)
  expect(seen.body.properties).toMatchObject({
    billingRelationshipType: 'CSPCustomer',
    isReadOnly: true,
    note: { code: 'ManagedByPartner', message: expect.stringContaining('Ask the partner') },
  })
  expect(Object.keys(seen.body.properties)).not.toContain('billingProfileId')
  expect((await client.patch(path, { properties: { costCenter: 'mine' } })).status).toBe(403)
  // Nor does the activity log of the subscription say who pays.
  const log = `/subscriptions/${id}/providers/Microsoft.Insights/eventtypes/management/values?api-version=2015-04-01`
  const filter = encodeURIComponent("eventTimestamp ge '2025-12-01T00:00:00Z'")
  const events = expectSuccess(await client.get(`${log}&$filter=${filter}`))
  expect(JSON.stringify(events.body.value)).toContain('Microsoft.Subscription/subscriptions/write')
  expect(JSON.stringify(events.body)).not.toMatch(new RegExp(`${partner.account}|${partner.profiles.USD}`))
  const own = await agent.client.get(path)
  expect(own.body.properties.note).toBeUndefined()
  expect(own.body.properties.billingProfileId).toBe(`${partner.accountId}/billingProfiles/${partner.profiles.USD}`)
})

test('PAR-23, INV-8, INV-16: the month is invoiced to the partner, once a currency, and the customer sees nothing of it', async () => {
  const other = await world.customer(agent)
  await world.attest(agent, other)
  const ids = [await sold(), await sold(other), await sold(customer, { CurrencyCode: 'SEK' })]
  const machines: string[] = []
  for (const [index, id] of ids.entries()) {
    expectSuccess(
      await assign(agent, `/subscriptions/${id}`, 'owner', (index === 1 ? other : customer).administrator.objectId),
    )
    machines.push(await costs.resource(agent, id, 'web', 'front'))
  }
  const reporters = [customer.administrator, other.administrator, customer.administrator]
  for (const [index, person] of reporters.entries())
    expectSuccess(await assign(agent, `/subscriptions/${ids[index]}`, 'usagePublisher', person.objectId))
  await cloud.clock.set('2026-01-10T00:00:00Z')
  await costs.use(reporters[0]!.client, machines[0]!, '2026-01-05', '100', 'disk')
  await costs.use(reporters[1]!.client, machines[1]!, '2026-01-06', '200', 'disk')
  await costs.use(reporters[2]!.client, machines[2]!, '2026-01-07', '1000', 'disk')
  // SUB-26: billing goes on while it is suspended.
  const path = `/v1/customers/${other.id}/subscriptions/${ids[1]}`
  expectSuccess(await agent.client.patch(path, { Status: 'suspended' }, { 'if-match': '*' }))
  await cloud.clock.set('2026-01-12T00:00:00Z')
  await costs.use(reporters[1]!.client, machines[1]!, '2026-01-11', '100', 'disk')
  expectSuccess(await agent.client.patch(path, { Status: 'active' }, { 'if-match': '*' }))
  await cloud.clock.set('2026-02-04T00:00:00Z')
  expectSuccess(await costs.run('2026-01'))
  const usd = await costs.documents({ profile: partner.profiles.USD! } as never)
  const sek = await costs.documents({ profile: partner.profiles.SEK! } as never)
  expect([usd.length, sek.length]).toEqual([1, 1])
  // 100 × 0.0123456789 = 1.23456789 and 300 × 0.0123456789 = 3.70370367, each rounded on its line.
  expect(
    usd[0]?.content.sections
      .map((section: { name: string; displayName: string }) => [section.name, section.displayName])
      .toSorted(),
  ).toEqual(
    [
      [customer.id, customer.name],
      [other.id, other.name],
    ].toSorted(),
  )
  const charges = linesOf(usd[0]?.content).map((line) => [line.subscriptionId, line.quantity, line.charge])
  expect(charges.toSorted()).toEqual(
    [
      [ids[0], '100', '1.23'],
      [ids[1], '300', '3.70'],
    ].toSorted(),
  )
  expect(usd[0]?.content.summary.total).toBe('4.93')
  expect(linesOf(sek[0]?.content).map((line) => [line.quantity, line.charge])).toEqual([['1000', '12.35']])
  for (const [index, { client }] of reporters.entries()) {
    const scope = `/subscriptions/${ids[index]}`
    const usage = await costs.raw(client, scope)
    expect([usage.status, usage.body.error.details[0].code]).toEqual([403, 'CostsHiddenByPartner'])
    const statement = await client.get(`${scope}/providers/Tenantry.Billing/statements/2026-01?${ours}`)
    expect(statement.status).toBe(403)
    const property = await client.get(`${scope}/providers/Microsoft.Billing/billingProperty/default?${billing}`)
    expect(JSON.stringify(property.body)).not.toMatch(new RegExp(`${partner.account}|${partner.profiles.USD}|Wingtip`))
    expect((await client.get(`/providers/Microsoft.Billing/billingAccounts?${billing}`)).body.value).toEqual([])
    expect((await client.get(`${partner.accountId}?${billing}`)).status).toBe(404)
    const number = (index === 2 ? sek : usd)[0]?.name
    expect((await client.get(`${partner.accountId}/invoices/${number}?${billing}`)).status).toBe(404)
  }
  const { checks } = await runAudit({ connectionString: cloud.running.databaseUrl })
  expect(checks.flatMap((check) => check.violations)).toEqual([])
})
