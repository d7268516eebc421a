import type { Generated } from 'kysely'
import type { Instant, Int8, NullableInstant, Period } from './column-types.ts'

type PaymentFamily = 'CreditCard' | 'CheckWire' | 'Credits'

/** How profiles pay, and what they paid. */
export interface PaymentTables {
  payment_method: {
    name: string
    billing_account_name: string
    family: PaymentFamily
    display_name: string
    account_holder_name: string | null
    card_type: string | null
    card_reference: string | null
    last_four_digits: string | null
    expires_at: NullableInstant
    created_at: Instant
    created_by: string
    deleted_at: NullableInstant
  }
  payment_method_link: { billing_profile_name: string; payment_method_name: string; during: Period }
  default_payment_method: { billing_profile_name: string; payment_method_name: string; during: Period }
  payment: {
    id: string
    invoice_id: string
    kind: 'Payment' | 'Reversal' | 'Refund'
    family: PaymentFamily
    payment_method_name: string | null
    amount_minor: Int8
    reference: string | null
    paid_at: Instant
    recorded_at: Instant
    recorded_by: string | null
    reverses: string | null
  }
  billing_credit: {
    id: string
    billing_profile_name: string
    amount_minor: Int8
    reason: string
    payment_id: string | null
    granted_at: Instant
    granted_by: string | null
  }
  outbox_attachment: {
    message_id: string
    position: number
    file_name: string
    content_type: string
    invoice_id: string
    file_kind: string
  }
  /** A view. */
  invoice_balance: {
    invoice_id: Generated<string>
    billing_profile_name: Generated<string>
    total_minor: Generated<bigint>
    credited_minor: Generated<bigint>
    paid_minor: Generated<bigint>
  }
  payment_hold: {
    subscription_id: string
    during: Period
    billing_profile_name: string
    state_before: 'Active' | 'Warned'
    disabled_at: NullableInstant
  }
}
