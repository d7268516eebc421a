import { type Big, decimalsOf, decimalText, findDecimal, getDecimal, zero } from './decimal.ts'
import { FieldReader, isJsonObject, type Parsed } from './field-refusal.ts'
import { introductoryOffers, type IntroductoryOffer, type Price, type PriceTerms, type PriceTier } from './price.ts'

export interface PriceParseOptions {
  /** Credits to the customer are prices below zero; a list must say that it wants them. */
  readonly allowsNegativePrices?: boolean
}

export const priceModels = ['flat', 'perUnit', 'graduated', 'volume', 'package'] as const
export const priceScopes = ['profile', 'subscription'] as const
const longestTierList = 100
const mostDecimals = 12
const mostIntegerDigits = 18

const termFields = ['model', 'scope', 'includedQuantity', 'includedQuantityNotFor', 'minimumAmount']
const modelFields = {
  flat: ['amount'],
  perUnit: ['unitPrice'],
  graduated: ['tiers'],
  volume: ['tiers'],
  package: ['packageSize', 'packagePrice'],
} as const

/** A price definition from JSON, in canonical form (defaults filled in, decimals without trailing zeros), or every refusal. */
export function parsePrice(value: unknown, field = 'price', options: PriceParseOptions = {}): Parsed<Price> {
  const reader = new FieldReader()
  return reader.outcome(readPrice(reader, value, field, options))
}

export function readPrice(
  reader: FieldReader,
  value: unknown,
  field: string,
  options: PriceParseOptions,
): Price | undefined {
  const model = reader.oneOf(isJsonObject(value) ? value.model : undefined, `${field}.model`, priceModels)
  if (!model) return undefined
  const json = reader.object(value, field, [...termFields, ...modelFields[model]])
  if (!json) return undefined
  const terms = readTerms(reader, json, field)
  const amount = (name: string) => readAmount(reader, json[name], `${field}.${name}`, options)
  switch (model) {
    case 'flat':
      return { model, amount: amount('amount'), ...terms }
    case 'perUnit':
      return { model, unitPrice: amount('unitPrice'), ...terms }
    case 'graduated':
    case 'volume':
      return { model, tiers: readTiers(reader, json.tiers, `${field}.tiers`, options), ...terms }
    default: {
      const packageSize = readQuantity(reader, json.packageSize, `${field}.packageSize`, { mustBePositive: true })
      return { model, packageSize, packagePrice: amount('packagePrice'), ...terms }
    }
  }
}

function readTerms(reader: FieldReader, json: Readonly<Record<string, unknown>>, field: string): PriceTerms {
  const scope = json.scope === undefined ? 'profile' : reader.oneOf(json.scope, `${field}.scope`, priceScopes)
  const positive = (name: string) => {
    const quantity = json[name] === undefined ? '0' : readQuantity(reader, json[name], `${field}.${name}`)
    return quantity === '0' ? undefined : quantity
  }
  const includedQuantity = positive('includedQuantity')
  const minimumAmount = positive('minimumAmount')
  const notFor = readOffers(reader, json.includedQuantityNotFor, `${field}.includedQuantityNotFor`)
  return {
    scope: scope ?? 'profile',
    ...(includedQuantity === undefined ? {} : { includedQuantity }),
    ...(notFor.length === 0 ? {} : { includedQuantityNotFor: notFor }),
    ...(minimumAmount === undefined ? {} : { minimumAmount }),
  }
}

function readOffers(reader: FieldReader, value: unknown, field: string): readonly IntroductoryOffer[] {
  if (value === undefined) return []
  const items = reader.list(value, field, introductoryOffers.length) ?? []
  const offers = items.map((item, index) => reader.oneOf(item, `${field}[${index}]`, introductoryOffers))
  return introductoryOffers.filter((offer) => offers.includes(offer))
}

function readTiers(
  reader: FieldReader,
  value: unknown,
  field: string,
  options: PriceParseOptions,
): readonly PriceTier[] {
  const items = reader.list(value, field, longestTierList) ?? []
  if (Array.isArray(value) && value.length === 0)
    reader.refuse(field, 'tiers_missing', `${field} needs at least one tier.`)
  let lower = zero
  return items.map((item, index): PriceTier => {
    const at = `${field}[${index}]`
    const json = reader.object(item, at, ['upTo', 'unitPrice', 'flatFee']) ?? {}
    const isLast = index === items.length - 1
    const upTo = isLast
      ? readOpenEnd(reader, json.upTo, `${at}.upTo`)
      : readUpTo(reader, json.upTo, `${at}.upTo`, lower)
    if (upTo !== null) lower = getDecimal(upTo)
    const unitPrice = readAmount(reader, json.unitPrice, `${at}.unitPrice`, options)
    const flatFee = json.flatFee === undefined ? '0' : readAmount(reader, json.flatFee, `${at}.flatFee`, options)
    return flatFee === '0' ? { upTo, unitPrice } : { upTo, unitPrice, flatFee }
  })
}

function readOpenEnd(reader: FieldReader, value: unknown, field: string): null {
  if (value !== null)
    reader.refuse(field, 'last_tier_not_open', `${field} must be null: the last tier has no upper end.`)
  return null
}

function readUpTo(reader: FieldReader, value: unknown, field: string, lower: Big): string | null {
  if (value === null) {
    reader.refuse(field, 'open_tier_not_last', `${field} may be null in the last tier only.`)
    return null
  }
  const text = readPlainDecimal(reader, value, field)
  if (text === undefined) return null
  if (getDecimal(text).gt(lower)) return text
  const begins = decimalText(lower)
  reader.refuse(field, 'tiers_not_ascending', `${field} must be greater than ${begins}, where the tier begins.`)
  return null
}

function readAmount(reader: FieldReader, value: unknown, field: string, options: PriceParseOptions): string {
  const text = readPlainDecimal(reader, value, field)
  if (text?.startsWith('-') && !options.allowsNegativePrices) {
    reader.refuse(field, 'negative_price', `${field} is negative, which this price list does not allow.`)
  }
  return text ?? besideRefusal
}

function readQuantity(
  reader: FieldReader,
  value: unknown,
  field: string,
  options: { readonly mustBePositive?: boolean } = {},
): string {
  const text = readPlainDecimal(reader, value, field)
  if (text?.startsWith('-')) reader.refuse(field, 'negative_quantity', `${field} must not be negative.`)
  if (text === '0' && options.mustBePositive) {
    reader.refuse(field, 'must_be_positive', `${field} must be greater than zero.`)
  }
  return text ?? besideRefusal
}

/** Stands in for a decimal that is refused, so that reading can go on to the next field. */
const besideRefusal = '0'

function readPlainDecimal(reader: FieldReader, value: unknown, field: string): string | undefined {
  const decimal = typeof value === 'string' ? findDecimal(value) : undefined
  if (!decimal) {
    return reader.refuse(field, 'decimal_text_expected', `${field} must be a plain decimal in a text, such as "0.05".`)
  }
  const text = decimalText(decimal)
  if (decimalsOf(text) > mostDecimals) {
    reader.refuse(field, 'too_many_decimals', `${field} has more than ${mostDecimals} decimals.`)
  }
  if (text.replace(/^-/, '').split('.')[0]!.length > mostIntegerDigits) {
    reader.refuse(field, 'too_large', `${field} has more than ${mostIntegerDigits} digits before the decimal point.`)
  }
  return text
}
