import { invalid } from '../../domain/refusal.ts'
import { type ComparableProperties, readComparisons } from '../../http/comparison-filter.ts'
import { type ApiRequest, type Operation, ok, pathParameter, queryValue } from '../../http/operation.ts'
import { readPage, splitPage, toPage } from '../../http/paging.ts'
import type { OperationContext } from '../../operations/context.ts'
import { type AuditFilter, readActivityLog } from '../../operations/read-audit-log.ts'
import { readEventSelection, selectOfEvent, toWireEvent } from './activity-log.wire.ts'

const properties: ComparableProperties = {
  eventTimestamp: 'instant',
  resourceGroupName: 'text',
  resourceUri: 'text',
  resourceProvider: 'text',
  correlationId: 'text',
  caller: 'text',
  operationName: 'text',
}

export const activityLogOperations: readonly Operation<OperationContext>[] = [
  {
    id: 'ActivityLogs_List',
    method: 'GET',
    path: '/subscriptions/{subscriptionId}/providers/Microsoft.Insights/eventtypes/management/values',
    apiVersions: ['2015-04-01'],
    authentication: 'bearer',
    permission: 'Microsoft.Insights/eventtypes/values/read',
    statuses: [200],
    summary: 'What was done to a subscription and in it, the newest first.',
    query: { $filter: 'optional', $select: 'optional' },
    async handle(context, request) {
      const subscriptionId = pathParameter(request, 'subscriptionId').toLowerCase()
      const names = readEventSelection(queryValue(request, '$select'))
      const { after, top } = readPage(request)
      const filter = readFilter(request, subscriptionId)
      const { tenantId, records } = await readActivityLog(context, subscriptionId, filter, { after, limit: top + 1 })
      const { rows, next } = splitPage(records, top, (record) => record.sequence.toString())
      const events = rows.map((record) => selectOfEvent(toWireEvent(record, subscriptionId, tenantId), names))
      return ok(toPage(request, events, next))
    },
  },
]

function readFilter(request: ApiRequest, subscriptionId: string): AuditFilter {
  const filter = readComparisons(request, properties)
  const group = filter.text('resourceGroupName')
  const uri = filter.text('resourceUri')
  if (group !== undefined && uri !== undefined)
    throw invalid('BadRequest', 'Filter by resourceGroupName or by resourceUri, not by both.', '$filter')
  return {
    from: filter.instant('eventTimestamp', 'ge'),
    to: filter.instant('eventTimestamp', 'le'),
    caller: filter.text('caller'),
    action: filter.text('operationName'),
    correlationId: filter.text('correlationId'),
    provider: filter.text('resourceProvider'),
    under: group === undefined ? uri : `/subscriptions/${subscriptionId}/resourceGroups/${group}`,
  }
}
