import type { Caller } from '../domain/access/caller.ts'
import { notFound } from '../domain/refusal.ts'
import { requireUnlocked } from '../domain/resource/group-lock.ts'
import { canonicalType, decideRegistration } from '../domain/resource/resource-provider.ts'
import { namespaceOf, type ResourceGroupId } from '../domain/resource/resource-id.ts'
import { findRegistrationState, putRegistrationState } from '../store/provider-registration.ts'
import type { Writer } from '../store/resource.ts'
import { findResourceGroup, type ResourceGroup, shareResourceGroup } from '../store/resource-group.ts'
import type { OperationContext } from './context.ts'

export async function requireResourceGroup(context: OperationContext, id: ResourceGroupId): Promise<ResourceGroup> {
  const group = await findResourceGroup(context.db, id.subscriptionId, id.resourceGroupName)
  if (!group) throw resourceGroupNotFound(id.resourceGroupName)
  return group
}

/** The group, held against a move or a delete that would begin now, and refused when one has begun (SUB-16). */
export async function requireWritableResourceGroup(
  context: OperationContext,
  id: ResourceGroupId,
): Promise<ResourceGroup> {
  const group = await shareResourceGroup(context.db, id.subscriptionId, id.resourceGroupName)
  if (!group) throw resourceGroupNotFound(id.resourceGroupName)
  requireUnlocked(group, context.now)
  return group
}

export const resourceGroupNotFound = (name: string) =>
  notFound('ResourceGroupNotFound', `Resource group '${name}' could not be found.`)

/** Registers the namespace with its first use; refuses one that was unregistered on purpose. */
export async function useNamespace(
  context: OperationContext,
  subscriptionId: string,
  resourceType: string,
): Promise<void> {
  const namespace = namespaceOf(canonicalType(resourceType))
  const state = await findRegistrationState(context.db, subscriptionId, namespace)
  if (decideRegistration(state, namespace, subscriptionId) === 'register')
    await putRegistrationState(context.db, subscriptionId, namespace, 'Registered')
}

/** The caller as `systemData` names it. */
export const writerOf = (caller: Caller): Writer => ({
  id: caller.objectId,
  name: caller.name,
  type: caller.kind === 'user' ? 'User' : 'Application',
})
