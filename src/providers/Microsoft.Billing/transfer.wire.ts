import { z } from 'zod'
import { standardPlan } from '../../domain/billing/plan.ts'
import type { TransferItemReview } from '../../domain/billing/transfer-item.ts'
import type { TransferView } from '../../operations/initiate-transfer.ts'
import { destinationId, transferId } from '../../operations/transfer-id.ts'

const email = z
  .string()
  .trim()
  .max(320)
  .regex(/^[^\s@<>"]+@[^\s@<>"]+$/, 'must be an e-mail address or a user principal name')

/** OWN-11: clients that cannot send this agree for their account beforehand. */
const transferTermsAccepted = z.boolean().default(false)

export const initiateBody = z.object({ properties: z.object({ recipientEmailId: email, transferTermsAccepted }) })

export const partnerInitiateBody = z.object({
  properties: z.object({ recipientEmailId: email, resellerId: z.string().max(64).nullish(), transferTermsAccepted }),
})

export const productsBody = z.object({
  properties: z.object({
    productDetails: z
      .array(z.object({ productType: z.string().max(64), productId: z.string().min(1).max(512) }))
      .max(1000),
    transferTermsAccepted,
  }),
})

/** `baseUrl` is this installation's: the request is read there by whoever it is addressed to (DEC-45). */
export function toWireTransfer(transfer: TransferView, baseUrl: string) {
  return {
    id: transferId(transfer),
    name: transfer.name,
    type: 'Microsoft.Billing/transfers',
    properties: { ...toWireState(transfer), recipientLink: `${baseUrl}${linkPathOf(transfer)}` },
  }
}

export const linkPathOf = ({ name }: { readonly name: string }): string =>
  `/providers/Microsoft.Billing/transfers/${name}?api-version=2024-04-01`

export function toWireReceived(transfer: TransferView) {
  return {
    id: `/providers/Microsoft.Billing/transfers/${transfer.name}`,
    name: transfer.name,
    type: 'Microsoft.Billing/transfers',
    properties: {
      ...toWireState(transfer),
      allowedProductType: ['StandardAzureSubscription', 'DevTestAzureSubscription'],
      ...(transfer.customer === null
        ? {
            supportedAccounts: ['MicrosoftCustomerAgreement', 'MicrosoftOnlineServicesProgram', 'EnterpriseAgreement'],
            destinationInvoiceSectionId: destinationId(transfer),
          }
        : {
            supportedAccounts: ['MicrosoftPartnerAgreement'],
            initiatorCustomerType: 'Partner',
            customerTenantId: transfer.customer,
          }),
    },
  }
}

function toWireState(transfer: TransferView) {
  return {
    expirationTime: transfer.expiresAt.toISOString(),
    transferStatus: transfer.status,
    recipientEmailId: transfer.recipientEmail,
    initiatorEmailId: transfer.initiatorEmail,
    ...(transfer.canceledBy === null ? {} : { canceledBy: transfer.canceledBy }),
    // OWN-11: from this instant on the section that asked is responsible.
    ...(transfer.responsibleFrom === null ? {} : { responsibilityDate: transfer.responsibleFrom.toISOString() }),
    detailedTransferStatus: transfer.outcomes.map((outcome) => ({
      productType: 'AzureSubscription',
      productId: outcome.subscriptionId,
      productName: outcome.displayName,
      skuDescription: standardPlan.skuDescription,
      transferStatus: outcome.status,
      ...(outcome.error === null ? {} : { errorDetails: outcome.error }),
    })),
  }
}

export const toWireReview = ({ productId, status, results }: TransferItemReview) => ({
  properties: { productId, status, results },
})
