import { z } from 'zod'
import { parseBody } from '../../http/body.ts'
import { accepted, polled } from '../../http/long-running.ts'
import { type ApiRequest, type Operation, ok, pathParameter, queryValue } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { openDownload, requestArchive, requestDownload } from '../../operations/download-invoice.ts'
import { pollLongRunning } from '../../operations/long-running.ts'

const common = { apiVersions: ['2020-05-01'], authentication: 'bearer' } as const
const accounts = '/providers/Microsoft.Billing/billingAccounts'
const account = `${accounts}/{billingAccountName}`
const subscription = `${accounts}/default/billingSubscriptions/{subscriptionId}`

const asking = {
  ...common,
  method: 'POST',
  statuses: [202],
  permission: 'P9 Download invoices of the profile',
} as const

/** The body of 2020-05-01 is the bare list. */
const urlsBody = z.array(z.string().max(2048)).min(1).max(100)

const contentTypes = {
  pdf: 'application/pdf',
  csv: 'text/csv; charset=utf-8',
  json: 'application/json; charset=utf-8',
  zip: 'application/zip',
} as const

export const invoiceDownloadOperations: readonly Operation<OperationContext>[] = [
  ...[
    { id: 'Invoices_DownloadInvoice', at: account, ownerOf: accountOf },
    { id: 'Invoices_DownloadBillingSubscriptionInvoice', at: subscription, ownerOf: subscriptionOf },
  ].map(
    ({ id, at, ownerOf }): Operation<OperationContext> => ({
      ...asking,
      id,
      path: `${at}/invoices/{invoiceName}/download`,
      summary: 'Makes a link to a document of an invoice.',
      query: { downloadToken: 'required' },
      async handle(context, request) {
        const name = pathParameter(request, 'invoiceName')
        const token = queryValue(request, 'downloadToken') ?? ''
        return accepted(request, await requestDownload(context, ownerOf(request), name, token), accounts)
      },
    }),
  ),
  ...[
    { id: 'Invoices_DownloadMultipleBillingProfileInvoices', at: account, ownerOf: accountOf },
    { id: 'Invoices_DownloadMultipleBillingSubscriptionInvoices', at: subscription, ownerOf: subscriptionOf },
  ].map(
    ({ id, at, ownerOf }): Operation<OperationContext> => ({
      ...asking,
      id,
      path: `${at}/downloadDocuments`,
      summary: "Makes a link to an archive of documents, named by the urls in the invoices' documents.",
      body: urlsBody,
      async handle(context, request) {
        const urls = parseBody(request, urlsBody)
        return accepted(request, await requestArchive(context, ownerOf(request), urls), accounts)
      },
    }),
  ),
  {
    ...common,
    id: 'Invoices_PollDownload',
    method: 'GET',
    path: `${accounts}/operationresults/{operationId}`,
    statuses: [200, 202],
    permission: 'whoever asked for the document',
    summary: 'The link to a document, when it is ready.',
    async handle(context, request) {
      return polled(request, await pollLongRunning(context, pathParameter(request, 'operationId')), 200)
    },
  },
  {
    id: 'InvoiceDownloads_Open',
    method: 'GET',
    path: '/providers/Tenantry.Billing/downloads/{ticket}',
    apiVersions: 'none',
    authentication: 'anonymous',
    statuses: [200],
    permission: 'whoever has the link, until it expires',
    summary: 'The bytes of a document.',
    async handle(context, request) {
      const file = await openDownload(context, pathParameter(request, 'ticket'))
      return ok(file.bytes, {
        'content-type': contentTypes[file.kind],
        'content-disposition': `attachment; filename="${file.name}"`,
      })
    },
  },
]

function accountOf(request: ApiRequest) {
  return { account: pathParameter(request, 'billingAccountName') }
}

function subscriptionOf(request: ApiRequest) {
  return { subscriptionId: pathParameter(request, 'subscriptionId') }
}
