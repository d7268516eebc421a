import { parseBillingScope } from '../../domain/billing/billing-ids.ts'
import { invalid, notFound } from '../../domain/refusal.ts'
import { parseBody } from '../../http/body.ts'
import { type ApiRequest, created, type Operation, ok, pathParameter, queryValue } from '../../http/operation.ts'
import { nextLinkOf, readPage } from '../../http/paging.ts'
import type { OperationContext } from '../../operations/context.ts'
import { creditInvoice } from '../../operations/credit-invoice.ts'
import { explainInvoiceLine } from '../../operations/explain-line.ts'
import { previewInvoice } from '../../operations/preview-invoice.ts'
import { downloadInvoiceFile, getInvoiceDocument } from '../../operations/read-invoice.ts'
import { creditBody, previewBody, toWireExplained, toWireInvoice } from './invoice.wire.ts'

const common = { apiVersions: ['2026-11-01'], authentication: 'bearer' } as const
const path = '/providers/Tenantry.Billing/invoices/{name}'

const contentTypes = {
  pdf: 'application/pdf',
  csv: 'text/csv; charset=utf-8',
  json: 'application/json; charset=utf-8',
} as const

export const invoiceOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'IssuedInvoices_Get',
    method: 'GET',
    path,
    permission: 'P7 View invoices of the profile; platform operator',
    statuses: [200],
    summary: 'An issued invoice, credit note or statement with its whole document.',
    async handle(context, request) {
      const { invoice, document } = await getInvoiceDocument(context, pathParameter(request, 'name'))
      return ok(toWireInvoice(invoice, document))
    },
  },
  {
    ...common,
    id: 'IssuedInvoices_Credit',
    method: 'POST',
    path: `${path}/creditNotes`,
    permission: 'platform operator',
    statuses: [201],
    summary: 'Takes an invoice or some of its lines back by a credit note that names it.',
    body: creditBody,
    async handle(context, request) {
      const { properties } = parseBody(request, creditBody)
      const { invoice, document } = await creditInvoice(context, pathParameter(request, 'name'), properties)
      return created(toWireInvoice(invoice, document))
    },
  },
  {
    ...common,
    id: 'IssuedInvoices_ListLineEvents',
    method: 'GET',
    path: `${path}/lines/{lineNumber}/events`,
    permission: 'P7 View invoices of the profile; platform operator',
    statuses: [200],
    summary: 'The events behind an invoice line, with the way each took; they add up to the line.',
    query: { $top: 'optional' },
    async handle(context, request) {
      const { after, top } = readPage(request)
      const lineNumber = Number(pathParameter(request, 'lineNumber'))
      const page = { limit: top, ...(after === undefined ? {} : { after }) }
      const explained = await explainInvoiceLine(context, pathParameter(request, 'name'), lineNumber, page)
      const nextLink = nextLinkOf(request, explained.next)
      return ok({ ...toWireExplained(explained), ...(nextLink === undefined ? {} : { nextLink }) })
    },
  },
  {
    ...common,
    id: 'IssuedInvoices_Download',
    method: 'GET',
    path: `${path}/documents/{kind}`,
    permission: 'P9 Download invoices of the profile; platform operator',
    statuses: [200],
    summary: 'The bytes of a document: pdf, csv or json.',
    query: { language: 'optional' },
    async handle(context, request) {
      const kind = kindOf(request)
      const name = pathParameter(request, 'name')
      const file = await downloadInvoiceFile(context, name, kind, languageOf(request))
      return ok(file.bytes, {
        'content-type': contentTypes[kind],
        'content-disposition': `attachment; filename="${name}.${kind}"`,
        'x-tenantry-sha256': file.sha256,
      })
    },
  },
  {
    ...common,
    id: 'IssuedInvoices_Preview',
    method: 'POST',
    path: '{scope}/providers/Tenantry.Billing/preview',
    permission: 'P7 View invoices of the profile; platform operator',
    statuses: [200],
    summary: "What a profile's invoice of a month would be now; only its issue is missing.",
    body: previewBody,
    async handle(context, request) {
      const scope = parseBillingScope(pathParameter(request, 'scope'))
      if (!scope?.profile || scope.section)
        throw notFound('BillingProfileNotFound', 'A preview is asked for at a billing profile.')
      const { period } = parseBody(request, previewBody).properties
      const document = await previewInvoice(context, scope, period)
      return ok({
        id: `${pathParameter(request, 'scope')}/providers/Tenantry.Billing/preview`,
        name: period,
        type: 'Tenantry.Billing/preview',
        properties: { estimated: true, period, document },
      })
    },
  },
]

function kindOf(request: ApiRequest): keyof typeof contentTypes {
  const kind = pathParameter(request, 'kind').toLowerCase()
  if (kind === 'pdf' || kind === 'csv' || kind === 'json') return kind
  throw invalid('InvalidDocumentKind', `There is no '${kind}' of an invoice. Ask for pdf, csv or json.`, 'kind')
}

function languageOf(request: ApiRequest): 'en' | 'sv' | undefined {
  const language = queryValue(request, 'language')?.toLowerCase()
  if (language === undefined || language === 'en' || language === 'sv') return language
  throw invalid('InvalidLanguage', `Documents are in en and sv, not in '${language}'.`, 'language')
}
