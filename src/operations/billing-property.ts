import { invoiceSectionId } from '../domain/billing/billing-ids.ts'
import { notFound } from '../domain/refusal.ts'
import { type BillingAccount, findBillingAccount } from '../store/billing-account.ts'
import { listBillingRoleAssignments } from '../store/billing-role-assignment.ts'
import { type BillingSubscription, findBillingSubscription, setCostCenter } from '../store/billing-subscription.ts'
import { billingAccountId } from '../domain/billing/billing-ids.ts'
import { appendAudit } from './audit.ts'
import { authorizeBilling, authorizeResource } from './authorize.ts'
import type { OperationContext } from './context.ts'

export interface BillingProperty {
  readonly subscription: BillingSubscription
  readonly account: BillingAccount
  readonly isAccountAdmin: boolean
}

/** Who pays for a subscription, for whoever may read it; beside it, the tenant it trusts is another thing (doc 0). */
export async function getBillingProperty(context: OperationContext, subscriptionId: string): Promise<BillingProperty> {
  await authorizeResource(context, 'Microsoft.Billing/billingProperty/read', `/subscriptions/${subscriptionId}`)
  return readProperty(context, subscriptionId)
}

export async function updateBillingProperty(
  context: OperationContext,
  subscriptionId: string,
  costCenter: string | null,
): Promise<BillingProperty> {
  await authorizeResource(context, 'Microsoft.Billing/billingProperty/read', `/subscriptions/${subscriptionId}`)
  const { subscription, ...rest } = await readProperty(context, subscriptionId)
  await authorizeBilling(
    context,
    'U2',
    invoiceSectionId(subscription.account, subscription.profile, subscription.section ?? ''),
  )
  await setCostCenter(context.db, subscription.subscriptionId, costCenter)
  await appendAudit(context, {
    action: 'Microsoft.Billing/billingProperty/write',
    scope: `/subscriptions/${subscription.subscriptionId}`,
    before: { costCenter: subscription.costCenter },
    after: { costCenter },
  })
  return { ...rest, subscription: { ...subscription, costCenter } }
}

async function readProperty(context: OperationContext, subscriptionId: string): Promise<BillingProperty> {
  const subscription = await findBillingSubscription(context.db, subscriptionId.toLowerCase())
  const account = subscription && (await findBillingAccount(context.db, subscription.account))
  if (!subscription || !account)
    throw notFound('BillingPropertyNotFound', `Nobody pays for the subscription '${subscriptionId}'.`)
  const owners = await listBillingRoleAssignments(context.db, billingAccountId(account.name))
  return {
    subscription,
    account,
    isAccountAdmin: owners.some(({ principalId }) => principalId === context.caller.objectId),
  }
}
