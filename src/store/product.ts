import { sql } from 'kysely'
import type { ProductOffer } from '../domain/billing/product.ts'
import type { Db } from './db.ts'

/** A product with where it is, or was last. */
export interface Product {
  readonly id: string
  readonly account: string
  readonly offer: ProductOffer
  readonly purchasedAt: Date
  readonly autoRenew: boolean
  readonly isCancelled: boolean
  readonly profile: string
  readonly profileName: string
  readonly profileStatus: string
  readonly currency: string
  readonly section: string
  readonly sectionName: string
  /** Since when the section has it. */
  readonly placedAt: Date
  /** Null as long as it is renewed. */
  readonly endsAt: Date | null
}

function select(db: Db) {
  return db
    .selectFrom('product as p')
    .innerJoin('product_offer as o', 'o.name', 'p.offer_name')
    .innerJoin('product_placement as l', 'l.product_id', 'p.id')
    .innerJoin('billing_profile as b', 'b.name', 'l.billing_profile_name')
    .innerJoin('invoice_section as i', 'i.name', 'l.invoice_section_name')
    .where(sql<boolean>`lower(l.during) = (select max(lower(during)) from product_placement where product_id = p.id)`)
    .select([
      'p.id',
      'p.billing_account_name as account',
      sql<ProductOffer>`jsonb_build_object('name', o.name, 'kind', o.kind, 'productName', o.product_name,
        'serviceFamily', o.service_family, 'monthlyPrices', o.monthly_prices)`.as('offer'),
      'p.purchased_at as purchasedAt',
      'p.auto_renew as autoRenew',
      'p.is_cancelled as isCancelled',
      'b.name as profile',
      'b.display_name as profileName',
      'b.status as profileStatus',
      'b.currency',
      'i.name as section',
      'i.display_name as sectionName',
      sql<Date>`lower(l.during)`.as('placedAt'),
      sql<Date | null>`upper(l.during)`.as('endsAt'),
    ])
}

export function findProduct(db: Db, id: string): Promise<Product | undefined> {
  return select(db).where('p.id', '=', id).executeTakeFirst()
}

export interface PayerOfProducts {
  readonly account?: string
  readonly profile?: string
  readonly section?: string
}

/** What an account, a profile or a section has or had last, by id; ended ones too. */
export function listProducts(
  db: Db,
  payer: PayerOfProducts,
  page: { after?: string | undefined; limit: number },
): Promise<Product[]> {
  let query = of(db, payer)
  if (page.after !== undefined) query = query.where('p.id', '>', page.after)
  return query.orderBy('p.id').limit(page.limit).execute()
}

/** Those that have not ended. */
export function listRunningProducts(db: Db, payer: PayerOfProducts, now: Date): Promise<Product[]> {
  return of(db, payer)
    .where('p.is_cancelled', '=', false)
    .where(sql<boolean>`(upper_inf(l.during) or upper(l.during) > ${now.toISOString()}::timestamptz)`)
    .orderBy('p.id')
    .limit(100)
    .execute()
}

function of(db: Db, payer: PayerOfProducts) {
  let query = select(db)
  if (payer.account !== undefined) query = query.where('p.billing_account_name', '=', payer.account)
  if (payer.profile !== undefined) query = query.where('l.billing_profile_name', '=', payer.profile)
  if (payer.section !== undefined) query = query.where('l.invoice_section_name', '=', payer.section)
  return query
}

export async function insertProduct(
  db: Db,
  product: { id: string; account: string; offer: string; purchasedAt: Date; purchasedBy: string },
): Promise<void> {
  await db
    .insertInto('product')
    .values({
      id: product.id,
      billing_account_name: product.account,
      offer_name: product.offer,
      purchased_at: product.purchasedAt,
      purchased_by: product.purchasedBy,
      auto_renew: true,
      is_cancelled: false,
    })
    .execute()
}

export async function setRenewal(
  db: Db,
  id: string,
  change: { readonly autoRenew: boolean; readonly isCancelled: boolean },
): Promise<void> {
  await db
    .updateTable('product')
    .set({ auto_renew: change.autoRenew, is_cancelled: change.isCancelled })
    .where('id', '=', id)
    .execute()
}
