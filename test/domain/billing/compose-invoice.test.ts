import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ComposedInvoice, composeInvoice } from '../../../src/domain/billing/compose-invoice.ts'
import { linesOf } from '../../../src/domain/billing/credit-note.ts'
import type {
  BillableQuantity,
  BilledInvoiceLine,
  InvoiceFacts,
  UsageMonth,
} from '../../../src/domain/billing/invoice-facts.ts'
import { findBrokenInvariant } from '../../../src/domain/billing/invoice-invariants.ts'
import { statementOf } from '../../../src/domain/billing/statement.ts'
import { decimalText, getDecimal, zero } from '../../../src/domain/rating/decimal.ts'
import type { PriceEntry } from '../../../src/domain/rating/price-list.ts'
import { shippedPriceList } from '../../../src/domain/rating/price-lists.ts'

const changedAt = new Date('2026-10-10T09:30:00.500Z')
const linkedAt = new Date('2016-01-01T00:00:00Z')

function entry(meterId: string, price: PriceEntry['price']): PriceEntry {
  return { meterId, unit: 'hour', productName: { en: meterId }, serviceFamily: 'Compute', price }
}

const prices = {
  ...shippedPriceList('illustration', 'SEK'),
  versions: shippedPriceList('illustration', 'SEK').versions.map((version) => ({
    ...version,
    prices: [
      ...version.prices,
      entry('tiered', {
        model: 'graduated',
        scope: 'profile',
        tiers: [
          { upTo: '10', unitPrice: '1.5' },
          { upTo: null, unitPrice: '0.333' },
        ],
      }),
      entry('packed', { model: 'package', scope: 'subscription', packageSize: '5', packagePrice: '2.25' }),
    ],
  })),
}

function factsOf(months: readonly Partial<UsageMonth>[], more: Partial<InvoiceFacts> = {}): InvoiceFacts {
  return {
    period: '2026-10',
    seller: {
      version: 1,
      effectiveFrom: linkedAt,
      legalName: 'Seller',
      address: {},
      taxId: 'SE1',
      bankDetails: {},
      paymentTermsDays: 30,
      taxRates: [{ country: 'SE', rate: '25', reverseCharge: false }],
    },
    account: { name: 'account', displayName: 'Account', soldTo: {} },
    profile: {
      name: 'profile',
      displayName: 'Profile',
      currency: 'SEK',
      countryCode: 'SE',
      language: 'en',
      billTo: {},
      poNumber: null,
      taxId: null,
      taxRate: null,
      reverseCharge: false,
    },
    cutoff: { batchId: 7n, reportedUntil: null },
    products: { billedUntil: null, placements: [] },
    priceLists: [{ priceList: prices, effectiveFrom: null, effectiveTo: null }],
    months: months.map((month) => ({
      period: '2026-10',
      quantities: [],
      elsewhere: [],
      billed: [],
      exchangeRates: [],
      ...month,
    })),
    names: {
      sections: new Map([
        ['one', 'One'],
        ['two', 'Two'],
      ]),
      customers: new Map(),
      subscriptions: new Map(),
      resources: new Map(),
      links: new Map([
        [
          'link',
          {
            linkId: 'link',
            identityTenantId: 'tenant',
            domain: 'contoso.example',
            held: [{ subscriptionId: 's1', from: linkedAt, to: null }],
            models: [
              { model: 'perAuthentication', from: linkedAt, to: changedAt },
              { model: 'mau', from: changedAt, to: null },
            ],
          },
        ],
      ]),
    },
    ...more,
  }
}

const used = (meterId: string, quantity: string, more: Partial<BillableQuantity> = {}): BillableQuantity => ({
  invoiceSectionName: 'one',
  customerName: null,
  subscriptionId: 's1',
  meterId,
  groupingKey: 'machine',
  usageDay: '2026-10-12',
  quantity,
  ...more,
})

const amounts = (invoice: ComposedInvoice) => linesOf(invoice.document).map((line) => [line.meterId, line.quantity])

test('INV-10: an upgraded link has both lines in the month of change, also where one of them counts nothing', () => {
  const facts = factsOf([{ quantities: [used('monthly-active-users', '150', { groupingKey: 'link' })] }])
  const invoice = composeInvoice(facts)
  expect(amounts(invoice)).toEqual([
    ['authentications', '0'],
    ['monthly-active-users', '150'],
  ])
  expect(linesOf(invoice.document).map((line) => [line.from, line.to])).toEqual([
    ['2026-10-01T00:00:00.000Z', changedAt.toISOString()],
    [changedAt.toISOString(), '2026-11-01T00:00:00.000Z'],
  ])
  expect(invoice.document.notes).toEqual([
    { key: 'transitionMonth', parameters: { tenant: 'contoso.example', changedAt: changedAt.toISOString() } },
  ])
  expect(findBrokenInvariant(facts, invoice)).toBeUndefined()
})

test('DEC-37: lines that come to nothing make a statement', () => {
  expect(composeInvoice(factsOf([{}])).document.documentType).toBe('Statement')
  const free = composeInvoice(factsOf([{ quantities: [used('authentications', '0', { groupingKey: 'link' })] }]))
  expect(free.document.documentType).toBe('Statement')
  expect(composeInvoice(factsOf([{ quantities: [used('tiered', '1')] }])).document.documentType).toBe('Invoice')
})

test('INV-1: a quantity without a price is reported and is on no line', () => {
  const facts = factsOf([{ quantities: [used('unknown-meter', '3'), used('tiered', '1')] }])
  const invoice = composeInvoice(facts)
  expect(amounts(invoice)).toEqual([['tiered', '1']])
  expect(invoice.unpriced).toMatchObject([{ reason: 'noPriceForMeter', period: '2026-10', record: { quantity: '3' } }])
  expect(findBrokenInvariant(facts, invoice)).toBeUndefined()
})

test('D11: a document whose sums or quantities are not those of its facts is found out', () => {
  const facts = factsOf([{ quantities: [used('tiered', '12')] }])
  const invoice = composeInvoice(facts)
  expect(findBrokenInvariant(facts, { ...invoice, subtotalMinor: invoice.subtotalMinor + 1n })?.code).toBe(
    'LinesDoNotSum',
  )
  expect(findBrokenInvariant(facts, { ...invoice, totalMinor: 0n })?.code).toBe('SectionsDoNotSum')
  expect(findBrokenInvariant(factsOf([{ quantities: [used('tiered', '13')] }]), invoice)?.code).toBe(
    'QuantityNotConserved',
  )
})

const quantity = fc.record({
  section: fc.constantFrom('one', 'two'),
  subscriptionId: fc.constantFrom('s1', 's2'),
  meterId: fc.constantFrom('tiered', 'packed', 'authentications'),
  groupingKey: fc.constantFrom('a', 'b'),
  day: fc.integer({ min: 1, max: 31 }),
  quantity: fc.integer({ min: 1, max: 400 }).map((tenths) => decimalText(getDecimal(String(tenths)).div('10'))),
  isLate: fc.boolean(),
})

function summed(records: readonly BillableQuantity[]): BillableQuantity[] {
  const sums = new Map<string, BillableQuantity>()
  for (const record of records) {
    const { quantity: own, ...key } = record
    const id = JSON.stringify(key)
    const before = getDecimal(sums.get(id)?.quantity ?? '0')
    sums.set(id, { ...record, quantity: decimalText(before.plus(getDecimal(own))) })
  }
  return [...sums.values()]
}

function asBilled(invoice: ComposedInvoice, documentNumber: string): BilledInvoiceLine[] {
  return invoice.lines.map(({ key, quantity: own, amountMinor }) => ({
    lineKind: key.lineKind,
    invoiceSectionName: key.invoiceSectionId,
    customerName: key.customerId,
    subscriptionId: key.subscriptionId,
    meterId: key.meterId,
    groupingKey: key.resourceId ?? '',
    priceListName: key.priceListName,
    priceVersion: key.priceVersion,
    quantity: own,
    amountMinor,
    documentNumber,
  }))
}

test('DEC-7, INV-14: two invoices come to what one over all of the usage would have come to, line by line', () => {
  fc.assert(
    fc.property(fc.array(quantity, { maxLength: 30 }), (items) => {
      const all = items.map((item) => ({
        isLate: item.isLate,
        record: used(item.meterId, item.quantity, {
          invoiceSectionName: item.section,
          subscriptionId: item.subscriptionId,
          groupingKey: item.groupingKey,
          usageDay: `2026-10-${String(item.day).padStart(2, '0')}`,
        }),
      }))
      const whole = summed(all.map(({ record }) => record))
      const inTime = summed(all.filter(({ isLate }) => !isLate).map(({ record }) => record))
      const first = composeInvoice(factsOf([{ quantities: inTime }]))
      const later = factsOf([{ quantities: whole, billed: asBilled(first, 'T1') }], { period: '2026-11' })
      const second = composeInvoice(later)
      const atOnce = composeInvoice(factsOf([{ quantities: whole }]))
      expect(findBrokenInvariant(later, second)).toBeUndefined()
      expect(first.subtotalMinor + second.subtotalMinor).toBe(atOnce.subtotalMinor)
      const total = (...invoices: ComposedInvoice[]) => {
        const sums = new Map<string, { quantity: typeof zero; minor: bigint }>()
        for (const line of invoices.flatMap((invoice) => invoice.lines)) {
          const id = JSON.stringify([
            line.key.invoiceSectionId,
            line.key.subscriptionId,
            line.key.meterId,
            line.key.resourceId,
          ])
          const before = sums.get(id) ?? { quantity: zero, minor: 0n }
          sums.set(id, {
            quantity: before.quantity.plus(getDecimal(line.quantity)),
            minor: before.minor + line.amountMinor,
          })
        }
        return [...sums]
          .filter(([, sum]) => !sum.quantity.eq(zero) || sum.minor !== 0n)
          .map(([id, sum]) => `${id} ${decimalText(sum.quantity)} ${sum.minor}`)
          .toSorted()
      }
      expect(total(first, second)).toEqual(total(atOnce))
    }),
    { numRuns: 60 },
  )
})

test('INV-16: the statements of the sections, and of the subscriptions, come to the statement of the whole', () => {
  fc.assert(
    fc.property(fc.array(quantity, { minLength: 1, maxLength: 20 }), (items) => {
      const quantities = summed(
        items.map((item) =>
          used(item.meterId, item.quantity, {
            invoiceSectionName: item.section,
            subscriptionId: item.subscriptionId,
            groupingKey: item.groupingKey,
          }),
        ),
      )
      const { document } = composeInvoice(factsOf([{ quantities }]))
      const subtotals = (views: Parameters<typeof statementOf>[1][]) =>
        decimalText(
          views.reduce((sum, view) => sum.plus(getDecimal(statementOf(document, view).summary.subtotal)), zero),
        )
      const whole = decimalText(getDecimal(document.summary.subtotal))
      expect(subtotals([{ section: 'one' }, { section: 'two' }])).toBe(whole)
      expect(subtotals([{ subscriptionId: 's1' }, { subscriptionId: 's2' }])).toBe(whole)
    }),
    { numRuns: 60 },
  )
})
