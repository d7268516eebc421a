import type { Instant, Json, NullableInstant, Period, Revision } from './column-types.ts'

/** The tables of partners. */
export interface PartnerTables {
  partner: {
    id: string
    tenant_id: string
    kind: 'direct' | 'indirectProvider' | 'indirectReseller'
    display_name: string
    country_code: string
    billing_account_name: string | null
    admin_agents_group_id: string
    helpdesk_agents_group_id: string
    sales_agents_group_id: string
    created_at: Instant
    created_by: string
    revision: Revision
  }
  partner_profile: { partner_id: string; currency: string; billing_profile_name: string }
  customer: {
    partner_id: string
    tenant_id: string
    company_name: string
    billing_profile_name: string | null
    email: string | null
    culture: string
    language: string
    default_address: Json<Readonly<Record<string, string>>>
    created_at: Instant
    created_by: string
    revision: Revision
  }
  partner_relationship: {
    partner_id: string
    tenant_id: string
    during: Period
    started_by: string
    ended_by: string | null
  }
  delegated_privilege: {
    partner_id: string
    tenant_id: string
    during: Period
    granted_by: string
    ended_by: string | null
  }
  customer_agreement: {
    id: string
    partner_id: string
    tenant_id: string
    agreement_type: 'MicrosoftCustomerAgreement'
    template_id: string
    first_name: string
    last_name: string
    email: string
    phone_number: string | null
    date_agreed: Instant
    recorded_at: Instant
    recorded_by: string
  }
  customer_order: {
    id: string
    partner_id: string
    tenant_id: string
    billing_profile_name: string
    currency: string
    created_at: Instant
    created_by: string
  }
  partner_subscription: {
    subscription_id: string
    offer_id: string
    order_id: string | null
    line_number: number | null
  }
  relationship_request: {
    id: string
    partner_id: string
    code_hash: string
    delegated_privileges: boolean
    recipient_email: string | null
    created_at: Instant
    created_by: string
    expires_at: Instant
    accepted_at: NullableInstant
    accepted_by: string | null
    customer_tenant_id: string | null
  }
}
