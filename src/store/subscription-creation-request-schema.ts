import type { Instant, Json, NullableInstant } from './column-types.ts'

export interface SubscriptionCreationRequestTables {
  account_creation_policy: {
    billing_account_name: string
    allows_other_tenants: boolean
    updated_at: Instant
    updated_by: string
  }
  subscription_creation_request: {
    subscription_id: string
    source_tenant_id: string
    requester_id: string
    alias: string
    alias_key: string | null
    billing_scope: string
    display_name: string
    workload: 'Production' | 'DevTest'
    tags: Json<Record<string, string>>
    destination_tenant_id: string
    destination_owner_id: string
    state: 'Pending' | 'Completed' | 'Expired' | 'Canceled'
    created_at: Instant
    expires_at: Instant
    ended_at: NullableInstant
  }
}
