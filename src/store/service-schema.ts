import type { Instant, Period } from './column-types.ts'

export interface ServiceTables {
  directory_service: {
    name: string
    display_name: string
    portal_url: string
    service_plan_id: string
    created_at: Instant
  }
  tenant_service: { tenant_id: string; service_name: string; during: Period }
}
