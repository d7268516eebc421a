import { invalid } from '../../domain/refusal.ts'
import type {
  ConflictQuery,
  ConflictRow,
  MonthlyActiveUsers,
  Page,
  QuantityQuery,
  QuantityRow,
  SetAsideQuery,
  SetAsideRow,
} from '../usage-store.ts'
import type { Row, Sql } from './sql.ts'

export async function monthlyActiveUsers(
  sql: Sql,
  identityTenantId: string,
  period: string,
): Promise<MonthlyActiveUsers> {
  const rows = await sql(
    `select link_id, subscription_id, authentications::text, paid_users::text, monthly_active_users::text
     from identity_month where identity_tenant_id = $1 and month = $2 order by link_id, subscription_id`,
    [identityTenantId, `${period}-01`],
  )
  const links = rows.map((row) => ({
    linkId: row.link_id as string,
    subscriptionId: row.subscription_id as string,
    authentications: BigInt(row.authentications),
    paidUsers: BigInt(row.paid_users),
    monthlyActiveUsers: BigInt(row.monthly_active_users),
  }))
  const total = (part: 'authentications' | 'paidUsers' | 'monthlyActiveUsers') =>
    links.reduce((sum, link) => sum + link[part], 0n)
  return {
    identityTenantId,
    period,
    authentications: total('authentications'),
    paidUsers: total('paidUsers'),
    monthlyActiveUsers: total('monthlyActiveUsers'),
    links,
  }
}

const fetchRows = 5000

/** Through a cursor, so that a million rows never stand in memory at once. */
export async function* quantities(sql: Sql, query: QuantityQuery): AsyncGenerator<QuantityRow> {
  const conditions = ['(s.quantity <> 0 or s.event_count <> 0)']
  const values: unknown[] = []
  const add = (condition: (parameter: string) => string, value: unknown) => {
    if (value === undefined) return
    conditions.push(condition(`$${values.push(value)}`))
  }
  add(
    (p) =>
      `exists (select from unnest(${p}::date[]) m where s.usage_day >= m and s.usage_day < m + interval '1 month')`,
    query.periods?.map((period) => `${period}-01`),
  )
  add((p) => `p.billing_profile_name = ${p}`, query.billingProfileName)
  add((p) => `s.subscription_id = any(${p}::uuid[])`, query.subscriptionIds)
  add((p) => `s.grouping_key = any(${p}::text[])`, query.groupingKeys)
  await sql(
    `declare usage_quantities no scroll cursor for
     select s.placement_id::text, p.billing_profile_name, p.invoice_section_name, p.customer_name, s.subscription_id,
       s.meter_id, s.grouping_key, s.usage_day::text, s.quantity::text, s.event_count::text
     from usage_sum s left join billing_placement p on p.id = s.placement_id
     where ${conditions.join(' and ')}
     order by s.placement_id, s.subscription_id, s.meter_id, s.grouping_key, s.usage_day`,
    values,
  )
  try {
    for (;;) {
      const rows = await sql(`fetch ${fetchRows} from usage_quantities`)
      for (const row of rows) yield toQuantityRow(row)
      if (rows.length < fetchRows) return
    }
  } finally {
    await sql('close usage_quantities')
  }
}

function toQuantityRow(row: Row): QuantityRow {
  return {
    placementId: row.placement_id === null ? null : BigInt(row.placement_id),
    billingProfileName: row.billing_profile_name,
    invoiceSectionName: row.invoice_section_name,
    customerName: row.customer_name,
    subscriptionId: row.subscription_id,
    meterId: row.meter_id,
    groupingKey: row.grouping_key,
    usageDay: row.usage_day,
    quantity: row.quantity,
    eventCount: BigInt(row.event_count),
  }
}

export async function setAside(sql: Sql, query: SetAsideQuery): Promise<Page<SetAsideRow>> {
  const conditions = ['event_count <> 0']
  const values: unknown[] = []
  const add = (condition: (parameter: string) => string, value: unknown) => {
    if (value === undefined) return
    conditions.push(condition(`$${values.push(value)}`))
  }
  add((p) => `reason = any(${p}::text[])`, query.reasons)
  add((p) => `identity_tenant_id = any(${p}::uuid[])`, query.identityTenantIds)
  add((p) => `subscription_id = any(${p}::uuid[])`, query.subscriptionIds)
  add(
    (p) => `exists (select from unnest(${p}::date[]) m where usage_day >= m and usage_day < m + interval '1 month')`,
    query.periods?.map((period) => `${period}-01`),
  )
  const order = `concat_ws('~', usage_day, kind, reason, coalesce(identity_tenant_id::text, '-'),
    coalesce(subscription_id::text, '-'), meter_id)`
  add((p) => `${order} > ${p}`, query.after)
  const rows = await sql(
    `select kind, reason, identity_tenant_id, subscription_id, meter_id, usage_day::text, quantity::text,
       event_count::text, ${order} as after
     from usage_set_aside where ${conditions.join(' and ')} order by ${order} limit $${values.push(query.limit + 1)}`,
    values,
  )
  return toPage(rows, query.limit, (row) => ({
    kind: row.kind,
    reason: row.reason,
    identityTenantId: row.identity_tenant_id,
    subscriptionId: row.subscription_id,
    meterId: row.meter_id,
    usageDay: row.usage_day,
    quantity: row.quantity,
    eventCount: BigInt(row.event_count),
  }))
}

export async function conflicts(sql: Sql, query: ConflictQuery): Promise<Page<ConflictRow>> {
  const conditions = ['true']
  const values: unknown[] = []
  const add = (condition: (parameter: string) => string, value: unknown) => {
    if (value === undefined) return
    conditions.push(condition(`$${values.push(value)}`))
  }
  if (query.after !== undefined && !/^\d{1,18}$/.test(query.after)) {
    throw invalid('InvalidSkipToken', 'The continuation is not one of this list. Start from the first page.')
  }
  add((p) => `c.id > ${p}`, query.after)
  add((p) => `c.reporter_tenant_id = ${p}`, query.reporterTenantId)
  add((p) => `c.identity_tenant_id = ${p}`, query.identityTenantId)
  add((p) => `r.subscription_id = ${p}`, query.subscriptionId)
  const rows = await sql(
    `select c.id::text as after, c.reported_at, c.reporter_tenant_id, c.reporter_principal_id, c.source, c.event_id,
       to_hex(c.kept_hash) as kept_hash, to_hex(c.rejected_hash) as rejected_hash, c.rejected
     from usage_conflict c left join usage_event e on e.event_key = c.event_key
       left join usage_route r on r.id = e.route_id
     where ${conditions.join(' and ')} order by c.id limit $${values.push(query.limit + 1)}`,
    values,
  )
  return toPage(rows, query.limit, (row) => ({
    conflictId: BigInt(row.after),
    reportedAt: row.reported_at,
    reporterTenantId: row.reporter_tenant_id,
    reporterPrincipalId: row.reporter_principal_id,
    source: row.source,
    id: row.event_id,
    keptHash: row.kept_hash.padStart(16, '0'),
    rejectedHash: row.rejected_hash.padStart(16, '0'),
    rejected: row.rejected,
  }))
}

function toPage<T>(rows: readonly Row[], limit: number, toItem: (row: Row) => T): Page<T> {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items: items.map(toItem), ...(rows.length > limit && last ? { next: last.after as string } : {}) }
}
