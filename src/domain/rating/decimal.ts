import { Big } from 'big.js'

/**
 * The decimals of rating. Strict, so that a binary float can never slip in (D5); divisions, which only prorating and
 * display need, keep 20 decimals, twice what a rated line must keep (INV-13).
 */
export const Decimal = Big()
Decimal.strict = true
Decimal.DP = 20
Decimal.RM = 1

export type { Big }

export const zero = new Decimal('0')
export const one = new Decimal('1')

const plainDecimal = /^-?\d{1,30}(?:\.\d{1,30})?$/

/** A decimal in plain notation, no exponent and no sign but minus; undefined for anything else. */
export function findDecimal(text: string): Big | undefined {
  return plainDecimal.test(text) ? new Decimal(text) : undefined
}

/** For decimals that crossed the edge already: anything but plain notation is a defect of the caller. */
export function getDecimal(text: string): Big {
  const decimal = findDecimal(text)
  if (!decimal) throw new RangeError(`Not a plain decimal: ${JSON.stringify(text)}`)
  return decimal
}

/** Plain notation without trailing zeros, so that equal decimals are equal texts. */
export function decimalText(decimal: Big): string {
  return decimal.eq(zero) ? '0' : decimal.toFixed()
}

export function decimalsOf(text: string): number {
  const point = text.indexOf('.')
  return point < 0 ? 0 : text.length - point - 1
}

export function smallerOf(a: Big, b: Big): Big {
  return a.lt(b) ? a : b
}
