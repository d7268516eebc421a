import { canonicalJson } from '../rating/canonical-json.ts'
import { type LineKey, lineKeyText } from '../rating/line-key.ts'
import type { PriceListAssignment } from '../rating/price-book.ts'
import type { PriceEntry, PriceListVersion } from '../rating/price-list.ts'

/**
 * A version that only adds prices may be published for months that are invoiced already, so that usage without a price
 * gets one. What it leaves alone stays under the version that it was billed under; otherwise every line of the month
 * would be taken back and charged again.
 */
export function keepBilledVersions<Line extends LineKey>(
  priceLists: readonly PriceListAssignment[],
  billed: readonly LineKey[],
  lines: readonly Line[],
): readonly Line[] {
  const known = new Set(billed.map(lineKeyText))
  const versions = [...new Set(billed.map((line) => line.priceVersion))]
  return lines.map((line) => {
    if (known.has(lineKeyText(line))) return line
    const before = versions.find(
      (priceVersion) =>
        known.has(lineKeyText({ ...line, priceVersion })) &&
        termsOf(priceLists, line, priceVersion) === termsOf(priceLists, line, line.priceVersion),
    )
    return before === undefined ? line : { ...line, priceVersion: before }
  })
}

/** Whether the version has every price of the one before it as it was. */
export function onlyAddsPrices(before: PriceListVersion, after: PriceListVersion): boolean {
  return before.prices.every((entry) =>
    after.prices.some((other) => other.meterId === entry.meterId && canonicalJson(other) === canonicalJson(entry)),
  )
}

function termsOf(priceLists: readonly PriceListAssignment[], key: LineKey, priceVersion: number): string | undefined {
  const entry = findEntry(priceLists, key, priceVersion)
  return entry && canonicalJson(entry)
}

function findEntry(
  priceLists: readonly PriceListAssignment[],
  key: LineKey,
  priceVersion: number,
): PriceEntry | undefined {
  const list = priceLists.find(({ priceList }) => priceList.name === key.priceListName)?.priceList
  const version = list?.versions.find((candidate) => candidate.version === priceVersion)
  return version?.prices.find((entry) => entry.meterId === key.meterId)
}
