import type { BillingTask } from '../domain/access/billing-roles.ts'
import type { BillingScope } from '../domain/billing/billing-ids.ts'
import { invalid } from '../domain/refusal.ts'
import { type AuditFilter, type AuditLog, type KeptAuditRecord, listAuditRecords } from '../store/audit-record.ts'
import { findSubscriptionFacts } from '../store/access-facts.ts'
import { authorizeDirectory, authorizeOperator, authorizeResource } from './authorize.ts'
import { requireBillingScope } from './billing-access.ts'
import type { OperationContext } from './context.ts'

export type { AuditFilter, KeptAuditRecord } from '../store/audit-record.ts'

export interface AuditPage {
  readonly after: string | undefined
  readonly limit: number
}

/** What was done to a subscription and in it while it trusted its present tenant. */
export async function readActivityLog(
  context: OperationContext,
  subscriptionId: string,
  filter: AuditFilter,
  page: AuditPage,
): Promise<{ readonly tenantId: string; readonly records: KeptAuditRecord[] }> {
  await authorizeResource(context, 'Microsoft.Insights/eventtypes/values/read', `/subscriptions/${subscriptionId}`)
  if (filter.from === undefined)
    throw invalid('BadRequest', "The $filter needs a beginning: eventTimestamp ge '2026-10-05T00:00:00Z'.", '$filter')
  const subscription = await findSubscriptionFacts(context.db, subscriptionId, context.now)
  if (!subscription) throw new Error(`subscription ${subscriptionId} was authorised on and is not there`)
  const { tenantId } = subscription
  const records = await read(context, { kind: 'subscription', subscriptionId, tenantId }, filter, page)
  return { tenantId, records: records.map((record) => ({ ...record, after: withoutPayer(record.after) })) }
}

/** A role on a subscription shows nothing of who pays for it (ACC-1), least of all of a partner (BIL-19). */
function withoutPayer(after: unknown): unknown {
  if (typeof after !== 'object' || after === null || !('payer' in after)) return after
  const { payer: _, ...rest } = after
  return rest
}

/** What was done in the caller's directory. */
export async function readDirectoryAudits(
  context: OperationContext,
  filter: AuditFilter,
  page: AuditPage,
): Promise<KeptAuditRecord[]> {
  const { tenantId } = context.caller
  await authorizeDirectory(context, tenantId, 'auditLogs/read')
  return read(context, { kind: 'tenant', tenantId }, filter, page)
}

const viewing: readonly BillingTask[] = ['A3', 'P3', 'S3']

/**
 * What was done to a billing account, profile or section. Who sees its properties also sees who has access to it (A1 and
 * A3, P1 and P3, S1 and S3 name the same roles), so one row of the matrix decides.
 */
export async function readBillingAudit(
  context: OperationContext,
  scope: BillingScope,
  filter: AuditFilter,
  page: AuditPage,
): Promise<KeptAuditRecord[]> {
  const depth = scope.section !== undefined ? 2 : scope.profile !== undefined ? 1 : 0
  const id = await requireBillingScope(context, viewing[depth] ?? 'A3', scope)
  return read(context, { kind: 'billing', scope: id }, filter, page)
}

/** What the operator did, anywhere, and what the installation did of itself. */
export async function readOperatorAudit(
  context: OperationContext,
  filter: AuditFilter,
  page: AuditPage,
): Promise<KeptAuditRecord[]> {
  authorizeOperator(context)
  return read(context, { kind: 'actor', tenantId: context.caller.tenantId }, filter, page)
}

function read(
  context: OperationContext,
  log: AuditLog,
  filter: AuditFilter,
  { after, limit }: AuditPage,
): Promise<KeptAuditRecord[]> {
  return listAuditRecords(context.db, log, filter, { before: after === undefined ? undefined : BigInt(after), limit })
}
