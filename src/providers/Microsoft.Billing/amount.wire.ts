import { getCurrency } from '../../domain/rating/currency.ts'
import { formatMinor } from '../../domain/rating/money.ts'

// Not in the library types yet.
const { rawJSON } = JSON as unknown as { rawJSON(text: string): object }

/** A JSON number with exactly these digits; it never passes through a float here (D5). */
export const toWireNumber = (decimal: string): object => rawJSON(decimal)

export const toWireDecimalAmount = (decimal: string, currency: string) => ({ currency, value: toWireNumber(decimal) })

export const toWireAmount = (minor: bigint, currency: string) =>
  toWireDecimalAmount(formatMinor(minor, getCurrency(currency)), currency)
