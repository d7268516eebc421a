import { z } from 'zod'
import { usagePlan } from '../../domain/partner/offer.ts'
import { type ApiRequest, type Operation, ok, pathParameter, queryValue } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import {
  changeSold,
  getSold,
  listSoldTo,
  type SoldSubscription,
  statusOfSold,
} from '../../operations/sold-subscription.ts'
import {
  linkTo,
  parsePartnerCenterBody,
  partnerCenter,
  partnerCenterEtag,
  requireCurrentEtag,
  toCollection,
} from './convention.ts'

/** Clients send the whole resource with what they changed; the rest of it is not theirs to change and is not read. */
const subscriptionBody = z.object({
  status: z.enum(['active', 'suspended', 'deleted']).nullish(),
  friendlyName: z.string().trim().min(1).max(64).nullish(),
  quantity: z.literal(1, 'is 1 for a usage plan').nullish(),
})

const path = '/v1/customers/{customerId}/subscriptions'
const customerOf = (request: ApiRequest): string => pathParameter(request, 'customerId')
const idOf = (request: ApiRequest): string => pathParameter(request, 'subscriptionId')

export const subscriptionOperations: readonly Operation<OperationContext>[] = [
  {
    ...partnerCenter,
    id: 'Subscriptions_List',
    method: 'GET',
    path,
    statuses: [200],
    permission: 'console right viewCustomers',
    summary: 'The subscriptions that the partner pays for the customer.',
    query: { order_id: 'optional', mpn_id: 'unsupported' },
    async handle(context, request) {
      const sold = await listSoldTo(context, customerOf(request), queryValue(request, 'order_id'))
      const items = sold.map((subscription) => toWireSold(subscription, request))
      return ok(toCollection(request, items, items.length))
    },
  },
  {
    ...partnerCenter,
    id: 'Subscriptions_Get',
    method: 'GET',
    path: `${path}/{subscriptionId}`,
    statuses: [200],
    permission: 'console right viewCustomers',
    summary: 'A subscription that the partner pays for the customer.',
    async handle(context, request) {
      return ok(toWireSold(await getSold(context, customerOf(request), idOf(request)), request))
    },
  },
  {
    ...partnerCenter,
    id: 'Subscriptions_Update',
    method: 'PATCH',
    path: `${path}/{subscriptionId}`,
    statuses: [200],
    permission: 'console right suspendSubscription, or cancelSubscription to delete',
    summary: 'Suspends, resumes, renames or cancels a subscription; needs If-Match.',
    body: subscriptionBody,
    async handle(context, request) {
      const { status, friendlyName } = parsePartnerCenterBody(request, subscriptionBody)
      const change = { status: status ?? undefined, friendlyName: friendlyName ?? undefined }
      const changed = await changeSold(context, customerOf(request), idOf(request), change, (current) =>
        requireCurrentEtag(request, current.revision),
      )
      return ok(toWireSold(changed, request))
    },
  },
]

function toWireSold(sold: SoldSubscription, request: ApiRequest) {
  const self = `/customers/${customerOf(request)}/subscriptions/${sold.subscriptionId}`
  return {
    id: sold.subscriptionId,
    entitlementId: sold.subscriptionId,
    offerId: sold.offerId,
    offerName: usagePlan.name,
    friendlyName: sold.displayName,
    quantity: 1,
    unitType: usagePlan.unitType,
    hasPurchasableAddons: false,
    creationDate: sold.createdAt.toISOString(),
    effectiveStartDate: sold.createdAt.toISOString(),
    status: statusOfSold(sold),
    autoRenewEnabled: true,
    isTrial: false,
    billingType: usagePlan.billing,
    billingCycle: 'monthly',
    contractType: 'subscription',
    ...(sold.orderId === null ? {} : { orderId: sold.orderId }),
    links: {
      self: linkTo(self),
      offer: linkTo(`/offers/${sold.offerId}`),
    },
    attributes: { etag: partnerCenterEtag(sold.revision), objectType: 'Subscription' },
  }
}
