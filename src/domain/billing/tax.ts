import type { Currency } from '../rating/currency.ts'
import { sumMinor, taxFromPercentage } from '../rating/money.ts'
import type { InvoicedProfile } from './invoice-facts.ts'
import type { Seller } from './seller.ts'

export interface TaxDecision {
  /** Percent. */
  readonly rate: string
  readonly isReverseCharge: boolean
}

/** What was decided for the buyer wins; else the seller's rate for the buyer's country; else none (BIL-24). */
export function decideTax(
  seller: Pick<Seller, 'taxRates'>,
  profile: Pick<InvoicedProfile, 'taxRate' | 'reverseCharge' | 'taxId' | 'countryCode' | 'billTo'>,
): TaxDecision {
  if (profile.reverseCharge) return { rate: '0', isReverseCharge: true }
  if (profile.taxRate !== null) return { rate: profile.taxRate, isReverseCharge: false }
  const country = (profile.billTo.country ?? profile.countryCode).toUpperCase()
  const rate = seller.taxRates.find((candidate) => candidate.country.toUpperCase() === country)
  if (!rate) return { rate: '0', isReverseCharge: false }
  if (rate.reverseCharge && profile.taxId !== null) return { rate: '0', isReverseCharge: true }
  return { rate: rate.rate, isReverseCharge: false }
}

export interface AllocatedTax {
  readonly taxableMinor: bigint
  readonly taxMinor: bigint
  readonly byLine: readonly bigint[]
}

/**
 * Tax is computed on the subtotal, once (INV-13). What a line shows of it is the growth of the tax of the running
 * subtotal, so that the lines together show the tax of the whole to the last minor unit.
 */
export function allocateTax(lineAmounts: readonly bigint[], rate: string, currency: Currency): AllocatedTax {
  const taxableMinor = sumMinor(lineAmounts)
  const taxOf = (minor: bigint): bigint => taxFromPercentage({ minor, currency }, rate).minor
  if (rate === '0') return { taxableMinor, taxMinor: 0n, byLine: lineAmounts.map(() => 0n) }
  let running = 0n
  let shown = 0n
  const byLine = lineAmounts.map((amount) => {
    if (amount === 0n) return 0n
    running += amount
    const tax = taxOf(running)
    const share = tax - shown
    shown = tax
    return share
  })
  return { taxableMinor, taxMinor: taxOf(taxableMinor), byLine }
}
