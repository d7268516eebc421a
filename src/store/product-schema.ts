import type { Instant, Json, Period } from './column-types.ts'

/** The tables of products, which are sold for a price a month. */
export interface ProductTables {
  product_offer: {
    name: string
    kind: 'plan' | 'marketplace' | 'reservation'
    product_name: Json<{ readonly en: string; readonly sv: string }>
    service_family: string
    monthly_prices: Json<Readonly<Record<string, string>>>
    created_at: Instant
    created_by: string
  }
  product: {
    id: string
    billing_account_name: string
    offer_name: string
    purchased_at: Instant
    purchased_by: string
    auto_renew: boolean
    is_cancelled: boolean
  }
  product_placement: {
    product_id: string
    billing_account_name: string
    billing_profile_name: string
    invoice_section_name: string
    during: Period
  }
}
