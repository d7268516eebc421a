import { decimalText, getDecimal, zero } from './decimal.ts'
import { consumeIncluded, includedPart } from './included-quantity.ts'
import type { Price } from './price.ts'
import { priceRuleOf } from './price-rule.ts'
import { effectiveUnitPriceOf, PartSum, type RatedPart } from './rated-part.ts'

export interface RatedQuantity {
  /** Exact; rounding is the invoice line's (INV-13). */
  readonly amount: string
  readonly includedQuantity: string
  readonly effectiveUnitPrice: string
  readonly parts: readonly RatedPart[]
}

/** What a month with this one quantity costs, the minimum aside, which is a line of its own. */
export function rateQuantity(price: Price, quantity: string): RatedQuantity {
  const whole = getDecimal(quantity)
  if (whole.lt(zero)) throw new RangeError(`A quantity cannot be negative: ${quantity}`)
  const granted = getDecimal(price.includedQuantity ?? '0')
  const { included, charged } = consumeIncluded(granted, whole)
  const sum = new PartSum()
  if (included.gt(zero)) sum.add(includedPart(granted, included))
  for (const part of priceRuleOf(price)({ before: zero, quantity: charged, total: charged })) sum.add(part)
  const { amount, parts } = sum.total()
  return {
    amount: decimalText(amount),
    includedQuantity: decimalText(included),
    effectiveUnitPrice: effectiveUnitPriceOf(amount, whole, parts),
    parts,
  }
}
