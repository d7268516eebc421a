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

  /** The exact amount, and what it is made of. */
  total(): { readonly amount: Big; readonly parts: readonly RatedPart[] } {
    let total = zero
    const parts = this.#inOrder().map((part): RatedPart => {
      const amount = amountOf(part)
      total = total.plus(amount)
      return {
        kind: part.kind,
        from: decimalText(part.from),
        to: part.to === null ? null : decimalText(part.to),
        quantity: decimalText(part.quantity),
        unitPrice: decimalText(part.divisor ? part.unitPrice.div(part.divisor) : part.unitPrice),
        amount: decimalText(amount),
      }
    })
    return { amount: total, parts }
  }

  #inOrder(): readonly PricePart[] {
    return this.#parts.length < 2
      ? this.#parts
      : this.#parts.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || a.tier - b.tier)
  }
}

const order: readonly PricePart['kind'][] = ['included', 'unit', 'tier', 'tierFee', 'package', 'flat', 'day']
const perUnitKinds: readonly RatedPart['kind'][] = ['unit', 'tier', 'day']
const shownDecimals = 12

/** The price of a unit where all that was not free has the same one; null where tiers, packages or fees make several. */
export function onlyUnitPriceOf(parts: readonly RatedPart[]): string | null {
  const [only, another] = parts.filter((part) => part.kind !== 'included')
  return only && !another && perUnitKinds.includes(only.kind) ? only.unitPrice : null
}

/** What a unit came to on the whole, free quantities and fees included; for people and reconciliation files (INV-8). */
export function effectiveUnitPriceOf(amount: Big, quantity: Big, parts: readonly RatedPart[]): string {
  const [only, another] = parts
  if (only?.kind === 'unit' && !another) return only.unitPrice
  return decimalText((quantity.eq(zero) ? zero : amount.div(quantity)).round(shownDecimals))
}

function amountOf(part: PricePart): Big {
  const product = part.quantity.times(part.unitPrice)
  return part.divisor && !part.divisor.eq(one) ? product.div(part.divisor) : product
}
