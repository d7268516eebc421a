import type { Address } from './address.ts'

/** Who issues invoices (BIL-24). A document keeps the seller that it was issued by. */
export interface SellerDetails {
  readonly version: number
  readonly legalName: string
  readonly address: Address
  readonly taxId: string
  readonly bankDetails: BankDetails
  readonly paymentTermsDays: number
}

export interface BankDetails {
  readonly bankName?: string
  readonly accountHolder?: string
  readonly iban?: string
  readonly bic?: string
  readonly accountNumber?: string
  readonly clearingNumber?: string
}

/** Percent by country; a country that is missing has no tax of the seller's. */
export interface TaxRate {
  readonly country: string
  readonly rate: string
  /** A buyer with a tax id of its own accounts for the tax itself. */
  readonly reverseCharge: boolean
}

export interface Seller extends SellerDetails {
  readonly effectiveFrom: Date
  readonly taxRates: readonly TaxRate[]
}
