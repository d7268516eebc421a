import fc from 'fast-check'
import { expect, test } from 'vitest'
import { adjust } from '../../../src/domain/rating/adjustment.ts'
import { Decimal } from '../../../src/domain/rating/decimal.ts'
import { lineKeyText } from '../../../src/domain/rating/line-key.ts'
import { roundToMinor, sumMinor } from '../../../src/domain/rating/money.ts'
import type { Price, PriceTerms } from '../../../src/domain/rating/price.ts'
import type { QuantityRecord } from '../../../src/domain/rating/quantity-record.ts'
import { rateMonth, type RatedMonth } from '../../../src/domain/rating/rate-month.ts'
import { rateQuantity } from '../../../src/domain/rating/rate-quantity.ts'
import { always, listWith, used } from './month.ts'

const milli = (max: number) => fc.nat({ max }).map((thousandths) => new Decimal(`${thousandths}e-3`).toFixed())
const tiers = fc
  .array(fc.record({ size: fc.integer({ min: 1, max: 40 }), unitPrice: milli(5000), flatFee: milli(2000) }), {
    minLength: 1,
    maxLength: 4,
  })
  .map((sizes) => {
    let upTo = 0
    return sizes.map(({ size, ...tier }, index) => {
      upTo += size
      return { ...tier, upTo: index === sizes.length - 1 ? null : `${upTo}` }
    })
  })
const terms = fc
  .record({
    scope: fc.constantFrom('profile', 'subscription'),
    includedQuantity: fc.option(milli(60_000), { nil: undefined }),
    minimumAmount: fc.option(milli(90_000), { nil: undefined }),
  })
  .map(
    ({ scope, includedQuantity, minimumAmount }): PriceTerms => ({
      scope,
      ...(includedQuantity === undefined ? {} : { includedQuantity }),
      ...(minimumAmount === undefined ? {} : { minimumAmount }),
    }),
  )
const price: fc.Arbitrary<Price> = fc.oneof(
  fc.tuple(terms, milli(50_000)).map(([rest, amount]): Price => ({ model: 'flat', amount, ...rest })),
  fc.tuple(terms, milli(9000)).map(([rest, unitPrice]): Price => ({ model: 'perUnit', unitPrice, ...rest })),
  fc.tuple(terms, tiers).map(([rest, list]): Price => ({ model: 'graduated', tiers: list, ...rest })),
  fc.tuple(terms, tiers).map(([rest, list]): Price => ({ model: 'volume', tiers: list, ...rest })),
  fc
    .tuple(terms, fc.integer({ min: 1, max: 30 }), milli(9000))
    .map(([rest, size, packagePrice]): Price => ({ model: 'package', packageSize: `${size}`, packagePrice, ...rest })),
)
const record: fc.Arbitrary<QuantityRecord> = fc
  .record({
    meterId: fc.constantFrom('cpu', 'disk', 'unknown'),
    day: fc.integer({ min: 1, max: 4 }),
    quantity: milli(40_000),
    subscriptionId: fc.constantFrom('subscription-1', 'subscription-2'),
    invoiceSectionId: fc.constantFrom('section-1', 'section-2'),
    resourceId: fc.constantFrom('a', 'b', null),
    lineKind: fc.constantFrom('usage', 'stackUsage', 'fixedFee'),
  })
  .map(({ meterId, day, quantity, ...others }) =>
    used(meterId, `2026-10-${`${day}`.padStart(2, '0')}`, quantity, others),
  )
const records = fc.array(record, { maxLength: 25 })
const priceTable = fc.record({ cpu: price, disk: price })

const rate = (prices: Record<string, Price>, quantities: readonly QuantityRecord[]): RatedMonth =>
  rateMonth({ period: '2026-10', currency: 'SEK', priceLists: always(listWith(prices)), records: quantities })
const sumOf = (texts: readonly string[]) =>
  texts.reduce((sum, text) => sum.plus(new Decimal(text)), new Decimal('0')).toFixed()
const shuffled = <T>(items: readonly T[], keys: readonly number[]): T[] =>
  items
    .map((item, index) => ({ item, key: keys[index % keys.length] ?? 0, index }))
    .toSorted((a, b) => a.key - b.key || b.index - a.index)
    .map(({ item }) => item)

test('I-09: a month is the same whatever order its records come in', () => {
  fc.assert(
    fc.property(
      priceTable,
      records,
      fc.array(fc.nat(), { minLength: 1, maxLength: 25 }),
      (prices, quantities, keys) => {
        expect(rate(prices, shuffled(quantities, keys))).toEqual(rate(prices, quantities))
      },
    ),
    { numRuns: 300 },
  )
})

test('I-09: it makes no difference whether a day’s quantity comes whole or in two parts', () => {
  fc.assert(
    fc.property(priceTable, records, milli(5000), (prices, quantities, part) => {
      const added = quantities.map((whole) => ({ ...whole, quantity: sumOf([whole.quantity, part]) }))
      const parts = quantities.flatMap((whole) => [whole, { ...whole, quantity: part }])
      const { unpriced: _, ...ofParts } = rate(prices, parts)
      const { unpriced: __, ...ofWholes } = rate(prices, added)
      expect(ofParts).toEqual(ofWholes)
    }),
    { numRuns: 200 },
  )
})

test('I-05: the lines are the subtotal, every line is its rounded amount, and its parts are its amount', () => {
  fc.assert(
    fc.property(priceTable, records, (prices, quantities) => {
      const month = rate(prices, quantities)
      expect(sumMinor(month.lines.map((line) => line.amountMinor))).toBe(month.subtotalMinor)
      for (const line of month.lines) {
        expect(roundToMinor(new Decimal(line.amount), 'SEK')).toBe(line.amountMinor)
        expect(sumOf(line.parts.map((part) => part.amount))).toBe(line.amount)
      }
    }),
    { numRuns: 300 },
  )
})

test('I-04: every quantity is on a line or reported without a price, to the last decimal', () => {
  fc.assert(
    fc.property(priceTable, records, (prices, quantities) => {
      const month = rate(prices, quantities)
      for (const meterId of ['cpu', 'disk', 'unknown']) {
        const rated = month.lines.filter((line) => line.meterId === meterId && line.lineKind !== 'minimum')
        const unpriced = month.unpriced.filter((item) => item.record.meterId === meterId)
        expect(sumOf([...rated.map((line) => line.quantity), ...unpriced.map((item) => item.record.quantity)])).toBe(
          sumOf(quantities.filter((item) => item.meterId === meterId).map((item) => item.quantity)),
        )
      }
      expect(month.unpriced.every((item) => item.record.meterId === 'unknown')).toBe(true)
    }),
  )
})

test('INV-12: sharing a price between lines neither adds nor loses: together they cost what the sum costs', () => {
  fc.assert(
    fc.property(price, records, (anyPrice, quantities) => {
      const shared: Price = { ...anyPrice, scope: 'profile' }
      const ofMeter = quantities.filter((item) => item.meterId === 'cpu' && item.lineKind !== 'fixedFee')
      const lines = rate({ cpu: shared }, ofMeter).lines.filter((line) => line.lineKind !== 'minimum')
      const whole = rateQuantity(shared, sumOf(ofMeter.map((item) => item.quantity)))
      expect(sumOf(lines.map((line) => line.amount))).toBe(whole.amount)
      expect(sumOf(lines.map((line) => line.includedQuantity))).toBe(whole.includedQuantity)
    }),
    { numRuns: 500 },
  )
})

test('a minimum is reached exactly or exceeded, wherever there was usage', () => {
  fc.assert(
    fc.property(price, milli(90_000), records, (anyPrice, minimumAmount, quantities) => {
      const ofMeter = quantities.filter((item) => item.meterId === 'cpu')
      const month = rate({ cpu: { ...anyPrice, scope: 'profile', minimumAmount } }, ofMeter)
      const minimum = roundToMinor(new Decimal(minimumAmount), 'SEK')
      const hasMinimumLine = month.lines.some((line) => line.lineKind === 'minimum')
      const isReached = hasMinimumLine ? month.subtotalMinor === minimum : month.subtotalMinor >= minimum
      expect(ofMeter.length === 0 ? month.lines.length === 0 : isReached).toBe(true)
    }),
    { numRuns: 300 },
  )
})

test('INV-14: no two lines of a month have the same key, so a line can be found again', () => {
  fc.assert(
    fc.property(priceTable, records, (prices, quantities) => {
      const keys = rate(prices, quantities).lines.map(lineKeyText)
      expect(new Set(keys).size).toBe(keys.length)
    }),
  )
})

test('DEC-18: no free quantity is given twice, and who consumed it adds up', () => {
  fc.assert(
    fc.property(priceTable, records, (prices, quantities) => {
      const { includedQuantities, lines } = rate(prices, quantities)
      const pools = includedQuantities.map((use) => `${use.meterId}|${use.subscriptionId}`)
      expect(new Set(pools).size).toBe(pools.length)
      for (const use of includedQuantities) {
        expect(sumOf(use.consumedBy.map((consumer) => consumer.quantity))).toBe(use.consumed)
        expect(new Decimal(use.consumed).lte(new Decimal(use.granted))).toBe(true)
      }
      expect(sumOf(includedQuantities.map((use) => use.consumed))).toBe(
        sumOf(lines.map((line) => line.includedQuantity)),
      )
    }),
  )
})

test('DEC-7, INV-14: bills in any number of instalments come to one bill over complete data, line by line', () => {
  fc.assert(
    fc.property(priceTable, fc.array(records, { minLength: 1, maxLength: 4 }), (prices, instalments) => {
      const known: QuantityRecord[] = []
      const billed: Parameters<typeof adjust>[0][number][] = []
      for (const arrived of instalments) {
        known.push(...arrived)
        billed.push(...adjust(billed, rate(prices, known).lines))
      }
      const complete = rate(prices, instalments.flat())
      expect(sumMinor(billed.map((line) => line.amountMinor))).toBe(complete.subtotalMinor)
      expect(adjust(billed, complete.lines)).toEqual([])
    }),
    { numRuns: 200 },
  )
})
