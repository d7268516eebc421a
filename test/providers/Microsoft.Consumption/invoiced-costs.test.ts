import type { ModernChargeSummary, ModernUsageDetail } from '@azure/arm-consumption'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { placeSubscription } from '../../../src/store/billing-placement.ts'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import {
  billing,
  type Customer,
  expectSuccess,
  type LinkedTenant,
  linesOf,
  names,
  ours,
} from '../Tenantry.Billing/billing-world.ts'
import { PartnerWorld } from '../Tenantry.Partner/partner-world.ts'
import { brief, CostWorld, sum } from './cost-world.ts'

let cloud: TestCloud
let world: CostWorld
let contoso: Customer
let tenant: LinkedTenant
let fabrikam: Customer
let machines: string
let web: string
let spare: string
let novemberNumber: string

const changedAt = '2019-11-10T09:30:15.250Z'
const billed = (scope: string, period: string) => `${scope}/providers/Microsoft.Billing/billingPeriods/${period}`
const month = (period: string) => ({
  filter: `properties/usageStart ge '${period}-01' and properties/usageEnd le '${period}-30'`,
})
const rowsOf = async (customer: Customer, scope = customer.accountId, options = {}) =>
  (await world.costs(customer.owner.client, scope, options)) as ModernUsageDetail[]
const costOf = (rows: readonly ModernUsageDetail[]) => sum(rows.map((row) => row.costInBillingCurrency))
const amountOf = (lines: readonly { amount: string }[]) => sum(lines.map((line) => line.amount))
const statusOf = (row: ModernUsageDetail | undefined) => JSON.parse(row?.additionalInfo ?? '{}')

beforeAll(async () => {
  cloud = await startTestCloud({ now: '2019-10-01T00:00:00Z' })
  world = new CostWorld(cloud)
  await world.publish('tiered')
  contoso = await world.customer()
  tenant = await world.linkedTenant(contoso, await world.subscription(contoso))
  fabrikam = await world.customer({ priceList: 'tiered' })
  machines = await world.subscription(fabrikam)
  await world.assign(fabrikam.owner, `/subscriptions/${machines}`, 'usagePublisher', fabrikam.owner.objectId)
  web = await world.resource(fabrikam.owner, machines, 'Web', 'front')
  spare = await world.resource(fabrikam.owner, machines, 'Web', 'spare')
  await cloud.clock.set('2019-11-08T00:00:00Z')
  for (const day of ['03', '05', '07']) await world.signIns(tenant, names('a', 100), `2019-11-${day}T08:00:00Z`)
  await world.use(fabrikam.owner.client, web, '2019-11-02', '9')
  await world.use(fabrikam.owner.client, web, '2019-11-06', '3')
  await world.use(fabrikam.owner.client, web, '2019-11-06', '1.1', 'disk')
  await cloud.clock.set(changedAt)
  await world.upgrade(contoso, tenant)
  await cloud.clock.set('2019-11-20T00:00:00Z')
  await world.signIns(tenant, [...names('a', 100), ...names('b', 150)], '2019-11-12T08:00:00Z')
  await world.signIns(tenant, names('b', 150), '2019-11-15T08:00:00Z')
}, 120_000)
afterAll(() => cloud?.stop())

test('MAU-24, MAU-25: the transition month has both meters, and costs what its preview says', async () => {
  const rows = await rowsOf(contoso)
  expect(rows.map(brief)).toEqual([
    'authentications 2019-11-03 100 1',
    'authentications 2019-11-05 100 1',
    'authentications 2019-11-07 100 1',
    'monthly-active-users 2019-11-12 150 7.5',
  ])
  expect(costOf(rows)).toBe(amountOf(await world.previewLines(contoso, '2019-11')))
  expect(await rowsOf(contoso, `/subscriptions/${tenant.subscriptionId}`)).toMatchObject(
    rows.map(({ name }) => ({ name })),
  )
})

test('INV-3: with the invoice, the same rows carry its number and are estimates no more', async () => {
  const before = await rowsOf(fabrikam)
  await cloud.clock.set('2019-12-04T00:00:00Z')
  expect((await world.run('2019-11')).status).toBe(200)
  const [invoice] = await world.documents(fabrikam)
  novemberNumber = invoice?.name ?? ''
  const after = await rowsOf(fabrikam, billed(fabrikam.accountId, '201911'))
  expect(after.map(brief)).toEqual(before.map(brief))
  expect(costOf(after)).toBe(amountOf(linesOf(invoice?.content)))
  for (const row of after) {
    expect(row.invoiceId).toBe(novemberNumber)
    expect(statusOf(row)).toEqual({
      status: 'Invoiced',
      estimated: false,
      documentType: 'Invoice',
      invoice: novemberNumber,
    })
  }
  expect(await rowsOf(fabrikam)).toEqual([])
  const [transition] = await world.documents(contoso)
  const alone = await rowsOf(contoso, billed(`/subscriptions/${tenant.subscriptionId}`, '201911-1'))
  expect(costOf(alone)).toBe('10.5')
  expect(new Set(alone.map((row) => row.invoiceId))).toEqual(new Set([transition?.name]))
})

test('DEC-7, INV-14: late usage is pending on the next invoice, and what was billed keeps its amounts', async () => {
  const [invoice] = await world.documents(fabrikam)
  await cloud.clock.set('2019-12-10T00:00:00Z')
  await world.use(fabrikam.owner.client, web, '2019-11-25', '2', 'disk')
  await world.use(fabrikam.owner.client, spare, '2019-11-26', '100', 'disk')
  await world.use(fabrikam.owner.client, web, '2019-12-08', '1', 'disk')
  const pending = await rowsOf(fabrikam)
  expect(pending.map((row) => [row.chargeType, brief(row), row.previousInvoiceId])).toEqual([
    ['Adjustment', 'disk 2019-11-01 2 0.03', novemberNumber],
    ['Adjustment', 'disk 2019-11-26 100 1.23', undefined],
    ['Usage', 'disk 2019-12-08 1 0.0123456789', undefined],
  ])
  expect(costOf(pending)).toBe(amountOf(await world.previewLines(fabrikam, '2019-12')))
  const issued = await rowsOf(fabrikam, billed(fabrikam.accountId, '201911'))
  expect(costOf(issued)).toBe(amountOf(linesOf(invoice?.content)))
  const used = await rowsOf(fabrikam, fabrikam.accountId, month('2019-11'))
  expect(used.filter((row) => row.invoiceId === undefined)).toHaveLength(2)
  expect(sum([costOf(issued), ...pending.slice(0, 2).map((row) => row.costInBillingCurrency)])).toBe(costOf(used))
})

test('DEC-46, BIL-9: after a move to another section, each section has what was reported while it paid', async () => {
  const section = await world.section(fabrikam, 'Later')
  await cloud.clock.set('2019-12-12T00:00:00Z')
  expectSuccess(
    await fabrikam.owner.client.post(`${fabrikam.accountId}/billingSubscriptions/${machines}/move?${billing}`, {
      destinationInvoiceSectionId: section,
    }),
  )
  await cloud.clock.set('2019-12-13T00:00:00Z')
  await world.use(fabrikam.owner.client, web, '2019-12-11', '5', 'disk')
  expect((await rowsOf(fabrikam, section)).map(brief)).toEqual(['disk 2019-12-11 5 0.0617283945'])
  const first = await rowsOf(fabrikam, fabrikam.sectionId)
  expect(first.map(brief)).toContain('disk 2019-12-08 1 0.0123456789')
  expect(first).toHaveLength(3)
  expect(await rowsOf(fabrikam, `/subscriptions/${machines}`)).toHaveLength(4)
})

test('SUB-24, INV-15: a moved resource leaves its costs in the group that it was in; a deleted one keeps them', async () => {
  await cloud.clock.set('2019-12-14T00:00:00Z')
  const scope = `/subscriptions/${machines}/resourceGroups`
  const { client } = fabrikam.owner
  expectSuccess(await client.put(`${scope}/Archive?api-version=2025-04-01`, { location: 'westeurope' }))
  const move = { resources: [web], targetResourceGroup: `${scope}/Archive` }
  const moved = await client.post(`${scope}/Web/moveResources?api-version=2021-04-01`, move)
  expectSuccess(moved.status === 202 ? await client.finish(moved) : moved)
  await cloud.clock.set('2019-12-16T00:00:00Z')
  const there = web.replace('/Web/', '/Archive/')
  await world.use(client, there, '2019-12-15', '10', 'disk')
  expect((await rowsOf(fabrikam, `${scope}/Archive`)).map(brief)).toEqual(['disk 2019-12-15 10 0.123456789'])
  const before = await rowsOf(fabrikam, `${scope}/Web`)
  expect(before.map((row) => row.instanceName)).toEqual([web, spare, web, web])
  expectSuccess(await client.delete(`${spare}?api-version=2021-04-01`))
  expect(await rowsOf(fabrikam, `${scope}/Web`)).toEqual(before)
})

test('INV-17: two invoices later, each month of billing adds up to its own invoice', async () => {
  await cloud.clock.set('2020-01-04T00:00:00Z')
  expect((await world.run('2019-12')).status).toBe(200)
  const [december, november] = await world.documents(fabrikam)
  for (const [period, document] of [
    ['201911', november],
    ['201912', december],
  ] as const) {
    const rows = await rowsOf(fabrikam, billed(fabrikam.accountId, period))
    expect(costOf(rows)).toBe(amountOf(linesOf(document?.content)))
    expect(new Set(rows.map((row) => row.invoiceId))).toEqual(new Set([document?.name]))
  }
  const late = (await rowsOf(fabrikam, billed(fabrikam.accountId, '201912'))).filter(
    (row) => row.chargeType === 'Adjustment',
  )
  expect(late.map(brief)).toEqual(['disk 2019-11-01 2 0.03', 'disk 2019-11-26 100 1.23'])
})

test('charges: a sum for each section and month, rounded as on the invoice and without tax, in one answer', async () => {
  await cloud.clock.set('2020-01-10T00:00:00Z')
  await world.use(fabrikam.owner.client, web.replace('/Web/', '/Archive/'), '2020-01-08', '200', 'disk')
  const list = async (scope: string, options: object) =>
    (await world.sdk(fabrikam.owner.client).charges.list(scope, options)).value as ModernChargeSummary[]
  const charges = await list(fabrikam.accountId, { startDate: '2019-11-01', endDate: '2020-01-31' })
  expect(
    charges.map((charge) => [charge.kind, charge.usageStart, charge.azureCharges?.value, charge.isInvoiced]),
  ).toEqual([
    ['modern', '2019-11-01', expect.any(Number), true],
    ['modern', '2019-12-01', expect.any(Number), true],
    ['modern', '2019-12-01', expect.any(Number), true],
    ['modern', '2020-01-01', 2.47, false],
  ])
  for (const document of await world.documents(fabrikam)) {
    const ofMonth = charges.filter((charge) => charge.usageStart === `${document.period}-01`)
    expect(Number(sum(ofMonth.map((charge) => charge.azureCharges?.value)))).toBe(
      Number(document.content.summary.subtotal),
    )
  }
  expect(charges[0]).toMatchObject({
    billingPeriodId: `${fabrikam.accountId}/providers/Microsoft.Billing/billingPeriods/201911`,
    billingProfileId: fabrikam.profileId,
    invoiceSectionId: fabrikam.sectionId,
    azureCharges: { currency: 'USD' },
    marketplaceCharges: { value: 0 },
  })
  expect((await list(fabrikam.profileId, {})).map((charge) => charge.isInvoiced)).toEqual([false])
  const { client } = fabrikam.owner
  const refused = async (query: string) => {
    const path = `${fabrikam.accountId}/providers/Microsoft.Consumption/charges?api-version=2021-10-01&${query}`
    return (await client.get(path)).body.error.code
  }
  expect(await refused('$apply=groupby')).toBe('UnsupportedQueryParameter')
  expect(await refused('startDate=2019-11-01')).toBe('InvalidDateRange')
  expect(await refused('startDate=2019-11-31&endDate=2019-12-01')).toBe('InvalidFilter')
  expect(await refused(`$filter=${encodeURIComponent("properties/meterId eq 'disk'")}`)).toBe('InvalidFilter')
})

test('INV-14: a credit note is a refund beside what was billed', async () => {
  const reply = await cloud.operator.post(
    `/providers/Tenantry.Billing/invoices/${novemberNumber}/creditNotes?${ours}`,
    {
      properties: { reason: 'Goodwill' },
    },
  )
  expect(reply.status).toBe(201)
  const rows = await rowsOf(fabrikam, billed(fabrikam.accountId, '201911'))
  const refunds = rows.filter((row) => row.chargeType === 'Refund')
  expect(new Set(refunds.map((row) => [row.invoiceId, row.previousInvoiceId].join(' ')))).toEqual(
    new Set([`${reply.body.name} ${novemberNumber}`]),
  )
  expect(costOf(rows)).toBe('0')
  const usage = await rowsOf(fabrikam, billed(fabrikam.accountId, '201911'), { metric: 'usage' })
  expect(usage.some((row) => row.chargeType === 'Refund')).toBe(false)
})

test('OWN-9, OWN-10, BIL-20: a new payer sees what is reported from then on, the old one keeps what was before', async () => {
  const wingtip = await world.customer({ priceList: 'tiered' })
  const before = await rowsOf(fabrikam)
  await cloud.clock.set('2020-01-12T00:00:00Z')
  await placeSubscription(cloud.running.db, {
    subscriptionId: machines,
    profile: wingtip.profile,
    section: wingtip.section,
    at: new Date('2020-01-12T00:00:00Z'),
  })
  await cloud.clock.set('2020-01-13T00:00:00Z')
  await world.use(fabrikam.owner.client, web.replace('/Web/', '/Archive/'), '2020-01-09', '3', 'disk')
  expect((await rowsOf(wingtip)).map(brief)).toEqual(['disk 2020-01-09 3 0.0370370367'])
  expect((await rowsOf(fabrikam)).map(brief)).toEqual(before.map(brief))
  // The new payer is in another tenant and has no role on the subscription, only on what pays for it.
  expect((await rowsOf(wingtip, `/subscriptions/${machines}`)).map(brief)).toEqual(['disk 2020-01-09 3 0.0370370367'])
  const both = await rowsOf(fabrikam, `/subscriptions/${machines}`)
  expect(both.map(brief)).toHaveLength(before.length + 1)
  const ofWingtip = both.filter((row) => row.billingProfileId === undefined)
  expect(ofWingtip.map(brief)).toEqual(['disk 2020-01-09 3 0.0370370367'])
  expect(JSON.stringify(both)).not.toContain(wingtip.profile)
})

test('INV-16: of what a partner pays for, the customer sees nothing', async () => {
  // An instant at which nothing was reported yet, so that the partner pays from the first moment on.
  await cloud.clock.set('2020-01-13T12:00:00Z')
  const partners = new PartnerWorld(cloud, world.identities)
  const partner = await partners.partner({ currencies: ['USD'] })
  const agent = await partners.agent(partner, 'adminAgents')
  const customer = await partners.customer(agent)
  const id = await world.subscription(fabrikam)
  await placeSubscription(cloud.running.db, {
    subscriptionId: id,
    profile: partner.profiles.USD ?? '',
    customer: customer.id,
    at: new Date('2020-01-13T12:00:00Z'),
  })
  const reply = await world.raw(fabrikam.owner.client, `/subscriptions/${id}`)
  expect([reply.status, reply.body.error.details[0].code]).toEqual([403, 'CostsHiddenByPartner'])
  expect((await world.raw(agent.client, `/subscriptions/${id}`)).status).toBe(200)
})

test('INV-12: a bill in another currency shows the cost in both, with the rate of the month', async () => {
  expectSuccess(
    await cloud.operator.put(`/providers/Tenantry.Pricing/exchangeRates/2020-01?${ours}`, {
      properties: { from: 'USD', to: 'SEK', rate: '9.5' },
    }),
  )
  const adatum = await world.customer({ priceList: 'tiered', currency: 'SEK' })
  const id = await world.subscription(adatum)
  await world.assign(adatum.owner, `/subscriptions/${id}`, 'usagePublisher', adatum.owner.objectId)
  await cloud.clock.set('2020-01-14T00:00:00Z')
  await world.use(adatum.owner.client, await world.resource(adatum.owner, id, 'Web', 'm'), '2020-01-11', '12')
  const [row] = await rowsOf(adatum)
  expect(row).toMatchObject({
    costInPricingCurrency: 15.246913578,
    costInUSD: 15.246913578,
    costInBillingCurrency: 144.845678991,
    billingCurrencyCode: 'SEK',
    pricingCurrencyCode: 'USD',
    exchangeRate: '9.5',
    exchangeRatePricingToBilling: 9.5,
  })
  expect(costOf([row!])).toBe(amountOf(await world.previewLines(adatum, '2020-01')))
})
