import { isFirstDayOfMonth, type UsageDay } from './billing-period.ts'
import { canonicalJson } from './canonical-json.ts'
import type { Currency } from './currency.ts'
import { FieldReader, type FieldRefusal } from './field-refusal.ts'
import type { Price } from './price.ts'

export interface PriceEntry {
  /** Lower case; usage carries the same. */
  readonly meterId: string
  readonly unit: string
  /** By language tag; English is always there. */
  readonly productName: { readonly en: string; readonly [language: string]: string }
  readonly serviceFamily: string
  readonly price: Price
}

/** In force from the start of its day until the next version begins. */
export interface PriceListVersion {
  readonly version: number
  readonly effectiveFrom: UsageDay
  readonly prices: readonly PriceEntry[]
}

export interface PriceList {
  readonly name: string
  readonly currency: Currency
  readonly versions: readonly PriceListVersion[]
}

export type PriceListVersionDecision =
  | { readonly kind: 'added'; readonly priceList: PriceList }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refused'; readonly refusals: readonly FieldRefusal[] }

/** The price of a usage day is the price valid that day (INV-12). */
export function findVersionOn(priceList: PriceList, day: string): PriceListVersion | undefined {
  return priceList.versions.findLast((version) => version.effectiveFrom <= day)
}

export function findPriceOn(priceList: PriceList, meterId: string, day: string): PriceEntry | undefined {
  return findVersionOn(priceList, day)?.prices.find((entry) => entry.meterId === meterId)
}

/**
 * A published version never changes, and a new one follows all that are there. In the middle of a month it may change
 * nothing that is counted over the month: tiers, packages, included quantities, minimums and their scope.
 */
export function decidePriceListVersion(priceList: PriceList, wanted: PriceListVersion): PriceListVersionDecision {
  const published = priceList.versions.find((version) => version.version === wanted.version)
  if (published && canonicalJson(published) === canonicalJson(wanted)) return { kind: 'unchanged' }
  const latest = priceList.versions.at(-1)
  const reader = new FieldReader()
  if (published) {
    reader.refuse(
      'version',
      'version_already_published',
      `Version ${wanted.version} is published and cannot change. Publish the next one.`,
    )
  } else if (latest && wanted.version <= latest.version) {
    reader.refuse('version', 'version_not_ascending', `The next version must be greater than ${latest.version}.`)
  } else if (latest && wanted.effectiveFrom <= latest.effectiveFrom) {
    reader.refuse(
      'effectiveFrom',
      'effective_from_not_ascending',
      `effectiveFrom must be later than ${latest.effectiveFrom}, where version ${latest.version} begins.`,
    )
  } else if (latest && !isFirstDayOfMonth(wanted.effectiveFrom)) {
    refuseMonthlyChanges(reader, latest, wanted)
  }
  return reader.refusals.length > 0
    ? { kind: 'refused', refusals: reader.refusals }
    : { kind: 'added', priceList: { ...priceList, versions: [...priceList.versions, wanted] } }
}

function refuseMonthlyChanges(reader: FieldReader, latest: PriceListVersion, wanted: PriceListVersion): void {
  for (const entry of latest.prices) {
    const index = wanted.prices.findIndex((candidate) => candidate.meterId === entry.meterId)
    const next = wanted.prices[index]
    if (monthlyTermsOf(entry.price) === (next ? monthlyTermsOf(next.price) : 'none')) continue
    const field = next ? `prices[${index}].price` : 'prices'
    reader.refuse(
      field,
      'tiered_price_changes_at_month_start',
      `The price of ${entry.meterId} is counted over the whole month, so it changes on the first day of a month, not on ${wanted.effectiveFrom}.`,
    )
  }
}

/** What of a price a change in mid-month would make ambiguous. A unit price by itself leaves nothing, a fee its scope. */
function monthlyTermsOf(price: Price): string {
  if (price.model === 'perUnit') {
    const { unitPrice: _, scope, ...terms } = price
    return terms.includedQuantity || terms.minimumAmount ? canonicalJson({ scope, ...terms }) : 'none'
  }
  if (price.model === 'flat') {
    const { amount: _, ...terms } = price
    return canonicalJson(terms)
  }
  return canonicalJson(price)
}
