/** A resource of a resource group. `name` has one segment for each segment of the type after its namespace. */
export interface ResourceId {
  /** Lower case. */
  readonly subscriptionId: string
  readonly resourceGroupName: string
  /** `Microsoft.Sql/servers/databases` */
  readonly type: string
  /** `server/database` */
  readonly name: string
}

export interface ResourceGroupId {
  readonly subscriptionId: string
  readonly resourceGroupName: string
}

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

const segmentsOf = (id: string): string[] => id.split('/').filter((segment) => segment !== '')

/** Literals match without case, names keep the caller's casing; undefined for anything that is not a resource of a group. */
export function parseResourceId(id: string): ResourceId | undefined {
  const segments = segmentsOf(id)
  const group = parseGroupSegments(segments)
  if (!group || segments[4]?.toLowerCase() !== 'providers') return undefined
  const typed = typeAndName(segments.slice(5))
  return typed && { ...group, ...typed }
}

export function parseResourceGroupId(id: string): ResourceGroupId | undefined {
  const segments = segmentsOf(id)
  return segments.length === 4 ? parseGroupSegments(segments) : undefined
}

function parseGroupSegments(segments: readonly string[]): ResourceGroupId | undefined {
  const [subscriptions, subscriptionId, resourceGroups, resourceGroupName] = segments
  if (subscriptions?.toLowerCase() !== 'subscriptions' || resourceGroups?.toLowerCase() !== 'resourcegroups')
    return undefined
  if (subscriptionId === undefined || !guid.test(subscriptionId) || resourceGroupName === undefined) return undefined
  return { subscriptionId: subscriptionId.toLowerCase(), resourceGroupName }
}

/** Takes `{namespace}/{type}/{name}[/{type}/{name}…]` apart; undefined when a name is missing or an extension follows. */
export function typeAndName(segments: readonly string[]): { type: string; name: string } | undefined {
  const [namespace, ...rest] = segments
  if (namespace === undefined || rest.length === 0 || rest.length % 2 !== 0) return undefined
  const types = rest.filter((_, index) => index % 2 === 0)
  if (types.some((segment) => segment.toLowerCase() === 'providers')) return undefined
  return { type: [namespace, ...types].join('/'), name: rest.filter((_, index) => index % 2 === 1).join('/') }
}

export function formatResourceGroupId(id: ResourceGroupId): string {
  return `/subscriptions/${id.subscriptionId}/resourceGroups/${id.resourceGroupName}`
}

export function formatResourceId(id: ResourceId): string {
  const [namespace, ...types] = id.type.split('/')
  const names = id.name.split('/')
  const path = types.map((type, index) => `${type}/${names[index] ?? ''}`).join('/')
  return `${formatResourceGroupId(id)}/providers/${namespace}/${path}`
}

/** How ids are compared: without case and without empty segments. */
export const resourceIdKey = (id: string): string => `/${segmentsOf(id).join('/')}`.toLowerCase()

export const isSameResourceId = (left: string, right: string): boolean => resourceIdKey(left) === resourceIdKey(right)

export const namespaceOf = (type: string): string => type.split('/', 1)[0] ?? type

/** A child lives and moves with its parent. */
export const isChildType = (type: string): boolean => type.split('/').length > 2

export const isSubscriptionId = (text: string): boolean => guid.test(text)
