import { sql } from 'kysely'
import type { Db } from './db.ts'
import type { Database } from './schema.ts'

export interface BillingSubscription {
  readonly subscriptionId: string
  readonly displayName: string
  readonly state: Database['subscription']['state']
  readonly account: string
  readonly profile: string
  readonly profileName: string
  readonly profileStatus: string
  readonly currency: string
  /** Null where a partner pays for a customer. */
  readonly section: string | null
  readonly sectionName: string | null
  /** BIL-21: the section of a stand-alone account is shown to nobody. */
  readonly isSectionHidden: boolean
  readonly customer: string | null
  readonly costCenter: string | null
  /** Of the month before, once its document was made. */
  readonly lastMonthMinor: bigint | null
}

function select(db: Db) {
  return db
    .selectFrom('billing_placement as p')
    .innerJoin('subscription as s', 's.id', 'p.subscription_id')
    .innerJoin('billing_profile as b', 'b.name', 'p.billing_profile_name')
    .leftJoin('invoice_section as i', 'i.name', 'p.invoice_section_name')
    .leftJoin('billing_subscription as c', 'c.subscription_id', 's.id')
    .where(sql<boolean>`upper_inf(p.during)`)
    .select([
      's.id as subscriptionId',
      's.display_name as displayName',
      's.state',
      'b.billing_account_name as account',
      'b.name as profile',
      'b.display_name as profileName',
      'b.status as profileStatus',
      'b.currency',
      'p.invoice_section_name as section',
      'i.display_name as sectionName',
      sql<boolean>`coalesce(i.is_hidden, false)`.as('isSectionHidden'),
      'p.customer_name as customer',
      'c.cost_center as costCenter',
      sql<bigint | null>`(select sum(l.amount_minor)::bigint from invoice v join invoice_line l on l.invoice_id = v.id
        where v.billing_profile_name = b.name and v.document_type <> 'CreditNote' and l.subscription_id = s.id
          and v.period = (select max(period) from invoice_run where finished_at is not null))`.as('lastMonthMinor'),
    ])
}

/** Who pays now; also for a subscription that was moved a moment ago. */
export async function findBillingSubscription(
  db: Db,
  subscriptionId: string,
): Promise<BillingSubscription | undefined> {
  return select(db).where('s.id', '=', subscriptionId).executeTakeFirst()
}

/** Those that somebody still has, by id. */
export async function listBillingSubscriptions(
  db: Db,
  payer: {
    readonly account?: string
    readonly profile?: string
    readonly section?: string
    readonly customer?: string
  },
  page: { after?: string | undefined; limit: number },
): Promise<BillingSubscription[]> {
  let query = select(db).where('s.state', '<>', 'Deleted')
  if (payer.account !== undefined) query = query.where('b.billing_account_name', '=', payer.account)
  if (payer.profile !== undefined) query = query.where('b.name', '=', payer.profile)
  if (payer.section !== undefined) query = query.where('p.invoice_section_name', '=', payer.section)
  if (payer.customer !== undefined) query = query.where('p.customer_name', '=', payer.customer)
  if (page.after !== undefined) query = query.where('s.id', '>', page.after)
  return query.orderBy('s.id').limit(page.limit).execute()
}

/** Those that a profile, or one section of it, pays for now and that nobody cancelled, by id. */
export async function listRunningSubscriptions(
  db: Db,
  payer: { readonly profile: string; readonly section?: string },
): Promise<{ id: string; displayName: string }[]> {
  let query = db
    .selectFrom('billing_placement as p')
    .innerJoin('subscription as s', 's.id', 'p.subscription_id')
    .where(sql<boolean>`upper_inf(p.during)`)
    .where('p.billing_profile_name', '=', payer.profile)
    .where('s.state', 'not in', ['Deleted', 'Expired'])
    .where('s.cancelled_at', 'is', null)
  if (payer.section !== undefined) query = query.where('p.invoice_section_name', '=', payer.section)
  return query.select(['s.id', 's.display_name as displayName']).orderBy('s.id').execute()
}

/** The account's own tenant first, then those that the subscriptions it pays for trust. */
export async function listServiceTenants(
  db: Db,
  billingAccountName: string,
  at: Date,
): Promise<{ id: string; displayName: string }[]> {
  const { rows } = await sql<{ id: string; displayName: string }>`
    select t.id, t.display_name as "displayName"
    from tenant t join billing_account a on a.name = ${billingAccountName}
    where t.id = a.tenant_id or t.id in (
      select d.tenant_id
      from billing_placement p
      join billing_profile b on b.name = p.billing_profile_name
      join subscription s on s.id = p.subscription_id and s.state <> 'Deleted'
      join subscription_directory d on d.subscription_id = s.id and d.during @> ${at.toISOString()}::timestamptz
      where b.billing_account_name = a.name and upper_inf(p.during))
    order by t.id <> a.tenant_id, t.id`.execute(db)
  return rows
}

export async function setCostCenter(db: Db, subscriptionId: string, costCenter: string | null): Promise<void> {
  await db
    .insertInto('billing_subscription')
    .values({ subscription_id: subscriptionId, cost_center: costCenter })
    .onConflict((conflict) => conflict.column('subscription_id').doUpdateSet({ cost_center: costCenter }))
    .execute()
}
