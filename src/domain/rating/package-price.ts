import { type Big, getDecimal, one, zero } from './decimal.ts'
import type { PackagePrice, PriceRule } from './price.ts'

/** A started package is charged whole, to whoever starts it; what is left of it serves those who come after. */
export function packagePriceRule(price: PackagePrice): PriceRule {
  const size = getDecimal(price.packageSize)
  const unitPrice = getDecimal(price.packagePrice)
  return ({ before, quantity }) => {
    const started = packagesFor(before.plus(quantity), size).minus(packagesFor(before, size))
    return started.eq(zero) ? [] : [{ kind: 'package', tier: 0, from: zero, to: null, quantity: started, unitPrice }]
  }
}

function packagesFor(quantity: Big, size: Big): Big {
  const rest = quantity.mod(size)
  const full = quantity.minus(rest).div(size)
  return rest.gt(zero) ? full.plus(one) : full
}
