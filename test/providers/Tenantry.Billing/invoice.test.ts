import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Decimal } from '../../../src/domain/rating/decimal.ts'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { CostWorld } from '../Microsoft.Consumption/cost-world.ts'
import { type Customer, expectSuccess, linesOf, ours, type StoredDocument } from './billing-world.ts'

let cloud: TestCloud
let world: CostWorld
/** Two sections, a subscription in each, and an address of its own to be billed to. */
let customer: Customer
let marketing: string
let first: string
let second: string
let idle: Customer
let exporter: Customer
let invoice: StoredDocument

const seller = {
  legalName: 'Nordic Cloud Works AB',
  address: { addressLine1: 'Storgatan 1', postalCode: '111 22', city: 'Stockholm', country: 'SE' },
  taxId: 'SE556677889901',
  bankDetails: { iban: 'SE3550000000054910000003', bic: 'ESSESESS' },
  paymentTermsDays: 20,
  taxRates: [
    { country: 'SE', rate: '25' },
    { country: 'DE', rate: '19', reverseCharge: true },
  ],
}

beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-10-01T00:00:00Z' })
  world = new CostWorld(cloud)
  await cloud.operator.put(`/providers/Tenantry.Billing/issuer?${ours}`, { properties: seller })
  expectSuccess(
    await cloud.operator.put(`/providers/Tenantry.Pricing/priceLists/compute/versions/1?${ours}`, {
      properties: {
        currency: 'SEK',
        effectiveFrom: '2026-01-01',
        prices: [
          entry('cpu', { model: 'perUnit', unitPrice: '0.005' }),
          entry('disk', { model: 'perUnit', unitPrice: '1.10' }),
        ],
      },
    }),
  )
  customer = await world.customer({
    currency: 'SEK',
    priceList: 'compute',
    poNumber: 'PO-4711',
    soldTo: { companyName: 'Contoso AB', addressLine1: 'Kungsgatan 2', city: 'Uppsala', country: 'SE' },
    billTo: { companyName: 'Contoso Finance', addressLine1: 'Box 1', city: 'Uppsala', country: 'SE' },
  })
  idle = await world.customer({ currency: 'SEK', priceList: 'compute' })
  exporter = await world.customer({ currency: 'SEK', priceList: 'compute', countryCode: 'DE', taxId: 'DE123456789' })
  marketing = await world.section(customer, 'Marketing')
  first = await machine(customer, customer.sectionId)
  second = await machine(customer, marketing)
  const abroad = await machine(exporter, exporter.sectionId)
  await cloud.clock.set('2026-10-20T00:00:00Z')
  const { client } = customer.owner
  await world.use(client, first, '2026-10-02', '1')
  await world.use(client, first, '2026-10-09', '10', 'disk')
  await world.use(client, second, '2026-10-03', '3')
  await world.use(exporter.owner.client, abroad, '2026-10-03', '100', 'disk')
  await cloud.clock.set('2026-11-04T00:00:00Z')
  expectSuccess(await world.run('2026-10'))
  const [issued] = await world.documents(customer)
  if (!issued) throw new Error('nothing was issued')
  invoice = issued
}, 120_000)
afterAll(() => cloud?.stop())

interface Product {
  readonly name: { readonly en: string }
  readonly serviceFamilies: readonly { readonly name: string }[]
}

function entry(meterId: string, price: object) {
  return {
    meterId,
    unit: 'hour',
    productName: { en: meterId === 'cpu' ? 'Compute hours' : 'Disks' },
    serviceFamily: meterId === 'cpu' ? 'Compute' : 'Storage',
    price: { scope: 'profile', ...price },
  }
}

/** A machine in a subscription of its own, whose usage the owner may report. */
async function machine(of: Customer, sectionId: string): Promise<string> {
  const subscriptionId = await world.subscription(of, sectionId)
  await world.assign(of.owner, `/subscriptions/${subscriptionId}`, 'usagePublisher', of.owner.objectId)
  return world.resource(of.owner, subscriptionId, 'machines', 'one')
}

const subscriptionOf = (resourceId: string): string => resourceId.split('/')[2] ?? ''

describe('the document', () => {
  test('INV-5, BIL-24: its head says who sells, who buys, where it goes, its number, dates, period and terms', () => {
    expect(invoice.content).toMatchObject({
      documentType: 'Invoice',
      issue: { number: invoice.number, invoiceDate: '2026-11-04T00:00:00.000Z', dueDate: '2026-11-24T00:00:00.000Z' },
      paymentTermsDays: 20,
      period: { name: '2026-10', from: '2026-10-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' },
      currency: 'SEK',
      seller: { legalName: 'Nordic Cloud Works AB', taxId: 'SE556677889901', bankDetails: seller.bankDetails },
      billingAccount: { soldTo: { companyName: 'Contoso AB' } },
      billingProfile: { poNumber: 'PO-4711', billTo: { companyName: 'Contoso Finance' } },
    })
    expect(invoice.number).toMatch(/^T\d{9}$/)
  })

  test('INV-6, INV-13, DEC-35: lines are rounded half away from zero, tax is of the rounded subtotal, and all sums agree', () => {
    // 1 × 0.005 = 0.01 and 3 × 0.005 = 0.02, each rounded on its line; 10 × 1.10 = 11.00.
    expect(linesOf(invoice.content).map((line) => [line.amount, line.charge])).toEqual([
      ['0.005', '0.01'],
      ['11', '11.00'],
      ['0.015', '0.02'],
    ])
    expect(invoice.content.summary).toEqual({
      charges: '11.03',
      credits: '0.00',
      creditsApplied: '0.00',
      subtotal: '11.03',
      tax: '2.76',
      total: '13.79',
    })
    expect(invoice.content.taxGroups).toEqual([{ rate: '25', isReverseCharge: false, taxable: '11.03', tax: '2.76' }])
    const sum = (values: string[]) => values.reduce((total, value) => total.plus(value), new Decimal('0')).toFixed(2)
    const lines = linesOf(invoice.content)
    expect(sum(lines.map((line) => line.tax))).toBe('2.76')
    expect(sum(lines.map((line) => line.total))).toBe('13.79')
    const sections: { summary: { total: string; tax: string } }[] = invoice.content.sections
    expect(sum(sections.map((section) => section.summary.total))).toBe('13.79')
  })

  test('INV-7, BIL-5: it is by section, product, service family and line', () => {
    const outline = invoice.content.sections.map((section: { displayName: string; products: Product[] }) => [
      section.displayName,
      section.products.map((product) => [product.name.en, product.serviceFamilies.map((family) => family.name)]),
    ])
    expect(outline).toEqual([
      [
        'Default',
        [
          ['Compute hours', ['Compute']],
          ['Disks', ['Storage']],
        ],
      ],
      ['Marketing', [['Compute hours', ['Compute']]]],
    ])
    expect(linesOf(invoice.content)[0]).toMatchObject({
      lineNumber: 1,
      subscriptionId: subscriptionOf(first),
      unitPrice: '0.005',
      quantity: '1',
      taxRate: '25',
      resource: { id: first },
    })
  })

  test('BIL-24: a business in another country accounts for the tax itself, and the invoice says so', async () => {
    const [issued] = await world.documents(exporter)
    expect(issued?.content.taxGroups).toEqual([{ rate: '0', isReverseCharge: true, taxable: '110.00', tax: '0.00' }])
    expect(issued?.content.notes).toContainEqual({ key: 'reverseCharge', parameters: {} })
    expect(issued?.content.billingProfile.taxId).toBe('DE123456789')
  })

  test('DEC-37: a month without charges gives a statement and takes no number', async () => {
    const [statement] = await world.documents(idle)
    expect(statement).toMatchObject({ number: null, document_type: 'Statement', content: { sections: [] } })
    expect(statement?.content.issue.number).toBeNull()
    expect((await world.read(statement?.id ?? '')).body.properties.documentType).toBe('Statement')
  })

  test('BIL-8: there is one for each profile and month, and running the month again changes nothing', async () => {
    const before = await world.documents(customer)
    const again = await world.run('2026-10')
    expect(again).toMatchObject({ status: 200, body: { properties: { provisioningState: 'Succeeded' } } })
    expect(await world.documents(customer)).toEqual(before)
    expect(before).toHaveLength(1)
  })

  test('INV-14: the database itself refuses to change or remove what was issued', async () => {
    const { db } = cloud.running
    await expect(
      db.updateTable('invoice').set({ total_minor: 0n }).where('id', '=', invoice.id).execute(),
    ).rejects.toThrow('never edited')
    await expect(db.deleteFrom('invoice_line').where('invoice_id', '=', invoice.id).execute()).rejects.toThrow(
      'never edited',
    )
  })
})

describe('files and explanations', () => {
  const file = (name: string, kind: string, more = '') =>
    cloud.operator.get(`/providers/Tenantry.Billing/invoices/${name}/documents/${kind}?${ours}${more}`)

  test('INV-14: PDF and CSV are drawn once and then are the same bytes for ever, under their SHA-256', async () => {
    for (const kind of ['pdf', 'csv']) {
      const [one, two] = [await file(invoice.name, kind), await file(invoice.name, kind)]
      expect(one.status).toBe(200)
      expect(two.body).toEqual(one.body)
      const bytes = typeof one.body === 'string' ? Buffer.from(one.body) : one.body
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(one.headers['x-tenantry-sha256'])
    }
    expect((await file(invoice.name, 'pdf')).headers['content-type']).toBe('application/pdf')
    expect((await file(invoice.name, 'pdf', '&language=sv')).body).not.toEqual((await file(invoice.name, 'pdf')).body)
    expect((await file(invoice.name, 'docx')).status).toBe(400)
  })

  test('INV-14: the JSON is the document byte for byte', async () => {
    const reply = await file(invoice.name, 'json')
    expect(JSON.stringify(reply.body)).toBe(invoice.document)
    expect(reply.headers['x-tenantry-sha256']).toBe(invoice.document_sha256)
    expect(createHash('sha256').update(invoice.document).digest('hex')).toBe(invoice.document_sha256)
  })

  test('INV-2, INV-17: each line explains itself by its events, which add up to it', async () => {
    for (const line of linesOf(invoice.content)) {
      const reply = await cloud.operator.get(
        `/providers/Tenantry.Billing/invoices/${invoice.name}/lines/${line.lineNumber}/events?${ours}`,
      )
      expect(reply.status).toBe(200)
      const total = (reply.body.value as { quantity: string }[]).reduce(
        (sum, event) => sum.plus(event.quantity),
        new Decimal('0'),
      )
      expect(total.toFixed()).toBe(line.quantity)
      expect(reply.body.line).toMatchObject({
        eventQuantity: line.quantity,
        priceList: { name: 'compute', version: 1 },
      })
      expect(reply.body.value[0]).toMatchObject({
        source: '/machines',
        disposition: 'counted',
        reportedAt: '2026-10-20T00:00:00.000Z',
        route: { subscriptionId: line.subscriptionId },
      })
    }
  })

  test('INV-3: a statement of the running month is an estimate without tax', async () => {
    await cloud.clock.set('2026-11-10T00:00:00Z')
    await world.use(customer.owner.client, first, '2026-11-05', '7', 'disk')
    const path = `${customer.profileId}/providers/Tenantry.Billing/statements`
    const pending = await customer.owner.client.get(`${path}/2026-11?${ours}`)
    expect(pending.body.properties).toMatchObject({
      estimated: true,
      statements: [{ state: 'Pending', number: null, summary: { subtotal: '7.70', tax: '0.00', total: '7.70' } }],
    })
    const issued = await customer.owner.client.get(`${path}/2026-10?${ours}`)
    expect(issued.body.properties).toMatchObject({
      estimated: false,
      statements: [{ state: 'Issued', number: invoice.number, summary: invoice.content.summary }],
    })
  })
})

describe('who may read', () => {
  const statement = (scope: string) => `${scope}/providers/Tenantry.Billing/statements/2026-10?${ours}`

  test('INV-16: a reader of a subscription sees its statement, and nothing else of the account', async () => {
    const reader = await world.person(customer)
    const scope = `/subscriptions/${subscriptionOf(second)}`
    await world.assign(customer.owner, scope, 'reader', reader.objectId)
    const own = await reader.client.get(statement(scope))
    expect(own.status).toBe(200)
    expect(own.body.properties.statements[0].summary.subtotal).toBe('0.02')
    expect(JSON.stringify(own.body)).not.toContain(subscriptionOf(first))
    expect(JSON.stringify(own.body)).not.toContain('Contoso Finance')
    expect((await reader.client.get(statement(customer.profileId))).status).toBe(403)
    expect((await reader.client.get(statement(`/subscriptions/${subscriptionOf(first)}`))).status).toBe(403)
    expect((await world.read(invoice.name, reader.client)).status).toBe(403)
  })

  test('INV-16: a reader of a section sees the part of the section', async () => {
    const reader = await world.person(customer)
    await world.assignBilling(customer.owner, marketing, 'ISR', reader)
    const own = await reader.client.get(statement(marketing))
    expect(
      own.body.properties.statements[0].sections.map((section: { displayName: string }) => section.displayName),
    ).toEqual(['Marketing'])
    expect((await reader.client.get(statement(customer.sectionId))).status).toBe(403)
    expect((await world.read(invoice.name, reader.client)).status).toBe(403)
  })

  test('INV-16: holders of billing roles read invoices; strangers cannot tell that there are any', async () => {
    for (const role of ['BPR', 'IM'] as const) {
      const holder = await world.person(customer)
      await world.assignBilling(customer.owner, customer.profileId, role, holder)
      expect((await world.read(invoice.name, holder.client)).status).toBe(200)
    }
    const stranger = idle.owner.client
    const path = `/providers/Tenantry.Billing/invoices/${invoice.name}`
    for (const below of ['', '/lines/1/events', '/documents/pdf'])
      expect(await stranger.get(`${path}${below}?${ours}`)).toMatchObject({
        status: 404,
        body: { error: { code: 'InvoiceNotFound' } },
      })
    expect((await stranger.get(`/providers/Tenantry.Billing/invoices/T999999999?${ours}`)).body.error.code).toBe(
      'InvoiceNotFound',
    )
    expect((await stranger.get(statement(customer.profileId))).status).toBe(404)
    expect((await stranger.get(statement(`/subscriptions/${subscriptionOf(first)}`))).status).toBe(404)
  })
})

describe('corrections', () => {
  const credit = (name: string, properties: object) =>
    cloud.operator.post(`/providers/Tenantry.Billing/invoices/${name}/creditNotes?${ours}`, { properties })

  test('INV-14, BIL-23: lines are taken back by a credit note that names the original and has its own number', async () => {
    const reply = await credit(invoice.name, { reason: 'The disk was never attached', lines: [2] })
    expect(reply.status).toBe(201)
    const { document, number, documentType } = reply.body.properties
    expect({ number, documentType }).toEqual({ number: 'C000000001', documentType: 'CreditNote' })
    expect(document.creditFor).toEqual({
      number: invoice.number,
      invoiceDate: '2026-11-04T00:00:00.000Z',
      reason: 'The disk was never attached',
    })
    const original = linesOf(invoice.content)[1]
    expect(linesOf(document)).toMatchObject([
      {
        chargeType: 'Credit',
        quantity: '-10',
        credit: '-11.00',
        tax: `-${original.tax}`,
        description: { key: 'credit', parameters: { number: invoice.number, line: '2' } },
      },
    ])
    expect((await world.read(invoice.name)).body.properties.status).toBe('Due')
  })

  test('INV-14: a line is taken back once; the rest can be, and then the invoice is void', async () => {
    expect(await credit(invoice.name, { reason: 'Again', lines: [2] })).toMatchObject({
      status: 409,
      body: { error: { code: 'AlreadyCredited' } },
    })
    expect((await credit(invoice.name, { reason: 'What line?', lines: [99] })).status).toBe(400)
    const rest = await credit(invoice.name, { reason: 'Everything else' })
    expect(rest.body.properties.document.summary.subtotal).toBe('-0.03')
    const both = (await world.documents(customer)).filter((document) => document.document_type === 'CreditNote')
    const totals = both.map((note) => new Decimal(note.content.summary.total as string))
    expect(totals.reduce((sum, total) => sum.plus(total)).toFixed()).toBe(`-${invoice.content.summary.total}`)
    expect((await world.read(invoice.name)).body.properties.status).toBe('Void')
    expect((await credit(invoice.name, { reason: 'Once more' })).status).toBe(409)
    expect((await world.read(invoice.name)).body.properties.document).toEqual(invoice.content)
  })

  test('INV-14: only the operator credits, and credit notes are not credited', async () => {
    expect(
      (
        await customer.owner.client.post(`/providers/Tenantry.Billing/invoices/${invoice.name}/creditNotes?${ours}`, {
          properties: { reason: 'Mine' },
        })
      ).status,
    ).toBe(403)
    expect((await credit('C000000001', { reason: 'No' })).body.error.code).toBe('NotAnInvoice')
  })

  test('DEC-7: what was given back is not billed again; only late usage is, with its true month', async () => {
    await world.use(customer.owner.client, second, '2026-10-30', '2')
    await cloud.clock.set('2026-12-04T00:00:00Z')
    expectSuccess(await world.run('2026-11'))
    const [next] = await world.documents(customer)
    expect(linesOf(next?.content)).toMatchObject([
      { chargeType: 'Usage', usagePeriod: '2026-11', charge: '7.70' },
      {
        chargeType: 'Adjustment',
        usagePeriod: '2026-10',
        quantity: '2',
        charge: '0.01',
        adjustment: { billedQuantity: '3', ratedQuantity: '5', billedAmount: '0.02', ratedAmount: '0.03' },
      },
    ])
    expect(next?.content.notes).toContainEqual({ key: 'lateUsage', parameters: { periods: '2026-10' } })
  })

  test('INV-5: numbers of a series have no gap', async () => {
    const { db } = cloud.running
    const rows = await db.selectFrom('invoice').select('number').where('number', 'is not', null).execute()
    for (const series of ['T', 'C']) {
      const counted = rows.flatMap(({ number }) => (number?.startsWith(series) ? [Number(number.slice(1))] : []))
      expect(counted.toSorted((a, b) => a - b)).toEqual(counted.map((_, index) => index + 1))
    }
  })

  test('DEC-7: a month before the last one is not run any more', async () => {
    expect(await world.run('2026-09')).toMatchObject({
      status: 409,
      body: { error: { code: 'LaterPeriodInvoiced' } },
    })
    expect((await world.run('2026-13')).body.error.code).toBe('InvalidBillingPeriod')
  })
})
