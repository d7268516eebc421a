import type { Currency } from './currency.ts'
import { type Big, zero } from './decimal.ts'
import { fromMinor } from './money.ts'

/**
 * What is missing to the month's minimum, undefined when nothing is. Measured against the lines as rounded, so that
 * the lines together come to the minimum to the last minor unit.
 */
export function missingToMinimum(minimum: Big, chargedMinor: bigint, currency: Currency): Big | undefined {
  const missing = minimum.minus(fromMinor(chargedMinor, currency))
  return missing.gt(zero) ? missing : undefined
}
