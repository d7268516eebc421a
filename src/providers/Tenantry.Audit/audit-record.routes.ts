import { type ComparableProperties, readComparisons } from '../../http/comparison-filter.ts'
import { type ApiRequest, type ApiResponse, type Operation, ok, pathParameter } from '../../http/operation.ts'
import { readPage, splitPage, toPage } from '../../http/paging.ts'
import { takeAuditCheckpoint } from '../../operations/audit-checkpoint.ts'
import type { OperationContext } from '../../operations/context.ts'
import {
  type AuditFilter,
  type AuditPage,
  type KeptAuditRecord,
  readBillingAudit,
  readOperatorAudit,
} from '../../operations/read-audit-log.ts'
import { toWireAuditRecord, toWireCheckpoint } from './audit-record.wire.ts'

const properties: ComparableProperties = {
  at: 'instant',
  action: 'text',
  scope: 'text',
  caller: 'text',
  correlationId: 'text',
}
const common = {
  method: 'GET',
  apiVersions: ['2026-11-01'],
  authentication: 'bearer',
  statuses: [200],
} as const
const listed = { ...common, query: { $filter: 'optional', $top: 'optional' } } as const
const records = '/providers/Tenantry.Audit/auditRecords'
const account = '/providers/Microsoft.Billing/billingAccounts/{billingAccountName}'
const profile = `${account}/billingProfiles/{billingProfileName}`

const onBilling = (level: string, root: string, permission: string): Operation<OperationContext> => ({
  ...listed,
  id: `AuditRecords_ListBy${level}`,
  path: `${root}${records}`,
  permission,
  summary: 'What was done here and below, the newest first.',
  handle: (context, request) =>
    list(request, (filter, page) =>
      readBillingAudit(
        context,
        {
          account: pathParameter(request, 'billingAccountName'),
          profile: request.params.billingProfileName,
          section: request.params.invoiceSectionName,
        },
        filter,
        page,
      ),
    ),
})

export const auditRecordOperations: readonly Operation<OperationContext>[] = [
  onBilling('BillingAccount', account, 'A3 View account properties and agreements'),
  onBilling('BillingProfile', profile, 'P3 View profile properties'),
  onBilling('InvoiceSection', `${profile}/invoiceSections/{invoiceSectionName}`, 'S3 View section properties'),
  {
    ...listed,
    id: 'AuditRecords_List',
    path: records,
    permission: 'platform operator',
    summary: 'What the operator did, anywhere, and what the installation did of itself, the newest first.',
    handle: (context, request) => list(request, (filter, page) => readOperatorAudit(context, filter, page)),
  },
  {
    ...common,
    id: 'AuditCheckpoint_Get',
    path: '/providers/Tenantry.Audit/checkpoint',
    permission: 'platform operator',
    summary: 'The head of each chain of the audit log, signed, to be kept elsewhere.',
    async handle(context) {
      return ok(toWireCheckpoint(await takeAuditCheckpoint(context)))
    },
  },
]

async function list(
  request: ApiRequest,
  load: (filter: AuditFilter, page: AuditPage) => Promise<KeptAuditRecord[]>,
): Promise<ApiResponse> {
  const filter = readComparisons(request, properties)
  const { after, top } = readPage(request)
  const wanted = {
    from: filter.instant('at', 'ge'),
    to: filter.instant('at', 'le'),
    action: filter.text('action'),
    under: filter.text('scope'),
    caller: filter.text('caller'),
    correlationId: filter.text('correlationId'),
  }
  const { rows, next } = splitPage(await load(wanted, { after, limit: top + 1 }), top, (record) =>
    record.sequence.toString(),
  )
  return ok(toPage(request, rows.map(toWireAuditRecord), next))
}
