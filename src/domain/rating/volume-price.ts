import { zero } from './decimal.ts'
import type { PriceRule, VolumePrice } from './price.ts'
import { tierBoundsOf, tierFeePart, tierPart } from './price-tier.ts'

/** The whole month's quantity has the one price of the tier that it ends in; that tier's fee falls to the first user. */
export function volumePriceRule(price: VolumePrice): PriceRule {
  const tiers = tierBoundsOf(price.tiers)
  return ({ before, quantity, total }) => {
    const tier = tiers.find(({ to }) => to === null || total.lte(to))
    if (!tier || quantity.eq(zero)) return []
    const part = tierPart(tier, quantity)
    return before.eq(zero) && !tier.flatFee.eq(zero) ? [part, tierFeePart(tier)] : [part]
  }
}
