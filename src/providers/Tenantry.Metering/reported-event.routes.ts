import { invalid } from '../../domain/refusal.ts'
import { type ApiRequest, type Operation, ok, queryValue } from '../../http/operation.ts'
import { readPage, toPage } from '../../http/paging.ts'
import type { OperationContext } from '../../operations/context.ts'
import { listReportedEvents } from '../../operations/export-events.ts'
import { toWireReportedEvent } from './reported-event.wire.ts'

export const reportedEventOperations: readonly Operation<OperationContext>[] = [
  {
    id: 'ReportedEvents_List',
    method: 'GET',
    path: '/providers/Tenantry.Metering/reportedEvents',
    apiVersions: ['2026-11-01'],
    authentication: 'bearer',
    permission: 'platform operator',
    statuses: [200],
    summary: 'Every event with a usage time in [from, to), over all tenants, with the way it took.',
    query: { from: 'required', to: 'required', $top: 'optional' },
    async handle(context, request) {
      const { after, top } = readPage(request, { largest: 10_000 })
      const range = { from: instantOf(request, 'from'), to: instantOf(request, 'to') }
      const page = await listReportedEvents(context, range, { after, limit: top })
      return ok(toPage(request, page.items.map(toWireReportedEvent), page.next))
    },
  },
]

function instantOf(request: ApiRequest, name: string): Date {
  const text = queryValue(request, name) ?? ''
  const instant = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(text) ? new Date(text) : new Date(Number.NaN)
  if (!Number.isNaN(instant.getTime())) return instant
  throw invalid('InvalidDate', `'${name}' is an instant in UTC such as 2026-10-05T00:00:00Z.`, name)
}
