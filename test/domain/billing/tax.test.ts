import fc from 'fast-check'
import { expect, test } from 'vitest'
import { allocateTax, decideTax } from '../../../src/domain/billing/tax.ts'
import { sumMinor, taxFromPercentage } from '../../../src/domain/rating/money.ts'

const rates = fc.constantFrom('0', '6', '12', '25', '7.7', '19')

test('INV-13: the tax of the lines is the tax of the subtotal, whatever the lines are', () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt({ min: -10_000n, max: 10_000n }), { maxLength: 60 }), rates, (amounts, rate) => {
      const { byLine, taxMinor, taxableMinor } = allocateTax(amounts, rate, 'SEK')
      expect(taxableMinor).toBe(sumMinor(amounts))
      expect(taxMinor).toBe(taxFromPercentage({ minor: taxableMinor, currency: 'SEK' }, rate).minor)
      expect(sumMinor(byLine)).toBe(taxMinor)
      expect(byLine).toHaveLength(amounts.length)
    }),
  )
})

test('INV-13: a line shows its own tax to within one minor unit, and a line of nothing none', () => {
  fc.assert(
    fc.property(
      fc.array(fc.bigInt({ min: 0n, max: 100_000n }), { minLength: 1, maxLength: 60 }),
      rates,
      (amounts, rate) => {
        const { byLine } = allocateTax(amounts, rate, 'SEK')
        for (const [index, amount] of amounts.entries()) {
          const own = taxFromPercentage({ minor: amount, currency: 'SEK' }, rate).minor
          const difference = (byLine[index] ?? 0n) - own
          expect(difference >= -1n && difference <= 1n).toBe(true)
          if (amount === 0n) expect(byLine[index]).toBe(0n)
        }
      },
    ),
  )
})

test('BIL-24: what was decided for the buyer wins, then the rate of the country it is billed in, then none', () => {
  const seller = {
    taxRates: [
      { country: 'SE', rate: '25', reverseCharge: false },
      { country: 'DE', rate: '19', reverseCharge: true },
    ],
  }
  const buyer = { taxRate: null, reverseCharge: false, taxId: null, countryCode: 'SE', billTo: {} }
  expect(decideTax(seller, buyer)).toEqual({ rate: '25', isReverseCharge: false })
  expect(decideTax(seller, { ...buyer, taxRate: '6' })).toEqual({ rate: '6', isReverseCharge: false })
  expect(decideTax(seller, { ...buyer, billTo: { country: 'de' } })).toEqual({ rate: '19', isReverseCharge: false })
  expect(decideTax(seller, { ...buyer, countryCode: 'DE', taxId: 'DE1' })).toEqual({ rate: '0', isReverseCharge: true })
  expect(decideTax(seller, { ...buyer, reverseCharge: true })).toEqual({ rate: '0', isReverseCharge: true })
  expect(decideTax(seller, { ...buyer, countryCode: 'NO' })).toEqual({ rate: '0', isReverseCharge: false })
})
