import { subscriptionOf } from '../domain/access/scope.ts'
import { conflict, invalid, notFound } from '../domain/refusal.ts'
import type { ManagementLock } from '../domain/resource/management-lock.ts'
import { isSubscriptionId, parseResourceGroupId, parseResourceId } from '../domain/resource/resource-id.ts'
import { deleteLock, findLock, listLocks, saveLock, type StoredLock } from '../store/management-lock.ts'
import { findResource } from '../store/resource.ts'
import { appendAudit } from './audit.ts'
import { authorizeResource } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { holdDirectoryOf } from './hold-directory.ts'
import { requireWritableResourceGroup } from './require-resource-group.ts'

export { keyOfLock } from '../store/management-lock.ts'

const type = 'Microsoft.Authorization/locks'
const idOf = ({ scope, name }: ManagementLock): string => `${scope}/providers/${type}/${name}`

/** Azure's limit. */
const mostLocksOfOneScope = 20

/** The same lock again changes nothing. */
export async function putLock(
  context: OperationContext,
  wanted: ManagementLock,
): Promise<{ lock: StoredLock; isNew: boolean }> {
  await holdDirectoryOf(context, wanted.scope)
  await authorizeResource(context, `${type}/write`, wanted.scope)
  await requireLockableScope(context, wanted.scope)
  const before = await findLock(context.db, wanted.scope, wanted.name)
  if (before && JSON.stringify(audited(before)) === JSON.stringify(audited(wanted)))
    return { lock: before, isNew: false }
  if (!before) await requireRoom(context, wanted.scope)
  const lock = await saveLock(context.db, wanted, context.caller.objectId, context.now)
  await appendAudit(context, {
    action: `${type}/write`,
    scope: idOf(lock),
    ...(before ? { before: audited(before) } : {}),
    after: audited(lock),
  })
  return { lock, isNew: before === undefined }
}

/** What is locked is there, and stays where it is until the lock is written. */
async function requireLockableScope(context: OperationContext, scope: string): Promise<void> {
  const subscriptionId = subscriptionOf(scope)
  const group = parseResourceGroupId(scope)
  const resource = parseResourceId(scope)
  const inGroup = resource ?? group
  if (inGroup) await requireWritableResourceGroup(context, inGroup)
  if (resource && !(await findResource(context.db, resource)))
    throw notFound('ResourceNotFound', `The resource '${scope}' was not found.`)
  const isSubscription = scope.split('/').filter((segment) => segment !== '').length === 2
  if (inGroup || (isSubscription && subscriptionId !== undefined && isSubscriptionId(subscriptionId))) return
  throw invalid('InvalidLockScope', 'A lock is put on a subscription, a resource group or a resource of a group.')
}

async function requireRoom(context: OperationContext, scope: string): Promise<void> {
  const key = scope.toLowerCase()
  const there = (await listLocks(context.db, scope)).filter((lock) => lock.scope.toLowerCase() === key)
  if (there.length < mostLocksOfOneScope) return
  throw conflict(
    'LockLimitExceeded',
    `The scope '${scope}' has ${mostLocksOfOneScope} locks, which is the most. Remove one first.`,
  )
}

export async function getLock(context: OperationContext, scope: string, name: string): Promise<StoredLock> {
  await authorizeResource(context, `${type}/read`, scope)
  const lock = await findLock(context.db, scope, name)
  if (!lock) throw notFound('LockNotFound', `The lock '${name}' could not be found.`)
  return lock
}

/** At the scope, above it and below it. */
export async function listLocksOfScope(
  context: OperationContext,
  scope: string,
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<StoredLock[]> {
  await authorizeResource(context, `${type}/read`, scope)
  return subscriptionOf(scope) === undefined ? [] : listLocks(context.db, scope, page)
}

/** False when there is none of this name. */
export async function removeLock(context: OperationContext, scope: string, name: string): Promise<boolean> {
  await authorizeResource(context, `${type}/delete`, scope)
  const lock = await findLock(context.db, scope, name)
  if (!lock) return false
  await deleteLock(context.db, lock)
  await appendAudit(context, { action: `${type}/delete`, scope: idOf(lock), before: audited(lock) })
  return true
}

const audited = ({ level, notes, owners }: ManagementLock) => ({ level, notes, owners })
