import { Company, expectDone, linkPath, nameIssuer, own, publishPrices } from '../simulation/company.ts'
import type { Client, TestCloud } from '../support/cloud.ts'

/** A small real history: two models, a change, a relink, resources, late and refused events, two months of invoices. */
export async function playHistory(cloud: TestCloud): Promise<void> {
  await cloud.clock.set('2019-10-01T00:00:00Z')
  await nameIssuer(cloud)
  const company = await Company.found(cloud, 'audited')
  await publishPrices(cloud, 'audited', 1, '2015-01-01', {
    authentications: 4321,
    'monthly-active-users': 5678,
    compute: 250,
  })
  await publishPrices(cloud, 'audited', 2, '2019-11-15', {
    authentications: 5432,
    'monthly-active-users': 6789,
    compute: 333,
  })
  const payer = await company.payer('audited', 'EUR', 'audited')
  const subscription = await company.subscription(payer.sectionId, 'audited')
  const other = await company.subscription(payer.sectionId, 'other')
  const handedOver = await company.subscription(payer.sectionId, 'handed over')
  const section = expectDone(
    await company.owner.put(`${payer.profileId}/invoiceSections/AUDI-TEDS-ECT-ION?api-version=2020-05-01`, {
      properties: { displayName: 'Second' },
    }),
    'a section',
  ).body.id as string
  const [legacy, modern] = [await company.identityTenant('legacy'), await company.identityTenant('modern')]
  expectDone(await company.owner.put(linkPath(subscription, legacy.domain), { properties: {} }), 'a link')
  await company.allowUsage(subscription)

  await cloud.clock.set('2019-11-02T00:00:00Z')
  expectDone(await company.owner.put(linkPath(other, modern.domain), { properties: {} }), 'a link')
  await signIns(legacy.reporter, legacy.id, 'early', ['anna', 'bo', 'anna'], '2019-11-01T08:00:00Z')
  await signIns(modern.reporter, modern.id, 'unlinked', ['elin'], '2019-11-01T08:00:00Z')
  await cloud.clock.set('2019-11-10T10:00:00.123Z')
  const upgrade = { properties: { billingConfig: { billingType: 'MAU' } } }
  expectDone(await company.owner.patch(linkPath(subscription, legacy.domain), upgrade), 'an upgrade')
  await cloud.clock.set('2019-11-20T00:00:00Z')
  await signIns(legacy.reporter, legacy.id, 'later', ['anna', 'carl', 'carl', 'doris'], '2019-11-19T08:00:00Z')
  await signIns(modern.reporter, modern.id, 'modern', ['elin', 'fia', 'fia'], '2019-11-19T08:00:00Z')
  await signIns(modern.reporter, modern.id, 'modern', ['other', 'fia', 'fia'], '2019-11-19T08:00:00Z')
  await signIns(modern.reporter, modern.id, 'old', ['elin'], '2019-08-01T08:00:00Z')
  await signIns(modern.reporter, modern.id, 'failed', ['gun'], '2019-11-19T08:00:00Z', { outcome: 'failure' })
  await use(company.owner, subscription, 'compute', '12.5', '2019-11-19T08:00:00Z')
  await use(company.owner, subscription, 'nobody-sells-this', '3', '2019-11-19T08:00:00Z')
  const account = payer.profileId.split('/billingProfiles/')[0]
  await cloud.clock.set('2019-11-25T00:00:00Z')
  expectDone(
    await company.owner.post(`${account}/billingSubscriptions/${other}/move?api-version=2020-05-01`, {
      destinationInvoiceSectionId: section,
    }),
    'a move',
  )
  expectDone(await company.owner.delete(linkPath(other, modern.domain)), 'an unlinking')
  await cloud.clock.set('2019-11-26T00:00:00Z')
  expectDone(await company.owner.put(linkPath(subscription, modern.domain), { properties: {} }), 'a relinking')
  await signIns(modern.reporter, modern.id, 'relinked', ['hanna', 'fia'], '2019-11-26T00:00:00Z')

  await handOver(company, handedOver)
  await haveProduct(cloud, company, payer.sectionId, section)

  await closeMonth(cloud, '2019-11', '2019-12-04T00:00:00Z')
  await signIns(legacy.reporter, legacy.id, 'late', ['doris', 'ivar'], '2019-11-09T08:00:00Z')
  await signIns(modern.reporter, modern.id, 'december', ['hanna'], '2019-12-03T08:00:00Z')
  await closeMonth(cloud, '2019-12', '2020-01-04T00:00:00Z')
  const { number } = await cloud.running.db
    .selectFrom('invoice')
    .select('number')
    .where('number', 'is not', null)
    .orderBy('period')
    .executeTakeFirstOrThrow()
  expectDone(
    await cloud.operator.get(`/providers/Tenantry.Billing/invoices/${number}/documents/pdf?${own}`),
    'a document',
  )
  // Paid, bounced and paid again; what the credit note then takes back pays a part of the next invoice.
  const payments = `/providers/Tenantry.Billing/invoices/${number}/payments`
  const [bounced, arrived] = ['0e000000-0000-4000-8000-000000000001', '0e000000-0000-4000-8000-000000000002']
  expectDone(await cloud.operator.put(`${payments}/${bounced}?${own}`, { properties: {} }), 'a payment')
  const reason = { properties: { reason: 'returned by the bank' } }
  expectDone(await cloud.operator.post(`${payments}/${bounced}/reverse?${own}`, reason), 'a reversal')
  expectDone(await cloud.operator.put(`${payments}/${arrived}?${own}`, { properties: {} }), 'a payment')
  expectDone(
    await cloud.operator.post(`/providers/Tenantry.Billing/invoices/${number}/creditNotes?${own}`, {
      properties: { reason: 'A courtesy', lines: [1] },
    }),
    'a credit note',
  )
}

/** Bought for one section, moved to another two days later, and not renewed in the month after. */
async function haveProduct(cloud: TestCloud, company: Company, from: string, to: string): Promise<void> {
  const product = '0f000000-0000-4000-8000-000000000001'
  expectDone(
    await cloud.operator.put(`/providers/Tenantry.Pricing/productOffers/zone-support?${own}`, {
      properties: {
        kind: 'plan',
        productName: { en: 'Zone support', sv: 'Zonstöd' },
        serviceFamily: 'Support',
        monthlyPrices: { EUR: '49.90' },
      },
    }),
    'an offer',
  )
  expectDone(
    await company.owner.put(`${from}/providers/Tenantry.Billing/productPurchases/${product}?${own}`, {
      properties: { offerName: 'zone-support' },
    }),
    'a purchase',
  )
  await cloud.clock.set('2019-11-28T12:00:00Z')
  const account = from.split('/billingProfiles/')[0]
  expectDone(
    await company.owner.post(`${account}/products/${product}/move?api-version=2020-05-01`, {
      destinationInvoiceSectionId: to,
    }),
    'a move of a product',
  )
  await cloud.clock.set('2019-12-01T00:00:00Z')
  expectDone(
    await company.owner.patch(`${account}/products/${product}?api-version=2020-05-01`, {
      properties: { autoRenew: 'Off' },
    }),
    'an end of renewal',
  )
}

/** Another account of the company asks its own administrator for a subscription, and gets it. */
async function handOver(company: Company, subscription: string): Promise<void> {
  const version = 'api-version=2024-04-01'
  const { sectionId } = await company.payer('audited-too', 'EUR', 'audited')
  const me = expectDone(await company.owner.get('/v1.0/me'), 'the administrator')
  const recipientEmailId = me.body.userPrincipalName
  expectDone(
    await company.owner.put(`${sectionId}/transfers/audited?${version}`, {
      properties: { recipientEmailId, transferTermsAccepted: true },
    }),
    'a request',
  )
  expectDone(
    await company.owner.post(`/providers/Microsoft.Billing/transfers/audited/accept?${version}`, {
      properties: {
        productDetails: [{ productType: 'AzureSubscription', productId: subscription }],
        transferTermsAccepted: true,
      },
    }),
    'an acceptance',
  )
}

async function closeMonth(cloud: TestCloud, month: string, at: string): Promise<void> {
  await cloud.clock.set(at)
  const run = await cloud.operator.put(`/providers/Tenantry.Billing/invoiceRuns/${month}?${own}`, {})
  expectDone(await cloud.operator.finish(expectDone(run, 'a run')), 'a run')
}

const batch = { 'content-type': 'application/cloudevents-batch+json' }

async function signIns(
  reporter: Client,
  tenantId: string,
  name: string,
  users: readonly string[],
  time: string,
  data: object = {},
): Promise<void> {
  const events = users.map((subject, index) => ({
    specversion: '1.0',
    type: 'tenantry.authentication.v1',
    source: '/audited',
    id: `${name}-${index}`,
    time,
    subject,
    data: { tenantId, kind: 'interactiveSignIn', ...data },
  }))
  expectDone(await reporter.post('/events', events, batch), 'sign-ins')
}

async function use(owner: Client, subscription: string, meterId: string, quantity: string, at: string): Promise<void> {
  const event = {
    specversion: '1.0',
    type: 'tenantry.usage.v1',
    source: '/audited',
    id: `use-${meterId}`,
    time: at,
    subject: `/subscriptions/${subscription}`,
    data: { meterId, quantity, usageStart: at, usageEnd: at },
  }
  const reply = expectDone(await owner.post('/events', [event], batch), 'usage')
  if (reply.body[0].status !== 'accepted') throw new Error(JSON.stringify(reply.body))
}
