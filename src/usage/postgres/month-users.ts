import { ArrayParameter } from './array-parameter.ts'
import type { Route } from './dimension.ts'
import type { KnownUsers } from './known-users.ts'
import { hashText, keyBytes } from './prepared-events.ts'
import type { Sql } from './sql.ts'
import { oneUnit, type SumChanges } from './sums.ts'

const dayMs = 86_400_000
/** More days than the calendar of events has, so that a route and a day make one number. */
const daysMax = 4_194_304

/** The first authentication of one model: earliest time, and of equal times the smallest key, so order is no matter. */
interface First {
  atMs: number
  event: number
  route: Route
}

interface MonthUser {
  readonly userId: string
  paid: First | undefined
  counted: First | undefined
}

interface TenantMonth {
  readonly identityTenantId: string
  readonly month: string
  readonly number: number
  readonly users: Map<string, MonthUser>
}

export interface UsersOfMonth {
  readonly identityTenantId: string
  readonly month: string
  readonly users: readonly string[]
}

/** The users that one transaction has news of, each with its first authentications in it. */
export class MonthUserChanges {
  private readonly tenantMonths = new Map<string, TenantMonth>()
  /** The same by route and day, which is found without making a text for each event. */
  private readonly byRouteDay = new Map<number, TenantMonth>()
  private readonly known: KnownUsers
  private readonly keys: Uint8Array

  /** `keys` are those of the batch, 16 bytes an event. */
  constructor(known: KnownUsers, keys: Uint8Array) {
    this.known = known
    this.keys = keys
  }

  add(route: Route, userId: string, atMs: number, event: number): void {
    const isPaid = route.model === 'perAuthentication'
    const { number, users } = this.tenantMonth(route, Math.floor(atMs / dayMs))
    if (this.known.covers(number, userId, isPaid, atMs)) return
    let user = users.get(userId)
    if (!user) users.set(userId, (user = { userId, paid: undefined, counted: undefined }))
    const first = isPaid ? user.paid : user.counted
    if (!first) {
      if (isPaid) user.paid = { atMs, event, route }
      else user.counted = { atMs, event, route }
    } else if (atMs < first.atMs || (atMs === first.atMs && this.isSmallerKey(event, first.event))) {
      first.atMs = atMs
      first.event = event
      first.route = route
    }
  }

  /** Takes out what first instants alone cannot decide, for the caller to make from the events, in the order of locks. */
  withdraw(isUndecided: (identityTenantId: string) => boolean): UsersOfMonth[] {
    const withdrawn: UsersOfMonth[] = []
    for (const [key, { identityTenantId, month, users }] of [...this.tenantMonths].toSorted(([a], [b]) =>
      a < b ? -1 : 1,
    )) {
      if (users.size === 0 || !isUndecided(identityTenantId)) continue
      withdrawn.push({ identityTenantId, month, users: [...users.keys()] })
      this.tenantMonths.delete(key)
    }
    return withdrawn
  }

  /** `routeId` of a route as this transaction knows it. */
  async store(sql: Sql, sums: SumChanges, routeId: (route: Route) => number): Promise<void> {
    const months = [...this.tenantMonths.values()].filter(({ users }) => users.size > 0)
    if (months.length === 0) return
    // One order for all transactions, so that they wait for one another but never in a circle.
    months.sort((a, b) => (a.month + a.identityTenantId < b.month + b.identityTenantId ? -1 : 1))
    const count = months.reduce((sum, { users }) => sum + users.size, 0)
    const tenantIds = new ArrayParameter('uuid', count, 16)
    const monthDates = new ArrayParameter('timestamptz', count, 8)
    const userKeys = new ArrayParameter('uuid', count, 16)
    const userIds = new ArrayParameter('text', count, 40)
    const paid = new FirstParameters(count)
    const counted = new FirstParameters(count)
    for (const { identityTenantId, month, users } of months) {
      const monthMs = Date.parse(`${month}T00:00:00.000Z`)
      const ordered = [...users.values()].map((user) => ({ user, key: hashText(user.userId) }))
      ordered.sort((a, b) => (a.key < b.key ? -1 : 1))
      for (const { user, key } of ordered) {
        tenantIds.uuid(identityTenantId)
        monthDates.instant(monthMs)
        userKeys.latin1(key)
        userIds.text(user.userId)
        paid.add(user.paid, this.keys, routeId)
        counted.add(user.counted, this.keys, routeId)
      }
    }
    const changes = await sql<UnitChange>(storeMonthUsers, [
      ...[tenantIds, monthDates, userKeys, userIds].map(({ value }) => value),
      ...paid.values,
      ...counted.values,
    ])
    for (const change of changes) applyUnitChange(change, sums)
  }

  /** After the commit. */
  remember(): void {
    for (const { number, users } of this.tenantMonths.values()) {
      for (const { userId, paid, counted } of users.values()) {
        this.known.remember(number, userId, paid?.atMs, counted?.atMs)
      }
    }
  }

  private tenantMonth(route: Route, day: number): TenantMonth {
    const routeDay = route.ordinal * daysMax + day
    const known = this.byRouteDay.get(routeDay)
    if (known) return known
    const identityTenantId = route.identityTenantId!
    const month = `${new Date(day * dayMs).toISOString().slice(0, 8)}01`
    const key = month + identityTenantId
    let found = this.tenantMonths.get(key)
    if (!found) {
      found = { identityTenantId, month, number: this.known.month(identityTenantId, month), users: new Map() }
      this.tenantMonths.set(key, found)
    }
    this.byRouteDay.set(routeDay, found)
    return found
  }

  private isSmallerKey(a: number, b: number): boolean {
    for (let at = 0; at < keyBytes; at++) {
      const difference = this.keys[a * keyBytes + at]! - this.keys[b * keyBytes + at]!
      if (difference !== 0) return difference < 0
    }
    return false
  }
}

class FirstParameters {
  private readonly at: ArrayParameter
  private readonly eventKeys: ArrayParameter
  private readonly routes: ArrayParameter

  constructor(count: number) {
    this.at = new ArrayParameter('timestamptz', count, 8)
    this.eventKeys = new ArrayParameter('uuid', count, keyBytes)
    this.routes = new ArrayParameter('int4', count, 4)
  }

  add(first: First | undefined, keys: Uint8Array, routeId: (route: Route) => number): void {
    if (first) {
      this.at.instant(first.atMs)
      this.eventKeys.raw(keys, first.event * keyBytes, keyBytes)
      this.routes.int4(routeId(first.route))
      return
    }
    this.at.absent()
    this.eventKeys.absent()
    this.routes.absent()
  }

  get values(): readonly Buffer[] {
    return [this.at.value, this.eventKeys.value, this.routes.value]
  }
}

export interface UnitChange {
  readonly identity_tenant_id: string
  readonly month: string
  readonly link_id: string
  readonly subscription_id: string
  readonly placement_id: string | null
  readonly usage_day: string | null
  readonly active: string
  readonly paid: string
}

/** A unit of monthly active users that arose, moved or ended, or a user who became one that is paid for. */
export function applyUnitChange(change: UnitChange, sums: SumChanges): void {
  const activeUsers = Number(change.active)
  const monthKey = {
    identityTenantId: change.identity_tenant_id,
    month: change.month,
    linkId: change.link_id,
    subscriptionId: change.subscription_id,
  }
  sums.addMonth(monthKey, { activeUsers, paidUsers: Number(change.paid) })
  if (activeUsers === 0 || change.usage_day === null) return
  sums.add(
    {
      placementId: change.placement_id,
      subscriptionId: change.subscription_id,
      meterId: 'monthly-active-users',
      groupingKey: change.link_id,
      usageDay: change.usage_day,
    },
    BigInt(activeUsers) * oneUnit,
    activeUsers,
  )
}

/** What `changed (was_…, is_…)` rows come to in units: the new ones less the old ones. */
export const unitChangesOfChanged = `
  select identity_tenant_id, month::text, link_id, subscription_id, placement_id::text, usage_day::text,
    sum(active)::text as active, sum(paid)::text as paid
  from (
    select identity_tenant_id, month, is_counted_link as link_id, is_counted_subscription as subscription_id,
      is_counted_placement as placement_id, (is_counted_at at time zone 'UTC')::date as usage_day, 1 as active, 0 as paid
    from changed where is_paid_at is null and is_counted_at is not null
    union all
    select identity_tenant_id, month, was_counted_link, was_counted_subscription,
      was_counted_placement, (was_counted_at at time zone 'UTC')::date, -1, 0
    from changed where was_paid_at is null and was_counted_at is not null
    union all
    select identity_tenant_id, month, is_paid_link, is_paid_subscription, null, null, 0, 1
    from changed where is_paid_at is not null
    union all
    select identity_tenant_id, month, was_paid_link, was_paid_subscription, null, null, 0, -1
    from changed where was_paid_at is not null
  ) unit
  group by 1, 2, 3, 4, 5, 6 having sum(active) <> 0 or sum(paid) <> 0`

export const changedColumns = `
  new.identity_tenant_id, new.month,
  old.paid_at as was_paid_at, old.paid_link_id as was_paid_link, old.paid_subscription_id as was_paid_subscription,
  old.counted_at as was_counted_at, old.counted_link_id as was_counted_link,
  old.counted_subscription_id as was_counted_subscription, old.counted_placement_id as was_counted_placement,
  new.paid_at as is_paid_at, new.paid_link_id as is_paid_link, new.paid_subscription_id as is_paid_subscription,
  new.counted_at as is_counted_at, new.counted_link_id as is_counted_link,
  new.counted_subscription_id as is_counted_subscription, new.counted_placement_id as is_counted_placement`

const isEarlierPaid = `excluded.paid_at is not null and
  (u.paid_at is null or (excluded.paid_at, excluded.paid_event_key) < (u.paid_at, u.paid_event_key))`
const isEarlierCounted = `excluded.counted_at is not null and
  (u.counted_at is null or (excluded.counted_at, excluded.counted_event_key) < (u.counted_at, u.counted_event_key))`

/**
 * First instants only ever fall. The placement stays while the first use stays on its link: then it was set by the
 * first report of a use of that link (DEC-34). A link that never comes back to a subscription is held there during
 * periods that follow one another, so an earlier use on another link is always the first one told of that link; users
 * of a tenant whose link did come back are made from their events instead (`hasReturningLink`).
 */
const storeMonthUsers = `
  with changed as (
    insert into identity_month_user as u (
      identity_tenant_id, month, user_key, user_id, paid_at, paid_event_key, paid_link_id, paid_subscription_id,
      counted_at, counted_event_key, counted_link_id, counted_subscription_id, counted_placement_id)
    select n.tenant_id, (n.month at time zone 'UTC')::date, n.user_key, n.user_id,
      n.paid_at, n.paid_key, p.link_id, p.subscription_id,
      n.counted_at, n.counted_key, c.link_id, c.subscription_id, c.placement_id
    from unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::text[], $5::timestamptz[], $6::uuid[], $7::integer[],
      $8::timestamptz[], $9::uuid[], $10::integer[]) with ordinality
      as n (tenant_id, month, user_key, user_id, paid_at, paid_key, paid_route, counted_at, counted_key, counted_route, o)
    left join usage_route p on p.id = n.paid_route
    left join usage_route c on c.id = n.counted_route
    order by n.o
    on conflict (identity_tenant_id, month, user_key) do update set
      paid_at = case when ${isEarlierPaid} then excluded.paid_at else u.paid_at end,
      paid_event_key = case when ${isEarlierPaid} then excluded.paid_event_key else u.paid_event_key end,
      paid_link_id = case when ${isEarlierPaid} then excluded.paid_link_id else u.paid_link_id end,
      paid_subscription_id = case when ${isEarlierPaid} then excluded.paid_subscription_id else u.paid_subscription_id end,
      counted_at = case when ${isEarlierCounted} then excluded.counted_at else u.counted_at end,
      counted_event_key = case when ${isEarlierCounted} then excluded.counted_event_key else u.counted_event_key end,
      counted_link_id = case when ${isEarlierCounted} then excluded.counted_link_id else u.counted_link_id end,
      counted_subscription_id =
        case when ${isEarlierCounted} then excluded.counted_subscription_id else u.counted_subscription_id end,
      counted_placement_id = case
        when ${isEarlierCounted} and (
          u.counted_link_id is distinct from excluded.counted_link_id or
          u.counted_subscription_id is distinct from excluded.counted_subscription_id
        ) then excluded.counted_placement_id else u.counted_placement_id end
    where (${isEarlierPaid}) or (${isEarlierCounted})
    returning ${changedColumns}
  )
  ${unitChangesOfChanged}`
