import { identityLinkKindOf } from '../metering/identity-link.ts'
import { conflict, forbidden, invalid, Refusal, type RefusalDetail } from '../refusal.ts'
import { type GroupLock, requireUnlocked } from './group-lock.ts'
import {
  formatResourceGroupId,
  formatResourceId,
  isChildType,
  namespaceOf,
  parseResourceGroupId,
  parseResourceId,
  type ResourceGroupId,
  type ResourceId,
  resourceIdKey,
} from './resource-id.ts'
import { isMovableType, isOnStack, type RegistrationState } from './resource-provider.ts'
import type { SubscriptionState } from './subscription-state.ts'

/** SUB-15 */
const mostResourcesInOneMove = 800
/** How many resources of one type a group holds at most. */
const mostOfOneTypeInGroup = 800

export interface Move {
  readonly source: ResourceGroupId
  readonly target: ResourceGroupId
  readonly resources: readonly ResourceId[]
}

/** What can be said about a move by reading it: ids are well-formed, from one group to another, few enough, no children. */
export function parseMove(source: ResourceGroupId, resources: readonly string[], targetResourceGroup: string): Move {
  const target = parseResourceGroupId(targetResourceGroup)
  if (!target)
    throw invalid(
      'InvalidTargetResourceGroup',
      `'${targetResourceGroup}' is not the id of a resource group. Use the form /subscriptions/{id}/resourceGroups/{name}.`,
      'targetResourceGroup',
    )
  const sourceKey = resourceIdKey(formatResourceGroupId(source))
  if (sourceKey === resourceIdKey(formatResourceGroupId(target)))
    throw invalid(
      'SourceAndTargetResourceGroupsAreSame',
      'The resources are in the target resource group already. Name another group as target.',
      'targetResourceGroup',
    )
  if (resources.length === 0) throw invalid('InvalidResourceIds', 'Name at least one resource to move.', 'resources')
  if (resources.length > mostResourcesInOneMove)
    throw invalid(
      'TooManyResourcesInMove',
      `${resources.length} resources are named; one move takes at most ${mostResourcesInOneMove}. Split it.`,
      'resources',
    )
  const byKey = new Map<string, ResourceId>()
  for (const text of resources) {
    const id = parseResourceId(text)
    if (!id || resourceIdKey(formatResourceGroupId(id)) !== sourceKey)
      throw invalid(
        'InvalidResourceIds',
        `'${text}' is not the id of a resource in the resource group '${source.resourceGroupName}'. All resources of a move are in one group.`,
        'resources',
      )
    if (isChildType(id.type))
      throw invalid(
        'CannotMoveChildResource',
        `'${text}' is a child resource, which moves with its parent. Name the parent instead.`,
        'resources',
      )
    byKey.set(resourceIdKey(text), id)
  }
  return { source, target, resources: [...byKey.values()] }
}

interface MoveSubscription {
  readonly id: string
  readonly state: SubscriptionState
  readonly tenantId: string
}

/**
 * SUB-15, MAU-29: both subscriptions trust one tenant. A subscription that does not exist is answered like one of
 * another tenant, so that the answer tells nothing about it.
 */
export function requireSameTenant(
  move: Move,
  source: MoveSubscription,
  target: MoveSubscription | undefined,
  caller: { readonly name: string; readonly objectId: string },
): MoveSubscription {
  if (target && target.tenantId === source.tenantId) return target
  const links = move.resources.filter((resource) => identityLinkKindOf(resource.type) === 'identityTenant')
  const advice =
    'Resources move between subscriptions of one tenant only. To bring an identity tenant to a subscription of another tenant: let a person of the destination accept an invitation to the identity tenant and become its Global administrator, delete the link here (unlink; the identity tenant itself stays as it is), and let that person create the link in the destination (relink).'
  throw forbidden(
    'LinkedAuthorizationFailed',
    `The client '${caller.name}' with object id '${caller.objectId}' has permission to move resources of the resource group '${move.source.resourceGroupName}'; however the tenant '${source.tenantId}' is not authorized to access the linked subscription '${move.target.subscriptionId}'.`,
    {
      details: (links.length > 0 ? links : [undefined]).map((link) => ({
        code: 'CrossTenantMoveNotSupported',
        message: advice,
        ...(link ? { target: formatResourceId(link) } : {}),
      })),
    },
  )
}

/** SUB-15: Active, and nothing less. */
export function requireBothActive(subscriptions: readonly MoveSubscription[]): void {
  for (const { id, state } of subscriptions)
    if (state !== 'Active')
      throw conflict(
        'SubscriptionNotActive',
        `The subscription '${id}' is ${state}. Resources move between Active subscriptions only.`,
        `/subscriptions/${id}`,
      )
}

interface MoveGroup {
  readonly name: string
  readonly lock: GroupLock | undefined
}

/** SUB-16: neither group may be held by another move or a delete. */
export function requireFreeGroups(move: Move, source: MoveGroup, target: MoveGroup | undefined, at: Date): void {
  if (!target)
    throw invalid(
      'ResourceGroupNotFound',
      `Target resource group '${move.target.resourceGroupName}' could not be found in subscription '${move.target.subscriptionId}'. Create it first.`,
      'targetResourceGroup',
    )
  requireUnlocked(source, at)
  requireUnlocked(target, at)
}

export interface PlacedResource extends ResourceId {
  readonly managedBy: string | null
  readonly properties: Readonly<Record<string, unknown>>
}

export interface MoveFacts {
  readonly move: Move
  /** Every live resource of the source group. */
  readonly inSource: readonly PlacedResource[]
  readonly inTarget: readonly ResourceId[]
  /** Registration of the target subscription, by namespace in lower case. */
  readonly registrations: ReadonlyMap<string, RegistrationState>
  /** What types with behaviour of their own and policies say. */
  readonly otherFailures: readonly RefusalDetail[]
}

/** The chosen resources with everything that lives below them. */
export function movedWithChildren<R extends ResourceId>(move: Move, inSource: readonly R[]): R[] {
  const chosen = move.resources.map((resource) => resourceIdKey(formatResourceId(resource)))
  return inSource.filter((resource) => {
    const key = resourceIdKey(formatResourceId(resource))
    return chosen.some((parent) => key === parent || key.startsWith(`${parent}/`))
  })
}

/** What is found only by looking at the resources (SUB-15); empty when the move may go ahead. */
export function moveFailures(facts: MoveFacts): RefusalDetail[] {
  const { move, inSource, inTarget } = facts
  const present = new Set(inSource.map((resource) => resourceIdKey(formatResourceId(resource))))
  const failures: RefusalDetail[] = []
  for (const resource of move.resources) {
    const id = formatResourceId(resource)
    if (!present.has(resourceIdKey(id)))
      failures.push({
        code: 'ResourceNotFound',
        target: id,
        message: `The resource '${resource.type}/${resource.name}' is not in resource group '${move.source.resourceGroupName}'.`,
      })
    if (!isMovableType(resource.type))
      failures.push({
        code: 'MoveNotSupported',
        target: id,
        message: isOnStack(resource.type)
          ? `'${resource.type}' is a resource on a stack, and those cannot be moved between groups. Take it out of the move, and create it anew in the other group.`
          : `Resources of type '${resource.type}' cannot be moved. Take it out of the move.`,
      })
  }
  const moved = movedWithChildren(move, inSource)
  failures.push(...missingDependents(moved, inSource))
  for (const [key, state] of facts.registrations) {
    if (state === 'Unregistered' && moved.some((resource) => namespaceOf(resource.type).toLowerCase() === key))
      failures.push({
        code: 'ResourceProviderNotRegistered',
        target: key,
        message: `The subscription '${move.target.subscriptionId}' is not registered to use namespace '${key}'. Register it there first.`,
      })
  }
  failures.push(...clashes(move, moved, inTarget), ...overQuota(move, moved, inTarget), ...facts.otherFailures)
  return failures
}

function missingDependents(moved: readonly PlacedResource[], inSource: readonly PlacedResource[]): RefusalDetail[] {
  const keyOf = (resource: ResourceId): string => resourceIdKey(formatResourceId(resource))
  const movedKeys = new Set(moved.map(keyOf))
  const byKey = new Map(inSource.map((resource) => [keyOf(resource), resource]))
  const missing = new Map<string, string>()
  for (const resource of inSource) {
    const isMoved = movedKeys.has(keyOf(resource))
    for (const key of referencesOf(resource)) {
      const other = byKey.get(key)
      if (!other || movedKeys.has(key) === isMoved) continue
      const [left, along] = isMoved ? [other, resource] : [resource, other]
      missing.set(keyOf(left), formatResourceId(along))
    }
  }
  return [...missing].map(([key, along]) => ({
    code: 'MissingMoveDependentResources',
    target: formatResourceId(byKey.get(key) as ResourceId),
    message: `The move does not contain this resource, which depends on or is needed by '${along}'. Move both together.`,
  }))
}

/** Ids that a resource names: who manages it, and every `id` in its properties. */
function referencesOf(resource: PlacedResource): Set<string> {
  const found = new Set<string>()
  if (resource.managedBy !== null && parseResourceId(resource.managedBy)) found.add(resourceIdKey(resource.managedBy))
  collect(resource.properties)
  return found

  function collect(value: unknown): void {
    if (typeof value !== 'object' || value === null) return
    for (const [name, member] of Object.entries(value)) {
      if (name.toLowerCase() === 'id' && typeof member === 'string' && parseResourceId(member))
        found.add(resourceIdKey(member))
      else collect(member)
    }
  }
}

function clashes(move: Move, moved: readonly ResourceId[], inTarget: readonly ResourceId[]): RefusalDetail[] {
  const taken = new Set(inTarget.map((resource) => resourceIdKey(formatResourceId(resource))))
  return moved
    .map((resource) => formatResourceId({ ...resource, ...move.target }))
    .filter((id) => taken.has(resourceIdKey(id)))
    .map((id) => ({
      code: 'ResourceExistsInTarget',
      target: id,
      message: `The target group has a resource with this id already. Rename or remove it first.`,
    }))
}

function overQuota(move: Move, moved: readonly ResourceId[], inTarget: readonly ResourceId[]): RefusalDetail[] {
  const counts = new Map<string, number>()
  for (const { type } of inTarget) counts.set(type.toLowerCase(), (counts.get(type.toLowerCase()) ?? 0) + 1)
  const over = new Set<string>()
  for (const { type } of moved) {
    const count = (counts.get(type.toLowerCase()) ?? 0) + 1
    counts.set(type.toLowerCase(), count)
    if (count > mostOfOneTypeInGroup) over.add(type)
  }
  return [...over].map((type) => ({
    code: 'MoveQuotaExceeded',
    target: formatResourceGroupId(move.target),
    message: `The target group would hold more than ${mostOfOneTypeInGroup} resources of type '${type}'. Move fewer, or to another group.`,
  }))
}

/** Azure's body for a move that its resources do not allow. */
export function moveValidationFailed(
  failures: readonly RefusalDetail[],
  diagnostics: { readonly at: Date; readonly subscriptionId: string; readonly correlationId: string },
): Refusal {
  const { at, subscriptionId, correlationId } = diagnostics
  return new Refusal(
    'conflict',
    'ResourceMoveProviderValidationFailed',
    `Resource move validation failed. Please see details. Diagnostic information: timestamp '${at.toISOString()}', subscription id '${subscriptionId}', tracking id '${correlationId}', request correlation id '${correlationId}'.`,
    { details: failures },
  )
}
