import { billingRoleId, describeBillingTask } from '../domain/access/billing-roles.ts'
import { billingAccountId, billingProfileId } from '../domain/billing/billing-ids.ts'
import { isGuid } from '../domain/directory/object-id.ts'
import { forbidden, notFound, type Refusal } from '../domain/refusal.ts'
import { type BillingAccount, findBillingAccount } from '../store/billing-account.ts'
import { listBillingRoleAssignments } from '../store/billing-role-assignment.ts'
import { type BillingSubscription, findBillingSubscription } from '../store/billing-subscription.ts'
import { allowsBillingTask, authorizeResource } from './authorize.ts'
import { changeCostCenter, scopeOf } from './billing-subscription.ts'
import type { OperationContext } from './context.ts'

export interface BillingProperty {
  readonly subscription: BillingSubscription
  readonly account: BillingAccount
  readonly isAccountAdmin: boolean
  /** What the caller's billing roles show of the payer besides its ids (INV-16). */
  readonly shows: { readonly account: boolean; readonly profile: boolean; readonly section: boolean }
}

const readAction = 'Microsoft.Billing/billingProperty/read'

/**
 * Who pays for a subscription, for whoever may read the subscription or see it at its payer. Which tenant it trusts is
 * another thing and stays where it is (doc 0).
 */
export async function getBillingProperty(context: OperationContext, subscriptionId: string): Promise<BillingProperty> {
  const subscription = await find(context, subscriptionId)
  if (!subscription || !(await allowsBillingTask(context, 'S8', scopeOf(subscription))))
    await authorizeResource(context, readAction, `/subscriptions/${subscriptionId}`)
  return propertyOf(context, subscription, subscriptionId)
}

/** U2 alone decides; resource roles change nothing about billing. */
export async function updateBillingProperty(
  context: OperationContext,
  subscriptionId: string,
  costCenter: string | null,
): Promise<BillingProperty> {
  const subscription = await find(context, subscriptionId)
  if (!subscription || !(await allowsBillingTask(context, 'U2', scopeOf(subscription)))) {
    await authorizeResource(context, readAction, `/subscriptions/${subscriptionId}`)
    if (subscription) throw costCenterRefused(context, subscription)
  }
  const before = await propertyOf(context, subscription, subscriptionId)
  return { ...before, subscription: await changeCostCenter(context, before.subscription, costCenter) }
}

function costCenterRefused({ caller }: OperationContext, { subscriptionId }: BillingSubscription): Refusal {
  return forbidden(
    'AuthorizationFailed',
    `The client '${caller.name}' with object id '${caller.objectId}' does not have authorization to perform the billing task '${describeBillingTask('U2')}' (U2) for the subscription '${subscriptionId}'.`,
    { details: [{ code: 'BillingRoleRequired', message: 'Ask an owner or contributor of the invoice section.' }] },
  )
}

async function find(context: OperationContext, subscriptionId: string): Promise<BillingSubscription | undefined> {
  return isGuid(subscriptionId) ? findBillingSubscription(context.db, subscriptionId.toLowerCase()) : undefined
}

async function propertyOf(
  context: OperationContext,
  subscription: BillingSubscription | undefined,
  subscriptionId: string,
): Promise<BillingProperty> {
  const account = subscription && (await findBillingAccount(context.db, subscription.account))
  if (!subscription || !account)
    throw notFound('BillingPropertyNotFound', `Nobody pays for the subscription '${subscriptionId}'.`)
  const accountId = billingAccountId(account.name)
  const ownerId = billingRoleId('BAO')
  const holders = await listBillingRoleAssignments(context.db, accountId)
  return {
    subscription,
    account,
    isAccountAdmin: holders.some(
      ({ principalId, roleDefinitionName }) =>
        principalId === context.caller.objectId && roleDefinitionName === ownerId,
    ),
    shows: {
      account: await allowsBillingTask(context, 'A3', accountId),
      profile: await allowsBillingTask(context, 'P3', billingProfileId(account.name, subscription.profile)),
      section: await allowsBillingTask(context, 'S3', scopeOf(subscription)),
    },
  }
}
