import type { ProductOffer } from '../domain/billing/product.ts'
import { type Db, json } from './db.ts'

const select = (db: Db) =>
  db
    .selectFrom('product_offer')
    .select([
      'name',
      'kind',
      'product_name as productName',
      'service_family as serviceFamily',
      'monthly_prices as monthlyPrices',
    ])

export function findProductOffer(db: Db, name: string): Promise<ProductOffer | undefined> {
  return select(db).where('name', '=', name.toLowerCase()).executeTakeFirst()
}

export function listProductOffers(
  db: Db,
  page: { after?: string | undefined; limit: number },
): Promise<ProductOffer[]> {
  let query = select(db)
  if (page.after !== undefined) query = query.where('name', '>', page.after)
  return query.orderBy('name').limit(page.limit).execute()
}

/** Purchases wait for a change of the offer, and a change for purchases. */
export async function lockProductOffer(db: Db, name: string): Promise<ProductOffer | undefined> {
  return select(db).where('name', '=', name.toLowerCase()).forUpdate().executeTakeFirst()
}

export async function isOfferSold(db: Db, name: string): Promise<boolean> {
  return (
    (await db.selectFrom('product').select('id').where('offer_name', '=', name).limit(1).executeTakeFirst()) !==
    undefined
  )
}

export async function saveProductOffer(
  db: Db,
  offer: ProductOffer,
  by: { readonly at: Date; readonly principalId: string },
): Promise<void> {
  const values = {
    kind: offer.kind,
    product_name: json(offer.productName),
    service_family: offer.serviceFamily,
    monthly_prices: json(offer.monthlyPrices),
  }
  await db
    .insertInto('product_offer')
    .values({ name: offer.name, ...values, created_at: by.at, created_by: by.principalId })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(values))
    .execute()
}
