import type { Instant, Revision } from './column-types.ts'

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
}
