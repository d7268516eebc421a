import { type RawBuilder, sql } from 'kysely'
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

/** A record as it is kept: with its number, and with its hash in the chain of who acted. */
export interface KeptAuditRecord extends AuditRecord {
  readonly sequence: bigint
  readonly hash: string
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

/** Whose log is read. */
export type AuditLog =
  /** About a subscription, while it trusted the tenant: what was done before it came is the former tenant's. */
  | { readonly kind: 'subscription'; readonly subscriptionId: string; readonly tenantId: string }
  /** About a billing account, or about a profile or section of it. */
  | { readonly kind: 'billing'; readonly scope: string }
  /** About a directory, and what its people did that is about no subscription and no billing account. */
  | { readonly kind: 'tenant'; readonly tenantId: string }
  /** All that was done from a tenant, and what nobody in particular did. */
  | { readonly kind: 'actor'; readonly tenantId: string }

export interface AuditFilter {
  readonly from?: Date | undefined
  /** Included. */
  readonly to?: Date | undefined
  /** An object id, or a name as it was then. */
  readonly caller?: string | undefined
  readonly action?: string | undefined
  /** This scope and everything below it. */
  readonly under?: string | undefined
  readonly correlationId?: string | undefined
  /** The namespace that an action begins with. */
  readonly provider?: string | undefined
}

/** The newest first. */
export async function listAuditRecords(
  db: Db,
  log: AuditLog,
  filter: AuditFilter,
  page: { before?: bigint | undefined; limit: number },
): Promise<KeptAuditRecord[]> {
  const { rows } = await sql<Row>`
    select r.*, encode(l.hash, 'hex') as hash
    from audit_record r join audit_link l on l.record_sequence = r.sequence
    where ${isIn(log)}
      and (${page.before?.toString() ?? null}::bigint is null or r.sequence < ${page.before?.toString() ?? null}::bigint)
      and (${filter.from?.toISOString() ?? null}::timestamptz is null
        or r.occurred_at >= ${filter.from?.toISOString() ?? null}::timestamptz)
      and (${filter.to?.toISOString() ?? null}::timestamptz is null
        or r.occurred_at <= ${filter.to?.toISOString() ?? null}::timestamptz)
      and (${filter.caller ?? null}::text is null
        or lower(${filter.caller ?? null}) in (r.principal_id::text, lower(r.principal_name)))
      and (${filter.action ?? null}::text is null or lower(r.action) = lower(${filter.action ?? null}))
      and (${filter.correlationId ?? null}::text is null or r.correlation_id = ${filter.correlationId ?? null})
      and (${filter.provider ?? null}::text is null
        or starts_with(lower(r.action), lower(${filter.provider ?? null}) || '/'))
      and ${filter.under === undefined ? sql<boolean>`true` : isAtOrBelow(filter.under)}
    order by r.sequence desc limit ${page.limit}`.execute(db)
  return rows.map((row) => ({
    sequence: row.sequence,
    occurredAt: row.occurred_at,
    tenantId: row.tenant_id,
    principalId: row.principal_id,
    principalName: row.principal_name,
    action: row.action,
    scope: row.scope,
    before: row.before,
    after: row.after,
    correlationId: row.correlation_id,
    hash: row.hash,
  }))
}

interface Row {
  sequence: bigint
  occurred_at: Date
  tenant_id: string | null
  principal_id: string | null
  principal_name: string | null
  action: string
  scope: string
  before: unknown
  after: unknown
  correlation_id: string
  hash: string
}

function isIn(log: AuditLog): RawBuilder<boolean> {
  switch (log.kind) {
    case 'subscription':
      return sql<boolean>`${isAtOrBelow(`/subscriptions/${log.subscriptionId}`)} and exists (
        select from subscription_directory d where d.subscription_id = ${log.subscriptionId}
          and d.tenant_id = ${log.tenantId} and d.during @> r.occurred_at)`
    case 'billing':
      return isAtOrBelow(log.scope)
    case 'tenant':
      return sql<boolean>`(${isAtOrBelow(`/tenants/${log.tenantId}`)}
        or ${isAtOrBelow(`/providers/Tenantry.Directory/tenants/${log.tenantId}`)}
        or (r.tenant_id = ${log.tenantId} and not starts_with(lower(r.scope), '/subscriptions/')
          and not starts_with(lower(r.scope), '/tenants/')
          and not starts_with(lower(r.scope), '/providers/microsoft.billing/billingaccounts/')))`
    case 'actor':
      return sql<boolean>`(r.tenant_id = ${log.tenantId} or r.tenant_id is null)`
  }
}

function isAtOrBelow(scope: string): RawBuilder<boolean> {
  const key = scope.toLowerCase()
  const below = `${key.replaceAll(/[\\%_]/g, String.raw`\$&`)}/%`
  return sql<boolean>`(lower(r.scope) = ${key} or lower(r.scope) like ${below})`
}

export interface AuditHead {
  readonly chain: string
  readonly position: bigint
  readonly hash: string
}

/** The last link of each chain. */
export async function listAuditHeads(db: Db): Promise<AuditHead[]> {
  const { rows } = await sql<AuditHead>`
    select distinct on (chain) chain, position, encode(hash, 'hex') as hash
    from audit_link order by chain, position desc`.execute(db)
  return rows
}
