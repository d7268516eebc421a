import { expect, test } from 'vitest'
import { parsePriceList } from '../../../src/domain/rating/parse-price-list.ts'
import { shippedPriceList, shippedPriceLists } from '../../../src/domain/rating/price-lists.ts'
import { rateMonth } from '../../../src/domain/rating/rate-month.ts'
import type { QuantityRecord } from '../../../src/domain/rating/quantity-record.ts'

const activeUsers = (subscriptionId: string, quantity: string): QuantityRecord => ({
  lineKind: 'monthlyActiveUsers',
  subscriptionId,
  meterId: 'monthly-active-users',
  usageDay: '2026-10-14',
  quantity,
  resourceId: `link-${subscriptionId}`,
})

test('every shipped list passes the validation that everybody’s lists must pass', () => {
  for (const list of shippedPriceLists()) expect(parsePriceList(list)).toEqual({ kind: 'parsed', value: list })
  expect(shippedPriceLists().map(({ name, currency }) => `${name} ${currency}`)).toEqual([
    'standard USD',
    'standard-eur EUR',
    'standard-sek SEK',
    'illustration USD',
    'illustration-eur EUR',
    'illustration-sek SEK',
  ])
})

test('MAU-18: standard gives each subscription 50,000 active users free, but none to a trial', () => {
  const rated = rateMonth({
    period: '2026-10',
    currency: 'USD',
    priceLists: [{ priceList: shippedPriceList('standard', 'USD'), effectiveFrom: null, effectiveTo: null }],
    records: [activeUsers('a', '50000'), activeUsers('b', '60000'), activeUsers('trial', '1000')],
    introductoryOffers: new Map([['trial', 'trial']]),
  })
  expect(rated.lines.map((line) => [line.subscriptionId, line.includedQuantity, line.amountMinor])).toEqual([
    ['a', '50000', 0n],
    ['b', '50000', 5000n],
    ['trial', '0', 500n],
  ])
})

test('MAU-19: a second factor has no free tier, and costs the same for every attempt', () => {
  const rated = rateMonth({
    period: '2026-10',
    currency: 'USD',
    priceLists: [{ priceList: shippedPriceList('standard', 'USD'), effectiveFrom: null, effectiveTo: null }],
    records: [{ ...activeUsers('a', '100'), lineKind: 'secondFactorAttempts', meterId: 'second-factor-attempts' }],
  })
  expect(rated.lines.map((line) => line.amountMinor)).toEqual([300n])
})
