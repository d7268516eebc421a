import type { Route } from './dimension.ts'
import type { Sql } from './sql.ts'

const dayMs = 86_400_000
const scaleDigits = 12
const scale = 10n ** BigInt(scaleDigits)

interface RouteDay {
  readonly route: Route
  readonly day: string
  count: number
  /** In units of 10^-12, so that adding is exact. */
  scaled: bigint
}

/** Changes of the sums that one transaction makes, gathered so that each hot row is touched once. */
export class SumChanges {
  private readonly byRouteDay = new Map<number, RouteDay>()
  private readonly sums = new Map<string, SumChange>()
  private readonly months = new Map<string, MonthChange>()

  /** A counted authentication under per-authentication, a second factor, or what is set aside: one of it, or one less. */
  addOne(route: Route, usageAtMs: number, sign: 1 | -1 = 1): void {
    this.routeDay(route, usageAtMs).count += sign
  }

  addQuantity(route: Route, usageAtMs: number, quantity: string, sign: 1 | -1 = 1): void {
    const entry = this.routeDay(route, usageAtMs)
    const scaled = toScaled(quantity)
    entry.count += sign
    entry.scaled += sign === 1 ? scaled : -scaled
  }

  /** `units` of a meter on a day; negative to take back. */
  add(key: SumKey, units: bigint, events: number): void {
    const text = `${key.placementId}|${key.subscriptionId}|${key.meterId}|${key.groupingKey}|${key.usageDay}`
    let entry = this.sums.get(text)
    if (!entry) this.sums.set(text, (entry = { ...key, scaled: 0n, count: 0 }))
    entry.scaled += units
    entry.count += events
  }

  addMonth(key: MonthKey, change: Partial<MonthCounts>): void {
    const text = `${key.identityTenantId}|${key.month}|${key.linkId}|${key.subscriptionId}`
    let entry = this.months.get(text)
    if (!entry) this.months.set(text, (entry = { ...key, authentications: 0, paidUsers: 0, activeUsers: 0 }))
    entry.authentications += change.authentications ?? 0
    entry.paidUsers += change.paidUsers ?? 0
    entry.activeUsers += change.activeUsers ?? 0
  }

  async store(sql: Sql): Promise<void> {
    const setAside: RouteDay[] = []
    for (const entry of this.byRouteDay.values()) {
      const { route, day, count } = entry
      if (route.kind !== 'counted') setAside.push(entry)
      else {
        const scaled = entry.scaled === 0n && route.identityTenantId !== null ? BigInt(count) * scale : entry.scaled
        this.add(sumKeyOf(route, day), scaled, count)
        if (route.model === 'perAuthentication' && route.meterId === 'authentications') {
          this.addMonth(monthKeyOf(route, day), { authentications: count })
        }
      }
    }
    await storeSums(
      sql,
      [...this.sums.values()].filter(({ scaled, count }) => scaled !== 0n || count !== 0),
    )
    await storeMonths(
      sql,
      [...this.months.values()].filter((row) => row.authentications || row.paidUsers || row.activeUsers),
    )
    await storeSetAside(sql, setAside)
  }

  private routeDay(route: Route, usageAtMs: number): RouteDay {
    const day = Math.floor(usageAtMs / dayMs)
    const key = route.ordinal * 4_194_304 + day
    let entry = this.byRouteDay.get(key)
    if (!entry) {
      entry = { route, day: dayText(day), count: 0, scaled: 0n }
      this.byRouteDay.set(key, entry)
    }
    return entry
  }
}

export interface SumKey {
  readonly placementId: string | null
  readonly subscriptionId: string
  readonly meterId: string
  readonly groupingKey: string
  readonly usageDay: string
}
interface SumChange extends SumKey {
  scaled: bigint
  count: number
}
export interface MonthKey {
  readonly identityTenantId: string
  readonly month: string
  readonly linkId: string
  readonly subscriptionId: string
}
interface MonthCounts {
  authentications: number
  paidUsers: number
  activeUsers: number
}
type MonthChange = MonthKey & MonthCounts

export const oneUnit = scale

export function toScaled(quantity: string): bigint {
  const [whole = '0', fraction = ''] = quantity.split('.')
  return BigInt(whole + fraction.padEnd(scaleDigits, '0'))
}

function sumKeyOf(route: Route, usageDay: string): SumKey {
  return {
    placementId: route.placementId,
    subscriptionId: route.subscriptionId!,
    meterId: route.meterId,
    groupingKey: route.groupingKey!,
    usageDay,
  }
}

function monthKeyOf(route: Route, day: string): MonthKey {
  return {
    identityTenantId: route.identityTenantId!,
    month: `${day.slice(0, -2)}01`,
    linkId: route.linkId!,
    subscriptionId: route.subscriptionId!,
  }
}

function fromScaled(scaled: bigint): string {
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(scaleDigits + 1, '0')
  return `${scaled < 0n ? '-' : ''}${digits.slice(0, -scaleDigits)}.${digits.slice(-scaleDigits)}`
}

function dayText(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10)
}

// Each statement writes its rows in one order, so that two transactions wait for one another but never in a circle.

async function storeSums(sql: Sql, rows: readonly SumChange[]): Promise<void> {
  if (rows.length === 0) return
  await sql(
    `insert into usage_sum as s (placement_id, subscription_id, meter_id, grouping_key, usage_day, quantity, event_count)
     select placement_id, subscription_id, meter_id, grouping_key, usage_day, trim_scale(quantity), event_count
     from unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::date[], $6::numeric[], $7::bigint[])
       as n (placement_id, subscription_id, meter_id, grouping_key, usage_day, quantity, event_count)
     order by 1, 2, 3, 4, 5
     on conflict (placement_id, subscription_id, meter_id, grouping_key, usage_day) do update
     set quantity = trim_scale(s.quantity + excluded.quantity), event_count = s.event_count + excluded.event_count`,
    [
      rows.map((row) => row.placementId),
      rows.map((row) => row.subscriptionId),
      rows.map((row) => row.meterId),
      rows.map((row) => row.groupingKey),
      rows.map((row) => row.usageDay),
      rows.map((row) => fromScaled(row.scaled)),
      rows.map((row) => row.count),
    ],
  )
}

async function storeMonths(sql: Sql, rows: readonly MonthChange[]): Promise<void> {
  if (rows.length === 0) return
  await sql(
    `insert into identity_month as m
       (identity_tenant_id, month, link_id, subscription_id, authentications, paid_users, monthly_active_users)
     select * from unnest($1::uuid[], $2::date[], $3::uuid[], $4::uuid[], $5::bigint[], $6::bigint[], $7::bigint[])
     order by 1, 2, 3, 4
     on conflict (identity_tenant_id, month, link_id, subscription_id) do update
     set authentications = m.authentications + excluded.authentications,
       paid_users = m.paid_users + excluded.paid_users,
       monthly_active_users = m.monthly_active_users + excluded.monthly_active_users`,
    [
      rows.map((row) => row.identityTenantId),
      rows.map((row) => row.month),
      rows.map((row) => row.linkId),
      rows.map((row) => row.subscriptionId),
      rows.map((row) => row.authentications),
      rows.map((row) => row.paidUsers),
      rows.map((row) => row.activeUsers),
    ],
  )
}

async function storeSetAside(sql: Sql, entries: readonly RouteDay[]): Promise<void> {
  if (entries.length === 0) return
  // Routes differ in what a set-aside row does not tell apart, such as the link.
  const rows = new Map<string, RouteDay>()
  for (const entry of entries) {
    const { kind, reason, identityTenantId, subscriptionId, meterId } = entry.route
    const text = JSON.stringify([kind, reason, identityTenantId, subscriptionId, meterId, entry.day])
    const known = rows.get(text)
    if (known) {
      known.count += entry.count
      known.scaled += entry.scaled
    } else rows.set(text, { ...entry })
  }
  const values = [...rows.values()]
  await sql(
    `insert into usage_set_aside as s
       (kind, reason, identity_tenant_id, subscription_id, meter_id, usage_day, quantity, event_count)
     select kind, reason, identity_tenant_id, subscription_id, meter_id, usage_day, trim_scale(quantity), event_count
     from unnest($1::text[], $2::text[], $3::uuid[], $4::uuid[], $5::text[], $6::date[], $7::numeric[], $8::bigint[])
       as n (kind, reason, identity_tenant_id, subscription_id, meter_id, usage_day, quantity, event_count)
     order by 6, 1, 2, 3, 4, 5
     on conflict (usage_day, kind, reason, identity_tenant_id, subscription_id, meter_id) do update
     set quantity = trim_scale(s.quantity + excluded.quantity), event_count = s.event_count + excluded.event_count`,
    [
      values.map(({ route }) => route.kind),
      values.map(({ route }) => route.reason),
      values.map(({ route }) => route.identityTenantId),
      values.map(({ route }) => route.subscriptionId),
      values.map(({ route }) => route.meterId),
      values.map(({ day }) => day),
      values.map(({ route, scaled, count }) => (route.identityTenantId ? String(count) : fromScaled(scaled))),
      values.map(({ count }) => count),
    ],
  )
}
