import type { ExplainedEvent, ExplainQuery, Page, PageQuery, ReportedUsageQuery } from '../usage-store.ts'
import { invalid } from '../../domain/refusal.ts'
import type { Row, Sql } from './sql.ts'

/**
 * An event with its route, and what it came to in the end. Under the model `mau` only a user's month knows which event
 * is the first, so that is asked there and stored nowhere else.
 */
const explained = (month: string): string => `
  select e.event_key::text, e.batch_id::text, o.event_type, o.reporter_tenant_id, o.source, e.id,
    coalesce(e.subject, o.resource_id) as subject, e.usage_at, e.usage_end_at, b.reported_at, o.identity_tenant_id,
    o.kind, o.user_type, o.outcome, o.location, e.tags, r.meter_id, e.quantity::text, r.disposition, r.reason, r.model,
    r.link_id, r.subscription_id, r.grouping_key,
    case when c.is_first then u.counted_placement_id else r.placement_id end::text as placement_id,
    c.is_unit and not c.is_first as is_repeated, c.is_paid
  from usage_event e
  join usage_origin o on o.id = e.origin_id
  join usage_route r on r.id = e.route_id
  join usage_batch b on b.id = e.batch_id
  left join identity_month_user u on r.disposition = 'counted' and r.model = 'mau' and o.event_type = 'authentication'
    and u.identity_tenant_id = o.identity_tenant_id
    and u.month = date_trunc('month', e.usage_at at time zone 'UTC')::date
    and u.user_key = encode(substr(sha256(convert_to(e.subject, 'UTF8')), 1, 16), 'hex')::uuid
  ${month}`

const isUnit = `r.disposition = 'counted' and r.model = 'mau' and o.event_type = 'authentication'`

const monthAsItIs = `
  cross join lateral (
    select ${isUnit} as is_unit, u.paid_at is not null as is_paid,
      u.paid_at is null and u.counted_event_key = e.event_key as is_first
  ) c`

/** Other sign-ins of the user in the month that were known at the cut-off, under a model. */
const knownThen = (model: string, upto: string): string => `
  select from usage_event x join usage_origin xo on xo.id = x.origin_id join usage_route xr on xr.id = x.route_id
  where x.usage_at >= u.month::timestamp at time zone 'UTC'
    and x.usage_at < (u.month + interval '1 month') at time zone 'UTC'
    and x.subject = e.subject and x.batch_id <= ${upto} and xo.identity_tenant_id = o.identity_tenant_id
    and xo.event_type = 'authentication' and xr.disposition = 'counted' and xr.model = '${model}'`

/**
 * The user's month as a document saw it at its cut-off. Later events can only have taken the place of the first ones,
 * so that only users whose first event came later have to be looked up among the events.
 */
const monthAsOf = (upto: string): string => `
  left join usage_event paid on paid.event_key = u.paid_event_key
  left join usage_event counted on counted.event_key = u.counted_event_key
  cross join lateral (
    select ${isUnit} as is_unit,
      case when u.paid_at is null then false when paid.batch_id <= ${upto} then true
        else exists (${knownThen('perAuthentication', upto)}) end as is_paid
  ) p
  cross join lateral (
    select p.is_unit, p.is_paid, p.is_unit and not p.is_paid and
      case when counted.batch_id <= ${upto} then u.counted_event_key = e.event_key
        else not exists (${knownThen('mau', upto)} and (x.usage_at, x.event_key) < (e.usage_at, e.event_key)) end as is_first
  ) c`

export async function explain(sql: Sql, query: ExplainQuery): Promise<Page<ExplainedEvent>> {
  const start = new Date(`${query.usagePeriod}-01T00:00:00.000Z`)
  const end = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1))
  const conditions = ['e.usage_at >= $1', 'e.usage_at < $2', 'r.subscription_id = $3', 'r.meter_id = $4']
  const values: unknown[] = [start, end, query.subscriptionId, query.meterId]
  const placement = '(case when c.is_first then u.counted_placement_id else r.placement_id end)'
  const add = (condition: (parameter: string) => string, value: unknown) => {
    if (value === undefined) return
    values.push(value)
    conditions.push(condition(`$${values.length}`))
  }
  add((p) => `r.grouping_key = ${p}`, query.groupingKey)
  add((p) => `${placement} = any(${p}::bigint[])`, query.placementIds?.map(String))
  add(
    (p) => `${placement} in (select id from billing_placement where billing_profile_name = ${p})`,
    query.billingProfileName,
  )
  add((p) => `e.batch_id > ${p}`, query.afterBatch?.toString())
  let month = monthAsItIs
  add((p) => {
    month = monthAsOf(`${p}::bigint`)
    return `e.batch_id <= ${p}`
  }, query.uptoBatch?.toString())
  return page(sql, conditions, values, query, month)
}

export async function reportedUsage(sql: Sql, query: ReportedUsageQuery): Promise<Page<ExplainedEvent>> {
  const conditions = ['e.usage_at >= $1', 'e.usage_at < $2']
  const values: unknown[] = [query.from, query.to]
  if (query.identityTenantId) conditions.push(`o.identity_tenant_id = $${values.push(query.identityTenantId)}`)
  if (query.subscriptionId) conditions.push(`r.subscription_id = $${values.push(query.subscriptionId)}`)
  return page(sql, conditions, values, query)
}

export async function quarantined(sql: Sql, query: PageQuery): Promise<Page<ExplainedEvent>> {
  return page(sql, ['e.event_key in (select event_key from usage_quarantine)'], [], query)
}

async function page(
  sql: Sql,
  conditions: string[],
  values: unknown[],
  { after, limit }: PageQuery,
  month = monthAsItIs,
): Promise<Page<ExplainedEvent>> {
  if (after !== undefined) {
    const [atMs, key] = after.split('~')
    if (!/^\d+$/.test(atMs ?? '') || !/^[0-9a-f-]{36}$/.test(key ?? '')) {
      throw invalid('InvalidSkipToken', 'The continuation is not one of this list. Start from the first page.')
    }
    conditions.push(`(e.usage_at, e.event_key) > ($${values.push(new Date(Number(atMs)))}, $${values.push(key)})`)
  }
  const rows = await sql(
    `${explained(month)} where ${conditions.join(' and ')} order by e.usage_at, e.event_key limit $${values.push(limit + 1)}`,
    values,
  )
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return {
    items: items.map(toExplained),
    ...(rows.length > limit && last ? { next: `${(last.usage_at as Date).getTime()}~${last.event_key}` } : {}),
  }
}

function toExplained(row: Row): ExplainedEvent {
  const disposition = dispositionOf(row)
  return {
    batchId: BigInt(row.batch_id),
    type: row.event_type,
    reporterTenantId: row.reporter_tenant_id,
    source: row.source,
    id: row.id,
    subject: row.subject,
    usageAt: row.usage_at,
    usageEndAt: row.usage_end_at,
    reportedAt: row.reported_at,
    identityTenantId: row.identity_tenant_id,
    kind: row.kind,
    userType: row.user_type,
    outcome: row.outcome,
    location: row.location,
    tags: row.tags ?? {},
    meterId: row.meter_id,
    quantity: disposition.kind !== 'counted' ? '0' : (row.quantity ?? '1'),
    disposition,
    route: {
      linkId: row.link_id,
      subscriptionId: row.subscription_id,
      model: row.model,
      placementId: row.placement_id === null ? null : BigInt(row.placement_id),
      groupingKey: row.grouping_key,
    },
  }
}

function dispositionOf(row: Row): ExplainedEvent['disposition'] {
  if (row.disposition !== 'counted') return { kind: row.disposition, reason: row.reason }
  if (!row.is_repeated) return { kind: 'counted' }
  return { kind: 'excluded', reason: row.is_paid ? 'paidPerAuthenticationThisMonth' : 'alreadyCountedThisMonth' }
}
