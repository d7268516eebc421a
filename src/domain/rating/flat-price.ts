import { Decimal, getDecimal, one, zero } from './decimal.ts'
import type { FlatPrice, PriceRule } from './price.ts'

/** One fee for a month with usage, however little: usage is never prorated (DEC-32). */
export function flatPriceRule(price: FlatPrice): PriceRule {
  const unitPrice = getDecimal(price.amount)
  return ({ before, quantity }) =>
    before.eq(zero) && quantity.gt(zero)
      ? [{ kind: 'flat', tier: 0, from: zero, to: null, quantity: one, unitPrice }]
      : []
}

/** A fixed fee for what is held, not used: the quantity is what is held that day, each day its part of the month (DEC-32). */
export function proratedFlatPriceRule(price: FlatPrice, daysInMonth: number): PriceRule {
  const unitPrice = getDecimal(price.amount)
  const divisor = new Decimal(daysInMonth.toString())
  return ({ quantity }) =>
    quantity.eq(zero) ? [] : [{ kind: 'day', tier: 0, from: zero, to: null, quantity, unitPrice, divisor }]
}
