import { canonicalJson } from '../rating/canonical-json.ts'
import type { PriceListVersion } from '../rating/price-list.ts'

/** Whether a version is asked for again with all of its prices as they are, and with others beside them. */
export function addsPricesOnly(published: PriceListVersion, wanted: PriceListVersion): boolean {
  if (wanted.effectiveFrom !== published.effectiveFrom || wanted.prices.length <= published.prices.length) return false
  const asked = new Map(wanted.prices.map((entry) => [entry.meterId, canonicalJson(entry)]))
  return published.prices.every((entry) => asked.get(entry.meterId) === canonicalJson(entry))
}
