import { roleIds } from '../domain/access/built-in-roles.ts'
import { invalid, notFound } from '../domain/refusal.ts'
import { checkTags, type Tags } from '../domain/resource/tags.ts'
import { type Payer, placeSubscription } from '../store/billing-placement.ts'
import { insertRoleAssignment } from '../store/role-assignment.ts'
import { insertSubscription, type NewSubscription } from '../store/subscription.ts'
import { holdTenant } from '../store/tenant.ts'
import { appendAudit } from './audit.ts'
import type { OperationContext } from './context.ts'

export interface SubscriptionToCreate {
  /** The id that was promised already; a new one otherwise. */
  readonly id?: string
  readonly displayName: string
  readonly workload: 'Production' | 'DevTest'
  readonly offer: NewSubscription['offer']
  readonly tags: Tags
  /** SUB-3: the tenant of the billing account, or of the partner's customer. */
  readonly tenantId: string
  readonly payer: Payer
  /** Who becomes Owner in the same commit (SUB-25). */
  readonly owner: { readonly objectId: string; readonly type: 'User' | 'ServicePrincipal' | 'ForeignGroup' }
}

/** SUB-1, SUB-2, SUB-25 in one commit: who it trusts, who pays and who owns it. Authorise before calling it. */
export async function createSubscription(context: OperationContext, wanted: SubscriptionToCreate): Promise<string> {
  const id = wanted.id ?? context.random.uuid()
  const displayName = wanted.displayName.trim()
  if (displayName === '' || displayName.length > 64)
    throw invalid(
      'InvalidSubscriptionName',
      'The name of a subscription has 1 to 64 characters.',
      'properties.displayName',
    )
  // TEN-23: no tenant is deleted while a subscription that trusts it comes to be.
  if (!(await holdTenant(context.db, wanted.tenantId)))
    throw notFound('TenantNotFound', `The tenant '${wanted.tenantId}' could not be found.`)
  await insertSubscription(context.db, {
    id,
    displayName,
    offer: wanted.offer,
    workload: wanted.workload,
    tags: checkTags(wanted.tags),
    tenantId: wanted.tenantId,
    createdAt: context.now,
    createdBy: context.caller.objectId,
  })
  await placeSubscription(context.db, { ...wanted.payer, subscriptionId: id, at: context.now })
  await insertRoleAssignment(context.db, {
    id: context.random.uuid(),
    tenantId: wanted.tenantId,
    scope: `/subscriptions/${id}`,
    roleDefinitionId: roleIds.owner,
    principalId: wanted.owner.objectId,
    principalType: wanted.owner.type,
    description: null,
    createdAt: context.now,
    createdBy: context.caller.objectId,
  })
  await appendAudit(context, {
    action: 'Microsoft.Subscription/subscriptions/write',
    scope: `/subscriptions/${id}`,
    after: { displayName, tenantId: wanted.tenantId, payer: wanted.payer, owner: wanted.owner.objectId },
  })
  return id
}
