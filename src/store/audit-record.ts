import { json, type Db } from './db.ts'

export interface AuditRecord {
  readonly occurredAt: Date
  readonly tenantId: string | null
  readonly principalId: string | null
  readonly principalName: string | null
  readonly action: string
  readonly scope: string
  readonly before: unknown
  readonly after: unknown
  readonly correlationId: string
}

export async function appendAuditRecord(db: Db, record: AuditRecord): Promise<void> {
  await db
    .insertInto('audit_record')
    .values({
      occurred_at: record.occurredAt,
      tenant_id: record.tenantId,
      principal_id: record.principalId,
      principal_name: record.principalName,
      action: record.action,
      scope: record.scope,
      before: record.before === undefined || record.before === null ? null : json(record.before),
      after: record.after === undefined || record.after === null ? null : json(record.after),
      correlation_id: record.correlationId,
    })
    .execute()
}
