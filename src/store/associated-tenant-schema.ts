import type { ColumnType } from 'kysely'
import type { BillingManagementState, ProvisioningState } from '../domain/billing/associated-tenant.ts'
import type { BillingRequestStatus, BillingRequestType } from '../domain/billing/billing-request.ts'
import type { Instant, NullableInstant } from './column-types.ts'

/** The tables of tenants that a billing account is shared with, and of what their people are asked. */
export interface AssociatedTenantTables {
  associated_tenant: {
    billing_account_name: string
    tenant_id: string
    display_name: string
    billing_state: BillingManagementState
    provisioning_state: ProvisioningState
    provisioning_request_name: string | null
    created_at: Instant
    created_by: string
  }
  billing_request: {
    name: string
    type: BillingRequestType
    status: ColumnType<BillingRequestStatus, BillingRequestStatus | undefined, BillingRequestStatus>
    billing_account_name: string
    tenant_id: string
    scope: string
    scope_key: string
    principal_id: string | null
    role_definition_name: string | null
    justification: string | null
    created_at: Instant
    created_by: string
    created_by_name: string
    expires_at: Instant
    reviewed_at: NullableInstant
    reviewed_by: string | null
    reviewed_by_name: string | null
    decision_reason: string | null
  }
}
