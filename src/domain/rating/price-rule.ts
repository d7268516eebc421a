import { flatPriceRule, proratedFlatPriceRule } from './flat-price.ts'
import { graduatedPriceRule } from './graduated-price.ts'
import { packagePriceRule } from './package-price.ts'
import { perUnitPriceRule } from './per-unit-price.ts'
import type { Price, PriceRule } from './price.ts'
import { volumePriceRule } from './volume-price.ts'

/** Prices are texts: reading one for every payer and record would cost more than rating does. */
const knownRules = new WeakMap<Price, PriceRule>()

export function priceRuleOf(price: Price): PriceRule {
  const known = knownRules.get(price)
  if (known) return known
  const rule = readRule(price)
  knownRules.set(price, rule)
  return rule
}

function readRule(price: Price): PriceRule {
  switch (price.model) {
    case 'flat':
      return flatPriceRule(price)
    case 'perUnit':
      return perUnitPriceRule(price)
    case 'graduated':
      return graduatedPriceRule(price)
    case 'volume':
      return volumePriceRule(price)
    default:
      return packagePriceRule(price)
  }
}

/** For what is held over days rather than used: only fixed fees know the difference (DEC-32). */
export function holdingRuleOf(price: Price, daysInMonth: number): PriceRule {
  return price.model === 'flat' ? proratedFlatPriceRule(price, daysInMonth) : priceRuleOf(price)
}
