import {
  daysKeptAfterCancel,
  decideCancel,
  decideEnable,
  deletionDueAt,
  stateAfter,
} from '../domain/resource/subscription-state.ts'
import { invalid } from '../domain/refusal.ts'
import { changeAttribution } from '../store/attribution.ts'
import {
  closeCancellation,
  lockSubscriptionsCancelledBefore,
  openCancellation,
} from '../store/subscription-cancellation.ts'
import { lockSubscription, renameSubscription as renameInStore, setSubscriptionState } from '../store/subscription.ts'
import { appendAudit } from './audit.ts'
import { authorizeResource } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { subscriptionNotFound } from './read-subscription.ts'

/** SUB-7, SUB-8: the Owner only; billing stops at this instant, what was used before it is still billed. */
export async function cancelSubscription(context: OperationContext, id: string): Promise<void> {
  const scope = `/subscriptions/${id}`
  await authorizeResource(context, 'Microsoft.Subscription/cancel/action', scope)
  const subscription = await lockSubscription(context.db, id, context.now)
  if (!subscription) throw subscriptionNotFound(id)
  const state = decideCancel(subscription)
  await changeAttribution(context.db)
  await openCancellation(context.db, subscription.id, context.now)
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
  const subscription = await lockSubscription(context.db, id, context.now)
  if (!subscription) throw subscriptionNotFound(id)
  const state = decideEnable(subscription)
  await changeAttribution(context.db)
  await closeCancellation(context.db, subscription.id, context.now)
  await setSubscriptionState(context.db, subscription.id, { state, cancelledAt: null, deletedAt: null })
  await appendAudit(context, {
    action: 'Microsoft.Subscription/enable/action',
    scope,
    before: { state: subscription.state, cancelledAt: subscription.cancelledAt },
    after: { state },
  })
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

/** SUB-8: what was cancelled long enough ago is deleted. Work that falls due, so nobody is asked for. */
export async function deleteLongCancelledSubscriptions(context: OperationContext): Promise<number> {
  const keptSince = new Date(context.now.getTime() - daysKeptAfterCancel * 86_400_000)
  const due = await lockSubscriptionsCancelledBefore(context.db, keptSince)
  for (const { id, cancelledAt } of due) {
    const deletedAt = deletionDueAt(cancelledAt)
    await setSubscriptionState(context.db, id, { state: 'Deleted', cancelledAt, deletedAt })
    await appendAudit(context, {
      action: 'Microsoft.Subscription/delete',
      scope: `/subscriptions/${id}`,
      before: { state: 'Disabled', cancelledAt },
      after: { state: stateAfter('Disabled', 'delete'), deletedAt },
    })
  }
  return due.length
}
