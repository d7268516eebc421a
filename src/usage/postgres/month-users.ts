import type { Route } from './dimension.ts'
import { hashUuid } from './prepared-events.ts'
import { oneUnit, type SumChanges } from './sums.ts'
import type { Sql } from './sql.ts'

/** The first authentication of one model: earliest time, and of equal times the smallest key, so order is no matter. */
interface First {
  atMs: number
  eventKey: string
  route: Route
}

interface MonthUser {
  readonly identityTenantId: string
  readonly month: string
  readonly userId: string
  paid: First | undefined
  counted: First | undefined
}

/** The users that one transaction has seen, each with its first authentications in it. */
export class MonthUserChanges {
  private readonly tenantMonths = new Map<string, Map<string, MonthUser>>()
  private lastKey = ''
  private lastMonth: Map<string, MonthUser> | undefined

  /** `keyOf` is asked only where the event is the first, for making a key's text costs more than the rest. */
  add(route: Route, month: string, userId: string, usageAtMs: number, keyOf: () => string): void {
    const users = this.usersOf(route.identityTenantId!, month)
    let user = users.get(userId)
    if (!user) {
      user = { identityTenantId: route.identityTenantId!, month, userId, paid: undefined, counted: undefined }
      users.set(userId, user)
    }
    const part = route.model === 'perAuthentication' ? 'paid' : 'counted'
    const first = user[part]
    if (first && first.atMs < usageAtMs) return
    const eventKey = keyOf()
    if (first && first.atMs === usageAtMs && first.eventKey <= eventKey) return
    user[part] = { atMs: usageAtMs, eventKey, route }
  }

  private usersOf(identityTenantId: string, month: string): Map<string, MonthUser> {
    const key = month + identityTenantId
    if (key === this.lastKey && this.lastMonth) return this.lastMonth
    let users = this.tenantMonths.get(key)
    if (!users) this.tenantMonths.set(key, (users = new Map()))
    this.lastKey = key
    this.lastMonth = users
    return users
  }

  async store(sql: Sql, sums: SumChanges): Promise<void> {
    const rows: (MonthUser & { userKey: string; order: string })[] = []
    for (const users of this.tenantMonths.values()) {
      for (const user of users.values()) {
        const userKey = hashUuid(user.userId)
        rows.push({ ...user, userKey, order: user.identityTenantId + user.month + userKey })
      }
    }
    if (rows.length === 0) return
    // One order for all transactions, so that they wait for one another but never in a circle.
    rows.sort((a, b) => (a.order < b.order ? -1 : 1))
    const changes = await sql<UnitChange>(storeMonthUsers, [
      rows.map((row) => row.identityTenantId),
      rows.map((row) => row.month),
      rows.map((row) => row.userKey),
      rows.map((row) => row.userId),
      rows.map(({ paid }) => instantText(paid)),
      rows.map(({ paid }) => paid?.eventKey ?? null),
      rows.map(({ paid }) => paid?.route.linkId ?? null),
      rows.map(({ paid }) => paid?.route.subscriptionId ?? null),
      rows.map(({ counted }) => instantText(counted)),
      rows.map(({ counted }) => counted?.eventKey ?? null),
      rows.map(({ counted }) => counted?.route.linkId ?? null),
      rows.map(({ counted }) => counted?.route.subscriptionId ?? null),
      rows.map(({ counted }) => counted?.route.placementId ?? null),
    ])
    for (const change of changes) applyUnitChange(change, sums)
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

function instantText(first: First | undefined): string | null {
  return first ? new Date(first.atMs).toISOString() : null
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
 * first report of a use of that link (DEC-34). A link and its subscription are held during periods that follow one
 * another, so an earlier use on another link is always the first one told of that link.
 */
const storeMonthUsers = `
  with changed as (
    insert into identity_month_user as u (
      identity_tenant_id, month, user_key, user_id, paid_at, paid_event_key, paid_link_id, paid_subscription_id,
      counted_at, counted_event_key, counted_link_id, counted_subscription_id, counted_placement_id)
    select * from unnest($1::uuid[], $2::date[], $3::uuid[], $4::text[], $5::timestamptz[], $6::uuid[], $7::uuid[],
      $8::uuid[], $9::timestamptz[], $10::uuid[], $11::uuid[], $12::uuid[], $13::bigint[])
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
