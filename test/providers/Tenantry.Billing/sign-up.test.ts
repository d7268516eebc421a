import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { billingRoleId } from '../../../src/domain/access/billing-roles.ts'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import type { Person, TestTenant } from '../Microsoft.AzureActiveDirectory/identity-cloud.ts'
import { BillingWorld, billing, ours } from './billing-world.ts'

let cloud: TestCloud
let world: BillingWorld
let tenant: TestTenant
let owner: Person

beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-10-01T00:00:00Z' })
  world = new BillingWorld(cloud)
  const made = await world.identities.workforce()
  tenant = made.tenant
  owner = made.administrator
})
afterAll(() => cloud?.stop())

const path = (name: string) => `/providers/Tenantry.Billing/signUps/${name}?${ours}`
const wanted = (more: Record<string, unknown> = {}) => ({
  properties: {
    tenantId: tenant.id,
    owner: { objectId: owner.objectId },
    displayName: 'Contoso',
    currency: 'SEK',
    countryCode: 'SE',
    ...more,
  },
})

test('BIL-1, BIL-2: a sign-up makes an account, a profile, a section, the plan and one owner, and nothing else', async () => {
  const reply = await cloud.operator.put(path('first'), wanted())
  expect(reply.status).toBe(201)
  const { billingAccountId, billingProfileId, invoiceSectionId, billingAccountName } = reply.body.properties
  expect(billingAccountName).toMatch(/^[0-9a-f-]{36}:[0-9a-f-]{36}_2019-05-31$/)
  expect(billingProfileId).toMatch(/\/billingProfiles\/\w{4}-\w{4}-\w{3}-\w{3}$/)
  const { client } = owner
  const profiles = await client.get(`${billingAccountId}/billingProfiles?${billing}`)
  expect(profiles.body.value).toMatchObject([
    {
      id: billingProfileId,
      properties: { currency: 'SEK', enabledAzurePlans: [{ skuId: '0001' }], invoiceEmailOptIn: false },
    },
  ])
  const sections = await client.get(`${billingProfileId}/invoiceSections?${billing}`)
  expect(sections.body.value.map((section: { id: string }) => section.id)).toEqual([invoiceSectionId])
  for (const [scope, holders] of [
    [billingAccountId, [owner.objectId]],
    [billingProfileId, []],
    [invoiceSectionId, []],
  ]) {
    const assigned = await client.get(`${scope}/billingRoleAssignments?${billing}`)
    expect(
      assigned.body.value.map((one: { properties: { principalId: string } }) => one.properties.principalId),
    ).toEqual(holders)
  }
  const [assignment] = (await client.get(`${billingAccountId}/billingRoleAssignments?${billing}`)).body.value
  expect(assignment.properties.roleDefinitionId).toContain(billingRoleId('BAO'))
})

test('BIL-2: the same sign-up again answers the same account, and another one under its name is refused', async () => {
  const first = await cloud.operator.put(path('again'), wanted())
  const again = await cloud.operator.put(path('again'), wanted())
  expect(again).toMatchObject({ status: 200, body: first.body })
  expect(await cloud.operator.put(path('again'), wanted({ currency: 'EUR' }))).toMatchObject({
    status: 409,
    body: { error: { code: 'SignUpExists' } },
  })
  expect((await cloud.operator.get(path('again'))).body).toEqual(first.body)
})

test('BIL-2: two sign-ups under one name at the same time make one account', async () => {
  const replies = await Promise.all([1, 2, 3].map(() => cloud.operator.put(path('race'), wanted())))
  expect(replies.map((reply) => reply.status).toSorted()).toEqual([200, 200, 201])
  expect(new Set(replies.map((reply) => reply.body.properties.billingAccountId)).size).toBe(1)
})

test('BIL-3: the owner is of the tenant of the account', async () => {
  const stranger = (await world.identities.workforce()).administrator
  const reply = await cloud.operator.put(path('stranger'), wanted({ owner: { objectId: stranger.objectId } }))
  expect(reply).toMatchObject({ status: 400, body: { error: { code: 'OwnerNotFound' } } })
  expect((await cloud.operator.get(path('stranger'))).status).toBe(404)
})

test('BIL-21: a stand-alone account is one profile with one section that nobody sees', async () => {
  const reply = await cloud.operator.put(path('payg'), wanted({ agreementType: 'MicrosoftOnlineServicesProgram' }))
  const { billingAccountId, billingProfileId, invoiceSectionId } = reply.body.properties
  const { client } = owner
  expect((await client.get(`${billingAccountId}?${billing}`)).body.properties).toMatchObject({
    agreementType: 'MicrosoftOnlineServicesProgram',
    accountType: 'Individual',
  })
  expect((await client.get(`${invoiceSectionId}?${billing}`)).status).toBe(404)
  const second = await client.put(`${billingAccountId}/billingProfiles/SECOND?${billing}`, { properties: {} })
  expect(second).toMatchObject({ status: 409, body: { error: { code: 'AgreementHasOneProfile' } } })
  const section = await client.put(`${billingProfileId}/invoiceSections/SECOND?${billing}`, { properties: {} })
  expect(section).toMatchObject({ status: 409, body: { error: { code: 'AgreementHasOneSection' } } })
})

test('BIL-21: kinds of agreement that a sign-up does not open are refused by name', async () => {
  for (const agreementType of ['EnterpriseAgreement', 'MicrosoftPartnerAgreement'])
    expect(await cloud.operator.put(path(randomUUID()), wanted({ agreementType }))).toMatchObject({
      status: 400,
      body: { error: { code: 'AgreementTypeNotSupported', target: 'properties.agreementType' } },
    })
})

test('DEC-36: a currency without a price list of its own is refused, saying what to publish', async () => {
  expect(await cloud.operator.put(path('nok'), wanted({ currency: 'NOK' }))).toMatchObject({
    status: 400,
    body: { error: { code: 'PriceListNotFound', message: expect.stringContaining('Publish one') } },
  })
  expect(await cloud.operator.put(path('xyz'), wanted({ currency: 'XYZ' }))).toMatchObject({
    status: 400,
    body: { error: { code: 'CurrencyNotSupported' } },
  })
})

test('ACC-1: only the operator signs up, names the issuer and publishes prices; a billing owner does not', async () => {
  for (const target of [
    path('mine'),
    `/providers/Tenantry.Billing/issuer?${ours}`,
    `/providers/Tenantry.Pricing/priceLists/mine/versions/1?${ours}`,
    `/providers/Tenantry.Billing/invoiceRuns/2026-08?${ours}`,
  ]) {
    const body = target.includes('signUps') ? wanted() : { properties: { legalName: 'Mine' } }
    expect(await owner.client.put(target, body)).toMatchObject({
      status: 403,
      body: { error: { code: 'AuthorizationFailed' } },
    })
    expect((await cloud.as(undefined).put(target, body)).status).toBe(401)
  }
})
