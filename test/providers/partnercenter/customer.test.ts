import { afterAll, beforeAll, expect, test } from 'vitest'
import { customerAgreement } from '../../../src/domain/partner/customer.ts'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import type { Person } from '../Microsoft.AzureActiveDirectory/identity-cloud.ts'
import { billing } from '../Tenantry.Billing/billing-world.ts'
import { PartnerWorld, type TestPartner } from '../Tenantry.Partner/partner-world.ts'

let cloud: TestCloud
let world: PartnerWorld
let partner: TestPartner
let agent: Person
let seller: Person
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-01-01T00:00:00Z' })
  world = new PartnerWorld(cloud)
  partner = await world.partner()
  agent = await world.agent(partner, 'adminAgents')
  seller = await world.agent(partner, 'salesAgents')
})
afterAll(() => cloud.stop())

const wanted = (label: string, companyName = label) => ({
  CompanyProfile: { Domain: `${label}.onmicrosoft.com` },
  BillingProfile: {
    Culture: 'EN-US',
    Email: 'gena@wingtip.example',
    Language: 'En',
    CompanyName: companyName,
    DefaultAddress: { FirstName: 'Gena', LastName: 'Soto', AddressLine1: 'Storgatan 1', Country: 'SE' },
  },
})

test('PAR-2: adding a customer makes its tenant with an administrator, whose password is answered once', async () => {
  const repeat = { 'ms-requestid': 'add-wingtip-1', 'ms-correlationid': 'corr-1' }
  const added = await agent.client.post('/v1/customers', wanted('wingtiptoys', 'Wingtip Toys'), repeat)
  expect(added.status).toBe(201)
  expect(added.headers['ms-requestid']).toBe('add-wingtip-1')
  expect(added.headers['ms-correlationid']).toBe('corr-1')
  const { id, userCredentials } = added.body
  expect(added.body).toMatchObject({
    id,
    commerceId: id,
    companyProfile: { tenantId: id, domain: 'wingtiptoys.onmicrosoft.com', companyName: 'Wingtip Toys' },
    billingProfile: { email: 'gena@wingtip.example', defaultAddress: { country: 'SE', firstName: 'Gena' } },
    relationshipToPartner: 'reseller',
    allowDelegatedAccess: true,
    userCredentials: { userName: 'admin' },
    attributes: { objectType: 'Customer' },
  })
  expect(userCredentials.password).toMatch(/^[\w-]{43}$/)
  // The password opens the account it was made for, and is kept nowhere in the clear.
  const kept = await cloud.running.pool.query<{ hash: string }>(
    'select password_hash as hash from user_account where tenant_id = $1 and user_principal_name = $2',
    [id, 'admin@wingtiptoys.onmicrosoft.com'],
  )
  expect(kept.rows[0]?.hash).toMatch(/argon2id/)
  const rows = await cloud.running.pool.query('select * from idempotency_record')
  expect(JSON.stringify(rows.rows)).not.toContain(userCredentials.password)
  const again = await agent.client.post('/v1/customers', wanted('wingtiptoys', 'Wingtip Toys'), repeat)
  const { password: _once, ...withoutPassword } = userCredentials
  expect([again.status, again.body]).toEqual([201, { ...added.body, userCredentials: withoutPassword }])
  const tenants = await cloud.running.pool.query("select from tenant where display_name = 'Wingtip Toys'")
  expect(tenants.rowCount).toBe(1)
})

test('PAR-2: a domain that is taken is told, and no second tenant is made', async () => {
  await world.customer(agent, wanted('taken-once'))
  expect((await agent.client.head('/v1/domains/taken-once.onmicrosoft.com')).status).toBe(200)
  expect((await agent.client.head('/v1/domains/free-still.onmicrosoft.com')).status).toBe(404)
  const reply = await agent.client.post('/v1/customers', wanted('taken-once'))
  expect([reply.status, reply.body.code, reply.body.data[0]]).toEqual([409, '27009', 'DomainAlreadyInUse'])
  expect(reply.body.source).toBe('Tenantry')
  const wrong = await agent.client.post('/v1/customers', wanted('elsewhere.example'))
  expect([wrong.status, wrong.body.code]).toEqual([400, '3000'])
})

test('ACC-13: a partner sees its own customers and no others, by name and page by page', async () => {
  const own = [
    await world.customer(agent, wanted('alpine-a', 'Alpine A')),
    await world.customer(agent, wanted('alpine-b', 'Alpine B')),
    await world.customer(agent, wanted('alpine-c', 'Alpine C')),
  ]
  const other = await world.partner()
  const stranger = await world.agent(other, 'adminAgents')
  const foreign = await world.customer(stranger, wanted('alpine-foreign', 'Alpine Foreign'))
  const filter = encodeURIComponent('{"Field":"CompanyName","Value":"alpine","Operator":"starts_with"}')
  const first = await agent.client.get(`/v1/customers?size=2&filter=${filter}`)
  expect([first.status, first.body.totalCount]).toEqual([200, 3])
  expect(first.body.items.map((one: { id: string }) => one.id)).toEqual(own.slice(0, 2).map((one) => one.id))
  const second = await agent.client.get(`/v1${first.body.links.next.uri}`)
  expect(second.body.items.map((one: { id: string }) => one.id)).toEqual([own[2]?.id])
  expect(second.body.links.next).toBeUndefined()
  const byDomain = encodeURIComponent('{"Field":"Domain","Value":"alpine-b","Operator":"starts_with"}')
  expect((await agent.client.get(`/v1/customers?filter=${byDomain}`)).body.items).toHaveLength(1)
  const unknown = '0e000000-0000-4000-8000-00000000000e'
  const asForeign = await agent.client.get(`/v1/customers/${foreign.id}`)
  const asUnknown = await agent.client.get(`/v1/customers/${unknown}`)
  expect([asForeign.status, asUnknown.status]).toEqual([404, 404])
  expect(JSON.stringify(asForeign.body).replaceAll(foreign.id, '')).toBe(
    JSON.stringify(asUnknown.body).replaceAll(unknown, ''),
  )
  expect((await foreign.administrator.client.get(`/v1/customers/${foreign.id}`)).status).toBe(403)
})

test("PAR-17: who adds and who sees customers, by the console's table", async () => {
  const people = {
    global: partner.administrator,
    admin: agent,
    sales: seller,
    helpdesk: await world.agent(partner, 'helpdeskAgents'),
    billing: await world.holderOf(partner, 'billingAdministrator'),
    users: await world.holderOf(partner, 'userAdministrator'),
    nobody: await world.agent(partner),
  }
  const statuses: Record<string, readonly number[]> = {}
  for (const [name, { client }] of Object.entries(people))
    statuses[name] = [
      (await client.post('/v1/customers', wanted(`by-${name}`))).status,
      (await client.get('/v1/customers')).status,
    ]
  expect(statuses).toEqual({
    global: [201, 200],
    admin: [201, 200],
    sales: [201, 200],
    helpdesk: [403, 200],
    billing: [403, 403],
    users: [201, 403],
    nobody: [403, 403],
  })
  const refused = await people.nobody.client.get('/v1/customers')
  expect(refused.body).toMatchObject({
    code: '2032',
    data: ['AccessDenied', expect.stringContaining('Helpdesk agent')],
  })
})

test('PAR-1: a reseller adds no customers, its provider does', async () => {
  const reseller = await world.partner({ kind: 'indirectReseller', currencies: [] })
  const reply = await reseller.administrator.client.post('/v1/customers', wanted('by-reseller'))
  expect([reply.status, reply.body.code, reply.body.data[0]]).toEqual([403, '2006', 'ResellerMayNot'])
})

test("the customer's address is changed with its etag only; a stale one is 400", async () => {
  const customer = await world.customer(agent)
  const path = `/v1/customers/${customer.id}/profiles/billing`
  const before = await agent.client.get(path)
  const { etag } = before.body.attributes
  const change = { CompanyName: 'Renamed', DefaultAddress: { Country: 'SE', City: 'Kiruna' } }
  const missing = await agent.client.put(path, change)
  expect([missing.status, missing.body.code]).toEqual([400, '2055'])
  const changed = await agent.client.put(path, change, { 'if-match': etag })
  expect([changed.status, changed.body.companyName, changed.body.defaultAddress.city]).toEqual([
    200,
    'Renamed',
    'Kiruna',
  ])
  const stale = await agent.client.put(path, { ...change, CompanyName: 'Again' }, { 'if-match': etag })
  expect([stale.status, stale.body.code]).toEqual([400, '2055'])
  expect((await agent.client.get(`/v1/customers/${customer.id}/profiles/company`)).body.companyName).toBe('Renamed')
})

test('PAR-3: the acceptance is recorded once for a person, by Admin and Sales agents, and never with a day to come', async () => {
  const customer = await world.customer(agent)
  const path = `/v1/customers/${customer.id}/agreements`
  const attestation = {
    PrimaryContact: { FirstName: 'Gena', LastName: 'Soto', Email: 'gena@customer.example', PhoneNumber: '12345' },
    TemplateId: customerAgreement.templateId,
    DateAgreed: '2025-12-24',
    Type: 'MicrosoftCustomerAgreement',
  }
  for (const DateAgreed of ['2026-01-01T00:00:00.001Z', '2026-01-02']) {
    const future = await seller.client.post(path, { ...attestation, DateAgreed })
    expect([future.status, future.body.data[0]]).toEqual([400, 'DateAgreedInFuture'])
  }
  const byGlobal = await partner.administrator.client.post(path, attestation)
  expect([byGlobal.status, byGlobal.body.code]).toEqual([403, '2032'])
  const made = await seller.client.post(path, attestation)
  expect(made.status).toBe(201)
  expect(made.body).toMatchObject({
    userId: seller.objectId,
    dateAgreed: '2025-12-24T00:00:00.000Z',
    primaryContact: { firstName: 'Gena', email: 'gena@customer.example', phoneNumber: '12345' },
    type: 'MicrosoftCustomerAgreement',
  })
  const again = await seller.client.post(path, attestation)
  expect([again.status, again.body.code]).toEqual([409, '600061'])
  expect((await agent.client.get(path)).body.items).toHaveLength(1)
  const details = await agent.client.get('/v1/agreements?agreementType=MicrosoftCustomerAgreement')
  expect(details.body.items[0].templateId).toBe(customerAgreement.templateId)
  const unknown = await seller.client.post(path, { ...attestation, TemplateId: customer.id })
  expect([unknown.status, unknown.body.data[0]]).toEqual([400, 'AgreementTemplateNotFound'])
})

test("SUB-2: the partner's billing account has the customers, for those who may see the account", async () => {
  const customer = await world.customer(agent)
  const search = `$search=${customer.name}`
  for (const scope of [partner.accountId, `${partner.accountId}/billingProfiles/${partner.profiles.USD}`])
    for (const version of [billing, 'api-version=2024-04-01']) {
      const list = await agent.client.get(`${scope}/customers?${version}&${search}`)
      expect(list.body.value.map((one: { name: string }) => one.name)).toEqual([customer.id])
    }
  const one = await agent.client.get(`${partner.accountId}/customers/${customer.id}?${billing}`)
  expect(one.body).toMatchObject({
    id: `${partner.accountId}/customers/${customer.id}`,
    type: 'Microsoft.Billing/billingAccounts/customers',
    properties: {
      displayName: customer.name,
      billingProfileId: `${partner.accountId}/billingProfiles/${partner.profiles.USD}`,
    },
  })
  const inProfile = await agent.client.get(
    `${partner.accountId}/billingProfiles/${partner.profiles.SEK}/customers/${customer.id}?api-version=2024-04-01`,
  )
  expect(inProfile.body.properties.billingProfileId).toBe(
    `${partner.accountId}/billingProfiles/${partner.profiles.SEK}`,
  )
  const other = await world.partner()
  const elsewhere = await other.administrator.client.get(`${other.accountId}/customers/${customer.id}?${billing}`)
  expect([elsewhere.status, elsewhere.body.error.code]).toEqual([404, 'CustomerNotFound'])
  expect((await customer.administrator.client.get(`${partner.accountId}/customers?${billing}`)).status).toBe(404)
})
