import { forbidden, type Refusal } from '../refusal.ts'

/** SUB-23: what a tenant says of subscriptions that leave it or enter it. */
export interface SubscriptionPolicy {
  readonly tenantId: string
  readonly blocksLeaving: boolean
  readonly blocksEntering: boolean
  /** Object ids of accounts of the tenant, in order, that the two do not hold for. */
  readonly exemptPrincipals: readonly string[]
}

/** What holds where nobody has said anything. */
export const openPolicy = (tenantId: string): SubscriptionPolicy => ({
  tenantId,
  blocksLeaving: false,
  blocksEntering: false,
  exemptPrincipals: [],
})

/** Undefined when the account may take a subscription out of the tenant. */
export const leavingRefusal = (policy: SubscriptionPolicy, principalId: string): Refusal | undefined =>
  policy.blocksLeaving && !policy.exemptPrincipals.includes(principalId)
    ? refusal('SubscriptionPolicyForbidsLeaving', 'leave', policy.tenantId)
    : undefined

/** Undefined when the account may bring a subscription into the tenant. */
export const enteringRefusal = (policy: SubscriptionPolicy, principalId: string): Refusal | undefined =>
  policy.blocksEntering && !policy.exemptPrincipals.includes(principalId)
    ? refusal('SubscriptionPolicyForbidsEntering', 'enter', policy.tenantId)
    : undefined

const refusal = (code: string, verb: string, tenantId: string): Refusal =>
  forbidden(
    code,
    `A policy of the tenant '${tenantId}' forbids subscriptions to ${verb} it. A Global administrator of that tenant with elevated access can change the policy, or exempt the account.`,
  )
