import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CostLine, costLinesOf, type DocumentedLine } from '../../../src/domain/billing/cost.ts'
import { neighbourInfluenceOf, withNeighboursTogether } from '../../../src/domain/billing/cost-neighbour.ts'
import type { BillableQuantity, UsageMonth } from '../../../src/domain/billing/invoice-facts.ts'
import { type PricingFacts, rateUsageMonth } from '../../../src/domain/billing/rate-usage-month.ts'
import { Decimal, decimalText, getDecimal } from '../../../src/domain/rating/decimal.ts'
import { lineKeyText } from '../../../src/domain/rating/line-key.ts'
import type { Price } from '../../../src/domain/rating/price.ts'
import { always, listWith } from '../rating/month.ts'

const used = (day: number, quantity: string, others: Partial<BillableQuantity> = {}): BillableQuantity => ({
  invoiceSectionName: 'SECTION',
  customerName: null,
  subscriptionId: 'subscription-1',
  meterId: 'cpu',
  groupingKey: 'machine',
  usageDay: `2026-10-${String(day).padStart(2, '0')}`,
  quantity,
  ...others,
})

function factsOf(prices: Record<string, Price>, period: PricingFacts['period'] = '2026-10'): PricingFacts {
  return {
    period,
    profile: { currency: 'SEK' },
    priceLists: always(listWith(prices)),
    names: { subscriptions: new Map(), links: new Map() },
  }
}

const monthOf = (quantities: readonly BillableQuantity[]): UsageMonth => ({
  period: '2026-10',
  quantities,
  elsewhere: [],
  billed: [],
  exchangeRates: [],
})

const sumOf = (amounts: readonly string[]): string =>
  decimalText(amounts.reduce((sum, amount) => sum.plus(getDecimal(amount)), new Decimal('0')))
const rowsOf = (line: CostLine | undefined) =>
  line?.rows.map((row) => [row.firstDay, row.lastDay, row.quantity, row.amount]) ?? []

/** The line as it was billed: what rating gives for these quantities. */
function documentedBy(facts: PricingFacts, quantities: readonly BillableQuantity[], number: string): DocumentedLine[] {
  return rateUsageMonth({ ...facts, period: '2026-10' }, monthOf(quantities)).charges.map(({ key, rated }) => ({
    lineKind: key.lineKind,
    invoiceSectionName: key.invoiceSectionId,
    customerName: key.customerId,
    subscriptionId: key.subscriptionId,
    meterId: key.meterId,
    groupingKey: key.resourceId ?? '',
    priceListName: key.priceListName,
    priceVersion: key.priceVersion,
    quantity: rated?.quantity ?? '0',
    amount: rated?.amount ?? '0',
    amountMinor: rated?.amountMinor ?? 0n,
    documentNumber: number,
    chargeType: key.lineKind === 'minimum' ? 'Minimum' : 'Usage',
    document: { id: number, number, documentType: 'Invoice', period: '2026-10', creditFor: null },
  }))
}

describe('INV-17: the days of a line add up to the line, to the last decimal', () => {
  const decimal = (max: number) => fc.nat({ max }).map((thousandths) => new Decimal(`${thousandths}e-3`).toFixed())
  const price: fc.Arbitrary<Price> = fc.oneof(
    fc.record({
      model: fc.constant('perUnit' as const),
      scope: fc.constantFrom('profile' as const, 'subscription' as const),
      unitPrice: decimal(9000),
      includedQuantity: fc.constantFrom('5', '12.5'),
      minimumAmount: fc.constantFrom('40', '900'),
    }),
    fc.record({
      model: fc.constantFrom('graduated' as const, 'volume' as const),
      scope: fc.constantFrom('profile' as const, 'subscription' as const),
      tiers: fc.constant([
        { upTo: '10', unitPrice: '1.125', flatFee: '3' },
        { upTo: '25.5', unitPrice: '0.333' },
        { upTo: null, unitPrice: '0.0107', flatFee: '0.01' },
      ]),
    }),
    fc.record({
      model: fc.constant('package' as const),
      scope: fc.constant('profile' as const),
      packageSize: fc.constant('7'),
      packagePrice: decimal(9000),
    }),
    fc.record({ model: fc.constant('flat' as const), scope: fc.constant('profile' as const), amount: decimal(9000) }),
  )
  const quantity = fc
    .record({
      day: fc.integer({ min: 1, max: 31 }),
      amount: decimal(20_000),
      subscriptionId: fc.constantFrom('subscription-1', 'subscription-2'),
      groupingKey: fc.constantFrom('a', 'b'),
      invoiceSectionName: fc.constantFrom('ONE', 'TWO'),
    })
    .map(({ day, amount, ...others }) => used(day, amount, others))
  const usage = fc.uniqueArray(quantity, {
    selector: ({ quantity: _, ...key }) => JSON.stringify(key),
    maxLength: 25,
  })

  test('before there is an invoice, whatever the price model', () => {
    fc.assert(
      fc.property(price, usage, (cpu, quantities) => {
        const facts = factsOf({ cpu })
        const expected = rateUsageMonth(facts, monthOf(quantities)).charges
        const lines = costLinesOf(facts, monthOf(quantities), [])
        expect(lines.map((line) => [lineKeyText(line.key), sumOf(line.rows.map((row) => row.amount))])).toEqual(
          expected.map((charge) => [lineKeyText(charge.key), charge.rated?.amount]),
        )
        for (const line of lines) {
          expect(line.document).toBeNull()
          if (line.chargeType !== 'Minimum')
            expect(sumOf(line.rows.map((row) => row.quantity))).toBe(decimalText(getDecimal(line.quantity)))
        }
      }),
    )
  })

  test('after it, with late usage in whatever place', () => {
    fc.assert(
      fc.property(price, usage, fc.nat({ max: 25 }), (cpu, quantities, kept) => {
        const facts = factsOf({ cpu }, '2026-11')
        const documented = documentedBy(facts, quantities.slice(0, kept), 'INV-1')
        const lines = costLinesOf(facts, monthOf(quantities), documented)
        for (const line of lines)
          expect(sumOf(line.rows.map((row) => row.amount))).toBe(decimalText(getDecimal(line.amount)))
        const issued = lines.filter((line) => line.document)
        expect(issued.map((line) => line.amount)).toEqual(documented.map((line) => line.amount))
        const { charges } = rateUsageMonth(facts, { ...monthOf(quantities), billed: documented })
        const pending = lines.filter((line) => !line.document)
        expect(pending.map((line) => line.amountMinor)).toEqual(charges.map((charge) => charge.amountMinor))
        expect(new Set(pending.map((line) => line.billingPeriod))).toEqual(
          new Set(pending.length > 0 ? ['2026-11'] : []),
        )
      }),
    )
  })
})

test('INV-12: a tier falls on the days that reach it, so each day has its own cost', () => {
  const tiers = [
    { upTo: '10', unitPrice: '1' },
    { upTo: null, unitPrice: '0.1' },
  ]
  const facts = factsOf({ cpu: { model: 'graduated', scope: 'profile', tiers } })
  const [line] = costLinesOf(facts, monthOf([used(3, '8'), used(1, '6'), used(2, '5')]), [])
  expect(rowsOf(line)).toEqual([
    ['2026-10-01', '2026-10-01', '6', '6'],
    ['2026-10-02', '2026-10-02', '5', '4.1'],
    ['2026-10-03', '2026-10-03', '8', '0.8'],
  ])
})

test('INV-14: what was billed keeps its days as long as nothing is late, and what is late is pending beside it', () => {
  const facts = factsOf({ cpu: { model: 'perUnit', scope: 'profile', unitPrice: '0.333' } }, '2026-11')
  const before = [used(1, '1'), used(5, '2')]
  const documented = documentedBy(facts, before, 'INV-1')
  const [whole] = costLinesOf(facts, monthOf(before), documented)
  expect([whole?.document?.number, rowsOf(whole)]).toEqual([
    'INV-1',
    [
      ['2026-10-01', '2026-10-01', '1', '0.333'],
      ['2026-10-05', '2026-10-05', '2', '0.666'],
    ],
  ])
  const lines = costLinesOf(facts, monthOf([...before, used(7, '1')]), documented)
  expect(lines.map((line) => [line.document?.number ?? null, line.billingPeriod, line.chargeType])).toEqual([
    ['INV-1', '2026-10', 'Usage'],
    [null, '2026-11', 'Adjustment'],
  ])
  expect(lines.map(rowsOf)).toEqual([
    [['2026-10-01', '2026-10-31', '3', '0.999']],
    [['2026-10-01', '2026-10-31', '1', '0.33']],
  ])
  expect(lines[1]?.previousNumbers).toEqual(['INV-1'])
})

test('DEC-7: a line that is wholly late shows its true days, rounded as its adjustment will be', () => {
  const facts = factsOf({ cpu: { model: 'perUnit', scope: 'profile', unitPrice: '0.333' } }, '2026-11')
  const [line] = costLinesOf(facts, monthOf([used(9, '1'), used(28, '1')]), [])
  expect([line?.chargeType, line?.amount, rowsOf(line)]).toEqual([
    'Adjustment',
    '0.67',
    [
      ['2026-10-09', '2026-10-09', '1', '0.333'],
      ['2026-10-28', '2026-10-28', '1', '0.337'],
    ],
  ])
})

test('INV-14: a credit note is a refund of its own and leaves the days of its invoice as they are', () => {
  const facts = factsOf({ cpu: { model: 'perUnit', scope: 'profile', unitPrice: '2' } }, '2026-11')
  const [billed] = documentedBy(facts, [used(1, '1'), used(2, '1')], 'INV-1')
  const credit: DocumentedLine = {
    ...billed!,
    chargeType: 'Credit',
    quantity: '-2',
    amount: '-4',
    amountMinor: -400n,
    documentNumber: 'CRE-1',
    document: { id: 'CRE-1', number: 'CRE-1', documentType: 'CreditNote', period: '2026-10', creditFor: 'INV-1' },
  }
  const lines = costLinesOf(facts, monthOf([used(1, '1'), used(2, '1')]), [billed!, credit])
  expect(lines.map((line) => [line.document?.number, line.chargeType, line.rows.length, line.previousNumbers])).toEqual(
    [
      ['INV-1', 'Usage', 2, []],
      ['CRE-1', 'Credit', 1, ['INV-1']],
    ],
  )
})

describe('INV-12: what the neighbours of a subscription have to do with its cost', () => {
  const tiers = [{ upTo: null, unitPrice: '1' }]
  const perUnit = { model: 'perUnit', scope: 'profile', unitPrice: '1' } as const

  test('is nothing, their place before and after it, or every line of theirs', () => {
    const influence = (price: Price) => neighbourInfluenceOf(always(listWith({ cpu: price })))
    expect(influence(perUnit)).toBe('none')
    expect(influence({ model: 'graduated', scope: 'subscription', tiers })).toBe('none')
    expect(influence({ ...perUnit, scope: 'subscription', minimumAmount: '5' })).toBe('none')
    expect(influence({ model: 'graduated', scope: 'profile', tiers })).toBe('position')
    expect(influence({ ...perUnit, includedQuantity: '5' })).toBe('position')
    expect(influence({ ...perUnit, includedQuantity: '5', includedQuantityNotFor: ['trial'] })).toBe('whole')
    expect(influence({ ...perUnit, minimumAmount: '5' })).toBe('whole')
  })

  test('comes to the same when neighbours are taken together', () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f']
    const usage = fc.uniqueArray(
      fc
        .record({
          day: fc.integer({ min: 1, max: 5 }),
          amount: fc.nat({ max: 9000 }).map((thousandths) => new Decimal(`${thousandths}e-3`).toFixed()),
          subscriptionId: fc.constantFrom(...ids),
          meterId: fc.constantFrom('cpu', 'disk'),
          groupingKey: fc.constantFrom('x', 'y'),
        })
        .map(({ day, amount, ...others }) => used(day, amount, others)),
      { selector: ({ quantity: _, ...key }) => JSON.stringify(key), maxLength: 40 },
    )
    const graduated = [
      { upTo: '10', unitPrice: '1.125', flatFee: '3' },
      { upTo: '30', unitPrice: '0.333' },
      { upTo: null, unitPrice: '0.0107', flatFee: '0.01' },
    ]
    const cpu: fc.Arbitrary<Price> = fc.constantFrom<Price>(
      { model: 'graduated', scope: 'profile', tiers: graduated },
      { model: 'volume', scope: 'profile', tiers: graduated },
      { model: 'package', scope: 'profile', packageSize: '7', packagePrice: '5' },
      { model: 'flat', scope: 'profile', amount: '9' },
      { ...perUnit, includedQuantity: '12.5' },
    )
    const disk: Price = { model: 'graduated', scope: 'subscription', tiers: graduated }
    fc.assert(
      fc.property(cpu, usage, fc.subarray(ids, { minLength: 1 }), (price, quantities, asked) => {
        const facts = factsOf({ cpu: price, disk })
        const isAsked = ({ subscriptionId }: { subscriptionId: string }) => asked.includes(subscriptionId)
        const together = withNeighboursTogether(quantities, asked)
        expect(costLinesOf(facts, monthOf(together), [], isAsked)).toEqual(
          costLinesOf(facts, monthOf(quantities), [], isAsked),
        )
      }),
    )
  })
})
