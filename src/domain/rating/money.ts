import { type Currency, minorUnitDigits } from './currency.ts'
import { type Big, Decimal, getDecimal } from './decimal.ts'

/** An amount in the currency's smallest unit: 10.50 SEK is `{ minor: 1050n, currency: 'SEK' }` (D5). */
export interface Money {
  readonly minor: bigint
  readonly currency: Currency
}

const roundHalfAwayFromZero = 1

/** The one rounding of an amount, done where the invoice line is made: half away from zero (DEC-35, INV-13). */
export function roundToMinor(amount: Big, currency: Currency): bigint {
  const digits = minorUnitDigits[currency]
  return BigInt(amount.round(digits, roundHalfAwayFromZero).toFixed(digits).replace('.', ''))
}

/** The exact decimal amount of a number of minor units. */
export function fromMinor(minor: bigint, currency: Currency): Big {
  return new Decimal(`${minor}e-${minorUnitDigits[currency]}`)
}

/** `1050n` in SEK is `10.50`; always with all of the currency's decimals. */
export function formatMinor(minor: bigint, currency: Currency): string {
  const digits = minorUnitDigits[currency]
  const sign = minor < 0n ? '-' : ''
  const magnitude = (minor < 0n ? -minor : minor).toString().padStart(digits + 1, '0')
  return digits === 0 ? sign + magnitude : `${sign}${magnitude.slice(0, -digits)}.${magnitude.slice(-digits)}`
}

export function formatMoney(money: Money): string {
  return `${formatMinor(money.minor, money.currency)} ${money.currency}`
}

/** Exact or undefined: `10.505` is no amount of SEK. For amounts that people enter, such as payments. */
export function findMinor(text: string, currency: Currency): bigint | undefined {
  if (!/^-?\d{1,24}(?:\.\d{1,12})?$/.test(text)) return undefined
  const amount = getDecimal(text)
  const minor = roundToMinor(amount, currency)
  return fromMinor(minor, currency).eq(amount) ? minor : undefined
}

/** Tax is computed once, on a subtotal that is rounded already, never per line (DEC-35, INV-13). 25 % is `'25'`. */
export function taxFromPercentage(subtotal: Money, percentage: string): Money {
  const tax = new Decimal(subtotal.minor.toString()).times(getDecimal(percentage)).times(new Decimal('0.01'))
  return { minor: BigInt(tax.round(0, roundHalfAwayFromZero).toFixed(0)), currency: subtotal.currency }
}

/** 25 % is `2500n` basis points. */
export function taxFromBasisPoints(subtotal: Money, basisPoints: bigint): Money {
  return taxFromPercentage(subtotal, new Decimal(`${basisPoints}e-2`).toFixed())
}

export function sumMinor(amounts: Iterable<bigint>): bigint {
  let sum = 0n
  for (const amount of amounts) sum += amount
  return sum
}
