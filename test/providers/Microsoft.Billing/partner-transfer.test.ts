import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runAudit } from '../../../src/audit/audit.ts'
import { roleIds } from '../../../src/domain/access/built-in-roles.ts'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import type { Person } from '../Microsoft.AzureActiveDirectory/identity-cloud.ts'
import { CostWorld } from '../Microsoft.Consumption/cost-world.ts'
import { expectSuccess, linesOf } from '../Tenantry.Billing/billing-world.ts'
import { PartnerWorld, type TestCustomer, type TestPartner } from '../Tenantry.Partner/partner-world.ts'

const edition = 'api-version=2024-04-01'
const rbac = 'api-version=2022-04-01'

let cloud: TestCloud
let costs: CostWorld
let world: PartnerWorld
let present: TestPartner
let future: TestPartner
let giver: Person
let taker: Person

beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-01-01T00:00:00Z' })
  costs = new CostWorld(cloud)
  await costs.publish('buying')
  world = new PartnerWorld(cloud, costs.identities)
  present = await world.partner({ priceList: 'buying', currencies: ['USD'], displayName: 'Present' })
  future = await world.partner({ priceList: 'buying', currencies: ['USD'], displayName: 'Future' })
  giver = await world.agent(present, 'adminAgents')
  taker = await world.agent(future, 'adminAgents')
})
afterAll(() => cloud?.stop())

/** A customer of the present partner with a subscription that its own administrator owns, too. */
async function sold(): Promise<{ customer: TestCustomer; id: string }> {
  const customer = await world.customer(giver)
  await world.attest(giver, customer)
  return { customer, id: await order(customer) }
}

async function order(customer: TestCustomer): Promise<string> {
  const placed = expectSuccess(
    await giver.client.post(`/v1/customers/${customer.id}/orders`, {
      LineItems: [{ OfferId: 'MS-AZR-0145P', FriendlyName: 'Web' }],
    }),
  )
  const id = placed.body.lineItems[0].subscriptionId as string
  for (const role of ['owner', 'usagePublisher'] as const)
    expectSuccess(
      await giver.client.put(
        `/subscriptions/${id}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}?${rbac}`,
        {
          properties: {
            principalId: customer.administrator.objectId,
            roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${roleIds[role]}`,
          },
        },
      ),
    )
  return id
}

async function relate(customer: TestCustomer): Promise<void> {
  await world.relate(taker, customer.administrator)
  await world.attest(taker, customer)
}

const sentPath = (customer: TestCustomer, name: string) =>
  `${future.accountId}/billingProfiles/${future.profiles.USD}/customers/${customer.id}/transfers/${name}`

const ask = (customer: TestCustomer, name: string, by = taker, recipient = giver) =>
  by.client.put(`${sentPath(customer, name)}?${edition}`, {
    properties: { recipientEmailId: recipient.userPrincipalName, transferTermsAccepted: true },
  })

const answer = (verb: string, name: string, ids: readonly string[] = [], by = giver) =>
  by.client.post(`/providers/Microsoft.Billing/transfers/${name}/${verb}?${edition}`, {
    properties: {
      productDetails: ids.map((productId) => ({ productType: 'AzureSubscription', productId })),
      transferTermsAccepted: true,
    },
  })

/** What the customer's Owner sees of roles, groups and policies of the subscription. */
async function seenInside({ customer, id }: { customer: TestCustomer; id: string }): Promise<string> {
  const { client } = customer.administrator
  const scope = `/subscriptions/${id}`
  const replies = [
    await client.get(`${scope}?api-version=2022-12-01`),
    await client.get(`${scope}/providers/Microsoft.Authorization/roleAssignments?${rbac}`),
    await client.get(`${scope}/providers/Microsoft.Authorization/policyAssignments?api-version=2024-05-01`),
    await client.get(`${scope}/resourcegroups?api-version=2025-04-01`),
    await client.get(`${scope}/resources?api-version=2025-04-01`),
  ]
  for (const reply of replies) expect(reply.status).toBe(200)
  return JSON.stringify(replies.map((reply) => reply.body))
}

const sees = async (person: Person, id: string) =>
  (await person.client.get(`/subscriptions/${id}?api-version=2022-12-01`)).status

test('OWN-14: the future partner needs a relationship with the customer and its agreement', async () => {
  const { customer } = await sold()
  const unknown = await ask(customer, 'too-early')
  expect([unknown.status, unknown.body.error.code]).toEqual([404, 'CustomerNotFound'])
  await world.relate(taker, customer.administrator)
  const unsigned = await ask(customer, 'too-early')
  expect([unsigned.status, unsigned.body.error.code]).toEqual([409, 'CustomerAgreementMissing'])
  await world.attest(taker, customer)
  const made = await ask(customer, 'in-time')
  expect(made.status).toBe(201)
  expect(made.body).toMatchObject({
    id: sentPath(customer, 'in-time'),
    properties: { transferStatus: 'Pending', expirationTime: '2026-01-31T00:00:00.000Z' },
  })
  expect((await ask(customer, 'in-time')).status).toBe(200)
  const received = await giver.client.get(`/providers/Microsoft.Billing/transfers/in-time?${edition}`)
  expect(received.body.properties).toMatchObject({
    initiatorCustomerType: 'Partner',
    customerTenantId: customer.id,
    supportedAccounts: ['MicrosoftPartnerAgreement'],
  })
  // A relationship that ends meanwhile ends what it was needed for.
  expectSuccess(
    await future.administrator.client.patch(`/v1/customers/${customer.id}`, { RelationshipToPartner: 'none' }),
  )
  const { body } = await answer('validate', 'in-time', [(await sold()).id])
  expect(body.value[0].properties.results[0].code).toBe('CustomerRelationshipMissing')
})

test('OWN-14, OWN-8: the old partner keeps its roles and the new one gets none, byte for byte as before', async () => {
  const { customer, id } = await sold()
  await costs.resource(giver, id, 'web', 'front')
  await relate(customer)
  const before = await seenInside({ customer, id })
  const directory = await customer.administrator.client.get('/v1.0/users')
  expectSuccess(await ask(customer, 'hand-over'))
  const accepted = expectSuccess(await answer('accept', 'hand-over', [id]))
  expect(accepted.body.properties).toMatchObject({
    transferStatus: 'Completed',
    detailedTransferStatus: [{ productId: id, transferStatus: 'Completed' }],
  })
  expect(await seenInside({ customer, id })).toBe(before)
  expect((await customer.administrator.client.get('/v1.0/users')).body).toEqual(directory.body)
  expect([await sees(giver, id), await sees(taker, id)]).toEqual([200, 404])
  const soldBy = async (person: Person) =>
    (await person.client.get(`/v1/customers/${customer.id}/subscriptions`)).body.items.map(
      (one: { id: string }) => one.id,
    )
  expect([await soldBy(giver), await soldBy(taker)]).toEqual([[], [id]])
  // The customer changes the roles: the new partner's agents get one, and the old one's lose theirs.
  const roles = `/subscriptions/${id}/providers/Microsoft.Authorization/roleAssignments`
  const { client } = customer.administrator
  expectSuccess(
    await client.put(`${roles}/${randomUUID()}?${rbac}`, {
      properties: {
        principalId: future.groups.adminAgents,
        principalType: 'ForeignGroup',
        roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${roleIds.owner}`,
      },
    }),
  )
  const listed = (await client.get(`${roles}?${rbac}`)).body.value as {
    id: string
    properties: { principalId: string }
  }[]
  const old = listed.find((one) => one.properties.principalId === present.groups.adminAgents)
  expectSuccess(await client.delete(`${old?.id}?${rbac}`))
  expect([await sees(giver, id), await sees(taker, id)]).toEqual([404, 200])
})

test('OWN-14: the present partner chooses, of what it sells to this customer, and of nothing else', async () => {
  const { customer, id } = await sold()
  const second = await order(customer)
  const elsewhere = await sold()
  await relate(customer)
  expectSuccess(await ask(customer, 'choosing'))
  const review = await answer('validate', 'choosing', [id, elsewhere.id, randomUUID()])
  expect(
    review.body.value.map((one: { properties: { status: string; results: { code: string }[] } }) => [
      one.properties.status,
      one.properties.results[0]?.code,
    ]),
  ).toEqual([
    ['Ready', undefined],
    ['Failed', 'SubscriptionTypeNotSupported'],
    ['Failed', 'ProductNotFound'],
  ])
  const mixed = await answer('accept', 'choosing', [id, elsewhere.id])
  expect([mixed.status, mixed.body.error.code]).toEqual([409, 'TransferItemsNotReady'])
  expectSuccess(await answer('accept', 'choosing', [second]))
  const left = await giver.client.get(`/v1/customers/${customer.id}/subscriptions`)
  expect(left.body.items.map((one: { id: string }) => one.id)).toEqual([id])
})

test('OWN-14, OWN-6: cancelled only while it waits, and by who may ask; answered only by whom it is addressed to', async () => {
  const { customer, id } = await sold()
  await relate(customer)
  expectSuccess(await ask(customer, 'waiting'))
  const path = sentPath(customer, 'waiting')
  const seller = await world.agent(future, 'salesAgents')
  const biller = await world.holderOf(future, 'billingAdministrator')
  expect((await seller.client.post(`${path}/cancel?${edition}`)).status).toBe(403)
  expect((await biller.client.post(`${path}/cancel?${edition}`)).status).toBe(403)
  expect((await biller.client.get(`${path}?${edition}`)).status).toBe(200)
  expect((await giver.client.post(`${path}/cancel?${edition}`)).status).toBe(404)
  expect((await customer.administrator.client.get(`${path}?${edition}`)).status).toBe(404)
  for (const person of [customer.administrator, taker, await world.agent(present, 'adminAgents')])
    expect((await answer('accept', 'waiting', [id], person)).status).toBe(404)
  const cancelled = await taker.client.post(`${path}/cancel?${edition}`)
  expect([cancelled.status, cancelled.body.properties.transferStatus]).toEqual([200, 'Canceled'])
  const late = await answer('accept', 'waiting', [id])
  expect([late.status, late.body.error.code]).toEqual([409, 'TransferNotPending'])
  expectSuccess(await ask(customer, 'answered'))
  expectSuccess(await answer('accept', 'answered', [id]))
  const tooLate = await taker.client.post(`${sentPath(customer, 'answered')}/cancel?${edition}`)
  expect([tooLate.status, tooLate.body.error.code]).toEqual([409, 'TransferNotPending'])
  const list = await taker.client.get(`${sentPath(customer, '').replace(/\/$/, '')}?${edition}`)
  expect(list.body.value.map((one: { name: string }) => one.name)).toEqual(['answered', 'waiting'])
})

test('OWN-14, OWN-9, INV-11: what is reported up to the transfer is billed to the old partner, and later reports to the new one', async () => {
  const { customer, id } = await sold()
  await relate(customer)
  const machine = await costs.resource(giver, id, 'web', 'front')
  const reporter = customer.administrator.client
  await cloud.clock.set('2026-01-10T00:00:00Z')
  await costs.use(reporter, machine, '2026-01-04', '100', 'disk')
  expectSuccess(await ask(customer, 'cut-over'))
  expectSuccess(await answer('accept', 'cut-over', [id]))
  await cloud.clock.set('2026-01-20T00:00:00Z')
  // Used before the transfer and reported after it, and used after it.
  await costs.use(reporter, machine, '2026-01-05', '200', 'disk')
  await costs.use(reporter, machine, '2026-01-15', '300', 'disk')
  await cloud.clock.set('2026-02-04T00:00:00Z')
  expectSuccess(await costs.run('2026-01'))
  const linesOfSubscription = async (partner: TestPartner) => {
    const [document] = await costs.documents({ profile: partner.profiles.USD! } as never)
    return linesOf(document?.content)
      .filter((line) => line.subscriptionId === id)
      .map((line) => [line.quantity, line.charge])
  }
  // 100 × 0.0123456789 = 1.23 and 500 × 0.0123456789 = 6.17.
  expect(await linesOfSubscription(present)).toEqual([['100', '1.23']])
  expect(await linesOfSubscription(future)).toEqual([['500', '6.17']])
  const { checks } = await runAudit({ connectionString: cloud.running.databaseUrl })
  expect(checks.flatMap((check) => check.violations)).toEqual([])
})

test('OWN-14, DEC-16: after thirty days nobody can answer any more', async () => {
  const { customer, id } = await sold()
  await relate(customer)
  expectSuccess(await ask(customer, 'forgotten'))
  await cloud.clock.set('2026-03-06T00:00:00Z')
  const late = await answer('accept', 'forgotten', [id])
  expect([late.status, late.body.error.code]).toEqual([409, 'TransferExpired'])
  const seen = await taker.client.get(`${sentPath(customer, 'forgotten')}?${edition}`)
  expect(seen.body.properties).toMatchObject({
    transferStatus: 'Expired',
    expirationTime: '2026-03-06T00:00:00.000Z',
  })
})
