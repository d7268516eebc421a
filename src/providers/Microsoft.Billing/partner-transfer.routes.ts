import { unsupported } from '../../operations/subscription-alias.ts'
import { parseBody } from '../../http/body.ts'
import { type ApiRequest, created, type Operation, ok, pathParameter } from '../../http/operation.ts'
import { readPage, splitPage, toPage } from '../../http/paging.ts'
import type { OperationContext } from '../../operations/context.ts'
import {
  cancelPartnerTransfer,
  type CustomerPath,
  getPartnerTransfer,
  initiatePartnerTransfer,
  listPartnerTransfers,
} from '../../operations/partner-transfer.ts'
import { partnerInitiateBody, toWireTransfer } from './transfer.wire.ts'

const common = { apiVersions: ['2024-04-01'], authentication: 'bearer' } as const
const path =
  '/providers/Microsoft.Billing/billingAccounts/{billingAccountName}/billingProfiles/{billingProfileName}/customers/{customerName}/transfers'
const asking = 'S12 Request billing ownership from another account, on the profile'
const viewing = 'P3 View profile properties'

/** The recipient's side is the same as of any transfer: `transfer.routes.ts`. */
export const partnerTransferOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'PartnerTransfers_Initiate',
    method: 'PUT',
    path: `${path}/{transferName}`,
    statuses: [200, 201],
    permission: asking,
    summary: "Asks the customer's present partner for subscriptions of the customer, which this partner would pay for.",
    body: partnerInitiateBody,
    async handle(context, request) {
      const wire = parseBody(request, partnerInitiateBody).properties
      if (wire.resellerId) throw unsupported('properties.resellerId', 'Ask for the customer without a reseller.')
      const { transfer, isNew } = await initiatePartnerTransfer(context, customerOf(request), nameOf(request), {
        recipientEmail: wire.recipientEmailId,
        isTermsAccepted: wire.transferTermsAccepted,
      })
      const body = toWireTransfer(transfer, request.baseUrl)
      return isNew ? created(body) : ok(body)
    },
  },
  {
    ...common,
    id: 'PartnerTransfers_Get',
    method: 'GET',
    path: `${path}/{transferName}`,
    statuses: [200],
    permission: viewing,
    summary: 'A request for subscriptions of the customer.',
    async handle(context, request) {
      const transfer = await getPartnerTransfer(context, customerOf(request), nameOf(request))
      return ok(toWireTransfer(transfer, request.baseUrl))
    },
  },
  {
    ...common,
    id: 'PartnerTransfers_List',
    method: 'GET',
    path,
    statuses: [200],
    permission: viewing,
    summary: 'The requests for subscriptions of the customer.',
    async handle(context, request) {
      const { after, top } = readPage(request)
      const listed = await listPartnerTransfers(context, customerOf(request), { after, limit: top + 1 })
      const { rows, next } = splitPage(listed, top, (transfer) => transfer.name.toLowerCase())
      const values = rows.map((transfer) => toWireTransfer(transfer, request.baseUrl))
      return ok(toPage(request, values, next))
    },
  },
  {
    ...common,
    id: 'PartnerTransfers_Cancel',
    method: 'POST',
    path: `${path}/{transferName}/cancel`,
    statuses: [200],
    permission: asking,
    summary: 'Takes a request back that nobody has answered.',
    async handle(context, request) {
      const transfer = await cancelPartnerTransfer(context, customerOf(request), nameOf(request))
      return ok(toWireTransfer(transfer, request.baseUrl))
    },
  },
]

const nameOf = (request: ApiRequest): string => pathParameter(request, 'transferName')

function customerOf(request: ApiRequest): CustomerPath {
  return {
    account: pathParameter(request, 'billingAccountName'),
    profile: pathParameter(request, 'billingProfileName'),
    customer: pathParameter(request, 'customerName'),
  }
}
