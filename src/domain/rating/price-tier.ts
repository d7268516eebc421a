import { type Big, getDecimal, one, zero } from './decimal.ts'
import type { PricePart, PriceTier } from './price.ts'

/** A tier holds the quantities above `from`, up to and including `to`. */
export interface TierBounds {
  readonly tier: number
  readonly from: Big
  readonly to: Big | null
  readonly unitPrice: Big
  readonly flatFee: Big
}

export function tierBoundsOf(tiers: readonly PriceTier[]): readonly TierBounds[] {
  let from = zero
  return tiers.map((tier, index) => {
    const to = tier.upTo === null ? null : getDecimal(tier.upTo)
    const bounds = {
      tier: index,
      from,
      to,
      unitPrice: getDecimal(tier.unitPrice),
      flatFee: getDecimal(tier.flatFee ?? '0'),
    }
    from = to ?? from
    return bounds
  })
}

export function tierPart({ tier, from, to, unitPrice }: TierBounds, quantity: Big): PricePart {
  return { kind: 'tier', tier, from, to, quantity, unitPrice }
}

export function tierFeePart({ tier, from, to, flatFee }: TierBounds): PricePart {
  return { kind: 'tierFee', tier, from, to, quantity: one, unitPrice: flatFee }
}
