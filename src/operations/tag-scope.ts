import { invalid, notFound } from '../domain/refusal.ts'
import { requireUnlocked } from '../domain/resource/group-lock.ts'
import { parseResourceGroupId, parseResourceId, isSubscriptionId } from '../domain/resource/resource-id.ts'
import type { PolicyResource } from '../domain/resource/policy-condition.ts'
import { applyTags, type Tags } from '../domain/resource/tags.ts'
import { findResource, lockResource, updateResource } from '../store/resource.ts'
import { findResourceGroup, lockResourceGroup, updateResourceGroup } from '../store/resource-group.ts'
import { findSubscription, lockSubscription, replaceSubscriptionTags } from '../store/subscription.ts'
import { appendAudit } from './audit.ts'
import { authorizeResource } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { enforcePolicies } from './enforce-policies.ts'
import { requireWritableResourceGroup, resourceGroupNotFound, writerOf } from './require-resource-group.ts'
import { subscriptionNotFound } from './read-subscription.ts'

type TagOperation = 'Merge' | 'Replace' | 'Delete'

export async function getTags(context: OperationContext, scope: string): Promise<Tags> {
  await authorizeResource(context, 'Microsoft.Resources/tags/read', scope)
  const target = targetOf(scope)
  if (target.kind === 'subscription')
    return (await findSubscription(context.db, target.subscriptionId, context.now))?.tags ?? {}
  if (target.kind === 'group') {
    const group = await findResourceGroup(context.db, target.id.subscriptionId, target.id.resourceGroupName)
    if (!group) throw resourceGroupNotFound(target.id.resourceGroupName)
    return group.tags
  }
  const resource = await findResource(context.db, target.id)
  if (!resource) throw resourceNotFound(scope)
  return resource.tags
}

export async function changeTags(
  context: OperationContext,
  scope: string,
  operation: TagOperation,
  given: Tags,
  verb: 'write' | 'delete' = 'write',
): Promise<Tags> {
  await authorizeResource(context, `Microsoft.Resources/tags/${verb}`, scope)
  const target = targetOf(scope)
  const { before, underPolicy, write } = await load(context, target, scope)
  const after = applyTags(before, operation, given)
  if (JSON.stringify(before) === JSON.stringify(after)) return after
  if (underPolicy) await enforcePolicies(context, { ...underPolicy, tags: after })
  await write(after)
  await appendAudit(context, { action: `Microsoft.Resources/tags/${verb}`, scope, before, after })
  return after
}

type Target =
  | { readonly kind: 'subscription'; readonly subscriptionId: string }
  | { readonly kind: 'group'; readonly id: NonNullable<ReturnType<typeof parseResourceGroupId>> }
  | { readonly kind: 'resource'; readonly id: NonNullable<ReturnType<typeof parseResourceId>> }

function targetOf(scope: string): Target {
  const [, first, subscriptionId, ...rest] = scope.split('/')
  if (
    first?.toLowerCase() === 'subscriptions' &&
    subscriptionId &&
    isSubscriptionId(subscriptionId) &&
    rest.length === 0
  )
    return { kind: 'subscription', subscriptionId: subscriptionId.toLowerCase() }
  const group = parseResourceGroupId(scope)
  if (group) return { kind: 'group', id: group }
  const resource = parseResourceId(scope)
  if (resource) return { kind: 'resource', id: resource }
  throw invalid('InvalidScope', `'${scope}' is not a subscription, a resource group or a resource of a group.`)
}

async function load(
  context: OperationContext,
  target: Target,
  scope: string,
): Promise<{
  before: Tags
  underPolicy: Omit<PolicyResource, 'tags'> | undefined
  write: (tags: Tags) => Promise<unknown>
}> {
  const { db, now } = context
  if (target.kind === 'subscription') {
    const subscription = await lockSubscription(db, target.subscriptionId, now)
    if (!subscription) throw subscriptionNotFound(target.subscriptionId)
    return {
      before: subscription.tags,
      underPolicy: undefined,
      write: (tags) => replaceSubscriptionTags(db, subscription.id, tags),
    }
  }
  if (target.kind === 'group') {
    const group = await lockResourceGroup(db, target.id.subscriptionId, target.id.resourceGroupName)
    if (!group) throw resourceGroupNotFound(target.id.resourceGroupName)
    requireUnlocked(group, now)
    return {
      before: group.tags,
      underPolicy: { ...groupType, id: scope, name: group.name, location: group.location },
      write: (tags) => updateResourceGroup(db, { ...group, tags }, now),
    }
  }
  await requireWritableResourceGroup(context, target.id)
  const resource = await lockResource(db, target.id)
  if (!resource) throw resourceNotFound(scope)
  return {
    before: resource.tags,
    underPolicy: {
      id: scope,
      type: resource.type,
      name: resource.name,
      location: resource.location,
      kind: resource.kind ?? undefined,
    },
    write: (tags) => updateResource(db, resource.uid, { tags }, writerOf(context.caller), now),
  }
}

const groupType = { type: 'Microsoft.Resources/subscriptions/resourceGroups' } as const

const resourceNotFound = (scope: string) => notFound('ResourceNotFound', `The resource '${scope}' was not found.`)
