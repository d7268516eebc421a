import { z } from 'zod'
import { type BillingTask, describeBillingTask } from '../../domain/access/billing-roles.ts'
import { parseBody } from '../../http/body.ts'
import { created, type Operation, ok, pathParameter } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { cancelProduct, purchaseProduct } from '../../operations/product.ts'
import { toWireProduct } from './product.wire.ts'

const common = { apiVersions: ['2026-11-01'], authentication: 'bearer' } as const
const account = '/providers/Microsoft.Billing/billingAccounts/{billingAccountName}'
const profile = `${account}/billingProfiles/{billingProfileName}`
const section = `${profile}/invoiceSections/{invoiceSectionName}`

const purchaseBody = z.object({ properties: z.object({ offerName: z.string().trim().toLowerCase().min(1).max(64) }) })

/** Azure sells through its portal and its marketplaces; these are the ways to buy and to end at once over HTTP. */
export const productPurchaseOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'ProductPurchases_Create',
    method: 'PUT',
    path: `${section}/providers/Tenantry.Billing/productPurchases/{productName}`,
    statuses: [200, 201],
    permission: `S6 ${describeBillingTask('S6')}`,
    summary: 'Buys an offer for the section, from today on, at its price a month.',
    body: purchaseBody,
    async handle(context, request) {
      const { offerName } = parseBody(request, purchaseBody).properties
      const scope = {
        account: pathParameter(request, 'billingAccountName'),
        profile: pathParameter(request, 'billingProfileName'),
        section: pathParameter(request, 'invoiceSectionName'),
      }
      const { product, isNew } = await purchaseProduct(context, scope, pathParameter(request, 'productName'), offerName)
      return (isNew ? created : ok)(toWireProduct(product, context.now, request.apiVersion))
    },
  },
  cancelOperation('BillingAccount', account, 'A11'),
  cancelOperation('BillingProfile', profile, 'P13'),
  cancelOperation('InvoiceSection', section, 'S6'),
]

function cancelOperation(suffix: string, at: string, task: BillingTask): Operation<OperationContext> {
  return {
    ...common,
    id: `Products_CancelBy${suffix}`,
    method: 'POST',
    path: `${at}/providers/Tenantry.Billing/products/{productName}/cancel`,
    statuses: [200],
    permission: `${task} ${describeBillingTask(task)}`,
    summary: 'Ends a product now; the day is charged.',
    async handle(context, request) {
      const scope = {
        account: pathParameter(request, 'billingAccountName'),
        profile: request.params.billingProfileName,
        section: request.params.invoiceSectionName,
      }
      const product = await cancelProduct(context, scope, pathParameter(request, 'productName'))
      return ok(toWireProduct(product, context.now, request.apiVersion))
    },
  }
}
