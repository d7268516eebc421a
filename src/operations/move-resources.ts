import { Refusal, type RefusalDetail } from '../domain/refusal.ts'
import { hasMoveTimedOut, operationKinds } from '../domain/resource/group-lock.ts'
import {
  type Move,
  moveFailures,
  movedWithChildren,
  moveValidationFailed,
  parseMove,
  requireBothActive,
  requireFreeGroups,
  requireSameTenant,
} from '../domain/resource/move.ts'
import {
  formatResourceGroupId,
  formatResourceId,
  namespaceOf,
  type ResourceGroupId,
} from '../domain/resource/resource-id.ts'
import { locksAgainst, type ManagementLock, scopeLocked } from '../domain/resource/management-lock.ts'
import { findProvider } from '../domain/resource/resource-provider.ts'
import { changeAttribution } from '../store/attribution.ts'
import { listLocks, moveLocks } from '../store/management-lock.ts'
import { deletePolicyAssignmentsBelow } from '../store/policy-assignment.ts'
import { listProviderRegistrations, putRegistrationState } from '../store/provider-registration.ts'
import { lockResourcesOfGroup, moveResource, type Resource } from '../store/resource.ts'
import { findResourceGroup, holdResourceGroup, lockResourceGroup } from '../store/resource-group.ts'
import { deleteRoleAssignmentsBelow } from '../store/role-assignment.ts'
import { findSubscription } from '../store/subscription.ts'
import { appendAudit } from './audit.ts'
import { authorizeResource } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { enforcePolicies } from './enforce-policies.ts'
import { startLongRunning } from './long-running.ts'
import { requireResourceGroup, resourceGroupNotFound } from './require-resource-group.ts'
import { behaviourOf } from './resource-behaviour.ts'
import { subscriptionNotFound } from './read-subscription.ts'

export interface MoveRequest {
  readonly source: ResourceGroupId
  readonly resources: readonly string[]
  readonly targetResourceGroup: string
}

interface MoveInput {
  readonly request: MoveRequest
  readonly startedAt: string
}

const actionOf = {
  moveResources: 'Microsoft.Resources/subscriptions/resourceGroups/moveResources/action',
  validateMoveResources: 'Microsoft.Resources/subscriptions/resourceGroups/validateMoveResources/action',
} as const
const targetAction = 'Microsoft.Resources/subscriptions/resourceGroups/write'

/**
 * SUB-15, MAU-28, MAU-29. What the request itself forbids is answered at once; what its resources forbid comes at the
 * address that is polled. From here on both groups are held (SUB-16).
 */
export async function startMove(context: OperationContext, request: MoveRequest): Promise<string> {
  const move = await authorizeMove(context, request, 'moveResources')
  const [source, target] = await lockBothGroups(context, move)
  if (!source) throw resourceGroupNotFound(move.source.resourceGroupName)
  requireFreeGroups(move, source, target, context.now)
  const operationId = await start(context, operationKinds.move, request)
  for (const group of [move.source, move.target])
    await holdResourceGroup(context.db, group.subscriptionId, group.resourceGroupName, operationId)
  return operationId
}

/** SUB-17: the same verdict as the move would get, and nothing is held or moved. */
export async function startMoveValidation(context: OperationContext, request: MoveRequest): Promise<string> {
  const move = await authorizeMove(context, request, 'validateMoveResources')
  const source = await requireResourceGroup(context, move.source)
  const target = await findResourceGroup(context.db, move.target.subscriptionId, move.target.resourceGroupName)
  requireFreeGroups(move, source, target, context.now)
  return start(context, operationKinds.validateMove, request)
}

function start(context: OperationContext, kind: string, request: MoveRequest): Promise<string> {
  const input: MoveInput = { request, startedAt: context.now.toISOString() }
  return startLongRunning(context, { kind, scope: formatResourceGroupId(request.source), input })
}

async function authorizeMove(
  context: OperationContext,
  request: MoveRequest,
  verb: 'moveResources' | 'validateMoveResources',
): Promise<Move> {
  await authorizeResource(context, actionOf[verb], formatResourceGroupId(request.source))
  const move = parseMove(request.source, request.resources, request.targetResourceGroup)
  const source = await findSubscription(context.db, move.source.subscriptionId, context.now)
  if (!source) throw subscriptionNotFound(move.source.subscriptionId)
  const found = await findSubscription(context.db, move.target.subscriptionId, context.now)
  const target = requireSameTenant(move, source, found?.state === 'Deleted' ? undefined : found, context.caller)
  requireBothActive([source, target])
  await authorizeResource(context, targetAction, formatResourceGroupId(move.target))
  return move
}

/** In one order whichever way the move goes, so that two moves in opposite directions cannot wait for each other. */
async function lockBothGroups(context: OperationContext, move: Move) {
  const lock = (id: ResourceGroupId) => lockResourceGroup(context.db, id.subscriptionId, id.resourceGroupName)
  const keyOf = (id: ResourceGroupId) => formatResourceGroupId(id).toLowerCase()
  if (keyOf(move.source) < keyOf(move.target)) return [await lock(move.source), await lock(move.target)] as const
  const target = await lock(move.target)
  return [await lock(move.source), target] as const
}

/**
 * The work of `startMove`; all of it in one commit, so that a move is done or has not happened. The groups are held
 * since the request, and their rows are left free until the end so that others are refused and need not wait.
 */
export async function moveResources(
  context: OperationContext,
  input: MoveInput,
  readNow: () => Promise<Date>,
): Promise<void> {
  const move = await reopen(context, input, 'moveResources')
  requireInTime(input, context.now)
  const moved = await judge(context, move)
  await changeAttribution(context.db)
  for (const resource of moved) {
    const before = formatResourceId(resource)
    await moveResource(context.db, resource.uid, move.target, context.now)
    await behaviourOf(resource.type)?.onMove?.(context, resource, move.target)
    const after = formatResourceId({ ...resource, ...move.target })
    // SUB-17: a role or a policy on the resource itself belongs to its old id. A lock protects the thing, and whoever
    // moves it need not be allowed to take its locks away, so those go along.
    const lost = await deleteRoleAssignmentsBelow(context.db, before)
    const lostPolicies = await deletePolicyAssignmentsBelow(context.db, before)
    await moveLocks(context.db, before, after)
    await appendAudit(context, {
      action: 'Microsoft.Resources/subscriptions/resourceGroups/moveResources/action',
      scope: before,
      before: {
        id: before,
        roleAssignments: lost.map(({ id, principalId }) => ({ id, principalId })),
        policyAssignments: lostPolicies.map(({ id, policyDefinitionId }) => ({ id, policyDefinitionId })),
      },
      after: { id: after },
    })
  }
  // What was told already of this very instant, or by senders whose clocks are ahead, is of the new place (DEC-5).
  await context.usage.reattributeResources(context.db, move.source.subscriptionId, context.now)
  for (const namespace of new Set(moved.map((resource) => namespaceOf(resource.type))))
    await putRegistrationState(
      context.db,
      move.target.subscriptionId,
      findProvider(namespace)?.namespace ?? namespace,
      'Registered',
    )
  // Before the rows below: who writes in a group that is free by now may wait for a resource of this move.
  requireInTime(input, await readNow())
  // A writer who found the group free is waited for, and the next one finds the move committed.
  await lockBothGroups(context, move)
  requireInTime(input, await readNow())
}

/** SUB-16: after four hours the groups are free, so nothing may be moved between them any more. */
function requireInTime({ startedAt }: MoveInput, at: Date): void {
  if (!hasMoveTimedOut(new Date(startedAt), at)) return
  throw new Refusal(
    'conflict',
    'ResourceMoveTimedOut',
    'The move took too long; each resource is where it was. Repeat the move.',
  )
}

export async function validateMove(context: OperationContext, input: MoveInput): Promise<void> {
  await judge(context, await reopen(context, input, 'validateMoveResources'))
}

/** Rights and subscriptions may have changed since the request: a revocation holds here too (D9). */
async function reopen(
  context: OperationContext,
  input: MoveInput,
  verb: 'moveResources' | 'validateMoveResources',
): Promise<Move> {
  const move = await authorizeMove(context, input.request, verb)
  await requireResourceGroup(context, move.source)
  await requireResourceGroup(context, move.target)
  return move
}

/** The resources that move, children included; refused with everything that stands in the way. */
async function judge(context: OperationContext, move: Move): Promise<Resource[]> {
  const { source, target } = move
  const inSource = await lockResourcesOfGroup(context.db, source.subscriptionId, source.resourceGroupName)
  const inTarget = await lockResourcesOfGroup(context.db, target.subscriptionId, target.resourceGroupName)
  const registrations = await listProviderRegistrations(context.db, target.subscriptionId)
  const moved = movedWithChildren(move, inSource)
  const failures = moveFailures({
    move,
    inSource,
    inTarget,
    registrations: new Map([...registrations].map(([key, { state }]) => [key, state])),
    otherFailures: await otherFailures(context, move, moved),
  })
  if (failures.length === 0) return moved
  throw moveValidationFailed(failures, {
    at: context.now,
    subscriptionId: source.subscriptionId,
    correlationId: context.correlationId,
  })
}

/** A move is a creation in the target for the policies there (SUB-11). */
async function otherFailures(
  context: OperationContext,
  move: Move,
  moved: readonly Resource[],
): Promise<RefusalDetail[]> {
  const failures: RefusalDetail[] = []
  const locks = await listLocks(context.db, formatResourceGroupId(move.source))
  for (const resource of moved) {
    const ofLock = lockFailure(resource, locks)
    if (ofLock) failures.push(ofLock)
    const ofType = await behaviourOf(resource.type)?.refuseMove?.(context, resource, move.target)
    if (ofType) failures.push(ofType)
    const ofPolicy = await policyFailure(context, move, resource)
    if (ofPolicy) failures.push(ofPolicy)
  }
  return failures
}

/** A resource that may not be changed may not be moved either. */
function lockFailure(resource: Resource, locks: readonly ManagementLock[]): RefusalDetail | undefined {
  const id = formatResourceId(resource)
  const action = `${resource.type}/write`
  const against = locksAgainst(action, id, locks)
  return against.length === 0
    ? undefined
    : { code: 'ScopeLocked', target: id, message: scopeLocked(action, id, against).message }
}

async function policyFailure(
  context: OperationContext,
  move: Move,
  resource: Resource,
): Promise<RefusalDetail | undefined> {
  const { type, name, location, kind, tags } = resource
  try {
    const id = formatResourceId({ ...resource, ...move.target })
    await enforcePolicies(context, { id, type, name, location, kind: kind ?? undefined, tags })
    return undefined
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { code: error.code, target: formatResourceId(resource), message: error.message }
  }
}
