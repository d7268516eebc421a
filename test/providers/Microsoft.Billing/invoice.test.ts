import { createHash, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import {
  BillingWorld,
  type Customer,
  expectSuccess,
  type LinkedTenant,
  names,
} from '../Tenantry.Billing/billing-world.ts'
import { give, holder, sdk, v2020 } from './role-holders.ts'

let cloud: TestCloud
let world: BillingWorld
let contoso: Customer
let fabrikam: Customer
let subscriptionId: string
let second: string
let research: string
let number: string
let other: LinkedTenant

/** October: one subscription in each of two sections, active users at 0.05. */
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-10-01T00:00:00Z' })
  world = new BillingWorld(cloud)
  contoso = await world.customer({
    soldTo: { companyName: 'Contoso AB', addressLine1: 'Storgatan 1', city: 'Malmö', country: 'SE' },
    poNumber: 'PO-17',
  })
  fabrikam = await world.customer()
  research = expectSuccess(
    await contoso.owner.client.put(`${contoso.profileId}/invoiceSections/RESEARCH?${v2020}`, {
      properties: { displayName: 'Research' },
    }),
  ).body.id
  subscriptionId = await world.subscription(contoso)
  second = await world.subscription(contoso, research)
  const tenant = await world.linkedTenant(contoso, subscriptionId)
  other = await world.linkedTenant(contoso, second)
  await cloud.clock.set('2026-10-20T00:00:00Z')
  await world.signIns(tenant, names('a', 100), '2026-10-12T08:00:00Z')
  await world.signIns(other, names('b', 50), '2026-10-13T08:00:00Z')
  await cloud.clock.set('2026-11-04T00:00:00Z')
  expectSuccess(await world.run('2026-10'))
  number = (await world.documents(contoso))[0]?.number ?? ''
}, 120_000)
afterAll(() => cloud?.stop())

const year = { start: '2026-01-01', end: '2026-12-31' }
const period = `periodStartDate=${year.start}&periodEndDate=${year.end}`

async function collect<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const one of pages) all.push(one)
  return all
}

const link = async (url: string) => {
  const { pathname } = new URL(url)
  return cloud.as(undefined).get(pathname)
}

/** Read from the directory at the end of the archive, where its readers look. */
function namesIn(zip: Buffer): string[] {
  const found: string[] = []
  for (let at = zip.readUInt32LE(zip.length - 6); zip.readUInt32LE(at) === 0x02014b50; ) {
    const length = zip.readUInt16LE(at + 28)
    found.push(zip.toString('utf8', at + 46, at + 46 + length))
    at += 46 + length + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
  }
  return found
}

describe('the unchanged SDK', () => {
  test('INV-5, INV-6, BIL-8: one invoice a month and profile, with its head and its sums', async () => {
    const client = sdk(world, contoso.owner.client)
    const listed = await collect(client.invoices.listByBillingAccount(contoso.account, year.start, year.end))
    expect(listed.map((invoice) => invoice.name)).toEqual([number])
    expect(listed[0]).toMatchObject({
      id: `${contoso.accountId}/invoices/${number}`,
      type: 'Microsoft.Billing/billingAccounts/invoices',
      status: 'Due',
      documentType: 'Invoice',
      invoiceType: 'AzureService',
      isMonthlyInvoice: true,
      billingProfileId: contoso.profileId,
      billingProfileDisplayName: 'Contoso',
      purchaseOrderNumber: 'PO-17',
      invoicePeriodStartDate: new Date('2026-10-01T00:00:00Z'),
      invoicePeriodEndDate: new Date('2026-10-31T00:00:00Z'),
      subTotal: { currency: 'USD', value: 7.5 },
    })
    const { subTotal, taxAmount, totalAmount, amountDue } = listed[0] ?? {}
    expect((subTotal?.value ?? 0) + (taxAmount?.value ?? 0)).toBeCloseTo(totalAmount?.value ?? 0, 10)
    expect(amountDue).toEqual(totalAmount)
    const raw = await contoso.owner.client.get(`${contoso.accountId}/invoices/${number}?${v2020}`)
    expect(raw.body.properties).toMatchObject({
      soldTo: { companyName: 'Contoso AB', country: 'SE' },
      billTo: { companyName: 'Contoso AB' },
      paymentTermsDays: expect.any(Number),
    })
    const ofProfile = client.invoices.listByBillingProfile(contoso.account, contoso.profile, year.start, year.end)
    expect((await collect(ofProfile)).map(({ name }) => name)).toEqual([number])
    expect((await client.invoices.get(contoso.account, number.toLowerCase())).name).toBe(number)
    expect((await client.invoices.getById(number)).id).toBe(`${contoso.accountId}/invoices/${number}`)
    const early = await collect(client.invoices.listByBillingAccount(contoso.account, year.start, '2026-11-03'))
    expect(early).toEqual([])
  })

  test('INV-7: the transactions of an invoice are its lines, each in its section', async () => {
    const client = sdk(world, contoso.owner.client)
    const lines = await collect(client.transactions.listByInvoice(contoso.account, number))
    expect(lines).toHaveLength(2)
    const ofResearch = lines.find((line) => line.invoiceSectionId === research)
    expect(ofResearch).toMatchObject({
      kind: 'all',
      date: new Date('2026-11-04T00:00:00Z'),
      invoice: number,
      quantity: 50,
      subTotal: { currency: 'USD', value: 2.5 },
      subscriptionId: second,
      subscriptionName: 'Production',
      invoiceSectionDisplayName: 'Research',
      billingProfileId: contoso.profileId,
      billingCurrency: 'USD',
      servicePeriodStartDate: new Date('2026-10-01T00:00:00Z'),
    })
    const page = await contoso.owner.client.get(`${contoso.accountId}/invoices/${number}/transactions?$top=1&${v2020}`)
    expect(page.body.value).toHaveLength(1)
    expect(page.body.nextLink).toContain(`${cloud.baseUrl}/providers/Microsoft.Billing/`)
  })

  test('BIL-20: the invoices of a subscription are found by the subscription', async () => {
    const client = sdk(world, contoso.owner.client, second)
    const listed = await collect(client.invoices.listByBillingSubscription(year.start, year.end))
    expect(listed.map(({ name }) => name)).toEqual([number])
    expect((await client.invoices.getBySubscriptionAndInvoiceId(number)).name).toBe(number)
    const unbilled = await world.subscription(contoso)
    const unused = sdk(world, contoso.owner.client, unbilled)
    expect(await collect(unused.invoices.listByBillingSubscription(year.start, year.end))).toEqual([])
    await expect(unused.invoices.getBySubscriptionAndInvoiceId(number)).rejects.toMatchObject({ statusCode: 404 })
    const billed = await client.billingSubscriptions.get(contoso.account)
    expect(billed.lastMonthCharges).toEqual({ currency: 'USD', value: 2.5 })
    expect((await client.billingPeriods.get('202610-1')).invoiceIds).toEqual([
      `${contoso.accountId}/invoices/${number}`,
    ])
  })

  test('INV-14: a download ends in a link that works without a token and gives the issued bytes', async () => {
    const client = sdk(world, contoso.owner.client, subscriptionId)
    const invoice = await client.invoices.get(contoso.account, number)
    const document = invoice.documents?.find(({ kind }) => kind === 'Invoice')
    const token = new URL(document?.url ?? '').searchParams.get('downloadToken') ?? ''
    const download = await client.invoices.beginDownloadInvoiceAndWait(contoso.account, number, token, {
      updateIntervalInMs: 20,
    })
    const { url, expiryTime } = download as { url?: string; expiryTime?: string | Date }
    expect(new Date(expiryTime ?? 0).toISOString()).toBe('2026-11-04T01:00:00.000Z')
    const pdf = await link(url ?? '')
    expect(pdf).toMatchObject({ status: 200, headers: { 'content-type': 'application/pdf' } })
    expect(pdf.body.subarray(0, 5).toString()).toBe('%PDF-')
    const json = await client.invoices.beginDownloadBillingSubscriptionInvoiceAndWait(number, 'json', {
      updateIntervalInMs: 20,
    })
    const bytes = await link(json.url ?? '')
    const [stored] = await world.documents(contoso)
    expect(createHash('sha256').update(JSON.stringify(bytes.body)).digest('hex')).toBe(stored?.document_sha256)
  })

  test('INV-14: several documents come as one archive', async () => {
    const client = sdk(world, contoso.owner.client, subscriptionId)
    const urls = ((await client.invoices.get(contoso.account, number)).documents ?? []).map(({ url }) => url ?? '')
    expect(urls).toHaveLength(3)
    const { url } = await client.invoices.beginDownloadMultipleBillingProfileInvoicesAndWait(contoso.account, urls, {
      updateIntervalInMs: 20,
    })
    const archive = await link(url ?? '')
    expect(archive.headers['content-type']).toBe('application/zip')
    expect(namesIn(archive.body)).toEqual(['csv', 'json', 'pdf'].map((kind) => `${number}.${kind}`))
    const ofOthers = await fabrikam.owner.client.post(`${fabrikam.accountId}/downloadDocuments?${v2020}`, urls)
    expect(ofOthers.status).toBe(404)
    const wrong = await contoso.owner.client.post(`${contoso.accountId}/downloadDocuments?${v2020}`, [
      'https://a.example/',
    ])
    expect(wrong).toMatchObject({ status: 400, body: { error: { code: 'InvalidDownloadUrl' } } })
  })

  test('D7: the first answer to a download is 202 with an absolute Location, and polls may repeat its query', async () => {
    const { client } = contoso.owner
    const reply = await client.post(`${contoso.accountId}/invoices/${number}/download?downloadToken=csv&${v2020}`)
    expect(reply.status).toBe(202)
    expect(reply.body).toBeUndefined()
    expect(reply.headers.location?.startsWith(`${cloud.baseUrl}/providers/Microsoft.Billing/`)).toBe(true)
    const { pathname, search } = new URL(reply.headers.location ?? '')
    let polled = await client.get(`${pathname}${search}&downloadToken=csv`)
    for (let poll = 0; polled.status === 202 && poll < 100; poll++) {
      await new Promise((resolve) => setTimeout(resolve, 50))
      polled = await client.get(`${pathname}${search}&downloadToken=csv`)
    }
    expect(polled.status).toBe(200)
    expect((await fabrikam.owner.client.get(`${pathname}${search}`)).status).toBe(404)
    expect((await link(polled.body.url)).headers['content-type']).toContain('text/csv')
    expect(
      await client.post(`${contoso.accountId}/invoices/${number}/download?downloadToken=exe&${v2020}`),
    ).toMatchObject({ status: 400, body: { error: { code: 'InvalidDownloadToken' } } })
    expect(await client.post(`${contoso.accountId}/invoices/${number}/download?${v2020}`)).toMatchObject({
      status: 400,
      body: { error: { code: 'MissingQueryParameter' } },
    })
  })
})

describe('who reads what', () => {
  test('D9: a link dies with the role of who asked for it, and after its hour', async () => {
    const reader = await holder(world, contoso)
    // Somebody else has to hold a role on the profile too (ACC-10).
    const manager = await holder(world, contoso, 'IM')
    const name = await give(contoso, 'BPR', reader.objectId)
    const ask = async ({ client }: typeof reader) => {
      const path = `${contoso.accountId}/invoices/${number}/download?downloadToken=json&${v2020}`
      return (await client.finish(await client.post(path))).body.url as string
    }
    const [first, kept] = [await ask(reader), await ask(manager)]
    expect((await link(first)).status).toBe(200)
    expectSuccess(await contoso.owner.client.delete(`${contoso.profileId}/billingRoleAssignments/${name}?${v2020}`))
    expect((await link(first)).status).toBe(404)
    await cloud.clock.set('2026-11-04T00:59:59.999Z')
    expect((await link(kept)).status).toBe(200)
    await cloud.clock.set('2026-11-04T01:00:00Z')
    expect((await link(kept)).status).toBe(404)
    expect((await link(`${cloud.baseUrl}/providers/Tenantry.Billing/downloads/${randomUUID()}`)).status).toBe(404)
  })

  test('INV-16: a section’s reader sees the lines of its section and no more of the invoice', async () => {
    const reader = await holder(world, contoso)
    await give(contoso, 'ISR', reader.objectId, research)
    const path = `${contoso.accountId}/invoices/${number}`
    const lines = await reader.client.get(`${path}/transactions?${v2020}`)
    expect(lines.status).toBe(200)
    expect(
      lines.body.value.map((line: { properties: { invoiceSectionId: string } }) => line.properties.invoiceSectionId),
    ).toEqual([research])
    expect((await reader.client.get(`${path}?${v2020}`)).status).toBe(403)
    expect((await reader.client.post(`${path}/download?downloadToken=pdf&${v2020}`)).status).toBe(403)
    const creator = await holder(world, contoso, 'SC')
    expect((await creator.client.get(`${path}/transactions?${v2020}`)).status).toBe(403)
  })

  test('INV-16: invoices of others look absent, and who has no role hears nothing of which there are', async () => {
    const path = (name: string) => `${contoso.accountId}/invoices/${name}?${v2020}`
    const foreign = fabrikam.owner.client
    for (const name of [number, 'INV-2026-999999']) expect((await foreign.get(path(name))).status, name).toBe(404)
    for (const account of ['default', fabrikam.account]) {
      const here = `/providers/Microsoft.Billing/billingAccounts/${account}/invoices/${number}`
      for (const url of [`${here}?${v2020}`, `${here}/transactions?${v2020}`]) {
        const reply = await foreign.get(url)
        expect(reply, url).toMatchObject({ status: 404, body: { error: { code: 'InvoiceNotFound' } } })
        expect(JSON.stringify(reply.body), url).not.toContain(contoso.account)
      }
      const download = await foreign.post(`${here}/download?downloadToken=pdf&${v2020}`)
      expect(download, account).toMatchObject({ status: 404, body: { error: { code: 'InvoiceNotFound' } } })
    }
    const nobody = await holder(world, contoso)
    for (const name of [number, 'INV-2026-999999']) expect((await nobody.client.get(path(name))).status, name).toBe(403)
    const ofSubscription = `/providers/Microsoft.Billing/billingAccounts/default/billingSubscriptions/${second}/invoices?${period}&${v2020}`
    expect((await nobody.client.get(ofSubscription)).status).toBe(403)
    expect(await foreign.get(ofSubscription)).toMatchObject({
      status: 404,
      body: { error: { code: 'SubscriptionNotFound' } },
    })
    expect(JSON.stringify((await foreign.get(ofSubscription)).body)).not.toContain(contoso.account)
  })

  test('BIL-20, DEC-46: after a move the earlier invoice stays with the payer who got it', async () => {
    const { client } = contoso.owner
    const made = expectSuccess(
      await client.put(`${contoso.accountId}/billingProfiles/LATER?${v2020}`, { properties: {} }),
    )
    const [section] = made.body.properties.invoiceSections.value
    const before = await holder(world, contoso, 'BPR')
    const after = await holder(world, contoso)
    await give(contoso, 'BPR', after.objectId, made.body.id)
    expectSuccess(
      await client.post(`${contoso.accountId}/billingSubscriptions/${second}/move?${v2020}`, {
        destinationInvoiceSectionId: section.id,
      }),
    )
    const listed = `/providers/Microsoft.Billing/billingAccounts/default/billingSubscriptions/${second}/invoices?${period}&${v2020}`
    expect((await before.client.get(listed)).body.value.map((invoice: { name: string }) => invoice.name)).toEqual([
      number,
    ])
    expect((await after.client.get(listed)).body.value).toEqual([])
    expect((await before.client.get(`${contoso.accountId}/invoices/${number}?${v2020}`)).status).toBe(200)
    expect((await after.client.get(`${contoso.accountId}/invoices/${number}?${v2020}`)).status).toBe(403)
    await cloud.clock.set('2026-11-20T00:00:00Z')
    await world.signIns(other, names('c', 30), '2026-11-12T08:00:00Z')
    await cloud.clock.set('2026-12-04T00:00:00Z')
    expectSuccess(await world.run('2026-11'))
    const later = await after.client.get(`${made.body.id}/invoices?${period}&${v2020}`)
    expect(later.body.value[0].properties.subTotal).toEqual({ currency: 'USD', value: 1.5 })
    const both = await contoso.owner.client.get(listed)
    expect(
      both.body.value.map((invoice: { properties: { subTotal: unknown } }) => invoice.properties.subTotal),
    ).toEqual([
      { currency: 'USD', value: 1.5 },
      { currency: 'USD', value: 7.5 },
    ])
  })

  test('D7: the dates of a list are days, and both are asked for', async () => {
    const path = `${contoso.accountId}/invoices`
    const { client } = contoso.owner
    expect((await client.get(`${path}?${v2020}`)).body.error.code).toBe('MissingQueryParameter')
    expect(
      (await client.get(`${path}?periodStartDate=10-2026&periodEndDate=2026-12-01&${v2020}`)).body.error.code,
    ).toBe('InvalidDate')
  })
})
