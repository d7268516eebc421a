import { sql } from 'kysely'
import type { ChargedPlacement, ProductToCharge } from '../domain/billing/product-charge.ts'
import { type BillingPeriod, endOfPeriod, getBillingPeriod } from '../domain/rating/billing-period.ts'
import { type Db, period } from './db.ts'

/** What the documents of a month charge profiles for products, by profile. */
export async function loadProductsToCharge(
  db: Db,
  profiles: readonly string[],
  month: BillingPeriod,
): Promise<Map<string, ProductToCharge>> {
  const until = endOfPeriod(month).toISOString()
  const { rows } = await sql<ChargedPlacement & { profile: string; billed_until: string | null }>`
    select placed.billing_profile_name as profile, placed.product_id as "productId", o.name as offer,
      o.product_name as "productName", o.service_family as "serviceFamily", o.monthly_prices as "monthlyPrices",
      placed.invoice_section_name as section, lower(placed.during) as "from", upper(placed.during) as "to",
      placed.followed_at is not null as "isMoved",
      (select max(i.period) from invoice i where i.billing_profile_name = placed.billing_profile_name
        and i.document_type <> 'CreditNote' and i.period < ${month}) as billed_until
    from (
      select l.*, lead(lower(l.during)) over (partition by l.product_id order by lower(l.during)) as followed_at
      from product_placement l
      where l.product_id in (select product_id from product_placement where billing_profile_name = any(${[...profiles]}::text[]))
    ) placed
    join product p on p.id = placed.product_id
    join product_offer o on o.name = p.offer_name
    where placed.billing_profile_name = any(${[...profiles]}::text[]) and lower(placed.during) < ${until}::timestamptz
    order by placed.product_id, lower(placed.during)`.execute(db)
  const found = new Map<string, ProductToCharge & { placements: ChargedPlacement[] }>()
  for (const { profile, billed_until: billed, ...placement } of rows) {
    const of = found.get(profile) ?? { billedUntil: billed === null ? null : getBillingPeriod(billed), placements: [] }
    of.placements.push(placement)
    found.set(profile, of)
  }
  return found
}

export interface PlaceToPay {
  readonly account: string
  readonly profile: string
  readonly section: string
}

/**
 * Who pays from `at` on, until `to`. What held until then ends there; a placement that began at this very instant paid for
 * nothing and is replaced.
 */
export async function placeProduct(
  db: Db,
  productId: string,
  place: PlaceToPay,
  at: Date,
  to: Date | null,
): Promise<void> {
  const instant = sql`${at.toISOString()}::timestamptz`
  const paidBy = {
    billing_account_name: place.account,
    billing_profile_name: place.profile,
    invoice_section_name: place.section,
  }
  const replaced = await db
    .updateTable('product_placement')
    .set(paidBy)
    .where('product_id', '=', productId)
    .where(sql<boolean>`lower(during) = ${instant}`)
    .executeTakeFirst()
  if (replaced.numUpdatedRows > 0n) return
  await db
    .updateTable('product_placement')
    .set({ during: sql<string>`tstzrange(lower(during), ${instant}, '[)')` })
    .where('product_id', '=', productId)
    .where(sql<boolean>`during @> ${instant}`)
    .execute()
  await db
    .insertInto('product_placement')
    .values({ product_id: productId, ...paidBy, during: period(at, to) })
    .execute()
}

/** When the product ends: from then on nobody pays for it; null takes an end back. */
export async function endProduct(db: Db, productId: string, from: Date, to: Date | null): Promise<void> {
  await db
    .updateTable('product_placement')
    .set({ during: period(from, to) })
    .where('product_id', '=', productId)
    .where(sql<boolean>`lower(during) = ${from.toISOString()}::timestamptz`)
    .execute()
}
