import { decimalText, getDecimal } from '../rating/decimal.ts'
import type { Price } from '../rating/price.ts'
import type { PriceListAssignment } from '../rating/price-book.ts'
import type { BillableQuantity } from './invoice-facts.ts'

/**
 * What the others of a profile have to do with the cost of one subscription: nothing; only how much they use before and
 * after it, of tiers, packages and free quantities that count over the profile (INV-12); or every line of theirs.
 */
export type NeighbourInfluence = 'none' | 'position' | 'whole'

export function neighbourInfluenceOf(priceLists: readonly PriceListAssignment[]): NeighbourInfluence {
  const influences = new Set(
    priceLists.flatMap(({ priceList }) =>
      priceList.versions.flatMap(({ prices }) => prices.map(({ price }) => influenceOf(price))),
    ),
  )
  if (influences.has('whole')) return 'whole'
  return influences.has('position') ? 'position' : 'none'
}

function influenceOf(price: Price): NeighbourInfluence {
  if (price.scope === 'subscription') return 'none'
  // A minimum is measured against all lines as rounded; and who may not have free quantities is known one by one.
  if (price.minimumAmount !== undefined || price.includedQuantityNotFor !== undefined) return 'whole'
  return price.model === 'perUnit' && price.includedQuantity === undefined ? 'none' : 'position'
}

/**
 * Neighbours in few records: what they use of a meter on a day before, between and after the subscriptions asked for.
 * With these, the subscriptions asked for consume tiers and free quantities where they did (compareConsumption).
 */
export function withNeighboursTogether(
  quantities: readonly BillableQuantity[],
  askedSubscriptions: readonly string[],
): BillableQuantity[] {
  const asked = new Set(askedSubscriptions)
  const inOrder = [...asked].toSorted()
  const kept: BillableQuantity[] = []
  const together = new Map<string, { first: BillableQuantity; sum: ReturnType<typeof getDecimal> }>()
  for (const quantity of quantities) {
    if (asked.has(quantity.subscriptionId)) {
      kept.push(quantity)
      continue
    }
    const place = placeIn(inOrder, quantity.subscriptionId)
    const id = `${quantity.usageDay}|${quantity.meterId}|${place}`
    const known = together.get(id)
    if (known) known.sum = known.sum.plus(getDecimal(quantity.quantity))
    else together.set(id, { first: quantity, sum: getDecimal(quantity.quantity) })
  }
  return [...kept, ...[...together.values()].map(({ first, sum }) => ({ ...first, quantity: decimalText(sum) }))]
}

/** How many of the sorted texts come before. */
function placeIn(inOrder: readonly string[], text: string): number {
  let [low, high] = [0, inOrder.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((inOrder[middle] ?? '') < text) low = middle + 1
    else high = middle
  }
  return low
}
