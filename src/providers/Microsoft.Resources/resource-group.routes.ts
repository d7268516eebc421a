import { notFound, invalid } from '../../domain/refusal.ts'
import { parseFilter } from '../../domain/resource/resource-filter.ts'
import type { ResourceGroupId } from '../../domain/resource/resource-id.ts'
import { parseBody } from '../../http/body.ts'
import { etagOf, requireMatch } from '../../http/etag.ts'
import { accepted } from '../../http/long-running.ts'
import {
  type ApiRequest,
  created,
  noContent,
  type Operation,
  ok,
  pathParameter,
  queryValue,
} from '../../http/operation.ts'
import { readPage, splitPage, toPage } from '../../http/paging.ts'
import {
  getResourceGroup,
  listResourceGroups,
  patchResourceGroup,
  putResourceGroup,
  resourceGroupExists,
  startResourceGroupDeletion,
} from '../../operations/change-resource-group.ts'
import type { OperationContext } from '../../operations/context.ts'
import { resourceApiVersions } from './api-versions.wire.ts'
import { resourceGroupBody, resourceGroupPatchBody, toWireResourceGroup } from './resource-group.wire.ts'

const path = '/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}'
const common = { apiVersions: resourceApiVersions, authentication: 'bearer' } as const

export const groupIdOf = (request: ApiRequest): ResourceGroupId => ({
  subscriptionId: pathParameter(request, 'subscriptionId').toLowerCase(),
  resourceGroupName: pathParameter(request, 'resourceGroupName'),
})

export const resourceGroupOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'ResourceGroups_List',
    method: 'GET',
    path: '/subscriptions/{subscriptionId}/resourceGroups',
    statuses: [200],
    permission: 'Microsoft.Resources/subscriptions/resourceGroups/read',
    summary: 'The resource groups of a subscription, all or those with a tag.',
    query: { $filter: 'optional', $top: 'optional' },
    async handle(context, request) {
      const page = readPage(request)
      const filter = parseFilter(queryValue(request, '$filter') ?? '', ['tagName', 'tagValue'])
      const subscriptionId = pathParameter(request, 'subscriptionId').toLowerCase()
      const rows = await listResourceGroups(context, subscriptionId, filter, { after: page.after, limit: page.top + 1 })
      const { rows: shown, next } = splitPage(rows, page.top, (row) => row.name.toLowerCase())
      return ok(
        toPage(
          request,
          shown.map((group) => toWireResourceGroup(group, context.now)),
          next,
        ),
      )
    },
  },
  {
    ...common,
    id: 'ResourceGroups_Get',
    method: 'GET',
    path,
    statuses: [200],
    permission: 'Microsoft.Resources/subscriptions/resourceGroups/read',
    summary: 'One resource group.',
    async handle(context, request) {
      const group = await getResourceGroup(context, groupIdOf(request))
      return ok(toWireResourceGroup(group, context.now), { etag: etagOf(group.revision) })
    },
  },
  {
    ...common,
    id: 'ResourceGroups_CheckExistence',
    method: 'HEAD',
    path,
    statuses: [204],
    permission: 'Microsoft.Resources/subscriptions/resourceGroups/read',
    summary: 'Whether the resource group exists.',
    async handle(context, request) {
      const id = groupIdOf(request)
      if (await resourceGroupExists(context, id)) return noContent()
      throw notFound('ResourceGroupNotFound', `Resource group '${id.resourceGroupName}' could not be found.`)
    },
  },
  {
    ...common,
    id: 'ResourceGroups_CreateOrUpdate',
    method: 'PUT',
    path,
    statuses: [200, 201],
    permission: 'Microsoft.Resources/subscriptions/resourceGroups/write',
    summary: 'Creates a resource group or replaces its tags; its location stays for good.',
    body: resourceGroupBody,
    async handle(context, request) {
      const { location, managedBy, tags } = parseBody(request, resourceGroupBody)
      const wanted = { location, managedBy: managedBy ?? null, tags: tags ?? {} }
      const { group, isNew } = await putResourceGroup(context, groupIdOf(request), wanted, (revision) =>
        requireMatch(request, revision),
      )
      const headers = { etag: etagOf(group.revision) }
      const body = toWireResourceGroup(group, context.now)
      return isNew ? created(body, headers) : ok(body, headers)
    },
  },
  {
    ...common,
    id: 'ResourceGroups_Update',
    method: 'PATCH',
    path,
    statuses: [200],
    permission: 'Microsoft.Resources/subscriptions/resourceGroups/write',
    summary: 'Changes the tags of a resource group, which are replaced as a whole.',
    body: resourceGroupPatchBody,
    async handle(context, request) {
      const { name, managedBy, tags } = parseBody(request, resourceGroupPatchBody)
      const changes = { name, managedBy, tags: tags === null ? {} : tags }
      const group = await patchResourceGroup(context, groupIdOf(request), changes, (revision) =>
        requireMatch(request, revision),
      )
      return ok(toWireResourceGroup(group, context.now), { etag: etagOf(group.revision) })
    },
  },
  {
    ...common,
    id: 'ResourceGroups_Delete',
    method: 'DELETE',
    path,
    statuses: [202, 204],
    permission: 'Microsoft.Resources/subscriptions/resourceGroups/delete',
    summary: 'Deletes a resource group with everything in it.',
    query: { forceDeletionTypes: 'unsupported' },
    async handle(context, request) {
      const id = groupIdOf(request)
      const operationId = await startResourceGroupDeletion(context, id, (revision) => {
        if (revision !== undefined) requireMatch(request, revision)
      })
      return operationId === undefined
        ? noContent()
        : accepted(request, operationId, `/subscriptions/${id.subscriptionId}`)
    },
  },
  {
    ...common,
    id: 'ResourceGroups_ExportTemplate',
    method: 'POST',
    path: `${path}/exportTemplate`,
    statuses: [200],
    permission: 'Microsoft.Resources/subscriptions/resourceGroups/read',
    summary: 'Not supported; refused by name.',
    async handle(context, request) {
      await getResourceGroup(context, groupIdOf(request))
      throw invalid(
        'ExportTemplateNotSupported',
        'Templates are not supported by this server. List the resources of the group instead.',
      )
    },
  },
]
