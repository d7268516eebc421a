import type { ColumnType } from 'kysely'
import type { TransferStatus } from '../domain/billing/transfer.ts'
import type { Instant, Json, NullableInstant } from './column-types.ts'

/** The tables of billing-ownership transfers. */
export interface TransferTables {
  billing_transfer: {
    name: string
    name_key: string
    billing_account_name: string
    billing_profile_name: string
    invoice_section_name: string | null
    customer_name: string | null
    status: ColumnType<TransferStatus, TransferStatus | undefined, TransferStatus>
    recipient_email: string
    recipient_key: string
    initiator_email: string
    initiated_by: string
    initiator_tenant_id: string
    initiated_at: Instant
    initiator_terms: Json<TermsAgreement>
    expires_at: Instant
    answered_by: string | null
    answered_tenant_id: string | null
    answered_at: NullableInstant
    recipient_terms: Json<TermsAgreement> | null
    chosen: Json<readonly string[]> | null
    canceled_by: string | null
    responsible_from: NullableInstant
  }
  billing_transfer_item: {
    transfer_name: string
    subscription_id: string
    status: 'Completed' | 'Failed'
    error: Json<{ code: string; message: string }> | null
  }
  transfer_terms_agreement: {
    billing_account_name: string
    terms_version: string
    agreed_at: Instant
    agreed_by: string
    agreed_by_name: string
  }
}

/** Which edition was agreed to, and whether in the request itself or for the whole account before. */
export interface TermsAgreement {
  readonly version: string
  readonly by: 'request' | 'account'
}
