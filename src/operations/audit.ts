import { appendAuditRecord } from '../store/audit-record.ts'
import type { OperationContext } from './context.ts'

/** Leaves the record of a state change, in the change's own transaction. */
export async function appendAudit(
  context: OperationContext,
  change: { action: string; scope: string; before?: unknown; after?: unknown },
): Promise<void> {
  const isKnown = context.caller.objectId !== ''
  await appendAuditRecord(context.db, {
    occurredAt: context.now,
    tenantId: isKnown ? context.caller.tenantId : null,
    principalId: isKnown ? context.caller.objectId : null,
    principalName: isKnown ? context.caller.name : null,
    action: change.action,
    scope: change.scope,
    before: change.before,
    after: change.after,
    correlationId: context.correlationId,
  })
}
