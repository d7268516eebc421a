import { type ComparableProperties, readComparisons } from '../../http/comparison-filter.ts'
import type { Operation } from '../../http/operation.ts'
import { ok } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { readDirectoryAudits } from '../../operations/read-audit-log.ts'
import { toWireDirectoryAudit } from './directory-audit.wire.ts'
import { graph, onFilteredList, pageOf } from './entity.ts'

const properties: ComparableProperties = {
  activityDateTime: 'instant',
  activityDisplayName: 'text',
  correlationId: 'text',
  'initiatedBy/user/id': 'text',
  'initiatedBy/user/userPrincipalName': 'text',
}

export const directoryAuditOperations: readonly Operation<OperationContext>[] = [
  {
    ...graph,
    ...onFilteredList,
    id: 'Graph_ListDirectoryAudits',
    method: 'GET',
    path: '/v1.0/auditLogs/directoryAudits',
    permission: 'auditLogs/read',
    statuses: [200],
    summary: "What was done in the caller's directory, the newest first.",
    async handle(context, request) {
      const filter = readComparisons(request, properties)
      const wanted = {
        from: filter.instant('activityDateTime', 'ge'),
        to: filter.instant('activityDateTime', 'le'),
        action: filter.text('activityDisplayName'),
        correlationId: filter.text('correlationId'),
        caller: filter.text('initiatedBy/user/id') ?? filter.text('initiatedBy/user/userPrincipalName'),
      }
      return ok(
        await pageOf(
          request,
          'auditLogs/directoryAudits',
          (page) => readDirectoryAudits(context, wanted, page),
          (record) => record.sequence.toString(),
          toWireDirectoryAudit,
        ),
      )
    },
  },
]
