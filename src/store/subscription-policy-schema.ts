import type { Instant } from './column-types.ts'

export interface SubscriptionPolicyTables {
  subscription_policy: {
    tenant_id: string
    blocks_leaving: boolean
    blocks_entering: boolean
    updated_at: Instant
    updated_by: string
  }
  subscription_policy_exemption: { tenant_id: string; principal_id: string }
}
