import { randomUUID } from 'node:crypto'
import type { Customer } from '../../providers/Tenantry.Billing/billing-world.ts'
import type { Client } from '../../support/cloud.ts'
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

/** Of a customer of its own, so that the invoices of the stage's customer stay as they are. */
interface Bought {
  readonly customer: Customer
  readonly purchase: Sent
}

async function bought(stage: Stage): Promise<Bought> {
  const customer = await stage.world.customer()
  const offerName = stage.label('offer')
  const offer = offered(stage, offerName)
  await stage.did(offer.as.put(offer.path, offer.body))
  const path = `${customer.sectionId}/providers/Tenantry.Billing/productPurchases/${randomUUID()}?${version.ours}`
  return { customer, purchase: { as: customer.owner.client, path, body: { properties: { offerName } } } }
}

async function product(stage: Stage): Promise<{ id: string; customer: Customer; as: Client }> {
  const { customer, purchase } = await bought(stage)
  const { id } = (await stage.did(purchase.as.put(purchase.path, purchase.body))).body
  return { id, customer, as: purchase.as }
}

async function moving(stage: Stage, action: string): Promise<Sent> {
  const { id, customer, as } = await product(stage)
  const path = `${customer.profileId}/invoiceSections/${stage.label('SECTION')}?${version.billing}`
  const section = (await stage.did(as.put(path, { properties: {} }))).body.id
  return { as, path: `${id}/${action}?${version.billing}`, body: { destinationInvoiceSectionId: section } }
}

async function cancelled(stage: Stage, scopeOf: (customer: Customer) => string): Promise<Sent> {
  const { id, customer, as } = await product(stage)
  const name = id.split('/').at(-1)
  return { as, path: `${scopeOf(customer)}/providers/Tenantry.Billing/products/${name}/cancel?${version.ours}` }
}

export const productSuccesses: Readonly<Record<string, Success>> = {
  'Tenantry.Pricing.ProductOffers_Put': (stage) => offered(stage, stage.label('offer')),
  'Tenantry.Billing.ProductPurchases_Create': async (stage) => (await bought(stage)).purchase,
  'Microsoft.Billing.Products_Update': async (stage) => {
    const { id, as } = await product(stage)
    return { as, path: `${id}?${version.billing}`, body: { properties: { autoRenew: 'Off' } } }
  },
  'Microsoft.Billing.Products_Move': (stage) => moving(stage, 'move'),
  'Microsoft.Billing.Products_ValidateMoveEligibility': (stage) => moving(stage, 'validateMoveEligibility'),
  'Tenantry.Billing.Products_CancelByBillingAccount': (stage) => cancelled(stage, ({ accountId }) => accountId),
  'Tenantry.Billing.Products_CancelByBillingProfile': (stage) => cancelled(stage, ({ profileId }) => profileId),
  'Tenantry.Billing.Products_CancelByInvoiceSection': (stage) => cancelled(stage, ({ sectionId }) => sectionId),
}
