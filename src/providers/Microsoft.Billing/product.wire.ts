import { z } from 'zod'
import { billingAccountId, billingProfileId, invoiceSectionId } from '../../domain/billing/billing-ids.ts'
import { type ProductOffer, productStatusAt } from '../../domain/billing/product.ts'

export const productBody = z.object({
  properties: z.object({ autoRenew: z.enum(['On', 'Off']).optional() }).default({}),
})
export const productMoveBody = z.object({ destinationInvoiceSectionId: z.string().min(1).max(1024) })

interface ProductToWire {
  readonly id: string
  readonly account: string
  readonly offer: ProductOffer
  readonly purchasedAt: Date
  readonly autoRenew: boolean
  readonly isCancelled: boolean
  readonly profile: string
  readonly profileName: string
  readonly section: string
  readonly sectionName: string
  readonly endsAt: Date | null
}

const productTypes = {
  plan: 'Plan',
  marketplace: 'Marketplace',
  reservation: 'Reservation',
} as const

export function toWireProduct(product: ProductToWire, now: Date, apiVersion: string) {
  const { account, profile, section, offer } = product
  const status = productStatusAt(product, now)
  return {
    id: `${billingAccountId(account)}/products/${product.id}`,
    name: product.id,
    type: 'Microsoft.Billing/billingAccounts/products',
    properties: {
      autoRenew: product.autoRenew ? 'On' : 'Off',
      displayName: offer.productName.en,
      purchaseDate: product.purchasedAt.toISOString(),
      productTypeId: offer.kind,
      productType: productTypes[offer.kind],
      // What 2024-04-01 calls it.
      status: status === 'Cancelled' && apiVersion === '2024-04-01' ? 'Canceled' : status,
      ...(product.endsAt === null ? {} : { endDate: product.endsAt.toISOString() }),
      billingFrequency: 'Monthly',
      quantity: 1,
      skuId: offer.name,
      skuDescription: offer.productName.en,
      billingProfileId: billingProfileId(account, profile),
      billingProfileDisplayName: product.profileName,
      invoiceSectionId: invoiceSectionId(account, profile, section),
      invoiceSectionDisplayName: product.sectionName,
    },
  }
}
