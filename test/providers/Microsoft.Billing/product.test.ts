import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runAudit } from '../../../src/audit/audit.ts'
import { type BillingRole, billingRoleDefinitions, rolesAllowedTo } from '../../../src/domain/access/billing-roles.ts'
import type { Client } from '../../support/cloud.ts'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import {
  BillingWorld,
  type Customer,
  expectSuccess,
  type LinkedTenant,
  linesOf,
  ours,
} from '../Tenantry.Billing/billing-world.ts'
import { holder, sdk, v2020, v2024 } from './role-holders.ts'

let cloud: TestCloud
let world: BillingWorld
let contoso: Customer
let tenant: LinkedTenant
let owner: Client
let second: string
const product = randomUUID()

beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-10-01T00:00:00Z' })
  world = new BillingWorld(cloud)
  expectSuccess(
    await cloud.operator.put(`/providers/Tenantry.Billing/issuer?${ours}`, {
      properties: {
        legalName: 'Nordic Cloud Works AB',
        address: { addressLine1: 'Storgatan 1', postalCode: '111 22', city: 'Stockholm', country: 'SE' },
        taxId: 'SE556677889901',
        bankDetails: { iban: 'SE3550000000054910000003', bic: 'ESSESESS' },
        paymentTermsDays: 20,
        taxRates: [{ country: 'SE', rate: '25' }],
      },
    }),
  )
  contoso = await world.customer()
  owner = contoso.owner.client
  tenant = await world.linkedTenant(contoso, await world.subscription(contoso))
  second = expectSuccess(
    await owner.put(`${contoso.profileId}/invoiceSections/SECOND?${v2020}`, {
      properties: { displayName: 'Second' },
    }),
  ).body.id
}, 60_000)
afterAll(() => cloud?.stop())

const offer = (name: string, kind: string, monthlyPrices: Record<string, string>, by: Client = cloud.operator) =>
  by.put(`/providers/Tenantry.Pricing/productOffers/${name}?${ours}`, {
    properties: { kind, productName: { en: `${name} en`, sv: `${name} sv` }, serviceFamily: 'Support', monthlyPrices },
  })
const buy = (name: string, offerName: string, section = contoso.sectionId, by: Client = owner) =>
  by.put(`${section}/providers/Tenantry.Billing/productPurchases/${name}?${ours}`, { properties: { offerName } })
const at = (name: string, action = '') => `${contoso.accountId}/products/${name}${action}?${v2020}`
const move = (name: string, destinationInvoiceSectionId: string, by: Client = owner, verb = '/move') =>
  by.post(at(name, verb), { destinationInvoiceSectionId })
const renew = (name: string, autoRenew: 'On' | 'Off', by: Client = owner) =>
  by.patch(at(name), { properties: { autoRenew } })
const cancel = (name: string, scope = contoso.accountId, by: Client = owner) =>
  by.post(`${scope}/providers/Tenantry.Billing/products/${name}/cancel?${ours}`)
const policies = (properties: Record<string, string>) =>
  owner.put(`${contoso.profileId}/policies/default?${v2020}`, { properties })
const charged = (document: unknown): unknown[] =>
  linesOf(document).map((line) => [line.usagePeriod, line.description.key, line.charge, line.from, line.to])
const preview = async (period: string): Promise<string> => {
  const started = await cloud.operator.post(`/providers/Tenantry.Billing/invoiceRuns/${period}/preview?${ours}`)
  const { body } = await cloud.operator.finish(started)
  const of = body.properties.value.find((one: { profile: string }) => one.profile === contoso.profile)
  return JSON.stringify(of.document)
}

test('INV-12: the operator offers products, and an offer that was sold keeps its price', async () => {
  expect(await offer('support', 'plan', { USD: '1.00' }, owner)).toMatchObject({ status: 403 })
  expect((await offer('support', 'plan', { USD: '40.00', EUR: '45' })).status).toBe(201)
  expect((await offer('support', 'plan', { USD: '49.90', EUR: '45' })).status).toBe(200)
  for (const [prices, code] of [
    [{ USD: '-1' }, 'InvalidMonthlyPrice'],
    [{ USD: '1e3' }, 'InvalidMonthlyPrice'],
    [{ USD: '1.0000000000001' }, 'InvalidMonthlyPrice'],
    [{ XYZ: '1' }, 'InvalidCurrency'],
    [{}, 'InvalidRequestContent'],
  ] as const)
    expect(await offer('wrong', 'plan', prices)).toMatchObject({ status: 400, body: { error: { code } } })
  await cloud.clock.set('2026-10-10T15:00:00Z')
  expect(await buy(product, 'support')).toMatchObject({
    status: 201,
    body: {
      name: product,
      properties: {
        autoRenew: 'On',
        status: 'Active',
        billingFrequency: 'Monthly',
        purchaseDate: '2026-10-10T15:00:00.000Z',
      },
    },
  })
  expect((await buy(product, 'support')).status).toBe(200)
  expect(await offer('support', 'plan', { USD: '59.90', EUR: '45' })).toMatchObject({
    status: 409,
    body: { error: { code: 'ProductOfferSold' } },
  })
  expect((await offer('support', 'plan', { USD: '49.90', EUR: '45' })).status).toBe(200)
  await expect(
    sql`update product_offer set monthly_prices = '{"USD": "1"}' where name = 'support'`.execute(cloud.running.db),
  ).rejects.toThrow('was sold')
  const listed = await cloud.operator.get(`/providers/Tenantry.Pricing/productOffers?${ours}`)
  expect(listed.body.value).toMatchObject([{ name: 'support', properties: { monthlyPrices: { USD: '49.90' } } }])
})

test('BIL-13: a purchase is refused by the policies of the profile, which are named with who may change them', async () => {
  expectSuccess(await offer('app', 'marketplace', { USD: '5' }))
  expectSuccess(await offer('free-app', 'marketplace', { USD: '0' }))
  expectSuccess(await offer('reserved', 'reservation', { USD: '100' }))
  expectSuccess(await offer('euro', 'plan', { EUR: '5' }))
  expectSuccess(await policies({ marketplacePurchases: 'NotAllowed', reservationPurchases: 'NotAllowed' }))
  for (const [name, policy, code] of [
    ['app', 'marketplacePurchases', 'MarketplacePurchasesNotAllowed'],
    ['free-app', 'marketplacePurchases', 'MarketplacePurchasesNotAllowed'],
    ['reserved', 'reservationPurchases', 'ReservationPurchasesNotAllowed'],
  ] as const) {
    const { status, body } = await buy(randomUUID(), name)
    expect([status, body.error.code]).toEqual([409, code])
    expect(body.error.message).toContain(`'${policy}'`)
    expect(body.error.message).toContain('owner or contributor of the billing profile')
  }
  expectSuccess(await policies({ marketplacePurchases: 'OnlyFreeAllowed', reservationPurchases: 'Allowed' }))
  expect((await buy(randomUUID(), 'app')).body.error.code).toBe('MarketplacePurchasesNotAllowed')
  const free = randomUUID()
  expect((await buy(free, 'free-app')).status).toBe(201)
  expectSuccess(await cancel(free))
  expectSuccess(await policies({ marketplacePurchases: 'AllAllowed' }))
  expect(await buy(randomUUID(), 'euro')).toMatchObject({
    status: 409,
    body: { error: { code: 'OfferNotPricedInCurrency' } },
  })
  expect(await buy(randomUUID(), 'nothing')).toMatchObject({
    status: 400,
    body: { error: { code: 'ProductOfferNotFound' } },
  })
  expect(await buy('not-a-guid', 'support')).toMatchObject({
    status: 400,
    body: { error: { code: 'InvalidProductName' } },
  })
  expect(await buy(product, 'app')).toMatchObject({ status: 409, body: { error: { code: 'ProductNameTaken' } } })
})

test('BIL-11: nothing is bought for a profile that is past due or a section that is not active', async () => {
  const { db } = cloud.running
  const status = (value: string) => sql`update billing_profile set status = ${value} where name = ${contoso.profile}`
  await status('PastDue').execute(db)
  expect((await buy(randomUUID(), 'support')).body.error.code).toBe('BillingProfilePastDue')
  await status('Disabled').execute(db)
  expect((await buy(randomUUID(), 'support')).body.error.code).toBe('BillingProfileInactive')
  await status('Active').execute(db)
  expectSuccess(await owner.put(`${contoso.profileId}/invoiceSections/GONE?${v2020}`, { properties: {} }))
  expectSuccess(await owner.delete(`${contoso.profileId}/invoiceSections/GONE?${v2024}`))
  const gone = await buy(randomUUID(), 'support', `${contoso.profileId}/invoiceSections/GONE`)
  expect(gone).toMatchObject({ status: 409, body: { error: { code: 'InvoiceSectionInactive' } } })
})

test('BIL-16 S6, A11, P13: who manages products buys and cancels them, and nobody else', async () => {
  for (const { role } of billingRoleDefinitions) {
    const { client } = await holder(world, contoso, role)
    const isAllowed = rolesAllowedTo('S6').includes(role)
    const name = randomUUID()
    expect((await buy(name, 'free-app', contoso.sectionId, client)).status, role).toBe(isAllowed ? 201 : 403)
    if (!isAllowed) expectSuccess(await buy(name, 'free-app'))
    for (const [task, scope] of [
      ['A11', contoso.accountId],
      ['P13', contoso.profileId],
    ] as const) {
      const reply = await cancel(randomUUID(), scope, client)
      expect(reply.status, `${role} ${task}`).toBe(rolesAllowedTo(task).includes(role) ? 404 : 403)
    }
    expect((await cancel(name, contoso.sectionId, client)).status, role).toBe(isAllowed ? 200 : 403)
    if (!isAllowed) expectSuccess(await cancel(name, contoso.profileId))
  }
  const stranger = (await world.customer()).owner.client
  for (const path of [at(product), at(randomUUID())])
    expect(await stranger.get(path)).toMatchObject({ status: 404, body: { error: { code: 'BillingAccountNotFound' } } })
  expect((await cancel(product, second)).status).toBe(404)
})

test('BIL-9, BIL-16 S7, P14: whether a product may be moved is asked of both ends', async () => {
  const other = expectSuccess(
    await owner.put(`${contoso.accountId}/billingProfiles/OTHER?${v2020}`, { properties: {} }),
  ).body.properties.invoiceSections.value[0].id
  for (const { role } of billingRoleDefinitions) {
    const { client } = await holder(world, contoso, role)
    const reachesSection: readonly BillingRole[] = ['BAO', 'BAC', 'BPO', 'BPC']
    const reachesProfile: readonly BillingRole[] = ['BAO', 'BAC']
    for (const [destination, reach] of [
      [second, reachesSection],
      [other, reachesProfile],
    ] as const) {
      const reply = await move(product, destination, client, '/validateMoveEligibility')
      if (role === 'SC') expect(reply.status).toBe(403)
      else expect(reply, role).toMatchObject({ status: 200, body: { isMoveEligible: reach.includes(role) } })
    }
    if (!reachesSection.includes(role)) expect((await move(product, second, client)).status, role).toBe(403)
  }
  const away = `/providers/Microsoft.Billing/billingAccounts/${randomUUID()}/billingProfiles/X/invoiceSections/Y`
  expect((await move(product, away)).body.error.code).toBe('CrossBillingAccountNotAllowed')
  expect((await move(product, 'x')).body.error.code).toBe('InvalidDestination')
})

test('BIL-1: a section or a profile with products is not deleted', async () => {
  expectSuccess(await owner.put(`${contoso.profileId}/invoiceSections/THIRD?${v2020}`, { properties: {} }))
  const third = `${contoso.profileId}/invoiceSections/THIRD`
  const name = randomUUID()
  expectSuccess(await buy(name, 'free-app', third))
  for (const scope of [third, contoso.profileId]) {
    const reply = await owner.post(`${scope}/validateDeleteEligibility?${v2024}`)
    expect(reply.body.eligibilityDetails.map(({ code }: { code: string }) => code)).toContain('ActiveProducts')
  }
  expect((await owner.delete(`${third}?${v2024}`)).status).toBe(409)
  expectSuccess(await cancel(name, third))
  expect(await cancel(name, third)).toMatchObject({ status: 409, body: { error: { code: 'ProductInactive' } } })
  expect((await owner.get(at(name))).body.properties).toMatchObject({ status: 'Cancelled', autoRenew: 'Off' })
  expect((await owner.get(at(name).replace(v2020, v2024))).body.properties.status).toBe('Canceled')
  expectSuccess(await owner.delete(`${third}?${v2024}`))
})

test('INV-7, DEC-32, DEC-46: bought on the 10th, moved on the 20th and not renewed, it is charged by the day to each', async () => {
  const { products } = sdk(world, owner)
  await cloud.clock.set('2026-10-20T09:00:00Z')
  expect(
    (await products.move(contoso.account, product, { destinationInvoiceSectionId: second })).invoiceSectionId,
  ).toBe(second)
  expect((await move(product, second)).status).toBe(200)
  expect((await renew(product, 'Off')).body.properties).toMatchObject({
    status: 'Expiring',
    endDate: '2026-11-01T00:00:00.000Z',
  })
  expect((await renew(product, 'On')).body.properties.endDate).toBeUndefined()
  expectSuccess(await renew(product, 'Off'))
  expect((await products.get(contoso.account, product)).autoRenew).toBe('Off')
  const listed: string[] = []
  for await (const one of products.listByInvoiceSection(contoso.account, contoso.profile, 'SECOND'))
    listed.push(one.name ?? '')
  expect(listed).toEqual([product])

  await cloud.clock.set('2026-11-04T00:00:00Z')
  const expected = await preview('2026-10')
  expectSuccess(await world.run('2026-10'))
  const [issued] = await world.documents(contoso)
  expect(JSON.stringify({ ...issued?.content, issue: null })).toBe(expected)
  const lines = linesOf(issued?.content).filter((line) => line.meterId === 'support')
  expect(charged({ sections: issued?.content.sections }).filter((line) => (line as string[])[2] !== '0.00')).toEqual([
    ['2026-10', 'product', '16.10', '2026-10-10T00:00:00.000Z', '2026-10-20T00:00:00.000Z'],
    ['2026-10', 'product', '19.32', '2026-10-20T00:00:00.000Z', '2026-11-01T00:00:00.000Z'],
  ])
  expect(lines.map((line) => [line.amount, line.quantity, line.unitPrice])).toEqual([
    ['16.09677419354838709677', '0.322580645161', '49.90'],
    ['19.31612903225806451613', '0.387096774194', '49.90'],
  ])
  expect(issued?.content.summary).toMatchObject({ subtotal: '35.42', tax: '8.86', total: '44.28' })
  expect(
    issued?.content.sections.map((section: { displayName: string; summary: object }) => section.displayName),
  ).toContain('Second')
})

test('INV-7: transactions, file and table say the product, and no subscription', async () => {
  const [issued] = await world.documents(contoso)
  const number = issued?.number ?? ''
  const { body } = await owner.get(`${contoso.accountId}/invoices/${number}/transactions?${v2020}`)
  const [first] = body.value.filter(
    (one: { properties: { productTypeId: string } }) => one.properties.productTypeId === 'support',
  )
  expect(first.properties).toMatchObject({
    productType: 'support en',
    productFamily: 'Support',
    subTotal: { currency: 'USD', value: 16.1 },
    servicePeriodStartDate: '2026-10-10T00:00:00.000Z',
  })
  expect(first.properties.subscriptionId).toBeUndefined()
  const file = (kind: string) =>
    cloud.operator.get(`/providers/Tenantry.Billing/invoices/${number}/documents/${kind}?${ours}`)
  expect(String((await file('csv')).body)).toContain('Price of a month, 10 of 31 days')
  expect((await file('pdf')).status).toBe(200)
})

test('DEC-7, INV-14: late usage is adjusted, and what a product came to is neither taken back nor charged again', async () => {
  await cloud.clock.set('2026-11-10T00:00:00Z')
  expect(await renew(product, 'On')).toMatchObject({ status: 409, body: { error: { code: 'ProductInactive' } } })
  expect(await move(product, contoso.sectionId)).toMatchObject({
    status: 409,
    body: { error: { code: 'ProductInactive' } },
  })
  expect((await owner.get(at(product))).body.properties.status).toBe('Expired')
  await world.signIns(tenant, ['anna', 'bo'], '2026-10-05T00:00:00Z')
  const costs = await owner.get(
    `${contoso.accountId}/providers/Microsoft.Consumption/charges?api-version=2021-10-01&startDate=2026-10-01&endDate=2026-11-30`,
  )
  // Consumption shows usage, and a product is none.
  expect(
    costs.body.value.map(({ properties }: { properties: Record<string, unknown> }) => [
      properties.usageStart,
      properties.isInvoiced,
    ]),
  ).toEqual([['2026-11-01', false]])
  await cloud.clock.set('2026-12-04T00:00:00Z')
  expectSuccess(await world.run('2026-11'))
  const [issued] = await world.documents(contoso)
  expect(linesOf(issued?.content).map((line) => [line.usagePeriod, line.description.key])).toEqual([
    ['2026-10', 'monthlyActiveUsers'],
  ])
  const report = await runAudit({ connectionString: cloud.running.databaseUrl })
  expect(report.checks.filter(({ isKept }) => !isKept)).toEqual([])
})
