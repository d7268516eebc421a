import { deletionDueAt, keptSince, stateAfter } from '../domain/resource/subscription-state.ts'
import { changeAttribution } from '../store/attribution.ts'
import { deleteLocksBelow } from '../store/management-lock.ts'
import { lockResourcesOfGroup } from '../store/resource.ts'
import { deleteResourceGroup, listResourceGroups } from '../store/resource-group.ts'
import { deleteRoleAssignmentsBelow } from '../store/role-assignment.ts'
import { setSubscriptionState } from '../store/subscription.ts'
import { lockFirstSubscriptionCancelledBefore } from '../store/subscription-cancellation.ts'
import { appendAudit } from './audit.ts'
import type { OperationContext } from './context.ts'
import { removeResources } from './delete-resource.ts'

/**
 * SUB-8: what was cancelled long enough ago goes, with everything in it, at the instant at which it was due. Work that
 * falls due, so nobody is asked for permission.
 */
export async function deleteLongCancelledSubscriptions(context: OperationContext, upTo: Date): Promise<number> {
  for (let deleted = 0; ; deleted++) {
    const due = await lockFirstSubscriptionCancelledBefore(context.db, keptSince(upTo))
    if (!due) return deleted
    await deleteSubscription({ ...context, now: deletionDueAt(due.cancelledAt) }, due)
  }
}

async function deleteSubscription(
  context: OperationContext,
  due: NonNullable<Awaited<ReturnType<typeof lockFirstSubscriptionCancelledBefore>>>,
): Promise<void> {
  const { db, now } = context
  const state = stateAfter(due.state, 'delete')
  if (!state) throw new Error(`a subscription that is ${due.state} cannot be deleted`)
  const scope = `/subscriptions/${due.id}`
  await changeAttribution(db)
  for (;;) {
    const groups = await listResourceGroups(db, due.id, {}, { limit: 1000 })
    if (groups.length === 0) break
    for (const { name } of groups) {
      await removeResources(context, await lockResourcesOfGroup(db, due.id, name))
      await deleteResourceGroup(db, due.id, name)
    }
  }
  await deleteLocksBelow(db, scope)
  await deleteRoleAssignmentsBelow(db, scope)
  await setSubscriptionState(db, due.id, { state, cancelledAt: due.cancelledAt, deletedAt: now })
  await appendAudit(context, {
    action: 'Microsoft.Subscription/subscriptions/delete',
    scope,
    before: { state: due.state, cancelledAt: due.cancelledAt },
    after: { state, deletedAt: now },
  })
}
