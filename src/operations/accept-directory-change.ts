import { roleIds } from '../domain/access/built-in-roles.ts'
import type { Caller } from '../domain/access/caller.ts'
import { forbidden } from '../domain/refusal.ts'
import { type DirectoryChange, requireAcceptable, stateAt } from '../domain/resource/directory-change.ts'
import { type DirectoryChangeLoss, scopesBeside } from '../domain/resource/directory-change-loss.ts'
import { changeAttribution } from '../store/attribution.ts'
import { findCallerFacts } from '../store/caller.ts'
import { endDirectoryChange, findDirectoryChangeFor } from '../store/directory-change.ts'
import { deletePolicyAssignmentsBelow } from '../store/policy-assignment.ts'
import { deleteCustomPolicy } from '../store/policy-definition.ts'
import { lockHeldGroups } from '../store/resource-group.ts'
import { deleteRoleAssignmentsBelow, insertRoleAssignment } from '../store/role-assignment.ts'
import { deleteCustomRole, findCustomRole, updateCustomRole } from '../store/role-definition.ts'
import { deleteAlias } from '../store/subscription-alias.ts'
import { changeDirectory, lockSubscription } from '../store/subscription.ts'
import { holdTenant } from '../store/tenant.ts'
import { appendAudit } from './audit.ts'
import { allowsResource, identitiesOf } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { findDirectoryChangeLosses } from './list-directory-change-losses.ts'
import { subscriptionNotFound } from './read-subscription.ts'
import { changingSubscription } from './request-directory-change.ts'
import { announceDirectoryChange } from './resource-behaviour.ts'
import { requireSubscriptionPassage } from './subscription-policy.ts'

/**
 * SUB-18, SUB-19: the account that the request names, signed in to the destination tenant, takes the subscription. In
 * one commit everything that belonged to the former tenant goes, the directory changes and the account becomes Owner.
 * Who pays, what is linked and what is stored stay as they are (SUB-20).
 */
export async function acceptDirectoryChange(context: OperationContext, subscriptionId: string): Promise<void> {
  const { db, now, caller } = context
  const named = await requireNamedOwner(context, subscriptionId)
  if (!(await holdTenant(db, named.destination.tenantId))) throw subscriptionNotFound(subscriptionId)
  const subscription = await lockSubscription(db, named.subscriptionId, now)
  if (!subscription) throw subscriptionNotFound(subscriptionId)
  // Read again under the lock: another request may have ended it in the meantime.
  const change = await requireNamedOwner(context, subscriptionId)
  const requester = await requesterOf(context, change)
  const heldGroups = await lockHeldGroups(db, subscription.id)
  requireAcceptable(
    {
      change,
      subscription: await changingSubscription(context, subscription),
      isRequesterEntitled: requester !== undefined && (await isEntitled(context, change, requester)),
      heldGroups: heldGroups.map((group) => group.name),
    },
    now,
  )
  await requireSubscriptionPassage(
    context,
    { tenantId: change.source.tenantId, principalId: change.source.ownerId },
    { tenantId: change.destination.tenantId, principalId: change.destination.ownerId },
  )
  const losses = await findDirectoryChangeLosses(db, subscription)
  await changeAttribution(db)
  await deleteLosses(context, subscription, losses)
  await announceDirectoryChange(context, subscription.id)
  await changeDirectory(db, subscription.id, change.destination.tenantId, now)
  await insertRoleAssignment(db, {
    id: context.random.uuid(),
    tenantId: change.destination.tenantId,
    scope: `/subscriptions/${subscription.id}`,
    roleDefinitionId: roleIds.owner,
    principalId: caller.objectId,
    principalType: caller.kind === 'user' ? 'User' : 'ServicePrincipal',
    description: null,
    createdAt: now,
    createdBy: caller.objectId,
  })
  await endDirectoryChange(db, change.id, 'Completed', now)
  await announce(context, change, requester ?? caller, losses)
}

/** Whoever is not named hears of no request, and of no subscription. */
async function requireNamedOwner(context: OperationContext, subscriptionId: string): Promise<DirectoryChange> {
  const change = await findDirectoryChangeFor(context.db, subscriptionId, context.caller)
  if (change) return change
  for (const identity of await identitiesOf(context))
    if (await findDirectoryChangeFor(context.db, subscriptionId, identity))
      throw forbidden(
        'AuthorizationFailed',
        `The request is for your account in the tenant '${identity.tenantId}', and this token is for the tenant '${context.caller.tenantId}'.`,
        {
          details: [
            {
              code: 'SignInToDestinationTenant',
              message: `Sign in to the tenant '${identity.tenantId}' and send the request again.`,
            },
          ],
        },
      )
  throw subscriptionNotFound(subscriptionId)
}

/** The account that asked, as it is now; nothing when it is gone or disabled. */
async function requesterOf(context: OperationContext, { source }: DirectoryChange): Promise<Caller | undefined> {
  const facts = await findCallerFacts(context.db, source.tenantId, source.ownerId)
  if (!facts?.isUsable) return undefined
  return {
    tenantId: source.tenantId,
    objectId: source.ownerId,
    kind: facts.kind,
    appId: facts.appId ?? '',
    name: facts.name,
    isOperator: false,
  }
}

async function isEntitled(context: OperationContext, change: DirectoryChange, requester: Caller): Promise<boolean> {
  const asRequester = { ...context, caller: requester }
  const identities = await identitiesOf(asRequester)
  return (
    identities.some(({ tenantId }) => tenantId === change.destination.tenantId) &&
    (await allowsResource(
      asRequester,
      'Microsoft.Subscription/changeTenantRequest/write',
      `/subscriptions/${change.subscriptionId}`,
    ))
  )
}

async function deleteLosses(
  { db, now }: OperationContext,
  { id, tenantId }: { readonly id: string; readonly tenantId: string },
  losses: readonly DirectoryChangeLoss[],
): Promise<void> {
  const scope = `/subscriptions/${id}`
  await deleteRoleAssignmentsBelow(db, scope)
  await deletePolicyAssignmentsBelow(db, scope)
  for (const loss of losses) {
    if (loss.kind === 'policyDefinition') await deleteCustomPolicy(db, scope, loss.name)
    if (loss.kind === 'subscriptionAlias') await deleteAlias(db, tenantId, loss.name)
    if (loss.kind !== 'customRole') continue
    const role = await findCustomRole(db, tenantId, loss.name)
    if (!role) continue
    const assignableScopes = scopesBeside(role.assignableScopes, id)
    if (assignableScopes.length === 0) await deleteCustomRole(db, role)
    else await updateCustomRole(db, role, { ...role, assignableScopes }, now)
  }
}

/** One record in each tenant: the former one lost the subscription by its owner's request, the other one took it. */
async function announce(
  context: OperationContext,
  { subscriptionId, source, destination }: DirectoryChange,
  requester: Caller,
  losses: readonly DirectoryChangeLoss[],
): Promise<void> {
  const scope = `/subscriptions/${subscriptionId}`
  await appendAudit(
    { ...context, caller: requester },
    {
      action: 'Microsoft.Subscription/changeTenantRequest/write',
      scope,
      before: { tenantId: source.tenantId, losses },
      after: { tenantId: destination.tenantId, acceptedBy: destination.ownerId },
    },
  )
  await appendAudit(context, {
    action: 'Microsoft.Subscription/acceptChangeTenant/action',
    scope,
    before: { tenantId: source.tenantId },
    after: { tenantId: destination.tenantId, owner: context.caller.objectId },
  })
}

/** For the account that is to accept, or did; also when nothing came of it. */
export async function readDirectoryChangeStatus(
  context: OperationContext,
  subscriptionId: string,
): Promise<DirectoryChange> {
  const change = await requireNamedOwner(context, subscriptionId)
  return { ...change, state: stateAt(change, context.now) }
}
