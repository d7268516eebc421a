import { decideCancel, decideEnable, deletionDueAt } from '../domain/resource/subscription-state.ts'
import { invalid } from '../domain/refusal.ts'
import { changeAttribution } from '../store/attribution.ts'
import { shareBillingProfiles } from '../store/billing-profile.ts'
import { findBillingSubscription } from '../store/billing-subscription.ts'
import { listTenantsLinkedSince } from '../store/identity-link.ts'
import { closeCancellation, openCancellation } from '../store/subscription-cancellation.ts'
import {
  findSubscription,
  lockSubscription,
  renameSubscription as renameInStore,
  setSubscriptionState,
} from '../store/subscription.ts'
import { appendAudit } from './audit.ts'
import { authorizeResource } from './authorize.ts'
import { mayCancelByEdition } from './billing-roles-edition.ts'
import type { OperationContext } from './context.ts'
import { subscriptionNotFound } from './read-subscription.ts'

/** SUB-7, SUB-8: the Owner only; billing stops at this instant, what was used before it is still billed. */
export async function cancelSubscription(context: OperationContext, id: string): Promise<void> {
  const scope = `/subscriptions/${id}`
  if (!(await mayCancelByEdition(context, await findSubscription(context.db, id, context.now))))
    await authorizeResource(context, 'Microsoft.Subscription/cancel/action', scope)
  const subscription = await lockSubscription(context.db, id, context.now)
  if (!subscription) throw subscriptionNotFound(id)
  const state = decideCancel(subscription)
  await changeAttribution(context.db)
  await openCancellation(context.db, subscription.id, context.now)
  await reattributeFromNow(context, subscription.id)
  await setSubscriptionState(context.db, subscription.id, { state, cancelledAt: context.now, deletedAt: null })
  await appendAudit(context, {
    action: 'Microsoft.Subscription/cancel/action',
    scope,
    before: { state: subscription.state },
    after: { state, cancelledAt: context.now, deletedAfter: deletionDueAt(context.now) },
  })
}

export async function enableSubscription(context: OperationContext, id: string): Promise<void> {
  const scope = `/subscriptions/${id}`
  await authorizeResource(context, 'Microsoft.Subscription/enable/action', scope)
  const seen = await findBillingSubscription(context.db, id)
  // Before the subscription, as whoever settles the profile does; so it does not fall behind unseen.
  if (seen) await shareBillingProfiles(context.db, [seen.profile])
  const subscription = await lockSubscription(context.db, id, context.now)
  if (!subscription) throw subscriptionNotFound(id)
  const payer = await findBillingSubscription(context.db, subscription.id)
  // BIL-11: an inactive profile pays for nothing again.
  const state = decideEnable(subscription, payer?.profileStatus)
  await changeAttribution(context.db)
  await closeCancellation(context.db, subscription.id, context.now)
  await reattributeFromNow(context, subscription.id)
  await setSubscriptionState(context.db, subscription.id, { state, cancelledAt: null, deletedAt: null })
  await appendAudit(context, {
    action: 'Microsoft.Subscription/enable/action',
    scope,
    before: { state: subscription.state, cancelledAt: subscription.cancelledAt },
    after: { state },
  })
}

/** What was told already of this very instant, or by senders whose clocks are ahead, belongs to the new state (DEC-5). */
async function reattributeFromNow({ db, usage, now }: OperationContext, subscriptionId: string): Promise<void> {
  for (const tenantId of await listTenantsLinkedSince(db, subscriptionId, now))
    await usage.reattribute(db, tenantId, now)
  await usage.reattributeResources(db, subscriptionId, now)
}

export async function renameSubscription(context: OperationContext, id: string, displayName: string): Promise<void> {
  const scope = `/subscriptions/${id}`
  await authorizeResource(context, 'Microsoft.Subscription/rename/action', scope)
  const name = displayName.trim()
  if (name === '' || name.length > 64)
    throw invalid('InvalidSubscriptionName', 'The name of a subscription has 1 to 64 characters.', 'subscriptionName')
  const subscription = await lockSubscription(context.db, id, context.now)
  if (!subscription) throw subscriptionNotFound(id)
  if (subscription.displayName === name) return
  await renameInStore(context.db, subscription.id, name)
  await appendAudit(context, {
    action: 'Microsoft.Subscription/rename/action',
    scope,
    before: { displayName: subscription.displayName },
    after: { displayName: name },
  })
}
