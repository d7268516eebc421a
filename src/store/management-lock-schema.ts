import type { Instant, Json, Revision } from './column-types.ts'

export interface ManagementLockTables {
  management_lock: {
    scope: string
    scope_key: string
    subscription_id: string
    name: string
    name_key: string
    level: 'CanNotDelete' | 'ReadOnly'
    notes: string | null
    owners: Json<{ applicationId: string }[]>
    created_at: Instant
    created_by: string
    updated_at: Instant
    updated_by: string
    revision: Revision
  }
}
