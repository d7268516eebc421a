import { conflict, invalid, Refusal } from '../domain/refusal.ts'
import { operationKinds, requireUnlocked } from '../domain/resource/group-lock.ts'
import { locksAgainst, scopeLocked } from '../domain/resource/management-lock.ts'
import { normalizeLocation } from '../domain/resource/location.ts'
import type { PolicyResource } from '../domain/resource/policy-condition.ts'
import { formatResourceGroupId, type ResourceGroupId } from '../domain/resource/resource-id.ts'
import { checkLocation, checkResourceGroupName } from '../domain/resource/resource-name.ts'
import { checkTags, type Tags } from '../domain/resource/tags.ts'
import { changeAttribution } from '../store/attribution.ts'
import { deleteLocksBelow, listLocks } from '../store/management-lock.ts'
import { deletePolicyAssignmentsBelow } from '../store/policy-assignment.ts'
import { lockResourcesOfGroup } from '../store/resource.ts'
import {
  deleteResourceGroup as deleteFromStore,
  findResourceGroup,
  holdResourceGroup,
  insertResourceGroup,
  listResourceGroups as listFromStore,
  lockResourceGroup,
  type ResourceGroup,
  updateResourceGroup,
} from '../store/resource-group.ts'
import { deleteRoleAssignmentsBelow } from '../store/role-assignment.ts'
import { appendAudit } from './audit.ts'
import { authorizeResource } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { removeResources } from './delete-resource.ts'
import { enforcePolicies } from './enforce-policies.ts'
import { startLongRunning } from './long-running.ts'
import { requireResourceGroup, resourceGroupNotFound } from './require-resource-group.ts'
import { behaviourOf } from './resource-behaviour.ts'

const action = (verb: 'read' | 'write' | 'delete'): string => `Microsoft.Resources/subscriptions/resourceGroups/${verb}`

export async function getResourceGroup(context: OperationContext, id: ResourceGroupId): Promise<ResourceGroup> {
  await authorizeResource(context, action('read'), formatResourceGroupId(id))
  return requireResourceGroup(context, id)
}

export async function listResourceGroups(
  context: OperationContext,
  subscriptionId: string,
  filter: { tagName?: string | undefined; tagValue?: string | undefined },
  page: { after: string | undefined; limit: number },
): Promise<ResourceGroup[]> {
  await authorizeResource(context, action('read'), `/subscriptions/${subscriptionId}`)
  return listFromStore(context.db, subscriptionId, filter, page)
}

interface WantedResourceGroup {
  readonly location: string
  readonly managedBy: string | null
  readonly tags: Tags
}

/** `check` sees the revision before anything is written. The same content again writes nothing. */
export async function putResourceGroup(
  context: OperationContext,
  id: ResourceGroupId,
  wanted: WantedResourceGroup,
  check: (revision: bigint | undefined) => void,
): Promise<{ group: ResourceGroup; isNew: boolean }> {
  const scope = formatResourceGroupId(id)
  await authorizeResource(context, action('write'), scope)
  checkResourceGroupName(id.resourceGroupName)
  checkLocation(wanted.location)
  const location = normalizeLocation(wanted.location)
  const tags = checkTags(wanted.tags)
  const current = await lockResourceGroup(context.db, id.subscriptionId, id.resourceGroupName)
  check(current?.revision)
  if (current) {
    if (current.location !== location)
      throw conflict(
        'InvalidResourceGroupLocation',
        `Invalid resource group location '${location}'. The resource group already exists in location '${current.location}'.`,
        'location',
      )
    const next = { ...current, name: id.resourceGroupName, managedBy: wanted.managedBy, tags }
    return { group: await replace(context, current, next), isNew: false }
  }
  await enforcePolicies(context, groupUnderPolicy(id, location, tags))
  const group = {
    subscriptionId: id.subscriptionId,
    name: id.resourceGroupName,
    location,
    managedBy: wanted.managedBy,
    tags,
  }
  const isNew = await insertResourceGroup(context.db, { ...group, createdAt: context.now })
  if (!isNew)
    throw conflict(
      'Conflict',
      `The resource group '${id.resourceGroupName}' is being created by another request. Repeat the request.`,
    )
  await appendAudit(context, { action: action('write'), scope, after: group })
  return { group: await requireResourceGroup(context, id), isNew: true }
}

export async function patchResourceGroup(
  context: OperationContext,
  id: ResourceGroupId,
  changes: {
    readonly managedBy?: string | null | undefined
    readonly tags?: Tags | undefined
    readonly name?: string | undefined
  },
  check: (revision: bigint | undefined) => void,
): Promise<ResourceGroup> {
  await authorizeResource(context, action('write'), formatResourceGroupId(id))
  const current = await lockResourceGroup(context.db, id.subscriptionId, id.resourceGroupName)
  if (!current) throw resourceGroupNotFound(id.resourceGroupName)
  check(current.revision)
  if (changes.name !== undefined && changes.name.toLowerCase() !== current.name.toLowerCase())
    throw invalid('ResourceGroupNameImmutable', 'The name of a resource group cannot be changed.', 'name')
  return replace(context, current, {
    ...current,
    managedBy: changes.managedBy === undefined ? current.managedBy : changes.managedBy,
    tags: changes.tags === undefined ? current.tags : checkTags(changes.tags),
  })
}

async function replace(context: OperationContext, current: ResourceGroup, next: ResourceGroup): Promise<ResourceGroup> {
  requireUnlocked(current, context.now)
  const facts = (group: ResourceGroup) => ({ name: group.name, managedBy: group.managedBy, tags: group.tags })
  const id = { subscriptionId: current.subscriptionId, resourceGroupName: next.name }
  await enforcePolicies(context, groupUnderPolicy(id, current.location, next.tags))
  if (JSON.stringify(facts(current)) === JSON.stringify(facts(next))) return current
  await updateResourceGroup(context.db, next, context.now)
  await appendAudit(context, {
    action: action('write'),
    scope: formatResourceGroupId(id),
    before: facts(current),
    after: facts(next),
  })
  return requireResourceGroup(context, id)
}

const groupUnderPolicy = (id: ResourceGroupId, location: string, tags: Tags): PolicyResource => ({
  id: formatResourceGroupId(id),
  type: 'Microsoft.Resources/subscriptions/resourceGroups',
  name: id.resourceGroupName,
  location,
  tags,
})

/** The id of the operation that deletes the group, or nothing when it is not there. A repeated request joins the first. */
export async function startResourceGroupDeletion(
  context: OperationContext,
  id: ResourceGroupId,
  check: (revision: bigint | undefined) => void,
): Promise<string | undefined> {
  const scope = formatResourceGroupId(id)
  await authorizeResource(context, action('delete'), scope)
  const group = await lockResourceGroup(context.db, id.subscriptionId, id.resourceGroupName)
  check(group?.revision)
  if (!group) return undefined
  requireUnlocked(group, context.now)
  const operationId = await startLongRunning(context, { kind: operationKinds.deleteGroup, scope, input: id })
  await holdResourceGroup(context.db, id.subscriptionId, id.resourceGroupName, operationId)
  return operationId
}

/** The work of `startResourceGroupDeletion`: everything in the group goes in one commit, or nothing does. */
export async function deleteResourceGroup(context: OperationContext, id: ResourceGroupId): Promise<void> {
  const group = await findResourceGroup(context.db, id.subscriptionId, id.resourceGroupName)
  if (!group) return
  const scope = formatResourceGroupId({ ...id, resourceGroupName: group.name })
  // A lock may have come while the request waited.
  const locks = locksAgainst(action('delete'), scope, await listLocks(context.db, scope))
  if (locks.length > 0) throw scopeLocked(action('delete'), scope, locks)
  const resources = await lockResourcesOfGroup(context.db, id.subscriptionId, id.resourceGroupName)
  const obstacles = []
  for (const resource of resources) {
    const obstacle = await behaviourOf(resource.type)?.refuseDelete?.(context, resource)
    if (obstacle) obstacles.push(obstacle)
  }
  if (obstacles.length > 0)
    throw new Refusal(
      'conflict',
      'ResourceGroupDeletionBlocked',
      `Deletion of resource group '${group.name}' failed as resources in it cannot be deleted. Please see details.`,
      { details: obstacles },
    )
  await changeAttribution(context.db)
  await removeResources(context, resources)
  await deleteLocksBelow(context.db, scope)
  await deleteRoleAssignmentsBelow(context.db, scope)
  await deletePolicyAssignmentsBelow(context.db, scope)
  await deleteFromStore(context.db, id.subscriptionId, id.resourceGroupName)
  await appendAudit(context, {
    action: action('delete'),
    scope,
    before: { location: group.location, tags: group.tags, resources: resources.length },
  })
}

export async function resourceGroupExists(context: OperationContext, id: ResourceGroupId): Promise<boolean> {
  await authorizeResource(context, action('read'), formatResourceGroupId(id))
  return (await findResourceGroup(context.db, id.subscriptionId, id.resourceGroupName)) !== undefined
}
