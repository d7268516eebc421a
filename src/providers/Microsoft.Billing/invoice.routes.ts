import { accepted, polled } from '../../http/long-running.ts'
import { type ApiRequest, type Operation, ok, pathParameter, queryValue } from '../../http/operation.ts'
import { readPage, splitPage, toPage } from '../../http/paging.ts'
import type { OperationContext } from '../../operations/context.ts'
import { openDownload, requestDownload } from '../../operations/download-invoice.ts'
import {
  getInvoiceIn,
  getInvoiceOfSubscription,
  invoiceDatesOf,
  listInvoicesOfAccount,
  listInvoicesOfProfile,
  listInvoicesOfSubscription,
  readInvoiceBlocks,
  withHeads,
} from '../../operations/list-invoices.ts'
import { pollLongRunning } from '../../operations/long-running.ts'
import { toWireInvoice, toWireTransaction } from './invoice.wire.ts'

type Invoices = Awaited<ReturnType<typeof listInvoicesOfAccount>>

const common = { apiVersions: ['2020-05-01'], authentication: 'bearer' } as const
const accounts = '/providers/Microsoft.Billing/billingAccounts'
const account = `${accounts}/{billingAccountName}`
const ofSubscription = `${accounts}/default/billingSubscriptions/{subscriptionId}/invoices`
const dates = { periodStartDate: 'required', periodEndDate: 'required' } as const
const keyOf = (invoice: Invoices[number]): string => `${invoice.invoiceDate.toISOString()}~${invoice.id}`

const contentTypes = {
  pdf: 'application/pdf',
  csv: 'text/csv; charset=utf-8',
  json: 'application/json; charset=utf-8',
} as const

export const invoiceOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'Invoices_ListByBillingAccount',
    method: 'GET',
    path: `${account}/invoices`,
    statuses: [200],
    permission: 'A7 View all invoices of the account',
    summary: 'The invoices and credit notes of an account, by their date.',
    query: dates,
    handle: (context, request) =>
      listPage(context, request, (period, page) =>
        listInvoicesOfAccount(context, pathParameter(request, 'billingAccountName'), period, page),
      ),
  },
  {
    ...common,
    id: 'Invoices_ListByBillingProfile',
    method: 'GET',
    path: `${account}/billingProfiles/{billingProfileName}/invoices`,
    statuses: [200],
    permission: 'P7 View invoices of the profile',
    summary: 'The invoices and credit notes of a profile, by their date.',
    query: dates,
    handle: (context, request) =>
      listPage(context, request, (period, page) =>
        listInvoicesOfProfile(
          context,
          pathParameter(request, 'billingAccountName'),
          pathParameter(request, 'billingProfileName'),
          period,
          page,
        ),
      ),
  },
  {
    ...common,
    id: 'Invoices_ListByBillingSubscription',
    method: 'GET',
    path: ofSubscription,
    statuses: [200],
    permission: 'P7 View invoices of the profile',
    summary: 'The invoices with lines of a subscription.',
    query: dates,
    handle: (context, request) =>
      listPage(context, request, (period, page) =>
        listInvoicesOfSubscription(context, pathParameter(request, 'subscriptionId'), period, page),
      ),
  },
  {
    ...common,
    id: 'Invoices_Get',
    method: 'GET',
    path: `${account}/invoices/{invoiceName}`,
    statuses: [200],
    permission: 'P7 View invoices of the profile',
    summary: 'An invoice; below the account name default, its number alone finds it.',
    async handle(context, request) {
      const name = pathParameter(request, 'invoiceName')
      return answer(context, request, await getInvoiceIn(context, pathParameter(request, 'billingAccountName'), name))
    },
  },
  {
    ...common,
    id: 'Invoices_GetBySubscriptionAndInvoiceId',
    method: 'GET',
    path: `${ofSubscription}/{invoiceName}`,
    statuses: [200],
    permission: 'P7 View invoices of the profile',
    summary: 'An invoice of the payer of a subscription.',
    async handle(context, request) {
      const name = pathParameter(request, 'invoiceName')
      const id = pathParameter(request, 'subscriptionId')
      return answer(context, request, await getInvoiceOfSubscription(context, id, name))
    },
  },
  {
    ...common,
    id: 'Invoices_DownloadInvoice',
    method: 'POST',
    path: `${account}/invoices/{invoiceName}/download`,
    statuses: [202],
    permission: 'P9 Download invoices of the profile',
    summary: 'Makes a link to a document of an invoice.',
    query: { downloadToken: 'required' },
    async handle(context, request) {
      const name = pathParameter(request, 'invoiceName')
      const owner = { account: pathParameter(request, 'billingAccountName') }
      return accepted(request, await requestDownload(context, owner, name, tokenOf(request)), accounts)
    },
  },
  {
    ...common,
    id: 'Invoices_DownloadBillingSubscriptionInvoice',
    method: 'POST',
    path: `${ofSubscription}/{invoiceName}/download`,
    statuses: [202],
    permission: 'P9 Download invoices of the profile',
    summary: 'Makes a link to a document of an invoice.',
    query: { downloadToken: 'required' },
    async handle(context, request) {
      const name = pathParameter(request, 'invoiceName')
      const owner = { subscriptionId: pathParameter(request, 'subscriptionId') }
      return accepted(request, await requestDownload(context, owner, name, tokenOf(request)), accounts)
    },
  },
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
        'content-disposition': `attachment; filename="${file.name}.${file.kind}"`,
        'x-tenantry-sha256': file.sha256,
      })
    },
  },
  {
    ...common,
    id: 'Transactions_ListByInvoice',
    method: 'GET',
    path: `${account}/invoices/{invoiceName}/transactions`,
    statuses: [200],
    permission: 'P7 View invoices of the profile; others see the lines of the sections that they have S8 on',
    summary: 'The lines of an invoice.',
    async handle(context, request) {
      const { after, top } = readPage(request)
      const name = pathParameter(request, 'invoiceName')
      const accountName = pathParameter(request, 'billingAccountName')
      const { invoice, document } = await readInvoiceBlocks(context, accountName, name)
      const rows = document.sections.flatMap((section) =>
        section.products.flatMap((product) =>
          product.serviceFamilies.flatMap((family) =>
            family.lines.map((line) => ({ section, product: product.name.en, family: family.name, line })),
          ),
        ),
      )
      const from = after === undefined ? 0 : rows.findIndex((row) => row.line.lineNumber > Number(after))
      const { rows: page, next } = splitPage(from < 0 ? [] : rows.slice(from), top, (row) =>
        String(row.line.lineNumber),
      )
      const value = page.map((row) =>
        toWireTransaction(invoice, document, row.section, row.product, row.family, row.line),
      )
      return ok(toPage(request, value, next))
    },
  },
]

const tokenOf = (request: ApiRequest): string => queryValue(request, 'downloadToken') ?? ''

async function listPage(
  context: OperationContext,
  request: ApiRequest,
  list: (period: { from: Date; to: Date }, page: { after?: string | undefined; limit: number }) => Promise<Invoices>,
) {
  const { after, top } = readPage(request)
  const period = invoiceDatesOf(
    queryValue(request, 'periodStartDate') ?? '',
    queryValue(request, 'periodEndDate') ?? '',
  )
  const { rows, next } = splitPage(await list(period, { after, limit: top + 1 }), top, keyOf)
  const value = (await withHeads(context, rows)).map((invoice) => toWireInvoice(invoice, request.baseUrl))
  return ok(toPage(request, value, next))
}

async function answer(context: OperationContext, request: ApiRequest, invoice: Invoices[number]) {
  const [headed] = await withHeads(context, [invoice])
  if (!headed) throw new Error(`the invoice ${invoice.id} has no document`)
  return ok(toWireInvoice(headed, request.baseUrl))
}
