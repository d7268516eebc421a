import { z } from 'zod'
import { guid } from '../../http/body.ts'
import type { ServiceTenants } from '../../operations/read-account-policy.ts'
import type { putSubscriptionPolicy, readSubscriptionPolicy } from '../../operations/subscription-policy.ts'

/** Not wrapped in properties. */
export const subscriptionPolicyBody = z.object({
  blockSubscriptionsLeavingTenant: z.boolean().nullish(),
  blockSubscriptionsIntoTenant: z.boolean().nullish(),
  exemptedPrincipals: z.array(guid).max(500).nullish(),
})

export const fromWirePolicy = (body: z.output<typeof subscriptionPolicyBody>) => ({
  blocksLeaving: body.blockSubscriptionsLeavingTenant ?? false,
  blocksEntering: body.blockSubscriptionsIntoTenant ?? false,
  exemptPrincipals: body.exemptedPrincipals ?? [],
})

type Policy = Awaited<ReturnType<typeof readSubscriptionPolicy> | ReturnType<typeof putSubscriptionPolicy>>

/** A tenant has one policy, so its id is the tenant's. */
export const toWirePolicy = (policy: Policy) => ({
  id: '/providers/Microsoft.Subscription/policies/default',
  name: 'default',
  type: 'Microsoft.Subscription/policies',
  properties: {
    policyId: policy.tenantId,
    blockSubscriptionsLeavingTenant: policy.blocksLeaving,
    blockSubscriptionsIntoTenant: policy.blocksEntering,
    ...(policy.exemptPrincipals ? { exemptedPrincipals: policy.exemptPrincipals } : {}),
  },
})

export const toWireAccountPolicy = ({ billingAccountName, tenants }: ServiceTenants) => ({
  id: `/providers/Microsoft.Billing/billingAccounts/${billingAccountName}/providers/Microsoft.Subscription/policies/default`,
  name: 'default',
  type: 'Microsoft.Subscription/policies',
  properties: {
    serviceTenants: tenants.map(({ id, displayName }) => ({ tenantId: id, tenantName: displayName })),
    allowTransfers: true,
  },
})
