import { decideAuthenticationMetering } from '../../domain/metering/authentication.ts'
import { AttributionFacts, findLinkAt, type TenantFacts } from './attribution-facts.ts'
import { Classifier } from './classify.ts'
import { Dimensions, type Route, resolveDimensions } from './dimension.ts'
import {
  applyUnitChange,
  changedColumns,
  type UnitChange,
  unitChangesOfChanged,
  type UsersOfMonth,
} from './month-users.ts'
import { SumChanges } from './sums.ts'
import type { Row, Sql } from './sql.ts'

interface Moved {
  readonly row: Row
  readonly from: Route
  readonly to: Route
}

/**
 * Gives a tenant's events from an instant on the routes that the facts now say, and makes the sums and the users of
 * the touched months what these events come to. Normally no event is that young: only those of the very instant, and
 * of senders whose clocks are ahead (DEC-5).
 */
export async function reattribute(sql: Sql, identityTenantId: string, from: Date): Promise<void> {
  const facts = new AttributionFacts()
  const dimensions = new Dimensions()
  await facts.load(sql, new Set([identityTenantId]), new Set())
  const tenant = facts.tenant(identityTenantId)
  if (!tenant) return
  const rows = await sql(
    `select e.event_key::text, e.usage_at, e.subject, b.reported_at, o.event_type, o.kind, o.user_type, o.outcome,
       r.disposition, r.reason, r.model, r.link_id, r.subscription_id, r.placement_id::text, r.meter_id, r.grouping_key
     from usage_origin o join usage_event e on e.origin_id = o.id join usage_route r on r.id = e.route_id
       join usage_batch b on b.id = e.batch_id
     where o.identity_tenant_id = $1 and e.usage_at >= $2 and r.disposition <> 'quarantined'`,
    [identityTenantId, from],
  )
  const classifier = new Classifier(facts, dimensions)
  const moved = rows
    .map((row): Moved => ({ row, from: oldRoute(dimensions, tenant, row), to: newRoute(classifier, tenant, row) }))
    .filter((move) => move.from.key !== move.to.key)
  if (moved.length === 0) return

  const ids = await resolveDimensions(sql, 'usage_route', new Set(moved.map(({ to }) => to)))
  await sql(
    `update usage_event e set route_id = n.route_id
     from unnest($1::uuid[], $2::integer[]) n (event_key, route_id) where e.event_key = n.event_key`,
    [moved.map(({ row }) => row.event_key), moved.map(({ to }) => ids.get(to.key))],
  )
  const sums = new SumChanges()
  for (const { row, from: before, to } of moved) {
    const usageAtMs = (row.usage_at as Date).getTime()
    if (isSummed(row, before)) sums.addOne(before, usageAtMs, -1)
    if (isSummed(row, to)) sums.addOne(to, usageAtMs)
  }
  const touched = Map.groupBy(
    moved.filter(({ row }) => row.event_type === 'authentication'),
    ({ row }) => `${(row.usage_at as Date).toISOString().slice(0, 7)}-01`,
  )
  for (const [month, moves] of touched) {
    const users = [...new Set(moves.map(({ row }) => row.subject as string))]
    await rebuildUsers(sql, { identityTenantId, month, users }, sums)
  }
  await sums.store(sql)
}

/** Makes a month of users what their stored events come to; nobody else may be storing events of them meanwhile. */
export async function rebuildUsers(
  sql: Sql,
  { identityTenantId, month, users }: UsersOfMonth,
  sums: SumChanges,
): Promise<void> {
  const changes = await sql<UnitChange>(rebuildMonthUsers, [identityTenantId, month, users])
  for (const change of changes) applyUnitChange(change, sums)
}

function isSummed(row: Row, route: Route): boolean {
  return route.kind !== 'counted' || row.event_type === 'secondFactor' || route.model === 'perAuthentication'
}

function newRoute(classifier: Classifier, tenant: TenantFacts, row: Row): Route {
  const { event_type: event, kind, user_type, outcome } = row
  const metering = decideAuthenticationMetering(
    { event, kind, userType: user_type ?? undefined, outcome: outcome ?? undefined },
    tenant,
  )
  const link = findLinkAt(tenant, (row.usage_at as Date).getTime())
  return classifier.routeOfSignIn(tenant, metering, event, link, (row.reported_at as Date).getTime(), false)
}

function oldRoute(dimensions: Dimensions, tenant: TenantFacts, row: Row): Route {
  return dimensions.route({
    kind: row.disposition,
    reason: row.reason,
    identityTenantId: tenant.tenantId,
    model: row.model,
    linkId: row.link_id,
    subscriptionId: row.subscription_id,
    placementId: row.placement_id,
    meterId: row.meter_id,
    groupingKey: row.grouping_key,
  })
}

/** Months of users again from their events alone; a user whom no counted event is left of goes. */
const rebuildMonthUsers = `
  with counted as (
    select e.subject, e.usage_at, e.event_key, e.batch_id, r.model, r.link_id, r.subscription_id, r.placement_id
    from usage_origin o join usage_event e on e.origin_id = o.id join usage_route r on r.id = e.route_id
    where o.identity_tenant_id = $1 and o.event_type = 'authentication' and r.disposition = 'counted'
      and e.usage_at >= ($2::date)::timestamp at time zone 'UTC'
      and e.usage_at < ($2::date + interval '1 month') at time zone 'UTC'
      and e.subject = any($3::text[])
  ), paid as (
    select distinct on (subject) * from counted where model = 'perAuthentication' order by subject, usage_at, event_key
  ), first_use as (
    select distinct on (subject) * from counted where model = 'mau' order by subject, usage_at, event_key
  ), payer as (
    select distinct on (f.subject) f.subject, c.placement_id
    from first_use f join counted c on c.subject = f.subject and c.model = 'mau' and c.link_id = f.link_id
      and c.subscription_id = f.subscription_id
    order by f.subject, c.batch_id
  ), wanted as (
    select s.user_id, p.usage_at as paid_at, p.event_key as paid_event_key, p.link_id as paid_link_id,
      p.subscription_id as paid_subscription_id, f.usage_at as counted_at, f.event_key as counted_event_key,
      f.link_id as counted_link_id, f.subscription_id as counted_subscription_id, y.placement_id as counted_placement_id
    from unnest($3::text[]) s (user_id)
      left join paid p on p.subject = s.user_id left join first_use f on f.subject = s.user_id
      left join payer y on y.subject = s.user_id
  ), gone as (
    delete from identity_month_user u using wanted w
    where u.identity_tenant_id = $1 and u.month = $2 and u.user_id = w.user_id
      and w.paid_at is null and w.counted_at is null
    returning old.*
  ), changed as (
    insert into identity_month_user as u (
      identity_tenant_id, month, user_key, user_id, paid_at, paid_event_key, paid_link_id, paid_subscription_id,
      counted_at, counted_event_key, counted_link_id, counted_subscription_id, counted_placement_id)
    select $1, $2, encode(substr(sha256(convert_to(user_id, 'UTF8')), 1, 16), 'hex')::uuid, user_id, paid_at,
      paid_event_key, paid_link_id, paid_subscription_id, counted_at, counted_event_key, counted_link_id,
      counted_subscription_id, counted_placement_id
    from wanted where paid_at is not null or counted_at is not null
    on conflict (identity_tenant_id, month, user_key) do update set
      paid_at = excluded.paid_at, paid_event_key = excluded.paid_event_key, paid_link_id = excluded.paid_link_id,
      paid_subscription_id = excluded.paid_subscription_id, counted_at = excluded.counted_at,
      counted_event_key = excluded.counted_event_key, counted_link_id = excluded.counted_link_id,
      counted_subscription_id = excluded.counted_subscription_id, counted_placement_id = excluded.counted_placement_id
    returning ${changedColumns}
  ), all_changed as (
    select * from changed
    union all
    select identity_tenant_id, month, paid_at, paid_link_id, paid_subscription_id, counted_at, counted_link_id,
      counted_subscription_id, counted_placement_id, null, null, null, null, null, null, null
    from gone
  )
  ${unitChangesOfChanged.replaceAll('from changed', 'from all_changed')}`
