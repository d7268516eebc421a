import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Decimal } from '../../../src/domain/rating/decimal.ts'
import type { Price, PriceTier } from '../../../src/domain/rating/price.ts'
import { rateQuantity } from '../../../src/domain/rating/rate-quantity.ts'

const amountOf = (price: Price, quantity: string) => rateQuantity(price, quantity).amount

const perTerabyte: Price = {
  model: 'graduated',
  scope: 'profile',
  tiers: [
    { upTo: '10', unitPrice: '2' },
    { upTo: '50', unitPrice: '1.8' },
    { upTo: null, unitPrice: '1.77' },
  ],
}

test('BIL-7: 100 TB cost 180.5 in one profile and 92.0 + 92.0 = 184.0 in two', () => {
  expect(amountOf(perTerabyte, '100')).toBe('180.5')
  expect(amountOf(perTerabyte, '50')).toBe('92')
})

test('INV-17: the parts of a graduated price say which quantity cost what', () => {
  expect(rateQuantity(perTerabyte, '100')).toEqual({
    amount: '180.5',
    includedQuantity: '0',
    effectiveUnitPrice: '1.805',
    parts: [
      { kind: 'tier', from: '0', to: '10', quantity: '10', unitPrice: '2', amount: '20' },
      { kind: 'tier', from: '10', to: '50', quantity: '40', unitPrice: '1.8', amount: '72' },
      { kind: 'tier', from: '50', to: null, quantity: '50', unitPrice: '1.77', amount: '88.5' },
    ],
  })
})

test('graduated: a quantity on the border belongs to the lower tier whole', () => {
  expect(amountOf(perTerabyte, '10')).toBe('20')
  expect(amountOf(perTerabyte, '10.000000000001')).toBe('20.0000000000018')
  expect(amountOf(perTerabyte, '0')).toBe('0')
})

test('graduated: a tier’s fee falls due when the tier is entered, not before', () => {
  const price: Price = {
    model: 'graduated',
    scope: 'profile',
    tiers: [
      { upTo: '10', unitPrice: '1', flatFee: '5' },
      { upTo: null, unitPrice: '0.5', flatFee: '3' },
    ],
  }
  expect(amountOf(price, '0')).toBe('0')
  expect(amountOf(price, '1')).toBe('6')
  expect(amountOf(price, '10')).toBe('15')
  expect(amountOf(price, '12')).toBe('19')
})

test('volume: the whole quantity has the price of the tier it ends in', () => {
  const price: Price = {
    model: 'volume',
    scope: 'profile',
    tiers: [
      { upTo: '10', unitPrice: '1' },
      { upTo: null, unitPrice: '0.5', flatFee: '2' },
    ],
  }
  expect(amountOf(price, '10')).toBe('10')
  expect(amountOf(price, '11')).toBe('7.5')
  expect(amountOf(price, '0')).toBe('0')
})

test('package: a started package is charged whole', () => {
  const price: Price = { model: 'package', scope: 'profile', packageSize: '100', packagePrice: '5' }
  expect(amountOf(price, '0')).toBe('0')
  expect(amountOf(price, '0.000000000001')).toBe('5')
  expect(amountOf(price, '100')).toBe('5')
  expect(amountOf(price, '100.1')).toBe('10')
  expect(rateQuantity(price, '250').parts).toEqual([
    { kind: 'package', from: '0', to: null, quantity: '3', unitPrice: '5', amount: '15' },
  ])
})

test('package: sizes that do not divide evenly start no package too many', () => {
  const price: Price = { model: 'package', scope: 'profile', packageSize: '0.3', packagePrice: '1' }
  expect(amountOf(price, '0.9')).toBe('3')
  expect(amountOf(price, '300000000000.3')).toBe('1000000000001')
})

test('DEC-32: usage with a flat price costs the whole fee, however little it is', () => {
  const price: Price = { model: 'flat', scope: 'profile', amount: '10' }
  expect(amountOf(price, '0')).toBe('0')
  expect(amountOf(price, '0.5')).toBe('10')
  expect(amountOf(price, '500')).toBe('10')
})

test('MAU-18: an included quantity is free, the rest costs the unit price', () => {
  const price: Price = { model: 'perUnit', scope: 'subscription', unitPrice: '0.05', includedQuantity: '50000' }
  expect(amountOf(price, '50000')).toBe('0')
  expect(rateQuantity(price, '50150')).toEqual({
    amount: '7.5',
    includedQuantity: '50000',
    effectiveUnitPrice: '0.000149551346',
    parts: [
      { kind: 'included', from: '0', to: '50000', quantity: '50000', unitPrice: '0', amount: '0' },
      { kind: 'unit', from: '0', to: null, quantity: '150', unitPrice: '0.05', amount: '7.5' },
    ],
  })
})

test('an included quantity comes before the tiers, which count what is left', () => {
  expect(amountOf({ ...perTerabyte, includedQuantity: '5' }, '15')).toBe('20')
  expect(
    amountOf(
      { model: 'package', scope: 'profile', packageSize: '100', packagePrice: '5', includedQuantity: '50' },
      '150',
    ),
  ).toBe('5')
  expect(amountOf({ model: 'flat', scope: 'profile', amount: '10', includedQuantity: '5' }, '5')).toBe('0')
})

test('INV-13: a rated amount keeps every decimal of quantity and price', () => {
  const price: Price = { model: 'perUnit', scope: 'profile', unitPrice: '0.000000000001' }
  expect(amountOf(price, '0.000000000001')).toBe('0.000000000000000000000001')
  expect(amountOf({ ...price, unitPrice: '0.1' }, '0.2')).toBe('0.02')
  expect(amountOf({ ...price, unitPrice: '123456789.123456789012' }, '987654321.987654321098')).toBe(
    '121932631356500531.371153786310585886175176',
  )
})

test('a negative quantity or a malformed one is a defect, not an amount', () => {
  const price: Price = { model: 'perUnit', scope: 'profile', unitPrice: '1' }
  expect(() => rateQuantity(price, '-1')).toThrow('A quantity cannot be negative: -1')
  expect(() => rateQuantity(price, '1e3')).toThrow('Not a plain decimal: "1e3"')
})

const tiersOf = (sizes: readonly number[], prices: readonly number[]): readonly PriceTier[] => {
  let upTo = 0
  return prices.map((price, index) => {
    upTo += sizes[index] ?? 0
    return { upTo: index === prices.length - 1 ? null : `${upTo}`, unitPrice: `${price}` }
  })
}
const tierTable = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 20 })), { minLength: 1, maxLength: 5 })
  .map((tiers) => ({ sizes: tiers.map(([size]) => size), prices: tiers.map(([, price]) => price) }))

test('graduated equals charging unit after unit, each at the price of the tier it lies in', () => {
  fc.assert(
    fc.property(tierTable, fc.nat({ max: 60 }), ({ sizes, prices }, quantity) => {
      let expected = 0
      for (let unit = 1; unit <= quantity; unit++) {
        let end = 0
        const tier = prices.findIndex((_price, index) => unit <= (end += sizes[index] ?? 0))
        expected += prices[tier < 0 ? prices.length - 1 : tier] ?? 0
      }
      const price: Price = { model: 'graduated', scope: 'profile', tiers: tiersOf(sizes, prices) }
      expect(amountOf(price, `${quantity}`)).toBe(`${expected}`)
    }),
  )
})

test('graduated never costs less for more, and its parts always add up', () => {
  fc.assert(
    fc.property(tierTable, fc.nat({ max: 500 }), fc.nat({ max: 500 }), ({ sizes, prices }, a, b) => {
      const price: Price = {
        model: 'graduated',
        scope: 'profile',
        tiers: tiersOf(sizes, prices),
        includedQuantity: '7.5',
      }
      const less = rateQuantity(price, `${a}.25`)
      const more = rateQuantity(price, `${a + b}.5`)
      expect(new Decimal(less.amount).lte(new Decimal(more.amount))).toBe(true)
      const sum = more.parts.reduce((total, part) => total.plus(new Decimal(part.amount)), new Decimal('0'))
      expect(sum.eq(new Decimal(more.amount))).toBe(true)
      for (const part of more.parts) {
        expect(new Decimal(part.quantity).times(new Decimal(part.unitPrice)).eq(new Decimal(part.amount))).toBe(true)
      }
    }),
  )
})
