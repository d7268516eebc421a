import { expect, test } from 'vitest'
import { parsePrice } from '../../../src/domain/rating/parse-price.ts'

const refusalsOf = (value: unknown) => {
  const parsed = parsePrice(value)
  return parsed.kind === 'refused' ? parsed.refusals.map(({ field, refusal }) => `${field}: ${refusal}`) : []
}

test('a price comes out in canonical form, with its defaults', () => {
  expect(
    parsePrice({
      model: 'perUnit',
      unitPrice: '0.0500',
      includedQuantity: '50000',
      scope: 'subscription',
      minimumAmount: '0',
    }),
  ).toEqual({
    kind: 'parsed',
    value: { model: 'perUnit', unitPrice: '0.05', scope: 'subscription', includedQuantity: '50000' },
  })
  expect(
    parsePrice({
      model: 'graduated',
      tiers: [
        { upTo: '10.0', unitPrice: '1.0', flatFee: '0' },
        { upTo: null, unitPrice: '0.5', flatFee: '2' },
      ],
    }),
  ).toEqual({
    kind: 'parsed',
    value: {
      model: 'graduated',
      scope: 'profile',
      tiers: [
        { upTo: '10', unitPrice: '1' },
        { upTo: null, unitPrice: '0.5', flatFee: '2' },
      ],
    },
  })
  expect(parsePrice({ model: 'package', packageSize: '100', packagePrice: '5' })).toMatchObject({ kind: 'parsed' })
  expect(parsePrice({ model: 'flat', amount: '10' })).toMatchObject({ kind: 'parsed' })
})

test('MAU-18: introductory offers can be named to go without the included quantity', () => {
  const price = { model: 'perUnit', unitPrice: '1', includedQuantity: '5' }
  expect(parsePrice({ ...price, includedQuantityNotFor: ['sponsored', 'trial'] })).toMatchObject({
    value: { includedQuantityNotFor: ['trial', 'sponsored'] },
  })
  expect(refusalsOf({ ...price, includedQuantityNotFor: ['friends'] })).toEqual([
    'price.includedQuantityNotFor[0]: choice_expected',
  ])
})

test.each([
  ['no object', 'free', ['price.model: choice_expected']],
  ['an unknown model', { model: 'barter' }, ['price.model: choice_expected']],
  ['a missing price', { model: 'perUnit' }, ['price.unitPrice: decimal_text_expected']],
  ['a number for a decimal', { model: 'perUnit', unitPrice: 0.05 }, ['price.unitPrice: decimal_text_expected']],
  ['an exponent', { model: 'perUnit', unitPrice: '5e-2' }, ['price.unitPrice: decimal_text_expected']],
  ['thirteen decimals', { model: 'perUnit', unitPrice: '0.0000000000001' }, ['price.unitPrice: too_many_decimals']],
  ['nineteen digits', { model: 'flat', amount: '1234567890123456789' }, ['price.amount: too_large']],
  ['a negative price', { model: 'perUnit', unitPrice: '-1' }, ['price.unitPrice: negative_price']],
  [
    'a package of nothing',
    { model: 'package', packageSize: '0', packagePrice: '1' },
    ['price.packageSize: must_be_positive'],
  ],
  ['an unknown scope', { model: 'flat', amount: '1', scope: 'planet' }, ['price.scope: choice_expected']],
  ['a misspelt field', { model: 'flat', amount: '1', minimunAmount: '5' }, ['price.minimunAmount: unknown_field']],
  ['a field of another model', { model: 'flat', amount: '1', unitPrice: '5' }, ['price.unitPrice: unknown_field']],
  [
    'a negative included quantity',
    { model: 'flat', amount: '1', includedQuantity: '-1' },
    ['price.includedQuantity: negative_quantity'],
  ],
  ['no tiers', { model: 'volume', tiers: [] }, ['price.tiers: tiers_missing']],
  ['tiers that are no list', { model: 'volume', tiers: {} }, ['price.tiers: list_expected']],
  [
    'a closed last tier',
    { model: 'volume', tiers: [{ upTo: '5', unitPrice: '1' }] },
    ['price.tiers[0].upTo: last_tier_not_open'],
  ],
  [
    'an open tier in the middle',
    {
      model: 'graduated',
      tiers: [
        { upTo: null, unitPrice: '2' },
        { upTo: null, unitPrice: '1' },
      ],
    },
    ['price.tiers[0].upTo: open_tier_not_last'],
  ],
  [
    'tiers that do not ascend',
    {
      model: 'graduated',
      tiers: [
        { upTo: '10', unitPrice: '2' },
        { upTo: '10', unitPrice: '1' },
        { upTo: null, unitPrice: '1' },
      ],
    },
    ['price.tiers[1].upTo: tiers_not_ascending'],
  ],
  [
    'a tier that begins and ends at zero',
    {
      model: 'graduated',
      tiers: [
        { upTo: '0', unitPrice: '2' },
        { upTo: null, unitPrice: '1' },
      ],
    },
    ['price.tiers[0].upTo: tiers_not_ascending'],
  ],
])('a price with %s is refused, naming the field', (_what, value, refusals) => {
  expect(refusalsOf(value)).toEqual(refusals)
})

test('every field that is wrong is named, not only the first', () => {
  expect(refusalsOf({ model: 'package', packageSize: 'many', packagePrice: '-1', scope: 'planet' })).toEqual([
    'price.scope: choice_expected',
    'price.packageSize: decimal_text_expected',
    'price.packagePrice: negative_price',
  ])
})

test('a list that wants credits may have prices below zero', () => {
  expect(parsePrice({ model: 'perUnit', unitPrice: '-1' }, 'price', { allowsNegativePrices: true })).toMatchObject({
    kind: 'parsed',
    value: { unitPrice: '-1' },
  })
})
