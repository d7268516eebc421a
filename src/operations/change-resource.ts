import { conflict, invalid, notFound } from '../domain/refusal.ts'
import { normalizeLocation } from '../domain/resource/location.ts'
import type { PolicyResource } from '../domain/resource/policy-condition.ts'
import {
  formatResourceGroupId,
  formatResourceId,
  isChildType,
  type ResourceId,
} from '../domain/resource/resource-id.ts'
import { checkLocation, checkResourceName, checkResourceType } from '../domain/resource/resource-name.ts'
import { requireInertType } from '../domain/resource/resource-provider.ts'
import { checkTags, type Tags } from '../domain/resource/tags.ts'
import { changeAttribution } from '../store/attribution.ts'
import {
  findResource,
  insertResource,
  listResources as listFromStore,
  lockResource,
  type Resource,
  type ResourceFilter,
  updateResource,
} from '../store/resource.ts'
import { appendAudit } from './audit.ts'
import { authorizeResource } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { enforcePolicies } from './enforce-policies.ts'
import { requireResourceGroup, requireWritableResourceGroup, useNamespace, writerOf } from './require-resource-group.ts'

type JsonObject = Readonly<Record<string, unknown>>

/** What a caller says of an inert resource; undefined is "not said". */
interface ResourceContent {
  readonly location?: string | undefined
  readonly kind?: string | null | undefined
  readonly sku?: JsonObject | null | undefined
  readonly plan?: JsonObject | null | undefined
  readonly identity?: JsonObject | null | undefined
  readonly managedBy?: string | null | undefined
  readonly tags?: Tags | undefined
  readonly properties?: JsonObject | undefined
}

type CheckRevision = (revision: bigint | undefined) => void

const notFoundRefusal = (id: ResourceId) =>
  notFound(
    'ResourceNotFound',
    `The Resource '${id.type}/${id.name}' under resource group '${id.resourceGroupName}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  )

export async function getResource(context: OperationContext, id: ResourceId): Promise<Resource> {
  await authorizeResource(context, `${id.type}/read`, formatResourceId(id))
  const resource = await findResource(context.db, id)
  if (resource) return resource
  await requireResourceGroup(context, id)
  throw notFoundRefusal(id)
}

export async function resourceExists(context: OperationContext, id: ResourceId): Promise<boolean> {
  await authorizeResource(context, `${id.type}/read`, formatResourceId(id))
  return (await findResource(context.db, id)) !== undefined
}

/** All types together need the general read action, one type its own. */
export async function listResources(
  context: OperationContext,
  filter: ResourceFilter,
  page: { after: string | undefined; limit: number },
  action = 'Microsoft.Resources/subscriptions/resources/read',
): Promise<Resource[]> {
  const { subscriptionId, resourceGroupName } = filter
  const scope =
    resourceGroupName === undefined
      ? `/subscriptions/${subscriptionId}`
      : formatResourceGroupId({ subscriptionId, resourceGroupName })
  await authorizeResource(context, action, scope)
  if (resourceGroupName !== undefined) await requireResourceGroup(context, { subscriptionId, resourceGroupName })
  return listFromStore(context.db, filter, page)
}

/** SUB-24: any type, kept as it was said. What is not said is gone after a PUT; the location never changes. */
export async function putResource(
  context: OperationContext,
  id: ResourceId,
  wanted: ResourceContent,
  check: CheckRevision,
): Promise<{ resource: Resource; isNew: boolean }> {
  await authorizeWrite(context, id)
  const group = await requireWritableResourceGroup(context, id)
  const current = await lockResource(context.db, id)
  check(current?.revision)
  const location = await locationOf(context, id, wanted.location, current)
  const content = {
    location,
    kind: wanted.kind ?? null,
    sku: wanted.sku ?? null,
    plan: wanted.plan ?? null,
    identity: wanted.identity ?? null,
    managedBy: wanted.managedBy ?? null,
    tags: checkTags(wanted.tags ?? {}),
    properties: wanted.properties ?? {},
  }
  await enforcePolicies(context, underPolicy({ ...id, ...content }))
  if (current) return { resource: await replace(context, current, { ...content, name: id.name }), isNew: false }
  await useNamespace(context, id.subscriptionId, id.type)
  await changeAttribution(context.db)
  const placed = { ...id, resourceGroupName: group.name, uid: context.random.uuid(), ...content }
  const resource = await insertResource(context.db, placed, writerOf(context.caller), context.now)
  await appendAudit(context, {
    action: `${id.type}/write`,
    scope: formatResourceId(resource),
    after: audited(resource),
  })
  return { resource, isNew: true }
}

/** Merge-patch: tags are replaced as a whole, members of properties one by one, null removes (API.md 2.4). */
export async function patchResource(
  context: OperationContext,
  id: ResourceId,
  changes: ResourceContent,
  check: CheckRevision,
): Promise<Resource> {
  await authorizeWrite(context, id)
  await requireWritableResourceGroup(context, id)
  const current = await lockResource(context.db, id)
  if (!current) throw notFoundRefusal(id)
  check(current.revision)
  await locationOf(context, id, changes.location ?? current.location, current)
  const next = {
    name: current.name,
    kind: kept(changes.kind, current.kind),
    sku: kept(changes.sku, current.sku),
    plan: kept(changes.plan, current.plan),
    identity: kept(changes.identity, current.identity),
    managedBy: kept(changes.managedBy, current.managedBy),
    tags: changes.tags === undefined ? current.tags : checkTags(changes.tags),
    properties: mergePatch(current.properties, changes.properties ?? {}) as JsonObject,
  }
  await enforcePolicies(context, underPolicy({ ...current, ...next }))
  return replace(context, current, next)
}

async function authorizeWrite(context: OperationContext, id: ResourceId): Promise<void> {
  await authorizeResource(context, `${id.type}/write`, formatResourceId(id))
  requireInertType(id.type)
  checkResourceType(id.type)
  checkResourceName(id.name)
}

/** A child without a location is where its parent is. */
async function locationOf(
  context: OperationContext,
  id: ResourceId,
  wanted: string | undefined,
  current: Resource | undefined,
): Promise<string> {
  const parent = isChildType(id.type) ? await requireParent(context, id) : undefined
  const given = wanted ?? (parent ? (current ?? parent).location : undefined)
  if (given === undefined || given === '')
    throw invalid('LocationRequired', 'The location property is required for this definition.', 'location')
  checkLocation(given)
  const location = normalizeLocation(given)
  if (current && normalizeLocation(current.location) !== location)
    throw conflict(
      'InvalidResourceLocation',
      `The resource '${id.name}' already exists in location '${current.location}' in resource group '${id.resourceGroupName}'. A resource with the same name cannot be created in location '${location}'. Please select a new resource name.`,
      'location',
    )
  return location
}

async function requireParent(context: OperationContext, id: ResourceId): Promise<Resource> {
  const type = id.type.slice(0, id.type.lastIndexOf('/'))
  const name = id.name.slice(0, id.name.lastIndexOf('/'))
  const parent = await findResource(context.db, { ...id, type, name })
  if (parent) return parent
  throw notFound(
    'ParentResourceNotFound',
    `Can not perform requested operation on nested resource. Parent resource '${name}' not found.`,
  )
}

const kept = <T>(given: T | null | undefined, current: T | null): T | null => (given === undefined ? current : given)

function mergePatch(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const merged = new Map(
    typeof target === 'object' && target !== null && !Array.isArray(target) ? Object.entries(target) : [],
  )
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name)
    else merged.set(name, mergePatch(merged.get(name), value))
  }
  return Object.fromEntries(merged)
}

/** The same content again writes nothing, so a repeated PUT leaves no trace. */
async function replace(
  context: OperationContext,
  current: Resource,
  next: Parameters<typeof updateResource>[2],
): Promise<Resource> {
  const isSame = Object.entries(next).every(
    ([name, value]) => canonical(value) === canonical(current[name as keyof Resource]),
  )
  if (isSame) return current
  const resource = await updateResource(context.db, current.uid, next, writerOf(context.caller), context.now)
  await appendAudit(context, {
    action: `${current.type}/write`,
    scope: formatResourceId(resource),
    before: audited(current),
    after: audited(resource),
  })
  return resource
}

/** The database keeps no order of members. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([left], [right]) => (left < right ? -1 : 1)))
      : member,
  )
}

const audited = ({ location, kind, sku, managedBy, tags, properties }: Resource) => ({
  location,
  kind,
  sku,
  managedBy,
  tags,
  properties,
})

const underPolicy = (
  resource: ResourceId & { readonly location: string; readonly kind: string | null; readonly tags: Tags },
): PolicyResource => ({
  id: formatResourceId(resource),
  type: resource.type,
  name: resource.name,
  location: resource.location,
  kind: resource.kind ?? undefined,
  tags: resource.tags,
})
