import { findUsageDay, type UsageDay } from './billing-period.ts'
import { findCurrency } from './currency.ts'
import { FieldReader, type FieldRefusal, isJsonObject, type Parsed } from './field-refusal.ts'
import { type PriceParseOptions, readPrice } from './parse-price.ts'
import { decidePriceListVersion, type PriceEntry, type PriceList, type PriceListVersion } from './price-list.ts'

const longestPriceTable = 10_000
const longestText = 200
const languageTag = /^[a-z]{2}$/

/** One version from JSON: `{ effectiveFrom, prices }`, and the number that its address carries. */
export function parsePriceListVersion(
  version: number,
  value: unknown,
  options: PriceParseOptions = {},
): Parsed<PriceListVersion> {
  const reader = new FieldReader()
  if (!Number.isSafeInteger(version) || version < 1) {
    reader.refuse('version', 'positive_integer_expected', 'The version must be a whole number from 1 on.')
  }
  const json = reader.object(value, 'properties', ['effectiveFrom', 'prices'])
  if (!json) return reader.outcome<PriceListVersion>(undefined)
  const effectiveFrom = readDay(reader, json.effectiveFrom, 'effectiveFrom')
  const items = reader.list(json.prices, 'prices', longestPriceTable) ?? []
  const prices = items.map((item, index) => readEntry(reader, item, `prices[${index}]`, options))
  refuseRepeatedMeters(reader, prices)
  const isComplete = effectiveFrom !== undefined && prices.every((entry) => entry !== undefined)
  return reader.outcome(isComplete ? { version, effectiveFrom, prices } : undefined)
}

/** A whole list from JSON, its versions in order; every version must be allowed to follow the one before it. */
export function parsePriceList(value: unknown, options: PriceParseOptions = {}): Parsed<PriceList> {
  const reader = new FieldReader()
  const json = reader.object(value, 'priceList', ['name', 'currency', 'versions'])
  if (!json) return reader.outcome<PriceList>(undefined)
  const name = reader.text(json.name, 'name', longestText)
  const currency = typeof json.currency === 'string' ? findCurrency(json.currency) : undefined
  if (!currency)
    reader.refuse(
      'currency',
      'currency_not_supported',
      'currency must be an ISO 4217 code that is supported, such as "SEK".',
    )
  let priceList: PriceList = { name: name ?? '', currency: currency ?? 'USD', versions: [] }
  for (const [index, item] of (reader.list(json.versions, 'versions', longestPriceTable) ?? []).entries()) {
    const at = (refusals: readonly FieldRefusal[]) =>
      reader.refusals.push(...refusals.map((refusal) => ({ ...refusal, field: `versions[${index}].${refusal.field}` })))
    const { version, ...properties } =
      reader.object(item, `versions[${index}]`, ['version', 'effectiveFrom', 'prices']) ?? {}
    const parsed = parsePriceListVersion(typeof version === 'number' ? version : Number.NaN, properties, options)
    if (parsed.kind === 'refused') {
      at(parsed.refusals)
      continue
    }
    const decision = decidePriceListVersion(priceList, parsed.value)
    if (decision.kind === 'refused') at(decision.refusals)
    else if (decision.kind === 'added') priceList = decision.priceList
  }
  return reader.outcome(priceList)
}

function readEntry(
  reader: FieldReader,
  value: unknown,
  field: string,
  options: PriceParseOptions,
): PriceEntry | undefined {
  const json = reader.object(value, field, ['meterId', 'unit', 'productName', 'serviceFamily', 'price'])
  if (!json) return undefined
  const meterId = reader.text(json.meterId, `${field}.meterId`, longestText)
  const unit = reader.text(json.unit, `${field}.unit`, longestText)
  const productName = readProductName(reader, json.productName, `${field}.productName`)
  const serviceFamily = reader.text(json.serviceFamily, `${field}.serviceFamily`, longestText)
  const price = readPrice(reader, json.price, `${field}.price`, options)
  if (!meterId || !unit || !productName || !serviceFamily || !price) return undefined
  return { meterId: meterId.toLowerCase(), unit, productName, serviceFamily, price }
}

function readProductName(reader: FieldReader, value: unknown, field: string): PriceEntry['productName'] | undefined {
  const languages = isJsonObject(value) ? Object.keys(value) : []
  const json = reader.object(
    value,
    field,
    languages.filter((language) => languageTag.test(language)),
  )
  if (!json) return undefined
  const en = reader.text(json.en, `${field}.en`, longestText)
  const others = languages
    .filter((language) => language !== 'en')
    .map((language) => [language, reader.text(json[language], `${field}.${language}`, longestText) ?? ''] as const)
  return en === undefined ? undefined : { en, ...Object.fromEntries(others) }
}

function readDay(reader: FieldReader, value: unknown, field: string): UsageDay | undefined {
  const text = typeof value === 'string' ? value.replace(/T00:00:00(?:\.0+)?Z$/, '') : ''
  return (
    findUsageDay(text) ??
    reader.refuse(field, 'day_expected', `${field} must be a day in UTC, such as "2026-10-01", or its midnight.`)
  )
}

function refuseRepeatedMeters(reader: FieldReader, prices: readonly (PriceEntry | undefined)[]): void {
  const seen = new Set<string>()
  for (const [index, entry] of prices.entries()) {
    if (!entry) continue
    if (seen.has(entry.meterId)) {
      reader.refuse(
        `prices[${index}].meterId`,
        'meter_repeated',
        `${entry.meterId} has a price in this version already.`,
      )
    }
    seen.add(entry.meterId)
  }
}
