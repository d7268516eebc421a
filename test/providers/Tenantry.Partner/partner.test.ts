import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { billing, ours } from '../Tenantry.Billing/billing-world.ts'
import { PartnerWorld } from './partner-world.ts'

let cloud: TestCloud
let world: PartnerWorld
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-01-01T00:00:00Z' })
  world = new PartnerWorld(cloud)
})
afterAll(() => cloud.stop())

const put = (id: string, properties: Record<string, unknown>) =>
  cloud.operator.put(`/providers/Tenantry.Partner/partners/${id}?${ours}`, { properties })

test('BIL-21, PAR-23: a partner has an account of the partner agreement with one profile for each currency and no section', async () => {
  const partner = await world.partner()
  expect(Object.keys(partner.profiles).toSorted()).toEqual(['SEK', 'USD'])
  const agent = await world.agent(partner, 'adminAgents')
  const account = await agent.client.get(`${partner.accountId}?${billing}`)
  expect(account.body.properties).toMatchObject({
    agreementType: 'MicrosoftPartnerAgreement',
    accountType: 'Partner',
    displayName: 'Wingtip',
  })
  const profiles = await agent.client.get(`${partner.accountId}/billingProfiles?${billing}&$expand=invoiceSections`)
  expect(
    profiles.body.value.map(
      // oxlint-disable-next-line typescript/no-explicit-any
      (one: any) => [
        one.properties.currency,
        one.properties.billingRelationshipType,
        one.properties.invoiceSections.value.length,
      ],
    ),
  ).toEqual(
    expect.arrayContaining([
      ['SEK', 'CSPPartner', 0],
      ['USD', 'CSPPartner', 0],
    ]),
  )
  const added = await agent.client.put(`${partner.accountId}/billingProfiles/AAAA-BBBB-CCC-DDD?${billing}`, {
    properties: { displayName: 'A third' },
  })
  expect([added.status, added.body.error.code]).toEqual([409, 'AgreementHasProfileForEachCurrency'])
})

test('PAR-1: the same request again changes nothing, a currency and a name can be added, kind and tenant stay', async () => {
  const { tenant } = await world.identities.workforce()
  const id = randomUUID()
  const wanted = { tenantId: tenant.id, kind: 'direct', displayName: 'Adatum', countryCode: 'SE', currencies: ['USD'] }
  const first = await put(id, wanted)
  expect(first.status).toBe(201)
  const again = await put(id, wanted)
  expect([again.status, again.body]).toEqual([200, first.body])
  const more = await put(id, { ...wanted, displayName: 'Adatum AB', currencies: ['USD', 'EUR'] })
  expect(more.status).toBe(200)
  expect(more.body.properties.displayName).toBe('Adatum AB')
  expect(more.body.properties.billingProfiles.map((one: { currency: string }) => one.currency)).toEqual(['EUR', 'USD'])
  expect(more.body.properties.billingProfiles[1]).toEqual(first.body.properties.billingProfiles[0])
  for (const [change, code] of [
    [{ kind: 'indirectProvider' }, 'PartnerPropertyImmutable'],
    [{ tenantId: (await world.identities.workforce()).tenant.id }, 'PartnerPropertyImmutable'],
  ] as const) {
    const refused = await put(id, { ...wanted, ...change })
    expect([refused.status, refused.body.error.code]).toEqual([409, code])
  }
  const second = await put(randomUUID(), wanted)
  expect([second.status, second.body.error.code]).toEqual([409, 'TenantIsPartner'])
})

test('PAR-1: a reseller is not invoiced, so it has no account; who sells names a currency', async () => {
  const reseller = await world.partner({ kind: 'indirectReseller', currencies: [] })
  expect([reseller.account, reseller.profiles]).toEqual([undefined, {}])
  const { tenant } = await world.identities.workforce()
  const wanted = { tenantId: tenant.id, displayName: 'x', countryCode: 'SE' }
  const none = await put(randomUUID(), { ...wanted, kind: 'indirectProvider' })
  expect([none.status, none.body.error.code]).toEqual([400, 'CurrencyRequired'])
  const some = await put(randomUUID(), { ...wanted, kind: 'indirectReseller', currencies: ['USD'] })
  expect([some.status, some.body.error.code]).toEqual([400, 'ResellerNotInvoiced'])
})

test('INV-16: Admin agent, Global administrator and Billing administrator see the invoices of the partner, the other agents do not', async () => {
  const partner = await world.partner()
  const dates = 'periodStartDate=2026-01-01&periodEndDate=2026-02-01'
  const invoices = `${partner.accountId}/invoices?${billing}&${dates}`
  const profile = `${partner.accountId}/billingProfiles/${partner.profiles.USD}?${billing}`
  for (const { client } of [
    partner.administrator,
    await world.agent(partner, 'adminAgents'),
    await world.holderOf(partner, 'billingAdministrator'),
  ]) {
    expect((await client.get(invoices)).status).toBe(200)
    expect((await client.get(profile)).status).toBe(200)
    const accounts = await client.get(`/providers/Microsoft.Billing/billingAccounts?${billing}`)
    expect(accounts.body.value.map((one: { name: string }) => one.name)).toEqual([partner.account])
  }
  for (const { client } of [
    await world.agent(partner, 'salesAgents', 'helpdeskAgents'),
    await world.holderOf(partner, 'userAdministrator'),
  ]) {
    expect((await client.get(invoices)).status).toBe(403)
    expect((await client.get(`/providers/Microsoft.Billing/billingAccounts?${billing}`)).body.value).toEqual([])
  }
  const other = await world.partner()
  expect((await other.administrator.client.get(invoices)).status).toBe(404)
  const biller = await world.holderOf(partner, 'billingAdministrator')
  const changed = await biller.client.patch(`${partner.accountId}?${billing}`, { properties: { displayName: 'Mine' } })
  expect(changed.status).toBe(403)
})

test('PAR-17: a group of agents cannot be deleted, because its members hold the console role', async () => {
  const partner = await world.partner()
  const reply = await partner.administrator.client.delete(`/v1.0/groups/${partner.groups.adminAgents}`)
  expect([reply.status, reply.body.error.code]).toEqual([409, 'AgentsGroupRequired'])
})
