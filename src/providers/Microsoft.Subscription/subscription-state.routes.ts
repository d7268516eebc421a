import { z } from 'zod'
import { parseBody } from '../../http/body.ts'
import { type ApiRequest, type Operation, ok, pathParameter } from '../../http/operation.ts'
import {
  cancelSubscription,
  enableSubscription,
  renameSubscription,
} from '../../operations/change-subscription-state.ts'
import type { OperationContext } from '../../operations/context.ts'

/** Not wrapped in properties. */
const renameBody = z.object({ subscriptionName: z.string() })

const common = {
  apiVersions: ['2021-10-01', '2020-09-01', '2019-10-01-preview', '2019-03-01-preview'],
  authentication: 'bearer',
  errorShape: 'doubled',
  method: 'POST',
  statuses: [200],
} as const

const idOf = (request: ApiRequest): string => pathParameter(request, 'subscriptionId').toLowerCase()
const path = (verb: string): string => `/subscriptions/{subscriptionId}/providers/Microsoft.Subscription/${verb}`

export const subscriptionStateOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'Subscription_Cancel',
    path: path('cancel'),
    permission: 'Microsoft.Subscription/cancel/action',
    summary: 'Cancels a subscription, which only its Owner may; billing stops at once and data is kept for 90 days.',
    query: { IgnoreResourceCheck: 'optional' },
    async handle(context, request) {
      await cancelSubscription(context, idOf(request))
      return ok({ subscriptionId: idOf(request) })
    },
  },
  {
    ...common,
    id: 'Subscription_Enable',
    path: path('enable'),
    permission: 'Microsoft.Subscription/enable/action',
    summary: 'Brings a cancelled subscription back while its data is kept.',
    async handle(context, request) {
      await enableSubscription(context, idOf(request))
      return ok({ subscriptionId: idOf(request) })
    },
  },
  {
    ...common,
    id: 'Subscription_Rename',
    path: path('rename'),
    permission: 'Microsoft.Subscription/rename/action',
    summary: 'Gives a subscription another name.',
    body: renameBody,
    async handle(context, request) {
      const { subscriptionName } = parseBody(request, renameBody)
      await renameSubscription(context, idOf(request), subscriptionName)
      return ok({ subscriptionId: idOf(request) })
    },
  },
]
