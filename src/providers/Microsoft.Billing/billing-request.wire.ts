import { z } from 'zod'
import {
  billingAccountId,
  billingProfileId,
  invoiceSectionId,
  parseBillingScope,
} from '../../domain/billing/billing-ids.ts'
import type { BillingRequestView } from '../../operations/read-billing-request.ts'

export const requestBody = z.object({
  properties: z.object({ status: z.string().max(64).optional(), decisionReason: z.string().max(1024).optional() }),
})

export function toWireRequest(request: BillingRequestView) {
  const { account, scope } = request
  const parsed = parseBillingScope(scope)
  const { profile, section } = parsed ?? {}
  return {
    id: `/providers/Microsoft.Billing/billingRequests/${request.name}`,
    name: request.name,
    type: 'Microsoft.Billing/billingRequests',
    properties: {
      type: request.type,
      status: request.status,
      requestScope: scope,
      billingAccountId: billingAccountId(account),
      billingAccountName: account,
      billingAccountDisplayName: request.accountDisplayName,
      ...(profile === undefined
        ? {}
        : { billingProfileId: billingProfileId(account, profile), billingProfileName: profile }),
      ...(profile === undefined || section === undefined
        ? {}
        : { invoiceSectionId: invoiceSectionId(account, profile, section), invoiceSectionName: section }),
      createdBy: { objectId: request.createdBy, upn: request.createdByName },
      creationDate: request.createdAt.toISOString(),
      expirationDate: request.expiresAt.toISOString(),
      ...(request.principalId === null
        ? {}
        : { recipients: [{ tenantId: request.tenantId, objectId: request.principalId }] }),
      ...(request.roleDefinitionName === null ? {} : { additionalInformation: { RoleId: request.roleDefinitionName } }),
      ...(request.reviewedAt === null || request.reviewedByName === null
        ? {}
        : { reviewalDate: request.reviewedAt.toISOString(), reviewedBy: { upn: request.reviewedByName } }),
      ...(request.decisionReason === null ? {} : { decisionReason: request.decisionReason }),
    },
  }
}
