import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findCurrency, getCurrency } from '../../../src/domain/rating/currency.ts'
import { Decimal } from '../../../src/domain/rating/decimal.ts'
import {
  findMinor,
  formatMinor,
  formatMoney,
  fromMinor,
  roundToMinor,
  sumMinor,
  taxFromBasisPoints,
  taxFromPercentage,
} from '../../../src/domain/rating/money.ts'

const decimal = (text: string) => new Decimal(text)

test.each([
  ['10.494999999999', 1049n],
  ['10.495', 1050n],
  ['10.505', 1051n],
  ['-10.494999999999', -1049n],
  ['-10.495', -1050n],
  ['-10.505', -1051n],
  ['0.004999999999', 0n],
  ['-0.004999999999', 0n],
  ['0.005', 1n],
  ['-0.005', -1n],
])('DEC-35: %s SEK is rounded half away from zero to %s öre', (amount, minor) => {
  expect(roundToMinor(decimal(amount), 'SEK')).toBe(minor)
})

test('DEC-35: the minor unit is the currency’s own, none for JPY and three decimals for KWD', () => {
  expect(roundToMinor(decimal('1234.5'), 'JPY')).toBe(1235n)
  expect(roundToMinor(decimal('1234.5675'), 'KWD')).toBe(1234568n)
  expect(formatMinor(1235n, 'JPY')).toBe('1235')
  expect(formatMinor(1234568n, 'KWD')).toBe('1234.568')
})

test('D5: a currency whose minor unit is not known is refused, never guessed', () => {
  expect(findCurrency('SEK')).toBe('SEK')
  expect(findCurrency('sek')).toBeUndefined()
  expect(findCurrency('XYZ')).toBeUndefined()
  expect(findCurrency('constructor')).toBeUndefined()
  expect(() => getCurrency('XYZ')).toThrow('Currency "XYZ" is not supported')
})

test('D5: rating refuses binary floating point', () => {
  // @ts-expect-error the constructor's type would allow it, strict mode does not
  expect(() => new Decimal(0.1 as string)).toThrow('[big.js] Invalid value')
})

test('an amount is written with all of its currency’s decimals and its sign', () => {
  expect(formatMinor(1050n, 'SEK')).toBe('10.50')
  expect(formatMinor(5n, 'SEK')).toBe('0.05')
  expect(formatMinor(-5n, 'SEK')).toBe('-0.05')
  expect(formatMinor(0n, 'EUR')).toBe('0.00')
  expect(formatMoney({ minor: 123456789012345678901n, currency: 'EUR' })).toBe('1234567890123456789.01 EUR')
})

test('an amount that people enter must be exact in its currency', () => {
  expect(findMinor('10.50', 'SEK')).toBe(1050n)
  expect(findMinor('10.5', 'SEK')).toBe(1050n)
  expect(findMinor('-3', 'SEK')).toBe(-300n)
  expect(findMinor('10.505', 'SEK')).toBeUndefined()
  expect(findMinor('10.5', 'JPY')).toBeUndefined()
  expect(findMinor('1e3', 'SEK')).toBeUndefined()
  expect(findMinor('', 'SEK')).toBeUndefined()
})

test('INV-13: tax is rounded once, on a subtotal that is rounded already', () => {
  expect(taxFromPercentage({ minor: 1050n, currency: 'SEK' }, '25')).toEqual({ minor: 263n, currency: 'SEK' })
  expect(taxFromPercentage({ minor: -1050n, currency: 'SEK' }, '25')).toEqual({ minor: -263n, currency: 'SEK' })
  expect(taxFromPercentage({ minor: 10000n, currency: 'CHF' }, '8.1')).toEqual({ minor: 810n, currency: 'CHF' })
  expect(taxFromPercentage({ minor: 999n, currency: 'JPY' }, '10')).toEqual({ minor: 100n, currency: 'JPY' })
  expect(taxFromBasisPoints({ minor: 1050n, currency: 'SEK' }, 2500n)).toEqual({ minor: 263n, currency: 'SEK' })
  expect(taxFromBasisPoints({ minor: 1050n, currency: 'SEK' }, 0n)).toEqual({ minor: 0n, currency: 'SEK' })
})

test('minor units survive the way to text and back, however large', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 22n), max: 10n ** 22n }),
      fc.constantFrom('SEK', 'JPY', 'KWD'),
      (minor, code) => {
        const currency = getCurrency(code)
        expect(findMinor(formatMinor(minor, currency), currency)).toBe(minor)
        expect(roundToMinor(fromMinor(minor, currency), currency)).toBe(minor)
      },
    ),
  )
})

test('DEC-35: rounding treats an amount and its negative alike and moves it by half a unit at most', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), (units) => {
      const amount = decimal(`${units}e-12`)
      const rounded = roundToMinor(amount, 'SEK')
      expect(roundToMinor(amount.times(decimal('-1')), 'SEK')).toBe(-rounded)
      expect(fromMinor(rounded, 'SEK').minus(amount).abs().lte(decimal('0.005'))).toBe(true)
    }),
  )
})

test('a sum of minor units is exact beyond what a float can hold', () => {
  expect(sumMinor([9007199254740993n, 1n, -2n])).toBe(9007199254740992n)
  expect(sumMinor([])).toBe(0n)
})
