import type { AuditCheckpoint } from '../../operations/audit-checkpoint.ts'
import type { KeptAuditRecord } from '../../operations/read-audit-log.ts'

export function toWireAuditRecord(record: KeptAuditRecord) {
  return {
    name: record.sequence.toString(),
    type: 'Tenantry.Audit/auditRecords',
    properties: {
      at: record.occurredAt.toISOString(),
      action: record.action,
      scope: record.scope,
      caller: { tenantId: record.tenantId, objectId: record.principalId, name: record.principalName },
      before: record.before,
      after: record.after,
      correlationId: record.correlationId,
      hash: record.hash,
    },
  }
}

export function toWireCheckpoint({ at, heads, signed }: AuditCheckpoint) {
  return {
    id: '/providers/Tenantry.Audit/checkpoint',
    name: 'checkpoint',
    type: 'Tenantry.Audit/checkpoints',
    properties: { at: at.toISOString(), heads, signed },
  }
}
