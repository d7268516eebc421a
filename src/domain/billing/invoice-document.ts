import type { BillingPeriod } from '../rating/billing-period.ts'
import type { Currency } from '../rating/currency.ts'
import type { ExchangeRate } from '../rating/exchange-rate.ts'
import type { RatedPart } from '../rating/rated-part.ts'
import type { Address } from './address.ts'
import type { SellerDetails } from './seller.ts'

export type DocumentType = 'Invoice' | 'CreditNote' | 'Statement'
export type ChargeType = 'Usage' | 'Adjustment' | 'Minimum' | 'Fixed' | 'Credit'
export type InvoiceLanguage = 'en' | 'sv'
/** By language tag; English is always there. */
export type LocalText = { readonly en: string; readonly [language: string]: string }

/**
 * An issued document as it stays for ever (INV-5 to INV-7, INV-14): plain JSON, amounts as decimal texts with all of
 * the currency's decimals, instants as RFC 3339 in UTC. What becomes of it later (paid, overdue) is not part of it.
 */
export interface InvoiceDocument {
  readonly schema: 'tenantry.invoice.v1'
  readonly documentType: DocumentType
  /** Null in a preview, which differs from the final document here and nowhere else. */
  readonly issue: InvoiceIssue | null
  readonly paymentTermsDays: number
  readonly period: { readonly name: BillingPeriod; readonly from: string; readonly to: string }
  readonly currency: Currency
  readonly language: InvoiceLanguage
  readonly seller: SellerDetails
  readonly billingAccount: {
    readonly name: string
    readonly displayName: string
    readonly soldTo: Address
  }
  readonly billingProfile: {
    readonly name: string
    readonly displayName: string
    readonly billTo: Address
    readonly poNumber: string | null
    readonly taxId: string | null
  }
  /** Of a credit note: what it corrects and why. */
  readonly creditFor: InvoiceReference | null
  /**
   * Everything reported until then is on this document or on an earlier one. An instant and no number of a batch, so
   * that the same usage in other batches gives the same bytes.
   */
  readonly cutoff: { readonly reportedUntil: string | null }
  readonly summary: InvoiceSummary
  readonly taxGroups: readonly TaxGroup[]
  readonly priceLists: readonly PriceListReference[]
  readonly exchangeRates: readonly ExchangeRate[]
  /** Sections with lines, in the order of their names; of a partner's invoice, its customers. */
  readonly sections: readonly InvoiceSectionBlock[]
  /** How free quantities were used up and by whom (DEC-18). */
  readonly includedQuantities: readonly InvoiceIncludedQuantity[]
  readonly notes: readonly InvoiceNote[]
}

export interface InvoiceIssue {
  /** Null on a statement (DEC-37). */
  readonly number: string | null
  readonly invoiceDate: string
  readonly dueDate: string
}

export interface InvoiceReference {
  readonly number: string
  readonly invoiceDate: string
  readonly reason: string
}

/** subtotal = charges + credits − creditsApplied; total = subtotal + tax. Credits are refunds and negative (INV-6). */
export interface InvoiceSummary {
  readonly charges: string
  readonly credits: string
  readonly creditsApplied: string
  readonly subtotal: string
  readonly tax: string
  readonly total: string
}

/** Tax is computed once for each group, on its rounded taxable subtotal (INV-13). */
export interface TaxGroup {
  /** Percent. */
  readonly rate: string
  /** The buyer accounts for the tax; the document has to say so. */
  readonly isReverseCharge: boolean
  readonly taxable: string
  readonly tax: string
}

export interface PriceListReference {
  readonly name: string
  readonly version: number
  readonly currency: Currency
  readonly effectiveFrom: string
}

export interface InvoiceSectionBlock {
  /** Id of the section or of the customer. */
  readonly name: string
  readonly kind: 'section' | 'customer'
  readonly displayName: string
  readonly products: readonly InvoiceProduct[]
  readonly summary: InvoiceSummary
}

export interface InvoiceProduct {
  readonly name: LocalText
  readonly serviceFamilies: readonly InvoiceServiceFamily[]
}

export interface InvoiceServiceFamily {
  readonly name: string
  readonly lines: readonly InvoiceLine[]
}

export interface InvoiceLine {
  /** From 1 on, over the whole document, in the order of reading. */
  readonly lineNumber: number
  readonly chargeType: ChargeType
  readonly description: LineDescription
  /** The month the usage happened in; an adjustment names an earlier one. */
  readonly usagePeriod: BillingPeriod
  /** What the line is about, half-open. Both lines of a transition month have their own (MAU-24). */
  readonly from: string
  readonly to: string
  /** Empty of a product, which is in no subscription. */
  readonly subscriptionId: string
  readonly subscriptionName: string
  readonly meterId: string
  readonly resource: InvoicedResource | null
  readonly identityTenant: { readonly id: string; readonly domain: string } | null
  readonly unit: string
  readonly quantity: string
  readonly includedQuantity: string
  /** Null where tiers, packages or fees make several prices: then `parts` has them. */
  readonly unitPrice: string | null
  readonly effectiveUnitPrice: string
  readonly parts: readonly RatedPart[]
  readonly priceList: { readonly name: string; readonly version: number }
  readonly pricingCurrency: Currency
  readonly exchangeRate: ExchangeRate | null
  /** Exact; rounded once into `charge` or `credit`. */
  readonly amount: string
  readonly charge: string
  /** Negative or zero. */
  readonly credit: string
  readonly taxRate: string
  readonly tax: string
  readonly total: string
  /** Of an adjustment: what was billed before and what everything known now comes to (DEC-7). */
  readonly adjustment: LineAdjustment | null
}

export interface InvoicedResource {
  readonly uid: string
  readonly id: string | null
  readonly location: string | null
}

export interface LineAdjustment {
  readonly billedQuantity: string
  readonly billedAmount: string
  readonly ratedQuantity: string
  readonly ratedAmount: string
  /** Numbers of the documents that the month's line is on. */
  readonly originals: readonly string[]
}

/**
 * What a line says in words besides its product, for the languages of the documents. Parameters: `tenant`, the domain of
 * the identity tenant, wherever there is one; in a transition month `until` of `authentications` and `from` of
 * `monthlyActiveUsers`, the instant of change; of `credit` the `number` and `line` of the original;
 * of `product` the `days` that it was there and `of` how many days the month has.
 */
export interface LineDescription {
  readonly key:
    | 'usage'
    | 'stackUsage'
    | 'authentications'
    | 'monthlyActiveUsers'
    | 'secondFactorAttempts'
    | 'localResidency'
    | 'fixedFee'
    | 'minimum'
    | 'product'
    | 'credit'
  readonly parameters: Readonly<Record<string, string>>
}

/**
 * `transitionMonth` {tenant, changedAt}: users charged per authentication before the change are not counted as active
 * users after it (INV-10). `reverseCharge` {}. `lateUsage` {periods}. `exchangeRate` {from, to, rate, day}.
 */
export interface InvoiceNote {
  readonly key: 'transitionMonth' | 'reverseCharge' | 'lateUsage' | 'exchangeRate'
  readonly parameters: Readonly<Record<string, string>>
}

export interface InvoiceIncludedQuantity {
  readonly meterId: string
  /** Null where the profile's subscriptions share it. */
  readonly subscriptionId: string | null
  readonly granted: string
  readonly consumed: string
  readonly consumedBy: readonly {
    readonly subscriptionId: string
    readonly tenant: string
    readonly quantity: string
  }[]
}
