import { type ApiRequest, type Operation, ok, pathParameter, queryValue } from '../../http/operation.ts'
import { readPage, splitPage, toPage } from '../../http/paging.ts'
import type { OperationContext } from '../../operations/context.ts'
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
import { toWireInvoice, toWireTransaction } from './invoice.wire.ts'

type Invoices = Awaited<ReturnType<typeof listInvoicesOfAccount>>

const common = { apiVersions: ['2020-05-01'], authentication: 'bearer' } as const
const accounts = '/providers/Microsoft.Billing/billingAccounts'
const account = `${accounts}/{billingAccountName}`
const ofSubscription = `${accounts}/default/billingSubscriptions/{subscriptionId}/invoices`
const dates = { periodStartDate: 'required', periodEndDate: 'required' } as const
const keyOf = (invoice: Invoices[number]): string => `${invoice.invoiceDate.toISOString()}~${invoice.id}`

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
    apiVersions: ['2020-05-01', '2024-04-01'],
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
    apiVersions: ['2020-05-01', '2024-04-01'],
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
    apiVersions: ['2020-05-01', '2024-04-01'],
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
