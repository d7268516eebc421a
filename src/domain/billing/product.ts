import type { Currency } from '../rating/currency.ts'
import { findDecimal, getDecimal, zero } from '../rating/decimal.ts'
import { endOfPeriod, periodOf } from '../rating/billing-period.ts'
import { conflict, invalid, type Refusal } from '../refusal.ts'

export type OfferKind = 'plan' | 'marketplace' | 'reservation'

export interface ProductOffer {
  readonly name: string
  readonly kind: OfferKind
  readonly productName: { readonly en: string; readonly sv: string }
  readonly serviceFamily: string
  /** By currency, exact. */
  readonly monthlyPrices: Readonly<Partial<Record<Currency, string>>>
}

/** A price is an exact decimal that is not negative, with at most 12 decimals. */
export function requireMonthlyPrice(currency: string, price: string): void {
  const decimal = findDecimal(price)
  if (!decimal || decimal.lt(zero) || !/^\d{1,15}(\.\d{1,12})?$/.test(price))
    throw invalid(
      'InvalidMonthlyPrice',
      `'${price}' is no monthly price in ${currency}. Send a decimal as a text, such as "49.90", with up to 12 decimals.`,
      `properties.monthlyPrices.${currency}`,
    )
}

/** Who may change the purchase policies of a profile: row P6 of the matrix. */
const policyHolders = 'An owner or contributor of the billing profile or of the billing account'

interface PayingProfile {
  readonly name: string
  readonly currency: string
  readonly status: string
  readonly purchasePolicies: Readonly<Record<string, string>>
}

/** BIL-13: what the policies of the profile forbid; undefined when they allow it. */
export function policyRefusal(offer: ProductOffer, profile: PayingProfile): Refusal | undefined {
  const refused = (policy: string, value: string, code: string, what: string): Refusal =>
    conflict(
      code,
      `The purchase policy '${policy}' of the billing profile '${profile.name}' is ${value}, so that no ${what} is bought for it. ${policyHolders} may change it (PUT …/policies/default).`,
    )
  const { marketplacePurchases = 'AllAllowed', reservationPurchases = 'Allowed' } = profile.purchasePolicies
  const isFree = priceIn(offer, profile.currency)?.eq(zero) ?? false
  if (offer.kind === 'marketplace' && marketplacePurchases === 'NotAllowed')
    return refused(
      'marketplacePurchases',
      marketplacePurchases,
      'MarketplacePurchasesNotAllowed',
      'marketplace product',
    )
  if (offer.kind === 'marketplace' && marketplacePurchases === 'OnlyFreeAllowed' && !isFree)
    return refused(
      'marketplacePurchases',
      marketplacePurchases,
      'MarketplacePurchasesNotAllowed',
      'marketplace product that costs something',
    )
  if (offer.kind === 'reservation' && reservationPurchases === 'NotAllowed')
    return refused('reservationPurchases', reservationPurchases, 'ReservationPurchasesNotAllowed', 'reservation')
  return undefined
}

/** Why the offer cannot be bought for the section; undefined when it can. */
export function purchaseRefusal(
  offer: ProductOffer,
  profile: PayingProfile,
  section: { readonly name: string; readonly state: string },
): Refusal | undefined {
  if (profile.status === 'PastDue')
    return conflict(
      'BillingProfilePastDue',
      `The billing profile '${profile.name}' has unpaid invoices. Pay them first.`,
    )
  if (profile.status !== 'Active' && profile.status !== 'Warned')
    return conflict(
      'BillingProfileInactive',
      `The billing profile '${profile.name}' is ${profile.status}. Buy for a section of an active one.`,
    )
  if (section.state === 'Restricted')
    return conflict('InvoiceSectionIsRestricted', `The invoice section '${section.name}' is restricted.`)
  if (section.state !== 'Active')
    return conflict(
      'InvoiceSectionInactive',
      `The invoice section '${section.name}' is ${section.state}. Buy for an active one.`,
    )
  if (!priceIn(offer, profile.currency))
    return conflict(
      'OfferNotPricedInCurrency',
      `The offer '${offer.name}' has no price in ${profile.currency}, the currency of the billing profile. Ask the seller for one that has.`,
      'properties.offerName',
    )
  return policyRefusal(offer, profile)
}

function priceIn(offer: ProductOffer, currency: string) {
  const price = offer.monthlyPrices[currency as Currency]
  return price === undefined ? undefined : getDecimal(price)
}

export type ProductStatus = 'Active' | 'Expiring' | 'Expired' | 'Cancelled'

export function productStatusAt(
  { isCancelled, endsAt }: { readonly isCancelled: boolean; readonly endsAt: Date | null },
  now: Date,
): ProductStatus {
  if (isCancelled) return 'Cancelled'
  if (endsAt === null) return 'Active'
  return endsAt > now ? 'Expiring' : 'Expired'
}

/** Without renewal a product ends with the calendar month that it was last paid for. */
export const endWithoutRenewal = (now: Date): Date => endOfPeriod(periodOf(now))

/** A cancelled product ends now; one that began at this very instant a moment later, because it was there. */
export const endOnCancel = (now: Date, from: Date): Date => (now > from ? now : new Date(from.getTime() + 1))
