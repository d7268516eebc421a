import { isDeepStrictEqual } from 'node:util'
import { type ProductOffer, requireMonthlyPrice } from '../domain/billing/product.ts'
import { findCurrency } from '../domain/rating/currency.ts'
import { conflict, invalid, notFound } from '../domain/refusal.ts'
import {
  findProductOffer,
  isOfferSold,
  listProductOffers,
  lockProductOffer,
  saveProductOffer,
} from '../store/product-offer.ts'
import { appendAudit } from './audit.ts'
import { authorizeOperator } from './authorize.ts'
import type { OperationContext } from './context.ts'

export const productOfferId = (name: string): string => `/providers/Tenantry.Pricing/productOffers/${name}`

export async function readProductOffers(
  context: OperationContext,
  page: { after?: string | undefined; limit: number },
): Promise<ProductOffer[]> {
  authorizeOperator(context)
  return listProductOffers(context.db, page)
}

export async function readProductOffer(context: OperationContext, name: string): Promise<ProductOffer> {
  authorizeOperator(context)
  const offer = await findProductOffer(context.db, name)
  if (!offer) throw notFound('ProductOfferNotFound', `There is no product offer '${name}'.`)
  return offer
}

/** A price that somebody has bought at never changes (INV-12): another price is another offer. */
export async function putProductOffer(
  context: OperationContext,
  wanted: Omit<ProductOffer, 'monthlyPrices'> & { readonly monthlyPrices: Readonly<Record<string, string>> },
): Promise<{ offer: ProductOffer; isNew: boolean }> {
  authorizeOperator(context)
  if (!/^[a-z0-9][a-z0-9._-]{0,63}$/.test(wanted.name))
    throw invalid(
      'InvalidProductOfferName',
      `'${wanted.name}' is no name of an offer. Use up to 64 lower-case letters, digits, dots, underscores and hyphens.`,
      'name',
    )
  for (const [currency, price] of Object.entries(wanted.monthlyPrices)) {
    if (!findCurrency(currency))
      throw invalid(
        'InvalidCurrency',
        `'${currency}' is no currency. Use a code of ISO 4217, such as EUR.`,
        'properties.monthlyPrices',
      )
    requireMonthlyPrice(currency, price)
  }
  const offer: ProductOffer = wanted
  const before = await lockProductOffer(context.db, offer.name)
  if (before && isDeepStrictEqual(before, offer)) return { offer, isNew: false }
  if (before && (await isOfferSold(context.db, offer.name)))
    throw conflict(
      'ProductOfferSold',
      `The offer '${offer.name}' was sold and stays as it is, for whoever bought it. Make another offer with the new terms.`,
    )
  await saveProductOffer(context.db, offer, { at: context.now, principalId: context.caller.objectId })
  await appendAudit(context, {
    action: 'Tenantry.Pricing/productOffers/write',
    scope: productOfferId(offer.name),
    ...(before ? { before } : {}),
    after: offer,
  })
  return { offer, isNew: before === undefined }
}
