import type { ExclusionReason, QuarantineReason } from '../../domain/metering/exclusion.ts'
import type { UsageEvent } from '../../domain/metering/usage-event.ts'
import type { Reporter } from '../usage-store.ts'
import { hashUuid } from './prepared-events.ts'
import type { Row, Sql } from './sql.ts'

/** A row that many events refer to by number. */
export interface Dimension {
  /** 0 until a transaction that wrote or read the row has committed. */
  id: number
  readonly key: string
  readonly columns: Readonly<Row>
}

export interface Origin extends Dimension {
  readonly reporter: Reporter
  readonly source: string
}

export interface Route extends Dimension {
  /** Distinguishes routes in memory, where a new one has no id yet. */
  readonly ordinal: number
  readonly kind: 'counted' | 'excluded' | 'quarantined'
  readonly reason: ExclusionReason | QuarantineReason | null
  readonly identityTenantId: string | null
  readonly model: 'perAuthentication' | 'mau' | null
  readonly linkId: string | null
  readonly subscriptionId: string | null
  readonly placementId: string | null
  readonly meterId: string
  readonly groupingKey: string | null
}
export type RouteFields = Omit<Route, keyof Dimension | 'ordinal'>

const rememberedMax = 100_000

/** The origins and routes this process has met; what is forgotten is found again in the database. */
export class Dimensions {
  private readonly origins = new Map<string, Origin>()
  private readonly routes = new Map<string, Route>()
  private lastOrdinal = 0

  origin(reporter: Reporter, event: UsageEvent, resourceUid: string | null): Origin {
    const columns = {
      reporter_tenant_id: reporter.tenantId,
      reporter_principal_id: reporter.principalId,
      source: event.source,
      event_type: event.type,
      identity_tenant_id: event.type === 'usage' ? null : event.identityTenantId,
      kind: event.type === 'usage' ? null : event.kind,
      user_type: event.type === 'usage' ? null : (event.userType ?? null),
      outcome: event.type === 'usage' ? null : (event.outcome ?? null),
      resource_id: event.type === 'usage' ? event.subject : null,
      resource_uid: resourceUid,
      meter_id: event.type === 'usage' ? event.meterId : null,
      location: event.type === 'usage' ? (event.location ?? null) : null,
    }
    const text = JSON.stringify(Object.values(columns))
    const known = this.origins.get(text)
    if (known) return known
    if (this.origins.size >= rememberedMax) this.origins.clear()
    const origin: Origin = { id: 0, key: hashUuid(text), columns, reporter, source: event.source }
    this.origins.set(text, origin)
    return origin
  }

  route(fields: RouteFields): Route {
    const columns = {
      disposition: fields.kind,
      reason: fields.reason,
      identity_tenant_id: fields.identityTenantId,
      model: fields.model,
      link_id: fields.linkId,
      subscription_id: fields.subscriptionId,
      placement_id: fields.placementId,
      meter_id: fields.meterId,
      grouping_key: fields.groupingKey,
    }
    const text = JSON.stringify(Object.values(columns))
    const known = this.routes.get(text)
    if (known) return known
    if (this.routes.size >= rememberedMax) this.routes.clear()
    const route: Route = { ...fields, id: 0, key: hashUuid(text), columns, ordinal: ++this.lastOrdinal }
    this.routes.set(text, route)
    return route
  }
}

export const originColumns = [
  ['reporter_tenant_id', 'uuid'],
  ['reporter_principal_id', 'uuid'],
  ['source', 'text'],
  ['event_type', 'text'],
  ['identity_tenant_id', 'uuid'],
  ['kind', 'text'],
  ['user_type', 'text'],
  ['outcome', 'text'],
  ['resource_id', 'text'],
  ['resource_uid', 'uuid'],
  ['meter_id', 'text'],
  ['location', 'text'],
] as const

export const routeColumns = [
  ['disposition', 'text'],
  ['reason', 'text'],
  ['identity_tenant_id', 'uuid'],
  ['model', 'text'],
  ['link_id', 'uuid'],
  ['subscription_id', 'uuid'],
  ['placement_id', 'bigint'],
  ['meter_id', 'text'],
  ['grouping_key', 'text'],
] as const

/**
 * The ids of rows by their keys; rows are written where they are new. The ids hold for this transaction; after its
 * commit the caller may remember them.
 */
export async function resolveDimensions(
  sql: Sql,
  table: 'usage_origin' | 'usage_route',
  wanted: ReadonlySet<Dimension>,
): Promise<ReadonlyMap<string, number>> {
  const ids = new Map<string, number>()
  if (wanted.size === 0) return ids
  const [keyColumn, columns] = table === 'usage_origin' ? ['origin_key', originColumns] : ['route_key', routeColumns]
  // In the order of keys, so that two transactions with the same new rows wait for one another in one order only.
  const missing = new Map([...wanted].sort((a, b) => (a.key < b.key ? -1 : 1)).map((row) => [row.key, row]))
  const find = async () => {
    const rows = await sql<{ id: number; key: string }>(
      `select id, ${keyColumn} as key from ${table} where ${keyColumn} = any($1::uuid[])`,
      [[...missing.keys()]],
    )
    for (const { id, key } of rows) {
      ids.set(key, id)
      missing.delete(key)
    }
  }
  await find()
  if (missing.size > 0) {
    const rows = [...missing.values()]
    await sql(
      `insert into ${table} (${keyColumn}, ${columns.map(([name]) => name).join(', ')})
       select * from unnest($1::uuid[], ${columns.map(([, type], index) => `$${index + 2}::${type}[]`).join(', ')})
       on conflict (${keyColumn}) do nothing`,
      [rows.map((row) => row.key), ...columns.map(([name]) => rows.map((row) => row.columns[name] ?? null))],
    )
    await find()
  }
  return ids
}
