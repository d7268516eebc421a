import { getDecimal, zero } from './decimal.ts'
import type { PerUnitPrice, PriceRule } from './price.ts'

export function perUnitPriceRule(price: PerUnitPrice): PriceRule {
  const unitPrice = getDecimal(price.unitPrice)
  return ({ quantity }) =>
    quantity.eq(zero) ? [] : [{ kind: 'unit', tier: 0, from: zero, to: null, quantity, unitPrice }]
}
