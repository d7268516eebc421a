import { notFound } from '../../domain/refusal.ts'
import { identityLinkTypes } from '../../domain/metering/identity-link.ts'
import { parseFilter } from '../../domain/resource/resource-filter.ts'
import { type ResourceId, typeAndName } from '../../domain/resource/resource-id.ts'
import { canonicalType, requireInertType } from '../../domain/resource/resource-provider.ts'
import { parseBody } from '../../http/body.ts'
import { etagOf, requireMatch } from '../../http/etag.ts'
import {
  type ApiRequest,
  type ApiResponse,
  created,
  noContent,
  type Operation,
  ok,
  pathParameter,
  queryValue,
} from '../../http/operation.ts'
import { readPage, splitPage, toPage } from '../../http/paging.ts'
import {
  getResource,
  listResources,
  patchResource,
  putResource,
  resourceExists,
} from '../../operations/change-resource.ts'
import type { OperationContext } from '../../operations/context.ts'
import { deleteResource } from '../../operations/delete-resource.ts'
import { resourceApiVersions } from './api-versions.wire.ts'
import { groupIdOf } from './resource-group.routes.ts'
import { contentOf, parseExpand, resourceBody, toWireListedResource, toWireResource } from './resource.wire.ts'

// A type with behaviour of its own has operations with its name in the path, which are found before this one.
const path =
  '/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/{resourceProviderNamespace}/{resourcePath*}'
const inert = { path, apiVersions: 'any', authentication: 'bearer' } as const

const typePathOf = (request: ApiRequest): string[] => [
  pathParameter(request, 'resourceProviderNamespace'),
  ...pathParameter(request, 'resourcePath').split('/'),
]

function resourceIdOf(request: ApiRequest): ResourceId {
  const typed = typeAndName(typePathOf(request))
  if (!typed)
    throw notFound(
      'InvalidResourceType',
      `'${request.path}' is not the id of a resource: each type in it needs a name, and extensions have operations of their own.`,
    )
  return { ...groupIdOf(request), type: canonicalType(typed.type), name: typed.name }
}

const etag = (resource: { readonly revision: bigint }) => ({ etag: etagOf(resource.revision) })

/** Read permission, one page, everything or what the filter says. */
async function answerList(
  context: OperationContext,
  request: ApiRequest,
  scope: { readonly subscriptionId: string; readonly resourceGroupName?: string; readonly type?: string },
  action?: string,
): Promise<ApiResponse> {
  const page = readPage(request)
  const fields = ['resourceType', 'name', 'location', 'resourceGroup', 'tagName', 'tagValue'] as const
  const filter = parseFilter(queryValue(request, '$filter') ?? '', fields)
  const expand = parseExpand(queryValue(request, '$expand'))
  const wanted = {
    subscriptionId: scope.subscriptionId,
    resourceGroupName: scope.resourceGroupName ?? filter.resourceGroup,
    type: scope.type ?? filter.resourceType,
    name: filter.name,
    location: filter.location,
    tagName: filter.tagName,
    tagValue: filter.tagValue,
  }
  const rows = await listResources(context, wanted, { after: page.after, limit: page.top + 1 }, action)
  const { rows: shown, next } = splitPage(rows, page.top, (row) => row.uid)
  return ok(
    toPage(
      request,
      shown.map((resource) => toWireListedResource(resource, expand)),
      next,
    ),
  )
}

const listing = {
  apiVersions: resourceApiVersions,
  authentication: 'bearer',
  method: 'GET',
  statuses: [200],
  permission: 'Microsoft.Resources/subscriptions/resources/read',
  query: { $filter: 'optional', $expand: 'optional', $top: 'optional' },
} as const

/** Types with behaviour of their own say nothing of HEAD, yet the SDK asks any resource whether it exists. */
const behavingTypes = [...Object.values(identityLinkTypes), 'Microsoft.AzureStack/registrations']

const existenceOf = (type: string): Operation<OperationContext> => ({
  id: `${type.split('/').at(-1)}_CheckExistence`,
  method: 'HEAD',
  path: `/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/${type}/{resourceName}`,
  apiVersions: 'any',
  authentication: 'bearer',
  statuses: [204],
  permission: `${type}/read`,
  summary: 'Whether the resource exists.',
  async handle(context, request) {
    const id = { ...groupIdOf(request), type, name: pathParameter(request, 'resourceName') }
    return answerExistence(context, id)
  },
})

async function answerExistence(context: OperationContext, id: ResourceId): Promise<ApiResponse> {
  if (await resourceExists(context, id)) return noContent()
  throw notFound('ResourceNotFound', `The Resource '${id.type}/${id.name}' was not found.`)
}

export const resourceOperations: readonly Operation<OperationContext>[] = [
  ...behavingTypes.map(existenceOf),
  {
    ...listing,
    id: 'Resources_List',
    path: '/subscriptions/{subscriptionId}/resources',
    summary: 'The resources of a subscription, of every type.',
    handle: (context, request) =>
      answerList(context, request, { subscriptionId: pathParameter(request, 'subscriptionId').toLowerCase() }),
  },
  {
    ...listing,
    id: 'Resources_ListByResourceGroup',
    path: '/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/resources',
    summary: 'The resources of a resource group, of every type.',
    handle: (context, request) => answerList(context, request, groupIdOf(request)),
  },
  {
    ...inert,
    id: 'Resources_Get',
    method: 'GET',
    statuses: [200],
    permission: 'the type followed by /read',
    summary: 'One resource; or, without a name at its end, the resources of one type in the group.',
    async handle(context, request) {
      const segments = typePathOf(request)
      if (segments.length === 2) {
        const type = canonicalType(segments.join('/'))
        requireInertType(type)
        return answerList(context, request, { ...groupIdOf(request), type }, `${type}/read`)
      }
      const resource = await getResource(context, resourceIdOf(request))
      return ok(toWireResource(resource), etag(resource))
    },
  },
  {
    ...inert,
    id: 'Resources_CheckExistence',
    method: 'HEAD',
    statuses: [204],
    permission: 'the type followed by /read',
    summary: 'Whether the resource exists.',
    async handle(context, request) {
      return answerExistence(context, resourceIdOf(request))
    },
  },
  {
    ...inert,
    id: 'Resources_CreateOrUpdate',
    method: 'PUT',
    statuses: [200, 201],
    permission: 'the type followed by /write',
    summary: 'Creates or replaces a resource of any type that the platform gives no meaning to; its usage is metered.',
    body: resourceBody,
    async handle(context, request) {
      const id = resourceIdOf(request)
      const { resource, isNew } = await putResource(
        context,
        id,
        contentOf(parseBody(request, resourceBody)),
        (revision) => requireMatch(request, revision),
      )
      return isNew ? created(toWireResource(resource), etag(resource)) : ok(toWireResource(resource), etag(resource))
    },
  },
  {
    ...inert,
    id: 'Resources_Update',
    method: 'PATCH',
    statuses: [200],
    permission: 'the type followed by /write',
    summary: 'Changes a resource by merge-patch; tags are replaced as a whole.',
    body: resourceBody,
    async handle(context, request) {
      const changes = contentOf(parseBody(request, resourceBody))
      const resource = await patchResource(context, resourceIdOf(request), changes, (revision) =>
        requireMatch(request, revision),
      )
      return ok(toWireResource(resource), etag(resource))
    },
  },
  {
    ...inert,
    id: 'Resources_Delete',
    method: 'DELETE',
    statuses: [200, 204],
    permission: 'the type followed by /delete',
    summary: 'Deletes a resource with what lives below it.',
    async handle(context, request) {
      const id = resourceIdOf(request)
      const isDeleted = await deleteResource(context, id, (revision) => {
        if (revision !== undefined) requireMatch(request, revision)
      })
      return isDeleted ? { status: 200 } : noContent()
    },
  },
]
