import { z } from 'zod'
import { associationNotice } from '../../domain/billing/associated-tenant.ts'
import { billingAccountId } from '../../domain/billing/billing-ids.ts'

export const associatedTenantBody = z.object({
  properties: z.object({
    displayName: z.string().trim().min(1).max(256).optional(),
    billingManagementState: z.string().max(64).optional(),
    provisioningManagementState: z.string().max(64).optional(),
  }),
})

interface TenantToWire {
  readonly account: string
  readonly tenantId: string
  readonly displayName: string
  readonly billing: string
  readonly provisioning: string
  readonly provisioningRequest: string | null
}

export function toWireAssociatedTenant(tenant: TenantToWire) {
  return {
    id: `${billingAccountId(tenant.account)}/associatedTenants/${tenant.tenantId}`,
    name: tenant.tenantId,
    type: 'Microsoft.Billing/billingAccounts/associatedTenants',
    properties: {
      displayName: tenant.displayName,
      tenantId: tenant.tenantId,
      billingManagementState: tenant.billing,
      provisioningManagementState: tenant.provisioning,
      ...(tenant.provisioningRequest === null
        ? {}
        : {
            provisioningBillingRequestId: `/providers/Microsoft.Billing/billingRequests/${tenant.provisioningRequest}`,
          }),
      notice: associationNotice,
    },
  }
}
