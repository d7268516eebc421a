import { expect, test } from 'vitest'
import type { Price } from '../../../src/domain/rating/price.ts'
import {
  decidePriceListVersion,
  findPriceOn,
  type PriceList,
  type PriceListVersion,
} from '../../../src/domain/rating/price-list.ts'
import { parsePriceList, parsePriceListVersion } from '../../../src/domain/rating/parse-price-list.ts'
import type { UsageDay } from '../../../src/domain/rating/billing-period.ts'

const versionOf = (version: number, effectiveFrom: UsageDay, prices: Record<string, Price>): PriceListVersion => ({
  version,
  effectiveFrom,
  prices: Object.entries(prices).map(([meterId, price]) => ({
    meterId,
    unit: 'unit',
    productName: { en: meterId },
    serviceFamily: 'Test',
    price,
  })),
})
const listOf = (...versions: PriceListVersion[]): PriceList => ({ name: 'test', currency: 'SEK', versions })
const unit = (unitPrice: string): Price => ({ model: 'perUnit', scope: 'profile', unitPrice })
const tiered = (unitPrice: string): Price => ({
  model: 'graduated',
  scope: 'profile',
  tiers: [{ upTo: null, unitPrice }],
})

test('INV-12: the price of a usage day is the price valid that day', () => {
  const list = listOf(versionOf(1, '2026-01-01', { cpu: unit('1') }), versionOf(2, '2026-10-14', { cpu: unit('2') }))
  expect(findPriceOn(list, 'cpu', '2025-12-31')).toBeUndefined()
  expect(findPriceOn(list, 'cpu', '2026-10-13')?.price).toEqual(unit('1'))
  expect(findPriceOn(list, 'cpu', '2026-10-14')?.price).toEqual(unit('2'))
  expect(findPriceOn(list, 'disk', '2026-10-14')).toBeUndefined()
})

test('INV-12: a unit price may change on any day, a tiered price on the first of a month only', () => {
  const list = listOf(versionOf(1, '2026-01-01', { cpu: unit('1'), disk: tiered('1') }))
  expect(decidePriceListVersion(list, versionOf(2, '2026-10-14', { cpu: unit('2'), disk: tiered('1') })).kind).toBe(
    'added',
  )
  expect(decidePriceListVersion(list, versionOf(2, '2026-10-01', { cpu: unit('2'), disk: tiered('2') })).kind).toBe(
    'added',
  )
  expect(decidePriceListVersion(list, versionOf(2, '2026-10-14', { cpu: unit('2'), disk: tiered('2') }))).toEqual({
    kind: 'refused',
    refusals: [
      {
        field: 'prices[1].price',
        refusal: 'tiered_price_changes_at_month_start',
        message:
          'The price of disk is counted over the whole month, so it changes on the first day of a month, not on 2026-10-14.',
      },
    ],
  })
})

test.each<[string, Price, Price | undefined, boolean]>([
  [
    'a flat fee',
    { model: 'flat', scope: 'profile', amount: '1' },
    { model: 'flat', scope: 'profile', amount: '2' },
    true,
  ],
  [
    'the scope of a flat fee',
    { model: 'flat', scope: 'profile', amount: '1' },
    { model: 'flat', scope: 'subscription', amount: '1' },
    false,
  ],
  ['an included quantity', { ...unit('1'), includedQuantity: '5' }, { ...unit('1'), includedQuantity: '6' }, false],
  [
    'a unit price beside an included quantity',
    { ...unit('1'), includedQuantity: '5' },
    { ...unit('2'), includedQuantity: '5' },
    true,
  ],
  ['a minimum', unit('1'), { ...unit('1'), minimumAmount: '5' }, false],
  ['a unit price into tiers', unit('1'), tiered('1'), false],
  ['a unit price into nothing', unit('1'), undefined, true],
  ['tiers into nothing', tiered('1'), undefined, false],
  [
    'a package',
    { model: 'package', scope: 'profile', packageSize: '10', packagePrice: '1' },
    { model: 'package', scope: 'profile', packageSize: '10', packagePrice: '2' },
    false,
  ],
])('INV-12: a change of %s in mid-month', (_what, before, after, isAllowed) => {
  const list = listOf(versionOf(1, '2026-01-01', { cpu: before }))
  const decision = decidePriceListVersion(list, versionOf(2, '2026-10-14', after ? { cpu: after } : {}))
  expect(decision.kind).toBe(isAllowed ? 'added' : 'refused')
})

test('a meter that had no price may get a tiered one on any day', () => {
  const list = listOf(versionOf(1, '2026-01-01', {}))
  expect(decidePriceListVersion(list, versionOf(2, '2026-10-14', { disk: tiered('1') })).kind).toBe('added')
})

test('a published version never changes; publishing it again as it is changes nothing', () => {
  const list = listOf(versionOf(1, '2026-01-01', { cpu: unit('1') }), versionOf(2, '2026-10-01', { cpu: unit('2') }))
  const refusalOf = (version: PriceListVersion) => {
    const decision = decidePriceListVersion(list, version)
    return decision.kind === 'refused' ? decision.refusals[0]?.refusal : decision.kind
  }
  const reordered = JSON.parse(
    '{"prices":[{"price":{"unitPrice":"2","scope":"profile","model":"perUnit"},"meterId":"cpu","unit":"unit","productName":{"en":"cpu"},"serviceFamily":"Test"}],"effectiveFrom":"2026-10-01","version":2}',
  )
  expect(refusalOf(reordered)).toBe('unchanged')
  expect(refusalOf(versionOf(2, '2026-10-01', { cpu: unit('3') }))).toBe('version_already_published')
  expect(refusalOf(versionOf(3, '2026-10-01', { cpu: unit('3') }))).toBe('effective_from_not_ascending')
  expect(refusalOf({ ...versionOf(3, '2026-11-01', {}), version: 0 })).toBe('version_not_ascending')
})

const entry = {
  meterId: 'CPU',
  unit: 'hour',
  productName: { en: 'Computing', sv: 'Beräkning' },
  serviceFamily: 'Compute',
  price: { model: 'perUnit', unitPrice: '0.05' },
}

test('a version is read from JSON, meters in lower case, midnight taken for its day', () => {
  expect(parsePriceListVersion(1, { effectiveFrom: '2026-10-01T00:00:00Z', prices: [entry] })).toEqual({
    kind: 'parsed',
    value: {
      version: 1,
      effectiveFrom: '2026-10-01',
      prices: [{ ...entry, meterId: 'cpu', price: { model: 'perUnit', scope: 'profile', unitPrice: '0.05' } }],
    },
  })
})

test('a version names every field that it is refused for', () => {
  const parsed = parsePriceListVersion(0, {
    effectiveFrom: '2026-10-01T09:00:00Z',
    prices: [
      entry,
      { ...entry, meterId: 'cpu' },
      { ...entry, meterId: 'disk', productName: { sv: 'Disk' }, price: { model: 'flat' } },
    ],
    currency: 'SEK',
  })
  expect(parsed.kind === 'refused' && parsed.refusals.map(({ field, refusal }) => `${field}: ${refusal}`)).toEqual([
    'version: positive_integer_expected',
    'properties.currency: unknown_field',
    'effectiveFrom: day_expected',
    'prices[2].productName.en: text_expected',
    'prices[2].price.amount: decimal_text_expected',
    'prices[1].meterId: meter_repeated',
  ])
})

test('a whole list is read with its versions judged one after the other', () => {
  const list = {
    name: 'own',
    currency: 'SEK',
    versions: [
      { version: 1, effectiveFrom: '2026-01-01', prices: [entry] },
      { version: 2, effectiveFrom: '2026-10-14', prices: [entry] },
    ],
  }
  expect(parsePriceList(list)).toMatchObject({
    kind: 'parsed',
    value: { name: 'own', versions: [{ version: 1 }, { version: 2 }] },
  })
  const backwards = parsePriceList({ ...list, currency: 'XYZ', versions: list.versions.toReversed() })
  expect(
    backwards.kind === 'refused' && backwards.refusals.map(({ field, refusal }) => `${field}: ${refusal}`),
  ).toEqual(['currency: currency_not_supported', 'versions[1].version: version_not_ascending'])
})
