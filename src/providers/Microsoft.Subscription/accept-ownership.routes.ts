import { parseBody } from '../../http/body.ts'
import { polled } from '../../http/long-running.ts'
import { type Operation, ok, pathParameter } from '../../http/operation.ts'
import { subscriptionIdOf } from '../../http/subscription-id.ts'
import { acceptOwnership } from '../../operations/accept-ownership.ts'
import type { OperationContext } from '../../operations/context.ts'
import { unsupported } from '../../operations/subscription-alias.ts'
import { pollLongRunning } from '../../operations/long-running.ts'
import { readOwnershipStatus } from '../../operations/request-subscription.ts'
import { acceptOwnershipBody, toWireOwnershipStatus } from './subscription-alias.wire.ts'

const common = { apiVersions: ['2021-10-01'], authentication: 'bearer', errorShape: 'doubled' } as const
const subscription = '/providers/Microsoft.Subscription/subscriptions/{subscriptionId}'

export const acceptOwnershipOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'Subscription_AcceptOwnership',
    method: 'POST',
    path: `${subscription}/acceptOwnership`,
    statuses: [202],
    permission: 'the account that the request names, in the tenant that it names',
    summary: 'Takes a subscription that was created for the caller; it comes to be, and the caller is its Owner.',
    body: acceptOwnershipBody,
    async handle(context, request) {
      const { properties } = parseBody(request, acceptOwnershipBody)
      if (properties.managementGroupId)
        throw unsupported('properties.managementGroupId', 'There are no management groups here.')
      const operationId = await acceptOwnership(context, subscriptionIdOf(request), {
        displayName: properties.displayName,
        tags: properties.tags ?? undefined,
      })
      return {
        status: 202,
        headers: {
          location: `${request.baseUrl}/providers/Microsoft.Subscription/subscriptionOperations/${operationId}?api-version=${request.apiVersion}`,
          'retry-after': '1',
        },
      }
    },
  },
  {
    ...common,
    id: 'Subscription_AcceptOwnershipStatus',
    method: 'GET',
    path: `${subscription}/acceptOwnershipStatus`,
    statuses: [200],
    permission: 'the account that the request names, who asked for it, and a Global administrator there',
    summary: 'How the request for a subscription in another tenant stands.',
    async handle(context, request) {
      return ok(toWireOwnershipStatus(await readOwnershipStatus(context, subscriptionIdOf(request))))
    },
  },
  {
    ...common,
    id: 'SubscriptionOperation_Get',
    method: 'GET',
    path: '/providers/Microsoft.Subscription/subscriptionOperations/{operationId}',
    statuses: [200, 202],
    permission: 'who started the operation',
    summary: 'The subscription that an operation made.',
    async handle(context, request) {
      return polled(request, await pollLongRunning(context, pathParameter(request, 'operationId')), 200)
    },
  },
]
