import { expect, test } from 'vitest'
import { chargedDays, chargeProducts, productAmount } from '../../../src/domain/billing/product-charge.ts'
import type { ChargedPlacement, ProductToCharge } from '../../../src/domain/billing/product-charge.ts'
import type { InvoiceFacts } from '../../../src/domain/billing/invoice-facts.ts'
import type { BillingPeriod } from '../../../src/domain/rating/billing-period.ts'

const placed = (from: string, to: string | null, isMoved = false): ChargedPlacement => ({
  productId: '0f000000-0000-4000-8000-000000000001',
  offer: 'support',
  productName: { en: 'Support', sv: 'Support' },
  serviceFamily: 'Support',
  monthlyPrices: { USD: '49.90', JPY: '1000' },
  section: 'ONE',
  from: new Date(from),
  to: to === null ? null : new Date(to),
  isMoved,
})
const days = (from: string, to: string | null, isMoved: boolean, period: BillingPeriod = '2026-10') =>
  chargedDays(placed(from, to, isMoved), period)?.days ?? 0

test('DEC-32: the day of purchase and the day of the end count whole, the day of a move is the new section’s', () => {
  expect(days('2026-10-10T15:00:00Z', null, false)).toBe(22)
  expect(days('2026-10-10T15:00:00Z', '2026-10-10T15:00:01Z', false)).toBe(1)
  expect(days('2026-10-10T15:00:00Z', '2026-10-12T00:00:00Z', false)).toBe(2)
  expect(days('2026-10-10T15:00:00Z', '2026-10-12T00:00:00.001Z', false)).toBe(3)
  expect(days('2026-10-10T15:00:00Z', '2026-10-12T23:59:59Z', true)).toBe(2)
  expect(days('2026-10-12T08:00:00Z', '2026-10-12T09:00:00Z', true)).toBe(0)
  expect(days('2026-09-10T15:00:00Z', '2026-11-01T00:00:00Z', false)).toBe(31)
  expect(days('2026-10-10T15:00:00Z', '2026-11-01T00:00:00Z', false, '2026-11')).toBe(0)
  expect(days('2026-11-01T00:00:00Z', null, false)).toBe(0)
})

test('DEC-32, INV-13: over any moves each day is charged once, and the exact amounts add up to the month', () => {
  const hour = 3_600_000
  const start = new Date('2026-10-01T00:00:00Z').getTime()
  for (let seed = 1; seed <= 200; seed++) {
    // Instants from a small generator of its own, so that a failure can be played again.
    let state = seed
    const next = () => (state = (state * 48271) % 2147483647)
    const cuts = [...new Set(Array.from({ length: 5 }, () => start + (next() % (31 * 24)) * hour))].toSorted()
    const placements = cuts.map((from, index) => {
      const to = cuts[index + 1]
      return placed(
        new Date(from).toISOString(),
        to === undefined ? null : new Date(to).toISOString(),
        to !== undefined,
      )
    })
    const charged = placements.flatMap((placement) => chargedDays(placement, '2026-10') ?? [])
    const first = Math.floor(((cuts[0] ?? 0) - start) / (24 * hour))
    expect(charged.reduce((sum, span) => sum + span.days, 0)).toBe(31 - first)
    for (const [index, span] of charged.entries()) if (index > 0) expect(span.from).toEqual(charged[index - 1]?.to)
  }
})

test('INV-13: the price of days is kept to 20 decimals', () => {
  expect(productAmount('49.90', 10, '2026-10').toFixed()).toBe('16.09677419354838709677')
  expect(productAmount('49.90', 31, '2026-10').toFixed()).toBe('49.9')
  expect(productAmount('49.90', 14, '2026-02').toFixed()).toBe('24.95')
})

const facts = (period: BillingPeriod, products: ProductToCharge, currency = 'USD') =>
  ({
    period,
    account: { name: 'account', displayName: 'Account', soldTo: {} },
    profile: { currency },
    names: { sections: new Map([['ONE', 'First']]) },
    products,
  }) as unknown as InvoiceFacts

test('INV-7: a line says the product, its section, from when to when and what it came to, rounded once', () => {
  const products = { billedUntil: null, placements: [placed('2026-10-10T15:00:00Z', '2026-10-20T09:00:00Z', true)] }
  expect(chargeProducts(facts('2026-10', products))).toMatchObject([
    {
      blockName: 'ONE',
      blockDisplayName: 'First',
      serviceFamily: 'Support',
      chargeType: 'Fixed',
      quantity: '0.322580645161',
      unitPrice: '49.90',
      amount: '16.09677419354838709677',
      amountMinor: 1610n,
      span: { from: new Date('2026-10-10T00:00:00Z'), to: new Date('2026-10-20T00:00:00Z') },
      description: { key: 'product', parameters: { days: '10', of: '31' } },
    },
  ])
  expect(chargeProducts(facts('2026-10', products, 'JPY'))).toMatchObject([{ amountMinor: 323n }])
  expect(() => chargeProducts(facts('2026-10', products, 'SEK'))).toThrow('no price in SEK')
})

test('INV-14: a month is billed on the first document after it, and on no other', () => {
  const placements = [placed('2026-08-10T15:00:00Z', null)]
  const months = (billedUntil: BillingPeriod | null) =>
    chargeProducts(facts('2026-10', { billedUntil, placements })).map((line) => line.usagePeriod)
  expect(months(null)).toEqual(['2026-08', '2026-09', '2026-10'])
  expect(months('2026-08')).toEqual(['2026-09', '2026-10'])
  expect(months('2026-09')).toEqual(['2026-10'])
})
