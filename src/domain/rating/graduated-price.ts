import { smallerOf, zero } from './decimal.ts'
import type { GraduatedPrice, PricePart, PriceRule } from './price.ts'
import { tierBoundsOf, tierFeePart, tierPart } from './price-tier.ts'

/** Each tier's price holds for the quantity inside the tier; a tier's fee falls to whoever first enters it. */
export function graduatedPriceRule(price: GraduatedPrice): PriceRule {
  const tiers = tierBoundsOf(price.tiers)
  return ({ before, quantity }) => {
    const after = before.plus(quantity)
    const parts: PricePart[] = []
    for (const tier of tiers) {
      if (after.lte(tier.from)) break
      const start = before.gt(tier.from) ? before : tier.from
      const inside = (tier.to === null ? after : smallerOf(after, tier.to)).minus(start)
      if (inside.lte(zero)) continue
      parts.push(tierPart(tier, inside))
      if (before.lte(tier.from) && !tier.flatFee.eq(zero)) parts.push(tierFeePart(tier))
    }
    return parts
  }
}
