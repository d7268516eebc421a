import type { Instant, Json, NullableInstant } from './column-types.ts'

export interface DirectoryChangeTables {
  directory_change: {
    id: string
    subscription_id: string
    source_tenant_id: string
    source_owner_id: string
    source_owner_email: string | null
    destination_tenant_id: string
    destination_owner_id: string
    losses: Json<Record<string, number>>
    state: 'Initialized' | 'Completed' | 'Canceled' | 'Expired'
    created_at: Instant
    expires_at: Instant
    ended_at: NullableInstant
  }
}
