import { z } from 'zod'
import { offers, requireOffer, usagePlan } from '../../domain/partner/offer.ts'
import { invalid } from '../../domain/refusal.ts'
import { currencyCode } from '../../http/address.ts'
import { type ApiRequest, created, type Operation, ok, pathParameter, queryValue } from '../../http/operation.ts'
import { authorizeConsole } from '../../operations/authorize-partner.ts'
import type { OperationContext } from '../../operations/context.ts'
import { type PlacedOrder, placeOrder } from '../../operations/sell-subscription.ts'
import { getOrder, listOrdersOf } from '../../operations/sold-subscription.ts'
import { linkTo, parsePartnerCenterBody, partnerCenter, selfLink, toCollection } from './convention.ts'

const text = z.string().trim().min(1).max(64)

const orderBody = z.object({
  referenceCustomerId: z.string().max(64).nullish(),
  billingCycle: z.string().max(32).nullish(),
  currencyCode: currencyCode.nullish(),
  lineItems: z
    .array(
      z.object({
        lineItemNumber: z.int().min(0).max(999).default(0),
        offerId: z.string().max(128),
        friendlyName: text.nullish(),
        quantity: z.int().default(1),
        parentSubscriptionId: z.string().nullish(),
        partnerIdOnRecord: z.string().nullish(),
      }),
    )
    .min(1)
    .max(50),
})

const orders = '/v1/customers/{customerId}/orders'
const customerOf = (request: ApiRequest): string => pathParameter(request, 'customerId')

export const orderOperations: readonly Operation<OperationContext>[] = [
  {
    ...partnerCenter,
    id: 'Offers_List',
    method: 'GET',
    path: '/v1/offers',
    statuses: [200],
    permission: 'console right sell',
    summary: 'The catalogue: what the partner can order for its customers.',
    query: { country: 'optional' },
    async handle(context, request) {
      await authorizeConsole(context, 'sell')
      return ok(
        toCollection(
          request,
          offers.map((offer) => toWireOffer(offer.id, request)),
          offers.length,
        ),
      )
    },
  },
  {
    ...partnerCenter,
    id: 'Offers_Get',
    method: 'GET',
    path: '/v1/offers/{offerId}',
    statuses: [200],
    permission: 'console right sell',
    summary: 'One offer of the catalogue.',
    query: { country: 'optional' },
    async handle(context, request) {
      await authorizeConsole(context, 'sell')
      return ok(toWireOffer(pathParameter(request, 'offerId'), request))
    },
  },
  {
    ...partnerCenter,
    id: 'Orders_Create',
    method: 'POST',
    path: orders,
    statuses: [201],
    permission: 'console right sell',
    summary: 'Sells to the customer: each line makes a subscription in its tenant, which the partner pays for.',
    body: orderBody,
    async handle(context, request) {
      const wire = parsePartnerCenterBody(request, orderBody)
      return created(toWireOrder(await placeOrder(context, customerOf(request), fromWireOrder(wire, request))))
    },
  },
  {
    ...partnerCenter,
    id: 'Orders_List',
    method: 'GET',
    path: orders,
    statuses: [200],
    permission: 'console right viewCustomers',
    summary: 'What was ordered for the customer, the latest first.',
    query: { billingType: 'unsupported' },
    async handle(context, request) {
      const placed = await listOrdersOf(context, customerOf(request))
      return ok(toCollection(request, placed.map(toWireOrder), placed.length))
    },
  },
  {
    ...partnerCenter,
    id: 'Orders_Get',
    method: 'GET',
    path: `${orders}/{orderId}`,
    statuses: [200],
    permission: 'console right viewCustomers',
    summary: 'An order with the subscriptions that it made.',
    async handle(context, request) {
      return ok(toWireOrder(await getOrder(context, customerOf(request), pathParameter(request, 'orderId'))))
    },
  },
]

function fromWireOrder(wire: z.output<typeof orderBody>, request: ApiRequest) {
  const { referenceCustomerId } = wire
  if (referenceCustomerId && referenceCustomerId.toLowerCase() !== customerOf(request).toLowerCase())
    throw invalid(
      'ReferenceCustomerMismatch',
      `The order is for customer '${referenceCustomerId}', and the address names '${customerOf(request)}'.`,
      'referenceCustomerId',
    )
  for (const line of wire.lineItems)
    for (const name of ['parentSubscriptionId', 'partnerIdOnRecord'] as const)
      if (line[name]) throw invalid('UnsupportedProperty', `'${name}' is not supported. Leave it out.`, name)
  return {
    currency: wire.currencyCode ?? undefined,
    lines: wire.lineItems.map((line) => ({
      lineNumber: line.lineItemNumber,
      offerId: line.offerId,
      friendlyName: line.friendlyName ?? usagePlan.name,
      quantity: line.quantity,
    })),
  }
}

function toWireOrder({ order, lines }: PlacedOrder) {
  const base = `/customers/${order.tenantId}`
  return {
    id: order.id,
    referenceCustomerId: order.tenantId,
    billingCycle: 'monthly',
    currencyCode: order.currency,
    lineItems: lines.map((line) => ({
      lineItemNumber: line.lineNumber,
      offerId: line.offerId,
      subscriptionId: line.subscriptionId,
      friendlyName: line.friendlyName,
      quantity: 1,
      links: { subscription: linkTo(`${base}/subscriptions/${line.subscriptionId}`) },
    })),
    creationDate: order.createdAt.toISOString(),
    status: 'completed',
    ...selfLink(`${base}/orders/${order.id}`),
    attributes: { objectType: 'Order' },
  }
}

function toWireOffer(id: string, request: ApiRequest) {
  const offer = requireOffer(id)
  return {
    id: offer.id,
    name: offer.name,
    description: offer.description,
    minimumQuantity: 1,
    maximumQuantity: 1,
    unitType: offer.unitType,
    isAddOn: false,
    isTrial: false,
    isAvailableForPurchase: true,
    billing: offer.billing,
    ...(queryValue(request, 'country') === undefined ? {} : { country: queryValue(request, 'country') }),
    ...selfLink(`/offers/${offer.id}`),
    attributes: { objectType: 'Offer' },
  }
}
