import { afterAll, beforeAll, expect, test } from 'vitest'
import { runAudit } from '../../../src/audit/audit.ts'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { CostWorld } from '../Microsoft.Consumption/cost-world.ts'
import { billing, type Customer, expectSuccess, linesOf, names, ours } from '../Tenantry.Billing/billing-world.ts'
import { holder } from './role-holders.ts'
import { accept, ask, standAlone } from './transfer-world.ts'

let cloud: TestCloud
let world: CostWorld
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-10-01T00:00:00Z' })
  world = new CostWorld(cloud)
  expectSuccess(
    await cloud.operator.put(`/providers/Tenantry.Billing/issuer?${ours}`, {
      properties: { legalName: 'Seller AB', address: { country: 'SE' }, taxRates: [] },
    }),
  )
  for (const [name, price] of [
    ['few', '1'],
    ['more', '3'],
  ])
    expectSuccess(
      await cloud.operator.put(`/providers/Tenantry.Pricing/priceLists/${name}/versions/1?${ours}`, {
        properties: {
          currency: 'USD',
          effectiveFrom: '2026-01-01',
          prices: [
            {
              meterId: 'monthly-active-users',
              unit: 'monthly active user',
              productName: { en: 'Monthly active users' },
              serviceFamily: 'Identity',
              price: { model: 'perUnit', scope: 'subscription', unitPrice: price, includedQuantity: '5' },
            },
            {
              meterId: 'cpu',
              unit: 'hour',
              productName: { en: 'cpu' },
              serviceFamily: 'Compute',
              price: { model: 'perUnit', unitPrice: price },
            },
          ],
        },
      }),
    )
})
afterAll(() => cloud?.stop())

const violations = async (): Promise<string[]> => {
  const { checks } = await runAudit({ connectionString: cloud.running.databaseUrl })
  return checks.flatMap((check) => check.violations.map((violation) => `${check.id} ${violation}`))
}

/** Everything of directory, access, resources, policies and links, row by row. */
async function everythingButBilling(): Promise<string> {
  const tables = [
    'tenant',
    'tenant_domain',
    'principal',
    'user_account',
    'group_account',
    'group_member',
    'directory_role_member',
    'app_role_assignment',
    'role_definition',
    'role_assignment',
    'policy_definition',
    'policy_assignment',
    'subscription',
    'subscription_directory',
    'subscription_alias',
    'provider_registration',
    'resource_group',
    'resource',
    'resource_placement',
    'identity_link',
    'metering_model',
    'billing_role_assignment',
  ]
  const texts = await Promise.all(
    tables.map(async (table) => {
      const { rows } = await cloud.running.pool.query<{ row: string }>(
        `select t::text as row from ${table} t order by 1`,
      )
      return `${table}\n${rows.map(({ row }) => row).join('\n')}`
    }),
  )
  return texts.join('\n')
}

test('OWN-8, OWN-12, BIL-20, OWN-10: only who pays changes; nobody gains or loses access, and what was billed stays where it is', async () => {
  const a = await world.customer({ displayName: 'Contoso', priceList: 'few' })
  const b = await standAlone(world)
  await cloud.operator.put(`/providers/Tenantry.Pricing/priceLists/few/assignments/${b.profile}?${ours}`, {
    properties: { from: '2026-10-01T00:00:00Z' },
  })
  const s = await world.subscription(b)
  const linked = await world.linkedTenant(b, s)
  const machine = await world.resource(b.owner, s, 'machines', 'one', { team: 'blue' })
  await world.assign(b.owner, `/subscriptions/${s}`, 'usagePublisher', b.owner.objectId)
  const reader = await world.person(b)
  await world.assign(b.owner, `/subscriptions/${s}`, 'reader', reader.objectId)
  expectSuccess(
    await b.owner.client.put(
      `/subscriptions/${s}/providers/Microsoft.Authorization/policyAssignments/where?api-version=2022-06-01`,
      {
        properties: {
          policyDefinitionId:
            '/providers/Microsoft.Authorization/policyDefinitions/e56962a6-4747-49cd-b67b-bf8b01975c4c',
          parameters: { listOfAllowedLocations: { value: ['westeurope', 'europe', 'global'] } },
        },
      },
    ),
  )
  await cloud.clock.set('2026-10-05T00:00:00Z')
  await world.use(b.owner.client, machine, '2026-10-04', '7')
  expectSuccess(
    await b.owner.client.patch(`${b.accountId}/billingSubscriptions/${s}?${billing}`, {
      properties: { costCenter: "B's own" },
    }),
  )
  await cloud.clock.set('2026-11-04T00:00:00Z')
  expectSuccess(await world.run('2026-10'))
  const invoices = `${b.accountId}/invoices?${billing}&periodStartDate=2026-10-01&periodEndDate=2026-12-31`
  const [invoice] = (await b.owner.client.get(invoices)).body.value
  expect(invoice.properties.totalAmount.value).toBe(7)

  const look = (client: typeof reader.client) => client.get(`/subscriptions/${s}?api-version=2022-12-01`)
  const before = [await everythingButBilling(), (await look(b.owner.client)).body, (await look(reader.client)).body]
  expect((await look(a.owner.client)).status).toBe(404)
  const name = await ask(a, b.owner)
  expect((await accept(b.owner.client, name, s)).body.properties.transferStatus).toBe('Completed')

  const after = [await everythingButBilling(), (await look(b.owner.client)).body, (await look(reader.client)).body]
  expect(after).toEqual(before)
  for (const path of [`/subscriptions/${s}?api-version=2022-12-01`, `${machine}?api-version=2021-04-01`]) {
    expect((await a.owner.client.get(path)).status).toBe(404)
    expect((await reader.client.get(path)).status).toBe(200)
  }
  const changed = await b.owner.client.patch(`${machine}?api-version=2021-04-01`, { tags: { team: 'red' } })
  expect(changed.status).toBe(200)
  // Late usage of before, and usage of after, are the new payer's; the link pays on as it was.
  await cloud.clock.set('2026-11-06T00:00:00Z')
  await world.use(b.owner.client, machine, '2026-11-03', '2')
  await world.use(b.owner.client, machine, '2026-11-05', '3')
  await world.signIns(linked, ['anna'], '2026-11-05T08:00:00Z')

  // BIL-20: the old account keeps its invoice, and its readers read it.
  const kept = await b.owner.client.get(`${b.accountId}/invoices/${invoice.name}?${billing}`)
  expect([kept.status, kept.body]).toEqual([200, invoice])
  const auditor = await holder(world, b, 'BAR')
  expect((await auditor.client.get(`${b.accountId}/invoices/${invoice.name}?${billing}`)).status).toBe(200)
  expect((await a.owner.client.get(`${a.accountId}/invoices/${invoice.name}?${billing}`)).status).toBe(404)
  // OWN-10: the new payer sees usage from the transfer on, and not what the old one noted for itself.
  const seenByA = await world.costs(a.owner.client, a.profileId, {})
  expect(
    seenByA.map((row) => [(row as { meterId?: string }).meterId, (row as { quantity?: number }).quantity]),
  ).toEqual(
    expect.arrayContaining([
      ['cpu', 2],
      ['cpu', 3],
    ]),
  )
  expect(seenByA.some((row) => (row as { quantity?: number }).quantity === 7)).toBe(false)
  const noted = await a.owner.client.get(`${a.accountId}/billingSubscriptions/${s}?${billing}`)
  expect([noted.status, noted.body.properties.costCenter]).toEqual([200, undefined])
  expect((await b.owner.client.get(`${b.accountId}/billingSubscriptions/${s}?${billing}`)).status).toBe(404)
  expect(await violations()).toEqual([])
}, 120_000)

test('OWN-9, INV-11, DEC-33, DEC-34: the old statement ends and the new one begins at the instant, at each payer\u2019s prices, and no user is charged twice', async () => {
  await cloud.clock.set('2026-12-01T00:00:00Z')
  const a = await world.customer({ displayName: 'Contoso', priceList: 'more' })
  const b = await world.customer({ displayName: 'Fabrikam', priceList: 'few' })
  const s = await world.subscription(b)
  const tenant = await world.linkedTenant(b, s)
  const machine = await world.resource(b.owner, s, 'machines', 'one')
  await world.assign(b.owner, `/subscriptions/${s}`, 'usagePublisher', b.owner.objectId)
  await cloud.clock.set('2026-12-10T00:00:00Z')
  await world.signIns(tenant, names('early', 3), '2026-12-05T08:00:00Z')
  await world.use(b.owner.client, machine, '2026-12-09', '4')
  const name = await ask(a, b.owner)
  await cloud.clock.set('2026-12-15T12:00:00Z')
  const accepted = await accept(b.owner.client, name, s)
  const instant = accepted.body.properties.responsibilityDate as string
  expect(instant).toBe('2026-12-15T12:00:00.000Z')
  await cloud.clock.set('2026-12-20T00:00:00Z')
  await world.signIns(tenant, names('late', 4), '2026-12-06T08:00:00Z')
  await world.signIns(tenant, names('early', 3), '2026-12-18T08:00:00Z')
  await world.use(b.owner.client, machine, '2026-12-18', '5')
  await cloud.clock.set('2027-01-04T00:00:00Z')
  expectSuccess(await world.run('2026-12'))
  const [old, new_] = [(await world.documents(b))[0], (await world.documents(a))[0]]
  const brief = (document: typeof old) =>
    linesOf(document?.content)
      .map(({ meterId, quantity, charge, from, to }) => [meterId, quantity, charge, from, to])
      .toSorted()
  // Three of five free users went to the old payer, two to the new one, who pays for two more at its own price.
  expect(brief(old)).toEqual([
    ['cpu', '4', '4.00', '2026-12-01T00:00:00.000Z', instant],
    ['monthly-active-users', '3', '0.00', '2026-12-01T00:00:00.000Z', instant],
  ])
  expect(brief(new_)).toEqual([
    ['cpu', '5', '15.00', instant, '2027-01-01T00:00:00.000Z'],
    // Late sign-ins show their true day.
    ['monthly-active-users', '4', '6.00', '2026-12-06T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
  ])
  // Reported later still, of the day before the transfer: an adjustment on the new payer's next invoice.
  await world.use(b.owner.client, machine, '2026-12-14', '1')
  await cloud.clock.set('2027-02-04T00:00:00Z')
  expectSuccess(await world.run('2027-01'))
  const [next] = await world.documents(a)
  expect(linesOf(next?.content)).toMatchObject([
    { meterId: 'cpu', usagePeriod: '2026-12', quantity: '1', charge: '3.00', from: '2026-12-14T00:00:00.000Z' },
  ])
  expect((await world.documents(b)).map(({ document_type }) => document_type)).toEqual(['Statement', 'Invoice'])
  expect(await violations()).toEqual([])
}, 120_000)

test('OWN-12: the account administrator of a stand-alone account hands over, and pays nothing more', async () => {
  await cloud.clock.set('2027-03-01T00:00:00Z')
  const a = await world.customer({ priceList: 'few' })
  const b: Customer = await standAlone(world)
  const s = await world.subscription(b)
  const property = `/subscriptions/${s}/providers/Microsoft.Billing/billingProperty/default?${billing}`
  expect((await b.owner.client.get(property)).body.properties.billingAccountId).toBe(b.accountId)
  expect((await accept(b.owner.client, await ask(a, b.owner), s)).status).toBe(200)
  expect((await b.owner.client.get(property)).body.properties).toMatchObject({
    billingAccountId: a.accountId,
    invoiceSectionId: a.sectionId,
    billingTenantId: a.tenant.id,
  })
})
