import { AttributionFacts, findPlaceAt, type ResourceFacts } from './attribution-facts.ts'
import { Classifier } from './classify.ts'
import { Dimensions, type Route, resolveDimensions } from './dimension.ts'
import { duringOf, type PeriodRow } from './during.ts'
import { SumChanges } from './sums.ts'
import type { Row, Sql } from './sql.ts'

/**
 * Gives what was reported of a subscription's resources, from an instant of usage on, the routes that the facts now
 * say. Which resource a name meant stays as it was told; where that one was, and whether anything cost there, is asked
 * again. As with sign-ins, normally no event is that young.
 */
export async function reattributeResources(sql: Sql, subscriptionId: string, from: Date): Promise<void> {
  const rows = await sql(
    `select e.event_key::text, e.usage_at, trim_scale(e.quantity)::text as quantity, b.reported_at, o.resource_uid,
       r.disposition, r.reason, r.subscription_id, r.placement_id::text, r.meter_id, r.grouping_key
     from usage_route r join usage_event e on e.route_id = r.id join usage_origin o on o.id = e.origin_id
       join usage_batch b on b.id = e.batch_id
     where r.subscription_id = $1 and r.identity_tenant_id is null and e.usage_at >= $2
       and r.disposition <> 'quarantined'`,
    [subscriptionId, from],
  )
  if (rows.length === 0) return
  const facts = new AttributionFacts()
  const dimensions = new Dimensions()
  const classifier = new Classifier(facts, dimensions)
  const places = await loadPlaces(sql, [...new Set(rows.map((row) => row.resource_uid as string))])
  const subscriptionIds = [subscriptionId, ...places.map((place) => place.subscriptionId)]
  await facts.load(sql, new Set(), new Set(subscriptionIds.map((id) => `/subscriptions/${id}`)))
  const moved = rows
    .map((row) => ({ row, from: oldRoute(dimensions, row), to: newRoute(classifier, places, row) }))
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
    sums.addQuantity(before, usageAtMs, row.quantity, -1)
    sums.addQuantity(to, usageAtMs, row.quantity)
  }
  await sums.store(sql)
}

async function loadPlaces(sql: Sql, uids: readonly string[]): Promise<ResourceFacts> {
  const rows = await sql<PeriodRow & { uid: string; subscription_id: string }>(
    `select resource_uid as uid, subscription_id, lower(during) as valid_from, upper(during) as valid_to
     from resource_placement where resource_uid = any($1::uuid[]) order by 3`,
    [uids],
  )
  return rows.map((row) => ({ ...duringOf(row), uid: row.uid, subscriptionId: row.subscription_id, hasName: false }))
}

function newRoute(classifier: Classifier, places: ResourceFacts, row: Row): Route {
  const usageAtMs = (row.usage_at as Date).getTime()
  const uid: string = row.resource_uid
  // What is told of the subscription itself has no place.
  const resource = findPlaceAt(places, uid, usageAtMs) ?? { uid, subscriptionId: row.subscription_id }
  return classifier.routeOfUsage(resource, row.meter_id, usageAtMs, (row.reported_at as Date).getTime(), false)
}

function oldRoute(dimensions: Dimensions, row: Row): Route {
  return dimensions.route({
    kind: row.disposition,
    reason: row.reason,
    identityTenantId: null,
    model: null,
    linkId: null,
    subscriptionId: row.subscription_id,
    placementId: row.placement_id,
    meterId: row.meter_id,
    groupingKey: row.grouping_key,
  })
}
