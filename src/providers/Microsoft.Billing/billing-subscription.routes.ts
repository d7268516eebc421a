import type { BillingScope } from '../../domain/billing/billing-ids.ts'
import { parseBody } from '../../http/body.ts'
import { type ApiRequest, type Operation, ok, pathParameter } from '../../http/operation.ts'
import { readPage, splitPage, toPage } from '../../http/paging.ts'
import { getBillingProperty, updateBillingProperty } from '../../operations/billing-property.ts'
import {
  getBillingSubscription,
  listSubscriptionsBilledTo,
  moveSubscription,
  updateCostCenter,
  validateMove,
} from '../../operations/billing-subscription.ts'
import type { OperationContext } from '../../operations/context.ts'
import { costCenterBody, moveBody, toWireProperty, toWireSubscription } from './billing-subscription.wire.ts'

const common = { apiVersions: ['2020-05-01', '2024-04-01'], authentication: 'bearer' } as const
const account = '/providers/Microsoft.Billing/billingAccounts/{billingAccountName}'
const path = `${account}/billingSubscriptions/{subscriptionId}`
const property = '/subscriptions/{subscriptionId}/providers/Microsoft.Billing/billingProperty/default'

const lists = [
  { suffix: 'BillingAccount', at: account, permission: 'A12 View subscriptions of the account' },
  {
    suffix: 'BillingProfile',
    at: `${account}/billingProfiles/{billingProfileName}`,
    permission: 'P18 View subscriptions of the profile',
  },
  {
    suffix: 'InvoiceSection',
    at: `${account}/billingProfiles/{billingProfileName}/invoiceSections/{invoiceSectionName}`,
    permission: 'S8 View subscriptions of the section',
  },
]

export const billingSubscriptionOperations: readonly Operation<OperationContext>[] = [
  ...lists.map(
    ({ suffix, at, permission }): Operation<OperationContext> => ({
      ...common,
      id: `BillingSubscriptions_ListBy${suffix}`,
      method: 'GET',
      path: `${at}/billingSubscriptions`,
      statuses: [200],
      permission,
      summary: 'The subscriptions that are billed here.',
      async handle(context, request) {
        const { after, top } = readPage(request)
        const listed = await listSubscriptionsBilledTo(context, scopeOf(request), { after, limit: top + 1 })
        const { rows, next } = splitPage(listed, top, (subscription) => subscription.subscriptionId)
        return ok(
          toPage(
            request,
            rows.map((row) => toWireSubscription(row, request.apiVersion)),
            next,
          ),
        )
      },
    }),
  ),
  {
    ...common,
    id: 'BillingSubscriptions_Get',
    method: 'GET',
    path,
    statuses: [200],
    permission: 'S8 View subscriptions of the section',
    summary: 'Where a subscription is billed.',
    async handle(context, request) {
      return ok(
        toWireSubscription(
          await getBillingSubscription(context, accountOf(request), idOf(request)),
          request.apiVersion,
        ),
      )
    },
  },
  {
    ...common,
    id: 'BillingSubscriptions_Update',
    method: 'PATCH',
    path,
    statuses: [200],
    permission: 'U2 Update the cost centre of the subscription',
    summary: 'Notes the cost centre.',
    body: costCenterBody,
    async handle(context, request) {
      const { costCenter, consumptionCostCenter } = parseBody(request, costCenterBody).properties
      const noted = request.apiVersion === '2024-04-01' ? (consumptionCostCenter ?? costCenter) : costCenter
      return ok(
        toWireSubscription(
          await updateCostCenter(context, accountOf(request), idOf(request), noted ?? null),
          request.apiVersion,
        ),
      )
    },
  },
  {
    ...common,
    id: 'BillingSubscriptions_Move',
    method: 'POST',
    path: `${path}/move`,
    statuses: [200],
    permission: 'U3 Change the section of the subscription, U4 its profile; on both ends',
    summary: 'Bills a subscription to another section from now on.',
    body: moveBody,
    async handle(context, request) {
      const { destinationInvoiceSectionId } = parseBody(request, moveBody)
      const moved = await moveSubscription(context, accountOf(request), idOf(request), destinationInvoiceSectionId)
      return ok(toWireSubscription(moved, request.apiVersion))
    },
  },
  {
    ...common,
    id: 'BillingSubscriptions_ValidateMove',
    method: 'POST',
    path: `${path}/validateMoveEligibility`,
    statuses: [200],
    permission: 'S8 View subscriptions of the section',
    summary: 'Whether a move would be refused, and why.',
    body: moveBody,
    async handle(context, request) {
      const { destinationInvoiceSectionId } = parseBody(request, moveBody)
      const answer = await validateMove(context, accountOf(request), idOf(request), destinationInvoiceSectionId)
      return ok(
        answer.kind === 'refused'
          ? {
              isMoveEligible: false,
              errorDetails: { code: answer.refusal, message: answer.message, details: answer.message },
            }
          : { isMoveEligible: true },
      )
    },
  },
  {
    ...common,
    id: 'BillingProperty_Get',
    method: 'GET',
    path: property,
    statuses: [200],
    permission: 'Microsoft.Billing/billingProperty/read',
    summary: 'Who pays for a subscription.',
    async handle(context, request) {
      return ok(toWireProperty(await getBillingProperty(context, idOf(request))))
    },
  },
  {
    ...common,
    id: 'BillingProperty_Update',
    method: 'PATCH',
    path: property,
    statuses: [200],
    permission: 'U2 Update the cost centre of the subscription',
    summary: 'Notes the cost centre.',
    body: costCenterBody,
    async handle(context, request) {
      const { costCenter } = parseBody(request, costCenterBody).properties
      return ok(toWireProperty(await updateBillingProperty(context, idOf(request), costCenter ?? null)))
    },
  },
]

const accountOf = (request: ApiRequest): string => pathParameter(request, 'billingAccountName')
const idOf = (request: ApiRequest): string => pathParameter(request, 'subscriptionId')

function scopeOf(request: ApiRequest): BillingScope {
  return {
    account: accountOf(request),
    profile: request.params.billingProfileName,
    section: request.params.invoiceSectionName,
  }
}
