import { accepted, polled } from '../../http/long-running.ts'
import { type Operation, ok, pathParameter } from '../../http/operation.ts'
import { readPage, splitPage, toPage } from '../../http/paging.ts'
import type { OperationContext } from '../../operations/context.ts'
import { pollLongRunning } from '../../operations/long-running.ts'
import { requestRunPreview, type RunPreview } from '../../operations/preview-invoice.ts'
import {
  getInvoiceRun,
  listAllInvoiceRuns,
  requestInvoiceRun,
  resumeInvoiceRun,
} from '../../operations/run-invoices.ts'
import { runId, toWireRun } from './invoice-run.wire.ts'

const common = {
  apiVersions: ['2026-11-01'],
  authentication: 'bearer',
  permission: 'platform operator',
} as const
const path = '/providers/Tenantry.Billing/invoiceRuns/{period}'

export const invoiceRunOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'InvoiceRuns_Create',
    method: 'PUT',
    path,
    statuses: [200, 202],
    summary: 'Closes a month and issues its invoices; a month that is done answers what was done.',
    async handle(context, request) {
      const { report, operationId } = await requestInvoiceRun(context, pathParameter(request, 'period'))
      if (operationId === undefined) return ok(toWireRun(report))
      return accepted(request, operationId, runId(report.run.period))
    },
  },
  {
    ...common,
    id: 'InvoiceRuns_Get',
    method: 'GET',
    path,
    statuses: [200],
    summary: 'How far a run is, what is parked and why, and what has no price.',
    async handle(context, request) {
      return ok(toWireRun(await getInvoiceRun(context, pathParameter(request, 'period'))))
    },
  },
  {
    ...common,
    id: 'InvoiceRuns_List',
    method: 'GET',
    path: '/providers/Tenantry.Billing/invoiceRuns',
    statuses: [200],
    summary: 'Every month that was run.',
    query: { $top: 'optional' },
    async handle(context, request) {
      const { after, top } = readPage(request)
      const page = splitPage(await listAllInvoiceRuns(context, { after, limit: top + 1 }), top, (run) => run.period)
      const value = page.rows.map((run) => toWireRun({ run, parked: [], unpriced: [] }))
      return ok(toPage(request, value, page.next))
    },
  },
  {
    ...common,
    id: 'InvoiceRuns_Resume',
    method: 'POST',
    path: `${path}/resume`,
    statuses: [202],
    summary: 'Tries again the profiles that a run parked.',
    async handle(context, request) {
      const period = pathParameter(request, 'period')
      return accepted(request, await resumeInvoiceRun(context, period), runId(period))
    },
  },
  {
    ...common,
    id: 'InvoiceRuns_Preview',
    method: 'POST',
    path: `${path}/preview`,
    statuses: [202],
    summary: 'What the run would issue now, made by the same code.',
    async handle(context, request) {
      const period = pathParameter(request, 'period')
      return accepted(request, await requestRunPreview(context, period), runId(period))
    },
  },
  {
    ...common,
    id: 'InvoiceRuns_Poll',
    method: 'GET',
    path: `${path}/operationresults/{operationId}`,
    statuses: [200, 202],
    summary: 'The end of a run or of its preview, for whoever started it.',
    async handle(context, request) {
      const operation = await pollLongRunning(context, pathParameter(request, 'operationId'))
      if (operation.state !== 'Succeeded') return polled(request, operation, 200)
      const { profiles, unpriced } = (operation.result ?? {}) as Partial<RunPreview>
      const period = pathParameter(request, 'period')
      if (profiles === undefined) return ok(toWireRun(await getInvoiceRun(context, period)))
      return ok({
        id: `${runId(period)}/preview`,
        name: period,
        type: 'Tenantry.Billing/invoiceRuns/preview',
        properties: {
          period,
          estimated: true,
          value: profiles.map(({ documentText, ...summary }) => ({
            ...summary,
            ...(documentText === undefined ? {} : { document: JSON.parse(documentText) as unknown }),
          })),
          unpriced,
        },
      })
    },
  },
]
