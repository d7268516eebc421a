import type { BillingScope } from '../../domain/billing/billing-ids.ts'
import { parseBody } from '../../http/body.ts'
import { type ApiRequest, type Operation, ok, pathParameter } from '../../http/operation.ts'
import { readPage, splitPage, toPage } from '../../http/paging.ts'
import type { OperationContext } from '../../operations/context.ts'
import { getProduct, listProductsOf, moveProduct, renewProduct, validateProductMove } from '../../operations/product.ts'
import { productBody, productMoveBody, toWireProduct } from './product.wire.ts'

const common = { apiVersions: ['2020-05-01', '2024-04-01'], authentication: 'bearer' } as const
const account = '/providers/Microsoft.Billing/billingAccounts/{billingAccountName}'
const profile = `${account}/billingProfiles/{billingProfileName}`
const path = `${account}/products/{productName}`

const lists = [
  { suffix: 'BillingAccount', at: account, permission: 'A10 View products' },
  { suffix: 'BillingProfile', at: profile, permission: 'P12 View products' },
  {
    suffix: 'InvoiceSection',
    at: `${profile}/invoiceSections/{invoiceSectionName}`,
    permission: 'S5 View products of the section',
  },
]

export const productOperations: readonly Operation<OperationContext>[] = [
  ...lists.map(
    ({ suffix, at, permission }): Operation<OperationContext> => ({
      ...common,
      id: `Products_ListBy${suffix}`,
      method: 'GET',
      path: `${at}/products`,
      statuses: [200],
      permission,
      summary: 'The products that are, or were last, paid for here.',
      query: { $filter: 'optional', $search: 'optional' },
      async handle(context, request) {
        const { after, top } = readPage(request)
        const listed = await listProductsOf(context, scopeOf(request), { after, limit: top + 1 })
        const { rows, next } = splitPage(listed, top, (product) => product.id)
        return ok(
          toPage(
            request,
            rows.map((row) => toWireProduct(row, context.now, request.apiVersion)),
            next,
          ),
        )
      },
    }),
  ),
  {
    ...common,
    id: 'Products_Get',
    method: 'GET',
    path,
    statuses: [200],
    permission: 'S5 View products of the section',
    summary: 'A product and who pays for it.',
    async handle(context, request) {
      const product = await getProduct(context, accountOf(request), nameOf(request))
      return ok(toWireProduct(product, context.now, request.apiVersion))
    },
  },
  {
    ...common,
    id: 'Products_Update',
    method: 'PATCH',
    path,
    statuses: [200],
    permission: 'S6 Manage products of the section',
    summary: 'Whether the product goes on after this month.',
    body: productBody,
    async handle(context, request) {
      const { autoRenew } = parseBody(request, productBody).properties
      const wanted = autoRenew === undefined ? undefined : autoRenew === 'On'
      const product = await renewProduct(context, accountOf(request), nameOf(request), wanted)
      return ok(toWireProduct(product, context.now, request.apiVersion))
    },
  },
  {
    ...common,
    id: 'Products_Move',
    method: 'POST',
    path: `${path}/move`,
    statuses: [200],
    permission: 'S7 Change the section of the product, P14 its profile; on both ends',
    summary: 'Has another section pay for a product from this day on.',
    body: productMoveBody,
    async handle(context, request) {
      const { destinationInvoiceSectionId } = parseBody(request, productMoveBody)
      const moved = await moveProduct(context, accountOf(request), nameOf(request), destinationInvoiceSectionId)
      return ok(toWireProduct(moved, context.now, request.apiVersion))
    },
  },
  {
    ...common,
    id: 'Products_ValidateMoveEligibility',
    method: 'POST',
    path: `${path}/validateMoveEligibility`,
    statuses: [200],
    permission: 'S5 View products of the section',
    summary: 'Whether a move would be refused, and why.',
    body: productMoveBody,
    async handle(context, request) {
      const { destinationInvoiceSectionId } = parseBody(request, productMoveBody)
      const refusal = await validateProductMove(
        context,
        accountOf(request),
        nameOf(request),
        destinationInvoiceSectionId,
      )
      if (!refusal) return ok({ isMoveEligible: true })
      const { code, message } = refusal
      return ok({ isMoveEligible: false, errorDetails: { code, message, details: message } })
    },
  },
]

const accountOf = (request: ApiRequest): string => pathParameter(request, 'billingAccountName')
const nameOf = (request: ApiRequest): string => pathParameter(request, 'productName')
const scopeOf = (request: ApiRequest): BillingScope => ({
  account: accountOf(request),
  profile: request.params.billingProfileName,
  section: request.params.invoiceSectionName,
})
