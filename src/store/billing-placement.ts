import { sql } from 'kysely'
import { changeAttribution, instantOfChange } from './attribution.ts'
import type { Db } from './db.ts'

export interface BillingPlacement {
  readonly id: bigint
  readonly subscriptionId: string
  readonly profile: string
  /** Exactly one of section and customer is there. */
  readonly section: string | null
  readonly customer: string | null
  readonly from: Date
  readonly to: Date | null
}

export type Payer =
  | { readonly profile: string; readonly section: string }
  | { readonly profile: string; readonly customer: string }

/**
 * Who pays from `at` on: the open period ends there and the next one begins (D3). Usage reported up to now stays with
 * the payer before (OWN-9, DEC-46), so the change may come to hold a moment later than `at`; the instant is returned.
 * A period that began at this very instant paid for nothing before it and is replaced.
 */
export async function placeSubscription(
  db: Db,
  placement: Payer & { readonly subscriptionId: string; readonly at: Date },
): Promise<Date> {
  await changeAttribution(db)
  // Nothing can have been reported of a subscription before it had its first payer, so that one holds at once.
  const isFirst = (await findOpenPlacement(db, placement.subscriptionId)) === undefined
  const at = isFirst ? placement.at : await instantOfChange(db, placement.at)
  const instant = sql`${at.toISOString()}::timestamptz`
  const section = 'section' in placement ? placement.section : null
  const customer = 'customer' in placement ? placement.customer : null
  const replaced = await db
    .updateTable('billing_placement')
    .set({ billing_profile_name: placement.profile, invoice_section_name: section, customer_name: customer })
    .where('subscription_id', '=', placement.subscriptionId)
    .where(sql<boolean>`upper_inf(during) and lower(during) = ${instant}`)
    .executeTakeFirst()
  if (replaced.numUpdatedRows > 0n) return at
  await db
    .updateTable('billing_placement')
    .set({ during: sql<string>`tstzrange(lower(during), ${instant}, '[)')` })
    .where('subscription_id', '=', placement.subscriptionId)
    .where(sql<boolean>`upper_inf(during)`)
    .execute()
  await db
    .insertInto('billing_placement')
    .values({
      subscription_id: placement.subscriptionId,
      during: sql<string>`tstzrange(${instant}, null, '[)')`,
      billing_profile_name: placement.profile,
      invoice_section_name: section,
      customer_name: customer,
    })
    .execute()
  return at
}

function select(db: Db) {
  return db
    .selectFrom('billing_placement as p')
    .select([
      'p.id',
      'p.subscription_id as subscriptionId',
      'p.billing_profile_name as profile',
      'p.invoice_section_name as section',
      'p.customer_name as customer',
      sql<Date>`lower(p.during)`.as('from'),
      sql<Date | null>`upper(p.during)`.as('to'),
    ])
}

/** The payer that nothing has ended; a change just made may begin a moment after the request's instant. */
export function findOpenPlacement(db: Db, subscriptionId: string): Promise<BillingPlacement | undefined> {
  return select(db)
    .where('p.subscription_id', '=', subscriptionId)
    .where(sql<boolean>`upper_inf(p.during)`)
    .executeTakeFirst()
}

/** Every payer the subscription ever had, the first one first. */
export function listPlacementHistory(db: Db, subscriptionId: string): Promise<BillingPlacement[]> {
  return select(db).where('p.subscription_id', '=', subscriptionId).orderBy(sql`lower(p.during)`).execute()
}
