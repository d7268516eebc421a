import { type Big, decimalText, one, zero } from './decimal.ts'
import type { PricePart } from './price.ts'

/**
 * A term of a line's amount that a person can check: quantity × unitPrice = amount, and the parts add up to the line.
 * `from` and `to` are the bounds of the tier; only a prorated day price is shown rounded, to 20 decimals.
 */
export interface RatedPart {
  readonly kind: PricePart['kind'] | 'minimum'
  readonly from: string
  readonly to: string | null
  readonly quantity: string
  readonly unitPrice: string
  readonly amount: string
}

/** Adds the parts of one line, tier by tier, and multiplies once at the end, so that nothing is lost on the way. */
export class PartSum {
  readonly #parts: PricePart[] = []

  add(part: PricePart): void {
    const index = this.#parts.findIndex((known) => known.kind === part.kind && known.tier === part.tier)
    const known = this.#parts[index]
    if (known) this.#parts[index] = { ...known, quantity: known.quantity.plus(part.quantity) }
    else this.#parts.push(part)
  }

  amount(): Big {
    return this.#parts.reduce((sum, part) => sum.plus(amountOf(part)), zero)
  }

  rated(): readonly RatedPart[] {
    return this.#parts
      .toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || a.tier - b.tier)
      .map((part) => ({
        kind: part.kind,
        from: decimalText(part.from),
        to: part.to === null ? null : decimalText(part.to),
        quantity: decimalText(part.quantity),
        unitPrice: decimalText(part.divisor ? part.unitPrice.div(part.divisor) : part.unitPrice),
        amount: decimalText(amountOf(part)),
      }))
  }
}

const order: readonly PricePart['kind'][] = ['included', 'unit', 'tier', 'tierFee', 'package', 'flat', 'day']
const shownDecimals = 12

/** What a unit came to on the whole, free quantities and fees included; for people and reconciliation files (INV-8). */
export function effectiveUnitPriceOf(amount: Big, quantity: Big): string {
  return decimalText((quantity.eq(zero) ? zero : amount.div(quantity)).round(shownDecimals))
}

function amountOf(part: PricePart): Big {
  const product = part.quantity.times(part.unitPrice)
  return part.divisor && !part.divisor.eq(one) ? product.div(part.divisor) : product
}
