import { sql } from 'kysely'
import type { Db } from './db.ts'

export interface BillingSubscription {
  readonly subscriptionId: string
  readonly displayName: string
  readonly state: string
  readonly account: string
  readonly profile: string
  readonly profileName: string
  readonly currency: string
  readonly section: string | null
  readonly sectionName: string | null
  readonly customer: string | null
  readonly costCenter: string | null
  /** Of the latest month that was invoiced. */
  readonly lastMonthMinor: bigint
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
      'b.currency',
      'p.invoice_section_name as section',
      'i.display_name as sectionName',
      'p.customer_name as customer',
      'c.cost_center as costCenter',
      sql<bigint>`coalesce((select sum(l.amount_minor) from invoice_line l join invoice v on v.id = l.invoice_id
        where l.subscription_id = s.id and v.billing_profile_name = b.name and l.charge_type <> 'Credit'
          and l.usage_period = (select max(period) from invoice_run where finished_at is not null)), 0)::bigint`.as(
        'lastMonthMinor',
      ),
    ])
}

/** Who pays now; also for a subscription that was moved a moment ago. */
export async function findBillingSubscription(
  db: Db,
  subscriptionId: string,
): Promise<BillingSubscription | undefined> {
  return select(db).where('s.id', '=', subscriptionId).executeTakeFirst()
}

export async function listBillingSubscriptions(
  db: Db,
  payer: { readonly profiles: readonly string[]; readonly section?: string },
  page: { after?: string | undefined; limit: number },
): Promise<BillingSubscription[]> {
  let query = select(db).where('b.name', 'in', payer.profiles.length > 0 ? [...payer.profiles] : [''])
  if (payer.section !== undefined) query = query.where('p.invoice_section_name', '=', payer.section)
  if (page.after !== undefined) query = query.where('s.id', '>', page.after)
  return query.orderBy('s.id').limit(page.limit).execute()
}

export async function setCostCenter(db: Db, subscriptionId: string, costCenter: string | null): Promise<void> {
  await db
    .insertInto('billing_subscription')
    .values({ subscription_id: subscriptionId, cost_center: costCenter })
    .onConflict((conflict) => conflict.column('subscription_id').doUpdateSet({ cost_center: costCenter }))
    .execute()
}
