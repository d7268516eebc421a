import { z } from 'zod'
import type { ProductOffer } from '../../domain/billing/product.ts'
import { parseBody } from '../../http/body.ts'
import { created, type Operation, ok, pathParameter } from '../../http/operation.ts'
import { readPage, splitPage, toPage } from '../../http/paging.ts'
import type { OperationContext } from '../../operations/context.ts'
import { productOfferId, putProductOffer, readProductOffer, readProductOffers } from '../../operations/product-offer.ts'

const common = {
  apiVersions: ['2026-11-01'],
  authentication: 'bearer',
  permission: 'platform operator',
} as const
const offers = '/providers/Tenantry.Pricing/productOffers'

const text = z.string().trim().min(1).max(256)
const offerBody = z.object({
  properties: z.object({
    kind: z.enum(['plan', 'marketplace', 'reservation']),
    productName: z.object({ en: text, sv: text }),
    serviceFamily: text,
    monthlyPrices: z
      .record(z.string(), z.string())
      .refine((prices) => Object.keys(prices).length > 0, 'name the price in one currency or more'),
  }),
})

export const productOfferOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'ProductOffers_List',
    method: 'GET',
    path: offers,
    statuses: [200],
    summary: 'What is sold for a price a month.',
    async handle(context, request) {
      const { after, top } = readPage(request)
      const listed = await readProductOffers(context, { after, limit: top + 1 })
      const { rows, next } = splitPage(listed, top, (offer) => offer.name)
      return ok(toPage(request, rows.map(toWireOffer), next))
    },
  },
  {
    ...common,
    id: 'ProductOffers_Get',
    method: 'GET',
    path: `${offers}/{name}`,
    statuses: [200],
    summary: 'One offer and its prices.',
    async handle(context, request) {
      return ok(toWireOffer(await readProductOffer(context, pathParameter(request, 'name'))))
    },
  },
  {
    ...common,
    id: 'ProductOffers_Put',
    method: 'PUT',
    path: `${offers}/{name}`,
    statuses: [200, 201],
    summary: 'Offers a product; once it was sold the offer never changes.',
    body: offerBody,
    async handle(context, request) {
      const { properties } = parseBody(request, offerBody)
      const wanted = { name: pathParameter(request, 'name').toLowerCase(), ...properties }
      const { offer, isNew } = await putProductOffer(context, wanted)
      return (isNew ? created : ok)(toWireOffer(offer))
    },
  },
]

function toWireOffer({ name, ...properties }: ProductOffer) {
  return { id: productOfferId(name), name, type: 'Tenantry.Pricing/productOffers', properties }
}
