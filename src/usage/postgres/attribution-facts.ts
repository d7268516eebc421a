import type { BillingModel } from '../../domain/metering/authentication-model.ts'
import type { MeteredTenant } from '../../domain/metering/authentication.ts'
import { type During, duringOf, holdsAt, type PeriodRow } from './during.ts'
import type { Sql } from './sql.ts'
import { loadCancellations, splitByCancellations } from './subscription-cancellation.ts'

interface LinkPeriod extends During {
  readonly linkId: string
  readonly subscriptionId: string
  readonly model: BillingModel
}
export interface LinkFacts extends LinkPeriod {
  /** Nothing costs anything then (SUB-8). */
  readonly isCancelled: boolean
}
interface LinkedTenant<Link> extends MeteredTenant {
  readonly tenantId: string
  readonly links: readonly Link[]
}
export type TenantFacts = LinkedTenant<LinkFacts>

interface ResourcePlacement extends During {
  readonly uid: string
  readonly subscriptionId: string
  /** It was found under the name that was asked for during this period. */
  readonly hasName: boolean
}
/** Every resource that ever had a name, with all places they were in. */
export type ResourceFacts = readonly ResourcePlacement[]

interface Placement extends During {
  readonly id: string
}

const rememberedMax = 200_000

/**
 * Links, models, cancellations, placements and resources as the database has them, remembered until
 * `attribution_version` moves. It is read under the shared lock of attribution, so nothing that was read can change before the transaction has ended.
 */
export class AttributionFacts {
  private version = ''
  private readonly tenants = new Map<string, TenantFacts | null>()
  private readonly resources = new Map<string, ResourceFacts>()
  private readonly placements = new Map<string, readonly Placement[]>()
  private readonly cancellations = new Map<string, readonly During[]>()

  /** True when everything remembered had to be forgotten. */
  renew(version: string): boolean {
    if (version === this.version) return false
    this.version = version
    this.forget()
    return true
  }

  forget(): void {
    this.tenants.clear()
    this.resources.clear()
    this.placements.clear()
    this.cancellations.clear()
  }

  tenant(tenantId: string): TenantFacts | null | undefined {
    return this.tenants.get(tenantId)
  }

  resource(resourceKey: string): ResourceFacts | undefined {
    return this.resources.get(resourceKey)
  }

  /** Who pays for a subscription at an instant; null when nobody does. */
  placementAt(subscriptionId: string, atMs: number): string | null {
    return this.placements.get(subscriptionId)?.find((period) => holdsAt(period, atMs))?.id ?? null
  }

  /** SUB-8: by the usage time alone, so that it also holds for what is told of a resource before or after its life. */
  isCancelledAt(subscriptionId: string, atMs: number): boolean {
    return this.cancellations.get(subscriptionId)?.some((period) => holdsAt(period, atMs)) ?? false
  }

  /**
   * Everything that was read is made known in one step at the end: another transaction of this process must not see a
   * tenant whose payers are still on their way.
   */
  async load(sql: Sql, tenantIds: ReadonlySet<string>, resourceKeys: ReadonlySet<string>): Promise<void> {
    const subscriptionIds = new Set<string>()
    const tenants = await this.loadTenants(sql, [...tenantIds], subscriptionIds)
    const resources = await this.loadResources(sql, [...resourceKeys], subscriptionIds)
    // Also of subscriptions that are known: another transaction may forget them before this step is done.
    const placements = await this.loadPlacements(sql, [...subscriptionIds])
    const cancellations = await loadCancellations(sql, [...subscriptionIds])
    if (this.tenants.size + this.resources.size > rememberedMax) this.forget()
    for (const [id, tenant] of tenants) {
      const links = tenant?.links.flatMap((link) =>
        splitByCancellations(link, cancellations.get(link.subscriptionId) ?? []),
      )
      this.tenants.set(id, tenant && { ...tenant, links: links ?? [] })
    }
    for (const [key, resource] of resources) this.resources.set(key, resource)
    for (const [id, periods] of placements) this.placements.set(id, periods)
    for (const [id, periods] of cancellations) this.cancellations.set(id, periods)
  }

  private async loadTenants(
    sql: Sql,
    tenantIds: string[],
    subscriptionIds: Set<string>,
  ): Promise<ReadonlyMap<string, LinkedTenant<LinkPeriod> | null>> {
    const found = new Map<string, LinkedTenant<LinkPeriod> | null>(tenantIds.map((id) => [id, null]))
    if (tenantIds.length === 0) return found
    const tenants = await sql<{ id: string; kind: 'identity' | 'workforce'; external_identity_pricing: boolean }>(
      'select id, kind, external_identity_pricing from tenant where id = any($1::uuid[])',
      [tenantIds],
    )
    // A model without an end on a link that has one: the part in which both hold counts.
    const links = await sql<
      PeriodRow & { identity_tenant_id: string; link_id: string; subscription_id: string; model: BillingModel }
    >(
      `select l.identity_tenant_id, l.link_id, l.subscription_id, m.model,
         lower(l.during * m.during) as valid_from, upper(l.during * m.during) as valid_to
       from identity_link l join metering_model m on m.link_id = l.link_id and m.during && l.during
       where l.identity_tenant_id = any($1::uuid[]) order by 5`,
      [tenantIds],
    )
    const linksByTenant = Map.groupBy(links, (link) => link.identity_tenant_id)
    for (const tenant of tenants) {
      found.set(tenant.id, {
        tenantId: tenant.id,
        kind: tenant.kind,
        hasExternalIdentityPricing: tenant.external_identity_pricing,
        links: (linksByTenant.get(tenant.id) ?? []).map((link) => {
          subscriptionIds.add(link.subscription_id)
          return { ...duringOf(link), linkId: link.link_id, subscriptionId: link.subscription_id, model: link.model }
        }),
      })
    }
    return found
  }

  private async loadResources(
    sql: Sql,
    resourceKeys: string[],
    subscriptionIds: Set<string>,
  ): Promise<ReadonlyMap<string, ResourceFacts>> {
    const found = new Map<string, ResourceFacts>(resourceKeys.map((key) => [key, []]))
    if (resourceKeys.length === 0) return found
    const named = resourceKeys.map((key) => ({ key, name: parseResourceId(key) }))
    const resources = named.flatMap(({ key, name }) => (name?.kind === 'resource' ? [{ key, name }] : []))
    const rows = await sql<PeriodRow & { key: string; uid: string; subscription_id: string; has_name: boolean }>(
      `with named as (
         select * from unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[])
           as n (key, subscription_id, group_key, type_key, name_key)
       ), found as (
         select n.key, r.uid, n.subscription_id, n.group_key from named n
           join resource_placement p on p.subscription_id = n.subscription_id and p.resource_group_key = n.group_key
           join resource r on r.uid = p.resource_uid and r.type_key = n.type_key and r.name_key = n.name_key
         union
         select n.key, r.uid, n.subscription_id, n.group_key from named n
           join resource r on r.subscription_id = n.subscription_id and r.resource_group_key = n.group_key
             and r.type_key = n.type_key and r.name_key = n.name_key and r.deleted_at is null
       )
       select f.key, f.uid, coalesce(p.subscription_id, r.subscription_id) as subscription_id,
         lower(p.during) as valid_from, upper(p.during) as valid_to,
         p.during is null or (p.subscription_id = f.subscription_id and p.resource_group_key = f.group_key) as has_name
       from found f join resource r on r.uid = f.uid left join resource_placement p on p.resource_uid = f.uid
       order by f.key, valid_from nulls first`,
      [
        resources.map(({ key }) => key),
        resources.map(({ name }) => name.subscriptionId),
        resources.map(({ name }) => name.groupKey),
        resources.map(({ name }) => name.typeKey),
        resources.map(({ name }) => name.nameKey),
      ],
    )
    for (const [key, places] of Map.groupBy(rows, (row) => row.key)) {
      found.set(
        key,
        places.map((place) => {
          subscriptionIds.add(place.subscription_id)
          return { ...duringOf(place), uid: place.uid, subscriptionId: place.subscription_id, hasName: place.has_name }
        }),
      )
    }
    const ofSubscriptions = await this.loadSubscriptions(sql, named, subscriptionIds)
    for (const [key, places] of ofSubscriptions) found.set(key, places)
    return found
  }

  /** Usage may be reported about a whole subscription, too. */
  private async loadSubscriptions(
    sql: Sql,
    named: readonly { key: string; name: ResourceName | undefined }[],
    subscriptionIds: Set<string>,
  ): Promise<ReadonlyMap<string, ResourceFacts>> {
    const found = new Map<string, ResourceFacts>()
    const wanted = named.flatMap(({ key, name }) =>
      name?.kind === 'subscription' ? [{ key, id: name.subscriptionId }] : [],
    )
    if (wanted.length === 0) return found
    const rows = await sql<{ id: string }>('select id from subscription where id = any($1::uuid[])', [
      wanted.map(({ id }) => id),
    ])
    const known = new Set(rows.map(({ id }) => id))
    for (const { key, id } of wanted) {
      if (!known.has(id)) continue
      subscriptionIds.add(id)
      found.set(key, [{ fromMs: -Infinity, toMs: Infinity, uid: id, subscriptionId: id, hasName: true }])
    }
    return found
  }

  private async loadPlacements(
    sql: Sql,
    subscriptionIds: string[],
  ): Promise<ReadonlyMap<string, readonly Placement[]>> {
    if (subscriptionIds.length === 0) return new Map()
    const rows = await sql<PeriodRow & { id: string; subscription_id: string }>(
      `select id::text, subscription_id, lower(during) as valid_from, upper(during) as valid_to
       from billing_placement where subscription_id = any($1::uuid[])`,
      [subscriptionIds],
    )
    const bySubscription = Map.groupBy(rows, (row) => row.subscription_id)
    return new Map(
      subscriptionIds.map((id) => [
        id,
        (bySubscription.get(id) ?? []).map((row) => ({ ...duringOf(row), id: row.id })),
      ]),
    )
  }
}

/** Whether a link was moved away from a subscription and back again. */
export function hasReturningLink({ links }: TenantFacts): boolean {
  const placeOf = ({ linkId, subscriptionId }: LinkFacts): string => linkId + subscriptionId
  return links.some(
    (link, at) =>
      at > 0 &&
      placeOf(link) !== placeOf(links[at - 1]!) &&
      links.slice(0, at).some((earlier) => placeOf(earlier) === placeOf(link)),
  )
}

export function findLinkAt(tenant: TenantFacts, atMs: number): LinkFacts | undefined {
  const { links } = tenant
  for (let at = links.length - 1; at >= 0; at--) {
    const link = links[at]!
    if (link.fromMs <= atMs) return atMs < link.toMs ? link : undefined
  }
  return undefined
}

/** The resource that had the name at that time, or the one that had it nearest before, and where that one was then. */
export function findResourceAt(
  places: ResourceFacts,
  atMs: number,
): { readonly uid: string; readonly subscriptionId: string } | undefined {
  const named = places.filter((place) => place.hasName)
  const chosen =
    named.find((place) => holdsAt(place, atMs)) ?? named.findLast((place) => place.fromMs <= atMs) ?? named[0]
  if (!chosen) return undefined
  return findPlaceAt(places, chosen.uid, atMs)
}

/** Where the resource was at that time, or the nearest before. */
export function findPlaceAt(
  places: ResourceFacts,
  uid: string,
  atMs: number,
): { readonly uid: string; readonly subscriptionId: string } | undefined {
  const own = places.filter((place) => place.uid === uid)
  return own.find((place) => holdsAt(place, atMs)) ?? own.findLast((place) => place.fromMs <= atMs) ?? own[0]
}

type ResourceName =
  | { readonly kind: 'subscription'; readonly subscriptionId: string }
  | {
      readonly kind: 'resource'
      readonly subscriptionId: string
      readonly groupKey: string
      readonly typeKey: string
      readonly nameKey: string
    }

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Takes apart an id in lower case: /subscriptions/{id}[/resourcegroups/{group}/providers/{namespace}/{type}/{name}…]. */
export function parseResourceId(id: string): ResourceName | undefined {
  const parts = id.split('/').filter((part) => part !== '')
  const [subscriptions, subscriptionId = '', groups, groupKey = '', providers, namespace = '', ...rest] = parts
  if (subscriptions !== 'subscriptions' || !guid.test(subscriptionId)) return undefined
  if (parts.length === 2) return { kind: 'subscription', subscriptionId }
  if (groups !== 'resourcegroups' || providers !== 'providers' || rest.length < 2 || rest.length % 2 !== 0)
    return undefined
  const types = rest.filter((_, index) => index % 2 === 0)
  const names = rest.filter((_, index) => index % 2 === 1)
  return {
    kind: 'resource',
    subscriptionId,
    groupKey,
    typeKey: [namespace, ...types].join('/'),
    nameKey: names.join('/'),
  }
}
