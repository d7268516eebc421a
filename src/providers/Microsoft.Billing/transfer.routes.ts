import { parseBody } from '../../http/body.ts'
import { type ApiRequest, created, type Operation, ok, pathParameter } from '../../http/operation.ts'
import { readPage, splitPage, toPage } from '../../http/paging.ts'
import { acceptTransfer } from '../../operations/accept-transfer.ts'
import type { OperationContext } from '../../operations/context.ts'
import {
  cancelTransfer,
  getTransfer,
  initiateTransfer,
  listTransfersOfSection,
} from '../../operations/initiate-transfer.ts'
import {
  declineTransfer,
  getReceivedTransfer,
  listReceivedTransfers,
  validateTransfer,
} from '../../operations/recipient-transfer.ts'
import type { SectionPath } from '../../operations/transfer-id.ts'
import { initiateBody, productsBody, toWireReceived, toWireReview, toWireTransfer } from './transfer.wire.ts'

const common = { apiVersions: ['2024-04-01'], authentication: 'bearer' } as const
const sent =
  '/providers/Microsoft.Billing/billingAccounts/{billingAccountName}/billingProfiles/{billingProfileName}/invoiceSections/{invoiceSectionName}/transfers'
const received = '/providers/Microsoft.Billing/transfers'
const asking = 'S12 Request billing ownership from another account'
const recipient = 'whom the request is addressed to, with an owner or contributor role where something is paid for'

export const transferOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'Transfers_Initiate',
    method: 'PUT',
    path: `${sent}/{transferName}`,
    statuses: [200, 201],
    permission: asking,
    summary: 'Asks the person of an address to hand over subscriptions, which this section would pay for.',
    body: initiateBody,
    async handle(context, request) {
      const { recipientEmailId, transferTermsAccepted } = parseBody(request, initiateBody).properties
      const { transfer, isNew } = await initiateTransfer(context, sectionOf(request), nameOf(request), {
        recipientEmail: recipientEmailId,
        isTermsAccepted: transferTermsAccepted,
      })
      const body = toWireTransfer(transfer, request.baseUrl)
      return isNew ? created(body) : ok(body)
    },
  },
  {
    ...common,
    id: 'Transfers_Get',
    method: 'GET',
    path: `${sent}/{transferName}`,
    statuses: [200],
    permission: 'S3 View section properties',
    summary: 'A request that the section made.',
    async handle(context, request) {
      return ok(toWireTransfer(await getTransfer(context, sectionOf(request), nameOf(request)), request.baseUrl))
    },
  },
  {
    ...common,
    id: 'Transfers_List',
    method: 'GET',
    path: sent,
    statuses: [200],
    permission: 'S3 View section properties',
    summary: 'The requests that the section made.',
    async handle(context, request) {
      const { after, top } = readPage(request)
      const listed = await listTransfersOfSection(context, sectionOf(request), { after, limit: top + 1 })
      const { rows, next } = splitPage(listed, top, (transfer) => transfer.name.toLowerCase())
      return ok(
        toPage(
          request,
          rows.map((transfer) => toWireTransfer(transfer, request.baseUrl)),
          next,
        ),
      )
    },
  },
  {
    ...common,
    id: 'Transfers_Cancel',
    method: 'POST',
    path: `${sent}/{transferName}/cancel`,
    statuses: [200],
    permission: asking,
    summary: 'Takes a request back that nobody has answered.',
    async handle(context, request) {
      return ok(toWireTransfer(await cancelTransfer(context, sectionOf(request), nameOf(request)), request.baseUrl))
    },
  },
  {
    ...common,
    id: 'RecipientTransfers_List',
    method: 'GET',
    path: received,
    statuses: [200],
    permission: recipient,
    summary: 'The requests that are addressed to the caller.',
    async handle(context, request) {
      const { after, top } = readPage(request)
      const listed = await listReceivedTransfers(context, { after, limit: top + 1 })
      const { rows, next } = splitPage(listed, top, (transfer) => transfer.name.toLowerCase())
      return ok(toPage(request, rows.map(toWireReceived), next))
    },
  },
  {
    ...common,
    id: 'RecipientTransfers_Get',
    method: 'GET',
    path: `${received}/{transferName}`,
    statuses: [200],
    permission: recipient,
    summary: 'A request that is addressed to the caller.',
    async handle(context, request) {
      return ok(toWireReceived(await getReceivedTransfer(context, nameOf(request))))
    },
  },
  {
    ...common,
    id: 'RecipientTransfers_Validate',
    method: 'POST',
    path: `${received}/{transferName}/validate`,
    statuses: [200],
    permission: 'any signed-in caller; whom the request is not addressed to learns only that',
    summary: 'For each product whether it can be handed over, and what changes or stands in the way.',
    body: productsBody,
    async handle(context, request) {
      const { productDetails } = parseBody(request, productsBody).properties
      return ok({ value: (await validateTransfer(context, nameOf(request), productDetails)).map(toWireReview) })
    },
  },
  {
    ...common,
    id: 'RecipientTransfers_Accept',
    method: 'POST',
    path: `${received}/{transferName}/accept`,
    statuses: [200],
    permission: recipient,
    summary: 'Hands the chosen subscriptions over to the section that asked.',
    body: productsBody,
    async handle(context, request) {
      const { productDetails, transferTermsAccepted } = parseBody(request, productsBody).properties
      const wanted = { products: productDetails, isTermsAccepted: transferTermsAccepted }
      return ok(toWireReceived(await acceptTransfer(context, nameOf(request), wanted)))
    },
  },
  {
    ...common,
    id: 'RecipientTransfers_Decline',
    method: 'POST',
    path: `${received}/{transferName}/decline`,
    statuses: [200],
    permission: recipient,
    summary: 'Answers a request by handing over nothing.',
    async handle(context, request) {
      return ok(toWireReceived(await declineTransfer(context, nameOf(request))))
    },
  },
]

const nameOf = (request: ApiRequest): string => pathParameter(request, 'transferName')

function sectionOf(request: ApiRequest): SectionPath {
  return {
    account: pathParameter(request, 'billingAccountName'),
    profile: pathParameter(request, 'billingProfileName'),
    section: pathParameter(request, 'invoiceSectionName'),
  }
}
