import { type Big, smallerOf, zero } from './decimal.ts'
import type { PricePart } from './price.ts'

/** Takes from what is left of the month's free quantity first; only the rest is charged (MAU-18, DEC-18). */
export function consumeIncluded(left: Big, quantity: Big): { included: Big; charged: Big; left: Big } {
  const included = left.gt(zero) ? smallerOf(left, quantity) : zero
  return { included, charged: quantity.minus(included), left: left.minus(included) }
}

export function includedPart(granted: Big, quantity: Big): PricePart {
  return { kind: 'included', tier: 0, from: zero, to: granted, quantity, unitPrice: zero }
}
