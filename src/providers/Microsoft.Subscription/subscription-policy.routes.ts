import { parseBody } from '../../http/body.ts'
import { type Operation, ok, pathParameter } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { readServiceTenants } from '../../operations/read-account-policy.ts'
import { putSubscriptionPolicy, readSubscriptionPolicy } from '../../operations/subscription-policy.ts'
import {
  fromWirePolicy,
  subscriptionPolicyBody,
  toWireAccountPolicy,
  toWirePolicy,
} from './subscription-policy.wire.ts'

const policies = '/providers/Microsoft.Subscription/policies'
const common = {
  apiVersions: ['2021-10-01', '2025-11-01-preview'],
  authentication: 'bearer',
  errorShape: 'doubled',
  statuses: [200],
} as const

export const subscriptionPolicyOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'SubscriptionPolicy_AddUpdatePolicyForTenant',
    method: 'PUT',
    path: `${policies}/default`,
    permission: 'Global administrator with elevated access',
    summary: 'Says whether subscriptions may leave or enter the tenant, and who is exempt.',
    body: subscriptionPolicyBody,
    async handle(context, request) {
      const wanted = fromWirePolicy(parseBody(request, subscriptionPolicyBody))
      return ok(toWirePolicy(await putSubscriptionPolicy(context, wanted)))
    },
  },
  {
    ...common,
    id: 'SubscriptionPolicy_GetPolicyForTenant',
    method: 'GET',
    path: `${policies}/default`,
    permission: 'any caller of the tenant; the exempt list takes a Global administrator with elevated access',
    summary: 'Whether subscriptions may leave or enter the tenant.',
    async handle(context) {
      return ok(toWirePolicy(await readSubscriptionPolicy(context)))
    },
  },
  {
    ...common,
    id: 'SubscriptionPolicy_ListPolicyForTenant',
    method: 'GET',
    path: policies,
    permission: 'any caller of the tenant; the exempt list takes a Global administrator with elevated access',
    summary: 'The same as a list of one.',
    async handle(context) {
      return ok({ value: [toWirePolicy(await readSubscriptionPolicy(context))] })
    },
  },
  {
    ...common,
    id: 'BillingAccount_GetPolicy',
    method: 'GET',
    path: '/providers/Microsoft.Billing/billingAccounts/{billingAccountId}/providers/Microsoft.Subscription/policies/default',
    permission: 'A3 View account properties and agreements',
    summary: 'The tenants that subscriptions of the account live in, and whether their payer may change.',
    async handle(context, request) {
      return ok(toWireAccountPolicy(await readServiceTenants(context, pathParameter(request, 'billingAccountId'))))
    },
  },
]
