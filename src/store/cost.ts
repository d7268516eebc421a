import { sql } from 'kysely'
import type { DocumentedLine } from '../domain/billing/cost.ts'
import { type BillingPeriod, getBillingPeriod } from '../domain/rating/billing-period.ts'
import type { LineKind } from '../domain/rating/line-key.ts'
import type { AgreementType } from './billing-account.ts'
import type { Db } from './db.ts'

/** What issued documents say of the usage, not of products, of some months; of some subscriptions only, where they are given. */
export async function loadDocumentedLines(
  db: Db,
  profile: string,
  usagePeriods: readonly string[],
  subscriptionIds: readonly string[] | undefined,
): Promise<(DocumentedLine & { readonly usagePeriod: string })[]> {
  let query = db
    .selectFrom('invoice_line as l')
    .innerJoin('invoice as i', 'i.id', 'l.invoice_id')
    .leftJoin('invoice as o', 'o.id', 'i.credit_for')
    .where('i.billing_profile_name', '=', profile)
    .where('l.line_kind', '<>', 'product')
    .where(sql<boolean>`l.usage_period = any(${[...usagePeriods]}::text[])`)
    .selectAll('l')
    .select(['i.id as document_id', 'i.number', 'i.document_type', 'i.period', 'o.number as credit_for'])
    .orderBy('i.period')
    .orderBy('i.invoice_date')
    .orderBy('l.line_number')
  if (subscriptionIds) query = query.where(sql<boolean>`l.subscription_id = any(${[...subscriptionIds]}::uuid[])`)
  return (await query.execute()).map((row) => ({
    usagePeriod: row.usage_period,
    chargeType: row.charge_type,
    lineKind: row.line_kind as LineKind,
    invoiceSectionName: row.invoice_section_name,
    customerName: row.customer_name,
    subscriptionId: row.subscription_id ?? '',
    meterId: row.meter_id,
    groupingKey: row.grouping_key,
    priceListName: row.price_list_name,
    priceVersion: row.price_version,
    quantity: row.quantity,
    amount: row.amount,
    amountMinor: row.amount_minor,
    documentNumber: row.number,
    document: {
      id: row.document_id,
      number: row.number,
      documentType: row.document_type,
      period: getBillingPeriod(row.period),
      creditFor: row.credit_for,
    },
  }))
}

/** The months whose usage is on the documents of some months; late usage makes them more. */
export async function listUsagePeriodsOn(
  db: Db,
  profile: string,
  periods: readonly string[],
): Promise<BillingPeriod[]> {
  const { rows } = await sql<{ usage_period: string }>`
    select distinct l.usage_period from invoice i join invoice_line l on l.invoice_id = i.id
    where i.billing_profile_name = ${profile} and i.period = any(${[...periods]}::text[])`.execute(db)
  return rows.map((row) => getBillingPeriod(row.usage_period))
}

/** The latest month that the profile has its document of. */
export async function findLastDocumentPeriod(db: Db, profile: string): Promise<BillingPeriod | undefined> {
  const row = await db
    .selectFrom('invoice')
    .select(sql<string | null>`max(period)`.as('period'))
    .where('billing_profile_name', '=', profile)
    .where('document_type', '<>', 'CreditNote')
    .executeTakeFirst()
  return row?.period ? getBillingPeriod(row.period) : undefined
}

/** Who pays or paid for a subscription; each section or customer once. */
export interface SubscriptionPayer {
  readonly account: string
  readonly accountDisplayName: string
  readonly agreementType: AgreementType
  readonly profile: string
  readonly section: string | null
  readonly customer: string | null
}

export function listPayers(db: Db, subscriptionId: string): Promise<SubscriptionPayer[]> {
  return db
    .selectFrom('billing_placement as p')
    .innerJoin('billing_profile as b', 'b.name', 'p.billing_profile_name')
    .innerJoin('billing_account as a', 'a.name', 'b.billing_account_name')
    .where('p.subscription_id', '=', subscriptionId)
    .select([
      'a.name as account',
      'a.display_name as accountDisplayName',
      'a.agreement_type as agreementType',
      'b.name as profile',
      'p.invoice_section_name as section',
      'p.customer_name as customer',
    ])
    .distinct()
    .orderBy('profile')
    .orderBy('section')
    .orderBy('customer')
    .execute()
}

/** Subscriptions that the profile, or one section of it, pays for or paid for, in the order of their ids. */
export async function listSubscriptionsPaidBy(
  db: Db,
  profile: string,
  page: { readonly section: string | undefined; readonly from: string | undefined; readonly limit: number },
): Promise<string[]> {
  let query = db
    .selectFrom('billing_placement')
    .select('subscription_id')
    .distinct()
    .where('billing_profile_name', '=', profile)
    .orderBy('subscription_id')
    .limit(page.limit)
  if (page.section !== undefined) query = query.where('invoice_section_name', '=', page.section)
  if (page.from !== undefined) query = query.where('subscription_id', '>=', page.from)
  return (await query.execute()).map((row) => row.subscription_id)
}

export interface CostResource {
  readonly type: string
  readonly name: string
  readonly location: string
  readonly tags: Readonly<Record<string, string>>
  /** Where it was, the latest place first. */
  readonly placements: readonly {
    readonly subscriptionId: string
    readonly resourceGroup: string
    readonly from: Date
    readonly to: Date | null
  }[]
}

/** Resources with their history of places, deleted ones too (INV-15). */
export async function loadCostResources(db: Db, uids: readonly string[]): Promise<Map<string, CostResource>> {
  if (uids.length === 0) return new Map()
  const { rows } = await sql<{
    uid: string
    type: string
    name: string
    location: string
    tags: Record<string, string>
    placements: { subscriptionId: string; resourceGroup: string; from: string; to: string | null }[]
  }>`
    select r.uid, r.type, r.name, r.location, r.tags,
      jsonb_agg(jsonb_build_object('subscriptionId', p.subscription_id,
        'resourceGroup', coalesce(g.name, p.resource_group_key), 'from', lower(p.during), 'to', upper(p.during))
        order by lower(p.during) desc) as placements
    from resource r join resource_placement p on p.resource_uid = r.uid
    left join resource_group g on g.subscription_id = p.subscription_id and g.name_key = p.resource_group_key
    where r.uid = any(${[...uids]}::uuid[])
    group by r.uid`.execute(db)
  return new Map(
    rows.map(({ uid, placements, ...resource }) => [
      uid,
      {
        ...resource,
        placements: placements.map((placement) => ({
          ...placement,
          from: new Date(placement.from),
          to: placement.to === null ? null : new Date(placement.to),
        })),
      },
    ]),
  )
}

/** Whether the subscription has or had a group of this name. */
export async function hadResourceGroup(db: Db, subscriptionId: string, name: string): Promise<boolean> {
  const { rows } = await sql<{ had: boolean }>`
    select exists (select from resource_group where subscription_id = ${subscriptionId}::uuid
        and name_key = ${name.toLowerCase()})
      or exists (select from resource_placement where subscription_id = ${subscriptionId}::uuid
        and resource_group_key = ${name.toLowerCase()}) as had`.execute(db)
  return rows[0]?.had ?? false
}

export async function loadCostCenters(db: Db, subscriptionIds: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ subscription_id: string; cost_center: string }>`
    select subscription_id, cost_center from billing_subscription
    where subscription_id = any(${[...subscriptionIds]}::uuid[]) and cost_center is not null`.execute(db)
  return new Map(rows.map((row) => [row.subscription_id, row.cost_center]))
}
