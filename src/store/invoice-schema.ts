import type { ColumnType, Generated } from 'kysely'
import type { Instant, Int8, Json, NullableInstant, Numeric } from './column-types.ts'

/** The tables of invoice runs and of what they issue. */
export interface InvoiceTables {
  invoice_run: {
    id: string
    period: string
    started_at: Instant
    finished_at: NullableInstant
    cutoff_batch: Int8 | null
    profiles_total: ColumnType<number, number | undefined, number>
    profiles_done: ColumnType<number, number | undefined, number>
    line_count: ColumnType<bigint, bigint | number | undefined, bigint | number>
  }
  invoice_run_parked: {
    run_id: string
    billing_profile_name: string
    error: Json<{ code: string; message: string }>
    parked_at: Instant
  }
  invoice_run_unpriced: {
    run_id: string
    billing_profile_name: string
    subscription_id: string
    meter_id: string
    grouping_key: string
    usage_period: string
    quantity: Numeric
    reason: string
  }
  invoice_series: { name: string; last_number: Int8 }
  invoice: {
    id: string
    number: string | null
    document_type: 'Invoice' | 'CreditNote' | 'Statement'
    run_id: string | null
    billing_account_name: string
    billing_profile_name: string
    period: string
    currency: string
    invoice_date: Instant
    due_date: Instant
    subtotal_minor: Int8
    tax_minor: Int8
    total_minor: Int8
    cutoff_batch: Int8
    credit_for: string | null
    document: string
    document_sha256: string
  }
  invoice_line: {
    invoice_id: string
    line_number: number
    usage_period: string
    charge_type: 'Usage' | 'Adjustment' | 'Minimum' | 'Fixed' | 'Credit'
    line_kind: string
    invoice_section_name: string | null
    customer_name: string | null
    /** Null of a product, which is in no subscription. */
    subscription_id: string | null
    meter_id: string
    grouping_key: string
    price_list_name: string
    price_version: number
    quantity: Numeric
    amount: Numeric
    amount_minor: Int8
  }
  invoice_download: {
    ticket_hash: string
    tenant_id: string
    principal_id: string
    is_archive: boolean
    expires_at: Instant
  }
  invoice_download_file: { ticket_hash: string; invoice_id: string; kind: string }
  invoiced_usage: { invoice_id: string; billing_profile_name: string; usage_period: string; usage_print: string }
  invoice_file: { invoice_id: string; kind: string; bytes: Buffer; sha256: string }
  invoice_status: {
    sequence: Generated<bigint>
    invoice_id: string
    at: Instant
    status: 'Due' | 'OverDue' | 'Paid' | 'Void'
  }
}
