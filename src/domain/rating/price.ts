import type { Big } from './decimal.ts'

/**
 * Where tiers, included quantities, started packages and minimums are counted: over all subscriptions of the paying
 * profile (INV-12), or for each subscription by itself (MAU-18). Always for one meter and one calendar month.
 */
export type PriceScope = 'profile' | 'subscription'

/** Kinds of subscription that an included quantity may be withheld from (MAU-18). */
export const introductoryOffers = ['trial', 'credit', 'sponsored'] as const
export type IntroductoryOffer = (typeof introductoryOffers)[number]

export interface PriceTerms {
  readonly scope: PriceScope
  /** Free of charge before anything is charged; the tiers count what is left after it. */
  readonly includedQuantity?: string
  readonly includedQuantityNotFor?: readonly IntroductoryOffer[]
  /** What a month with usage costs at least. */
  readonly minimumAmount?: string
}

export interface FlatPrice extends PriceTerms {
  readonly model: 'flat'
  readonly amount: string
}
export interface PerUnitPrice extends PriceTerms {
  readonly model: 'perUnit'
  readonly unitPrice: string
}
/** `upTo` belongs to its tier; null marks the last, open tier. The fee falls due once, when the tier is entered. */
export interface PriceTier {
  readonly upTo: string | null
  readonly unitPrice: string
  readonly flatFee?: string
}
export interface GraduatedPrice extends PriceTerms {
  readonly model: 'graduated'
  readonly tiers: readonly PriceTier[]
}
export interface VolumePrice extends PriceTerms {
  readonly model: 'volume'
  readonly tiers: readonly PriceTier[]
}
export interface PackagePrice extends PriceTerms {
  readonly model: 'package'
  readonly packageSize: string
  readonly packagePrice: string
}

/** Decimals are texts in plain notation, as on the wire and in the database. */
export type Price = FlatPrice | PerUnitPrice | GraduatedPrice | VolumePrice | PackagePrice

/** What one record takes out of its month: it begins where the records before it in order have ended. */
export interface Consumption {
  readonly before: Big
  readonly quantity: Big
  /** Everything charged in the month within the price's scope; volume prices look at nothing else. */
  readonly total: Big
}

/** One term of the sum that a line's amount is: quantity × unit price ÷ divisor. */
export interface PricePart {
  readonly kind: 'included' | 'unit' | 'tier' | 'tierFee' | 'package' | 'flat' | 'day'
  readonly tier: number
  readonly from: Big
  readonly to: Big | null
  readonly quantity: Big
  readonly unitPrice: Big
  readonly divisor?: Big
}

export type PriceRule = (consumption: Consumption) => readonly PricePart[]
