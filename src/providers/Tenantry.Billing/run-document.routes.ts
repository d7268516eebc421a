import { type Operation, ok, pathParameter } from '../../http/operation.ts'
import { readPage, splitPage, toPage } from '../../http/paging.ts'
import type { OperationContext } from '../../operations/context.ts'
import { invoicePageKey, listInvoicesOfMonth } from '../../operations/export-invoices.ts'
import { toWireRunDocument } from './run-document.wire.ts'

export const runDocumentOperations: readonly Operation<OperationContext>[] = [
  {
    id: 'InvoiceRuns_ListDocuments',
    method: 'GET',
    path: '/providers/Tenantry.Billing/invoiceRuns/{period}/documents',
    apiVersions: ['2026-11-01'],
    authentication: 'bearer',
    permission: 'platform operator',
    statuses: [200],
    summary: 'Invoices, statements and credit notes of a month, over all accounts.',
    query: { $top: 'optional' },
    async handle(context, request) {
      const { after, top } = readPage(request)
      const rows = await listInvoicesOfMonth(context, pathParameter(request, 'period'), { after, limit: top + 1 })
      const page = splitPage(rows, top, invoicePageKey)
      return ok(toPage(request, page.rows.map(toWireRunDocument), page.next))
    },
  },
]
