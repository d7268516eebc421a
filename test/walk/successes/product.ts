import { randomUUID } from 'node:crypto'
import { type Sent, type Stage, type Success, version } from '../stage.ts'

const offered = (stage: Stage, name: string): Sent => ({
  as: stage.operator,
  path: `/providers/Tenantry.Pricing/productOffers/${name}?${version.ours}`,
  body: {
    properties: {
      kind: 'plan',
      productName: { en: 'Support', sv: 'Support' },
      serviceFamily: 'Support',
      monthlyPrices: { USD: '10' },
    },
  },
})

async function bought(stage: Stage, name: string): Promise<Sent> {
  const offerName = stage.label('offer')
  const offer = offered(stage, offerName)
  await stage.did(offer.as.put(offer.path, offer.body))
  return {
    as: stage.owner,
    path: `${stage.customer.sectionId}/providers/Tenantry.Billing/productPurchases/${name}?${version.ours}`,
    body: { properties: { offerName } },
  }
}

/** The id of a product that the customer's section has. */
async function product(stage: Stage): Promise<string> {
  const purchase = await bought(stage, randomUUID())
  return (await stage.did(purchase.as.put(purchase.path, purchase.body))).body.id
}

async function cancelled(stage: Stage, scope: string): Promise<Sent> {
  const name = (await product(stage)).split('/').at(-1)
  return { as: stage.owner, path: `${scope}/providers/Tenantry.Billing/products/${name}/cancel?${version.ours}` }
}

export const productSuccesses: Readonly<Record<string, Success>> = {
  'Tenantry.Pricing.ProductOffers_Put': (stage) => offered(stage, stage.label('offer')),
  'Tenantry.Billing.ProductPurchases_Create': async (stage) => bought(stage, randomUUID()),
  'Microsoft.Billing.Products_Update': async (stage) => ({
    as: stage.owner,
    path: `${await product(stage)}?${version.billing}`,
    body: { properties: { autoRenew: 'Off' } },
  }),
  'Microsoft.Billing.Products_Move': async (stage) => ({
    as: stage.owner,
    path: `${await product(stage)}/move?${version.billing}`,
    body: { destinationInvoiceSectionId: await stage.section() },
  }),
  'Microsoft.Billing.Products_ValidateMoveEligibility': async (stage) => ({
    as: stage.owner,
    path: `${await product(stage)}/validateMoveEligibility?${version.billing}`,
    body: { destinationInvoiceSectionId: await stage.section() },
  }),
  'Tenantry.Billing.Products_CancelByBillingAccount': (stage) => cancelled(stage, stage.customer.accountId),
  'Tenantry.Billing.Products_CancelByBillingProfile': (stage) => cancelled(stage, stage.customer.profileId),
  'Tenantry.Billing.Products_CancelByInvoiceSection': (stage) => cancelled(stage, stage.customer.sectionId),
}
