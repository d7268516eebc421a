import { expect, test } from 'vitest'
import type { Price } from '../../../src/domain/rating/price.ts'
import { assignmentDuring, type PriceListAssignment } from '../../../src/domain/rating/price-book.ts'
import type { QuantityRecord } from '../../../src/domain/rating/quantity-record.ts'
import { type MonthToRate, rateMonth } from '../../../src/domain/rating/rate-month.ts'
import { always, listWith, used, versionWith } from './month.ts'

const perUnit = (unitPrice: string, terms: Partial<Price> = {}): Price =>
  ({ model: 'perUnit', scope: 'profile', unitPrice, ...terms }) as Price
const terabytes: Price = {
  model: 'graduated',
  scope: 'profile',
  tiers: [
    { upTo: '10', unitPrice: '2' },
    { upTo: '50', unitPrice: '1.8' },
    { upTo: null, unitPrice: '1.77' },
  ],
}
const october = (
  prices: Record<string, Price> | readonly PriceListAssignment[],
  records: readonly QuantityRecord[],
  others: Partial<MonthToRate> = {},
) =>
  rateMonth({
    period: '2026-10',
    currency: 'SEK',
    priceLists: Array.isArray(prices) ? prices : always(listWith(prices as Record<string, Price>)),
    records,
    ...others,
  })

test('INV-17: a line says everything that its amount is made of', () => {
  const { lines, subtotalMinor, unpriced } = october({ cpu: perUnit('0.05') }, [
    used('cpu', '2026-10-02', '100', { resourceId: 'vm-1' }),
    used('cpu', '2026-10-14', '110.5', { resourceId: 'vm-1' }),
  ])
  expect(lines).toEqual([
    {
      lineKind: 'usage',
      invoiceSectionId: 'section-1',
      customerId: null,
      subscriptionId: 'subscription-1',
      meterId: 'cpu',
      resourceId: 'vm-1',
      identityTenantId: null,
      priceListName: 'test',
      priceVersion: 1,
      unit: 'unit',
      productName: { en: 'cpu' },
      serviceFamily: 'Test',
      quantity: '210.5',
      includedQuantity: '0',
      unitPrice: '0.05',
      effectiveUnitPrice: '0.05',
      amount: '10.525',
      amountMinor: 1053n,
      currency: 'SEK',
      pricingCurrency: 'SEK',
      exchangeRate: null,
      firstUsageDay: '2026-10-02',
      lastUsageDay: '2026-10-14',
      parts: [{ kind: 'unit', from: '0', to: null, quantity: '210.5', unitPrice: '0.05', amount: '10.525' }],
    },
  ])
  expect(subtotalMinor).toBe(1053n)
  expect(unpriced).toEqual([])
})

test('DEC-35: each line is rounded once, and the subtotal is the sum of the rounded lines', () => {
  const { lines, subtotalMinor } = october({ cpu: perUnit('0.005') }, [
    used('cpu', '2026-10-01', '1', { resourceId: 'vm-1' }),
    used('cpu', '2026-10-01', '1', { resourceId: 'vm-2' }),
    used('cpu', '2026-10-01', '1', { resourceId: 'vm-3' }),
  ])
  expect(lines.map((line) => line.amountMinor)).toEqual([1n, 1n, 1n])
  expect(subtotalMinor).toBe(3n)
  // The same quantity as one line is 0.015, which is two öre: the line is the unit of rounding.
  expect(october({ cpu: perUnit('0.005') }, [used('cpu', '2026-10-01', '3')]).subtotalMinor).toBe(2n)
})

test('INV-12: tiers are filled by all subscriptions of a profile together, in the order of usage days', () => {
  const { lines, subtotalMinor } = october({ traffic: terabytes }, [
    used('traffic', '2026-10-02', '60', { subscriptionId: 'subscription-2' }),
    used('traffic', '2026-10-01', '40', { subscriptionId: 'subscription-1' }),
  ])
  // 40 TB on the 1st: 10 × 2 + 30 × 1.8 = 74; 60 TB on the 2nd: 10 × 1.8 + 50 × 1.77 = 106.5; together 180.5.
  expect(lines.map((line) => [line.subscriptionId, line.amount])).toEqual([
    ['subscription-1', '74'],
    ['subscription-2', '106.5'],
  ])
  expect(subtotalMinor).toBe(18050n)
})

test('BIL-7: the same usage in two profiles costs 184.0 instead of 180.5', () => {
  const half = october({ traffic: terabytes }, [used('traffic', '2026-10-01', '50')]).subtotalMinor
  expect(half).toBe(9200n)
  expect(half + half).toBe(18400n)
})

test('MAU-18: a price of subscription scope fills its tiers for each subscription by itself', () => {
  const { lines } = october({ traffic: { ...terabytes, scope: 'subscription' } }, [
    used('traffic', '2026-10-01', '50', { subscriptionId: 'subscription-1' }),
    used('traffic', '2026-10-01', '50', { subscriptionId: 'subscription-2' }),
  ])
  expect(lines.map((line) => line.amount)).toEqual(['92', '92'])
})

const activeUsers = (usageDay: string, quantity: string, resourceId: string, subscriptionId = 'subscription-1') =>
  used('monthly-active-users', usageDay, quantity, {
    lineKind: 'monthlyActiveUsers',
    subscriptionId,
    resourceId,
    identityTenantId: `tenant-of-${resourceId}`,
  })

test('MAU-17, DEC-18: links of one subscription share the free users by day of first authentication', () => {
  const price = perUnit('0.01', { scope: 'subscription', includedQuantity: '50000' })
  const { lines, includedQuantities } = october({ 'monthly-active-users': price }, [
    activeUsers('2026-10-03', '30000', 'link-b'),
    activeUsers('2026-10-01', '20000', 'link-b'),
    activeUsers('2026-10-02', '10000', 'link-a'),
    activeUsers('2026-10-01', '40000', 'link-c', 'subscription-2'),
  ])
  // Subscription 1: link b has 20,000 free on the 1st, link a 10,000 on the 2nd, link b the last 20,000 on the 3rd.
  expect(lines.map((line) => [line.resourceId, line.quantity, line.includedQuantity, line.amountMinor])).toEqual([
    ['link-a', '10000', '10000', 0n],
    ['link-b', '50000', '40000', 10000n],
    ['link-c', '40000', '40000', 0n],
  ])
  expect(includedQuantities).toEqual([
    {
      meterId: 'monthly-active-users',
      subscriptionId: 'subscription-1',
      granted: '50000',
      consumed: '50000',
      consumedBy: [
        {
          subscriptionId: 'subscription-1',
          resourceId: 'link-a',
          identityTenantId: 'tenant-of-link-a',
          quantity: '10000',
        },
        {
          subscriptionId: 'subscription-1',
          resourceId: 'link-b',
          identityTenantId: 'tenant-of-link-b',
          quantity: '40000',
        },
      ],
    },
    {
      meterId: 'monthly-active-users',
      subscriptionId: 'subscription-2',
      granted: '50000',
      consumed: '40000',
      consumedBy: [
        {
          subscriptionId: 'subscription-2',
          resourceId: 'link-c',
          identityTenantId: 'tenant-of-link-c',
          quantity: '40000',
        },
      ],
    },
  ])
})

test('DEC-18: on one day the link with the smaller id consumes the free users first', () => {
  const price = perUnit('1', { scope: 'subscription', includedQuantity: '10' })
  const { lines } = october({ 'monthly-active-users': price }, [
    { ...activeUsers('2026-10-01', '8', 'link-b'), identityTenantId: 'tenant-1' },
    { ...activeUsers('2026-10-01', '8', 'link-a'), identityTenantId: 'tenant-2' },
  ])
  expect(lines.map((line) => [line.resourceId, line.includedQuantity, line.amount])).toEqual([
    ['link-a', '8', '0'],
    ['link-b', '2', '6'],
  ])
})

test('MAU-18: a free quantity of profile scope passes by the subscriptions that it is withheld from', () => {
  const price = perUnit('1', { includedQuantity: '10', includedQuantityNotFor: ['trial', 'sponsored'] })
  const { lines } = october(
    { cpu: price },
    [
      used('cpu', '2026-10-01', '8', { subscriptionId: 'a-trial' }),
      used('cpu', '2026-10-02', '8', { subscriptionId: 'ordinary' }),
      used('cpu', '2026-10-03', '8', { subscriptionId: 'with-credit' }),
    ],
    {
      introductoryOffers: new Map([
        ['a-trial', 'trial'],
        ['with-credit', 'credit'],
      ]),
    },
  )
  expect(lines.map((line) => [line.subscriptionId, line.includedQuantity, line.amount])).toEqual([
    ['a-trial', '0', '8'],
    ['ordinary', '8', '0'],
    ['with-credit', '2', '6'],
  ])
})

test('INV-12: after a change in mid-month each day has its own price, in a line of its own', () => {
  const list = listWith({ cpu: perUnit('1') })
  const versions = [...list.versions, versionWith(2, '2026-10-14', { cpu: perUnit('2') })]
  const { lines } = october(always({ ...list, versions }), [
    used('cpu', '2026-10-13', '5'),
    used('cpu', '2026-10-14', '5'),
  ])
  expect(lines.map((line) => [line.priceVersion, line.unitPrice, line.amount])).toEqual([
    [1, '1', '5'],
    [2, '2', '10'],
  ])
})

test('INV-12: a free quantity goes on over a change of the unit price in mid-month', () => {
  const list = listWith({ cpu: perUnit('1', { includedQuantity: '7' }) })
  const versions = [...list.versions, versionWith(2, '2026-10-14', { cpu: perUnit('2', { includedQuantity: '7' }) })]
  const { lines } = october(always({ ...list, versions }), [
    used('cpu', '2026-10-14', '5'),
    used('cpu', '2026-10-13', '5'),
  ])
  expect(lines.map((line) => [line.priceVersion, line.includedQuantity, line.amount])).toEqual([
    [1, '5', '0'],
    [2, '2', '6'],
  ])
})

test('package: what one day leaves of a started package serves the next, in another line as well', () => {
  const { lines } = october(
    { requests: { model: 'package', scope: 'profile', packageSize: '100', packagePrice: '5' } },
    [
      used('requests', '2026-10-01', '150', { resourceId: 'a' }),
      used('requests', '2026-10-02', '50', { resourceId: 'b' }),
      used('requests', '2026-10-03', '1', { resourceId: 'c' }),
    ],
  )
  expect(lines.map((line) => line.amount)).toEqual(['10', '0', '5'])
})

test('volume: the quantity of the whole month decides the price of every line', () => {
  const price: Price = {
    model: 'volume',
    scope: 'profile',
    tiers: [
      { upTo: '10', unitPrice: '1' },
      { upTo: null, unitPrice: '0.5', flatFee: '2' },
    ],
  }
  const { lines } = october({ cpu: price }, [
    used('cpu', '2026-10-02', '6', { resourceId: 'a' }),
    used('cpu', '2026-10-01', '6', { resourceId: 'b' }),
  ])
  // The fee of the tier falls to the first use of the month.
  expect(lines.map((line) => [line.resourceId, line.unitPrice, line.amount])).toEqual([
    ['a', '0.5', '3'],
    ['b', null, '5'],
  ])
})

test('DEC-32: a fixed fee is prorated by the days it was held, actual days in the month', () => {
  const price: Price = { model: 'flat', scope: 'profile', amount: '310' }
  const held = (from: number, to: number, quantity = '1') =>
    Array.from({ length: to - from + 1 }, (_, index) =>
      used('support', `2026-10-${`${from + index}`.padStart(2, '0')}`, quantity, { lineKind: 'fixedFee' }),
    )
  expect(october({ support: price }, held(1, 31)).subtotalMinor).toBe(31000n)
  expect(october({ support: price }, held(22, 31)).subtotalMinor).toBe(10000n)
  expect(october({ support: price }, held(22, 31, '2')).subtotalMinor).toBe(20000n)
  expect(october({ support: { ...price, amount: '10' } }, held(1, 31)).lines[0]?.amount).toBe('10')
})

test('DEC-32: usage is not prorated: a flat price is charged whole for one day of use, and once a month', () => {
  const price: Price = { model: 'flat', scope: 'profile', amount: '310' }
  expect(october({ support: price }, [used('support', '2026-10-31', '0.1')]).subtotalMinor).toBe(31000n)
  const twice = october({ support: price }, [
    used('support', '2026-10-30', '5', { subscriptionId: 'subscription-2' }),
    used('support', '2026-10-31', '7', { subscriptionId: 'subscription-1' }),
  ])
  expect(twice.lines.map((line) => [line.subscriptionId, line.amountMinor])).toEqual([
    ['subscription-1', 0n],
    ['subscription-2', 31000n],
  ])
})

test('DEC-32: a fee that is held and a fee that is used share one free quantity and one minimum', () => {
  const price: Price = { model: 'flat', scope: 'profile', amount: '31', includedQuantity: '1', minimumAmount: '50' }
  const { lines, subtotalMinor } = october({ support: price }, [
    used('support', '2026-10-01', '1', { lineKind: 'fixedFee' }),
    used('support', '2026-10-02', '1', { lineKind: 'fixedFee' }),
    used('support', '2026-10-02', '1'),
  ])
  expect(lines.map((line) => [line.lineKind, line.includedQuantity, line.amountMinor])).toEqual([
    ['fixedFee', '1', 100n],
    ['minimum', '0', 1800n],
    ['usage', '0', 3100n],
  ])
  expect(subtotalMinor).toBe(5000n)
})

test('a minimum is a line of its own, so that the lines come to it exactly', () => {
  const price = perUnit('0.333', { minimumAmount: '10' })
  const { lines, subtotalMinor } = october({ cpu: price }, [
    used('cpu', '2026-10-05', '1', { resourceId: 'a' }),
    used('cpu', '2026-10-04', '1', { resourceId: 'b', invoiceSectionId: 'section-2' }),
  ])
  expect(lines.map((line) => [line.lineKind, line.invoiceSectionId, line.amountMinor])).toEqual([
    ['usage', 'section-1', 33n],
    ['minimum', 'section-2', 934n],
    ['usage', 'section-2', 33n],
  ])
  expect(subtotalMinor).toBe(1000n)
  expect(october({ cpu: price }, [used('cpu', '2026-10-05', '31')]).lines.map((line) => line.lineKind)).toEqual([
    'usage',
  ])
  expect(october({ cpu: price }, []).lines).toEqual([])
})

test('a quantity without a price is reported with the reason, never dropped and never zero', () => {
  const list = { ...listWith({ cpu: perUnit('1') }), versions: [versionWith(1, '2026-10-10', { cpu: perUnit('1') })] }
  const { lines, unpriced, subtotalMinor } = october(always(list), [
    used('disk', '2026-10-14', '5'),
    used('cpu', '2026-10-09', '5'),
    used('cpu', '2026-10-14', '-5'),
    used('cpu', '2026-11-01', '5'),
    used('cpu', '2026-10-14', '7'),
  ])
  expect(unpriced.map(({ record, reason }) => [record.usageDay, record.meterId, reason])).toEqual([
    ['2026-10-09', 'cpu', 'noPriceListOnDay'],
    ['2026-10-14', 'cpu', 'negativeQuantity'],
    ['2026-10-14', 'disk', 'noPriceForMeter'],
    ['2026-11-01', 'cpu', 'outsideBillingPeriod'],
  ])
  expect(lines.map((line) => line.amount)).toEqual(['7'])
  expect(subtotalMinor).toBe(700n)
})

test('DEC-36: a price list in another currency is converted at the month’s rate, which the line names', () => {
  const exchangeRate = { from: 'USD', to: 'SEK', rate: '10.4321', day: '2026-09-29' } as const
  const list = listWith({ cpu: perUnit('0.01', { minimumAmount: '5' }) }, 'USD')
  const records = [used('cpu', '2026-10-01', '300')]
  expect(october(always(list), records).unpriced.map(({ reason }) => reason)).toEqual(['noExchangeRate'])
  const { lines, subtotalMinor } = october(always(list), records, { exchangeRates: [exchangeRate] })
  // 300 × 0.01 USD = 3 USD = 31.2963 SEK; the minimum of 5 USD is 52.1605 SEK, so 20.8605 SEK are missing to it.
  expect(
    lines.map((line) => [line.lineKind, line.amount, line.amountMinor, line.unitPrice, line.pricingCurrency]),
  ).toEqual([
    ['minimum', '20.8605', 2086n, '20.8605', 'USD'],
    ['usage', '31.2963', 3130n, '0.01', 'USD'],
  ])
  expect(lines[1]?.exchangeRate).toEqual(exchangeRate)
  expect(subtotalMinor).toBe(5216n)
})

test('INV-12: a list holds for the days it is assigned for; the day of a change has the new list', () => {
  const before = assignmentDuring(
    listWith({ cpu: perUnit('1') }),
    new Date('2026-10-05T09:00:00Z'),
    new Date('2026-10-14T09:00:00Z'),
  )
  const after = assignmentDuring(
    { ...listWith({ cpu: perUnit('2') }), name: 'next' },
    new Date('2026-10-14T09:00:00Z'),
    null,
  )
  const { lines } = october([after, before], [used('cpu', '2026-10-13', '1'), used('cpu', '2026-10-14', '1')])
  expect(lines.map((line) => [line.priceListName, line.amount])).toEqual([
    ['next', '2'],
    ['test', '1'],
  ])
})

test('OWN-9: usage from before the payer had a list, reported late, is priced by its first list', () => {
  const assigned = assignmentDuring(listWith({ cpu: perUnit('1') }), new Date('2026-10-14T09:00:00Z'), null)
  const { lines, unpriced } = october([assigned], [used('cpu', '2026-10-02', '3')])
  expect(unpriced).toEqual([])
  expect(lines.map((line) => line.amount)).toEqual(['3'])
})

test('INV-8: a partner’s line carries the customer instead of a section', () => {
  const { lines } = october({ cpu: perUnit('1') }, [
    used('cpu', '2026-10-01', '1', { invoiceSectionId: null, customerId: 'customer-b' }),
    used('cpu', '2026-10-01', '2', { invoiceSectionId: null, customerId: 'customer-a' }),
  ])
  expect(lines.map((line) => [line.invoiceSectionId, line.customerId, line.amount])).toEqual([
    [null, 'customer-a', '2'],
    [null, 'customer-b', '1'],
  ])
})

test('MAU-24: the transition month has a line of each model for the same link', () => {
  const { lines, subtotalMinor } = october(
    { authentications: perUnit('0.01'), 'monthly-active-users': perUnit('0.05', { scope: 'subscription' }) },
    [
      used('authentications', '2026-10-03', '300', { lineKind: 'authentications', resourceId: 'link-1' }),
      activeUsers('2026-10-10', '150', 'link-1'),
    ],
  )
  expect(lines.map((line) => [line.meterId, line.quantity, line.amountMinor])).toEqual([
    ['authentications', '300', 300n],
    ['monthly-active-users', '150', 750n],
  ])
  expect(subtotalMinor).toBe(1050n)
})

test('DEC-19: the free quantity applies to active users only, authentications do not consume it', () => {
  const { lines } = october(
    {
      authentications: perUnit('0.01'),
      'monthly-active-users': perUnit('0.05', { scope: 'subscription', includedQuantity: '100' }),
    },
    [
      used('authentications', '2026-10-03', '300', { lineKind: 'authentications', resourceId: 'link-1' }),
      activeUsers('2026-10-10', '150', 'link-1'),
    ],
  )
  expect(lines.map((line) => [line.includedQuantity, line.amountMinor])).toEqual([
    ['0', 300n],
    ['100', 250n],
  ])
})
