import type { BillingPeriod } from '../rating/billing-period.ts'
import type { Currency } from '../rating/currency.ts'
import type { ExchangeRate } from '../rating/exchange-rate.ts'
import type { LineKind } from '../rating/line-key.ts'
import type { IntroductoryOffer } from '../rating/price.ts'
import type { PriceListAssignment } from '../rating/price-book.ts'
import type { Address } from './address.ts'
import type { InvoicedResource, InvoiceLanguage } from './invoice-document.ts'
import type { ProductToCharge } from './product-charge.ts'
import type { Seller } from './seller.ts'

/** Everything that an invoice of one profile is made of; the same facts give the same document. */
export interface InvoiceFacts {
  readonly period: BillingPeriod
  readonly seller: Seller
  readonly account: { readonly name: string; readonly displayName: string; readonly soldTo: Address }
  readonly profile: InvoicedProfile
  readonly cutoff: { readonly batchId: bigint; readonly reportedUntil: Date | null }
  readonly priceLists: readonly PriceListAssignment[]
  /** The month itself and earlier ones whose usage has changed since they were billed; any order. */
  readonly months: readonly UsageMonth[]
  readonly names: InvoiceNames
  readonly products: ProductToCharge
}

export interface InvoicedProfile {
  readonly name: string
  readonly displayName: string
  readonly currency: Currency
  readonly countryCode: string
  readonly language: InvoiceLanguage
  readonly billTo: Address
  readonly poNumber: string | null
  readonly taxId: string | null
  /** Percent, as the seller decided for this buyer; null means the seller's rate for the country. */
  readonly taxRate: string | null
  readonly reverseCharge: boolean
}

export interface UsageMonth {
  readonly period: BillingPeriod
  readonly quantities: readonly BillableQuantity[]
  /** The same subscriptions under other payers: they share what is counted for each subscription (DEC-33). */
  readonly elsewhere: readonly BillableQuantity[]
  /** What earlier documents of this profile say of the month. */
  readonly billed: readonly BilledInvoiceLine[]
  readonly exchangeRates: readonly ExchangeRate[]
}

export interface BillableQuantity {
  readonly invoiceSectionName: string | null
  readonly customerName: string | null
  readonly subscriptionId: string
  readonly meterId: string
  /** The link of an identity tenant; of a resource's usage its uid. */
  readonly groupingKey: string
  readonly usageDay: string
  readonly quantity: string
}

export interface BilledInvoiceLine {
  readonly lineKind: LineKind
  readonly invoiceSectionName: string | null
  readonly customerName: string | null
  readonly subscriptionId: string
  readonly meterId: string
  readonly groupingKey: string
  readonly priceListName: string
  readonly priceVersion: number
  readonly quantity: string
  readonly amountMinor: bigint
  /** Number of the document that the line is on; null when it was a statement. */
  readonly documentNumber: string | null
}

export interface InvoiceNames {
  readonly sections: ReadonlyMap<string, string>
  readonly customers: ReadonlyMap<string, string>
  readonly subscriptions: ReadonlyMap<string, InvoicedSubscription>
  readonly links: ReadonlyMap<string, InvoicedLink>
  readonly resources: ReadonlyMap<string, InvoicedResource>
}

export interface InvoicedSubscription {
  readonly displayName: string
  readonly introductoryOffer: IntroductoryOffer | null
  /** Who paid from when until when; only where that has changed. */
  readonly payers?: readonly InvoicedPayer[]
}

export interface InvoicedPayer {
  readonly profile: string
  readonly section: string | null
  readonly customer: string | null
  readonly from: Date
  readonly to: Date | null
}

/** A link of an identity tenant with its history, for what its lines say about their time (MAU-24). */
export interface InvoicedLink {
  readonly linkId: string
  readonly identityTenantId: string
  readonly domain: string
  readonly held: readonly HeldLink[]
  readonly models: readonly MeteredLink[]
}
export interface HeldLink {
  readonly subscriptionId: string
  readonly from: Date
  readonly to: Date | null
}
export interface MeteredLink {
  readonly model: 'perAuthentication' | 'mau'
  readonly from: Date
  readonly to: Date | null
}
