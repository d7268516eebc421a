import { expect, test } from 'vitest'
import { adjust } from '../../../src/domain/rating/adjustment.ts'
import type { Price } from '../../../src/domain/rating/price.ts'
import type { QuantityRecord } from '../../../src/domain/rating/quantity-record.ts'
import { rateMonth } from '../../../src/domain/rating/rate-month.ts'
import { always, listWith, used } from './month.ts'

const prices: Record<string, Price> = {
  cpu: { model: 'perUnit', scope: 'profile', unitPrice: '0.333' },
  disk: { model: 'perUnit', scope: 'profile', unitPrice: '0.005' },
  authentications: { model: 'perUnit', scope: 'profile', unitPrice: '0.01' },
  'monthly-active-users': { model: 'perUnit', scope: 'subscription', unitPrice: '0.05' },
}
const linesOf = (records: readonly QuantityRecord[]) =>
  rateMonth({ period: '2026-10', currency: 'SEK', priceLists: always(listWith(prices)), records }).lines
const brief = (adjustments: ReturnType<typeof adjust>) =>
  adjustments.map((line) => [line.meterId, line.quantity, line.amountMinor])

test('INV-14: a month that did not change has no adjustments', () => {
  const billed = linesOf([used('cpu', '2026-10-01', '10')])
  expect(adjust(billed, billed)).toEqual([])
  expect(adjust([], [])).toEqual([])
})

test('DEC-7: late usage is billed as the difference, to what one bill over everything would have been', () => {
  const billed = linesOf([used('disk', '2026-10-01', '101')])
  const now = linesOf([used('disk', '2026-10-01', '101'), used('disk', '2026-10-31', '5')])
  // 101 × 0.005 = 0.505 = 0.51; 106 × 0.005 = 0.53; so 0.02 are due, not 5 × 0.005 = 0.025 = 0.03.
  expect(adjust(billed, now)).toEqual([
    {
      lineKind: 'usage',
      invoiceSectionId: 'section-1',
      customerId: null,
      subscriptionId: 'subscription-1',
      meterId: 'disk',
      resourceId: null,
      identityTenantId: null,
      priceListName: 'test',
      priceVersion: 1,
      quantity: '5',
      amountMinor: 2n,
      billedQuantity: '101',
      billedAmountMinor: 51n,
      ratedQuantity: '106',
      ratedAmountMinor: 53n,
    },
  ])
})

test('INV-14: what was billed on several invoices counts together, and a second run finds nothing left', () => {
  const first = linesOf([used('cpu', '2026-10-01', '10')])
  const now = linesOf([used('cpu', '2026-10-01', '15')])
  const adjustments = adjust(first, now)
  expect(adjust([...first, ...adjustments], now)).toEqual([])
})

test('DEC-6, DEC-7: a late event from before the change takes a user back from the active ones', () => {
  const link = { resourceId: 'link-1', identityTenantId: 'tenant-1' }
  const month = (authentications: string, activeUsers: string) =>
    linesOf([
      used('authentications', '2026-10-03', authentications, { lineKind: 'authentications', ...link }),
      used('monthly-active-users', '2026-10-10', activeUsers, { lineKind: 'monthlyActiveUsers', ...link }),
    ])
  expect(brief(adjust(month('300', '150'), month('301', '149')))).toEqual([
    ['authentications', '1', 1n],
    ['monthly-active-users', '-1', -5n],
  ])
})

test('INV-14: a line that should not have been is taken back whole', () => {
  const billed = linesOf([used('cpu', '2026-10-01', '10')])
  expect(brief(adjust(billed, []))).toEqual([['cpu', '-10', -333n]])
})

test('INV-14: a quantity that changed without changing the amount is still shown', () => {
  const billed = linesOf([used('cpu', '2026-10-01', '10')])
  const now = linesOf([used('cpu', '2026-10-01', '10.001')])
  expect(brief(adjust(billed, now))).toEqual([['cpu', '0.001', 0n]])
})
