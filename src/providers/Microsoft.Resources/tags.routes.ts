import { z } from 'zod'
import { parseBody } from '../../http/body.ts'
import { type ApiRequest, type Operation, ok, pathParameter } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { changeTags, getTags } from '../../operations/tag-scope.ts'
import { resourceApiVersions } from './api-versions.wire.ts'
import { tagsBody } from './resource-group.wire.ts'

const properties = z.object({ tags: tagsBody })
const replaceBody = z.object({ properties })
const patchBody = z.object({ operation: z.enum(['Merge', 'Replace', 'Delete']), properties })

const common = {
  path: '{scope}/providers/Microsoft.Resources/tags/default',
  apiVersions: resourceApiVersions,
  authentication: 'bearer',
  statuses: [200],
} as const

const scopeOf = (request: ApiRequest): string => pathParameter(request, 'scope')

const answer = (request: ApiRequest, tags: Readonly<Record<string, string>>) =>
  ok({
    id: `${scopeOf(request)}/providers/Microsoft.Resources/tags/default`,
    name: 'default',
    type: 'Microsoft.Resources/tags',
    properties: { tags },
  })

export const tagOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'Tags_GetAtScope',
    method: 'GET',
    permission: 'Microsoft.Resources/tags/read',
    summary: 'All tags of a subscription, group or resource.',
    async handle(context, request) {
      return answer(request, await getTags(context, scopeOf(request)))
    },
  },
  {
    ...common,
    id: 'Tags_CreateOrUpdateAtScope',
    method: 'PUT',
    permission: 'Microsoft.Resources/tags/write',
    summary: 'Replaces all tags of a subscription, group or resource.',
    body: replaceBody,
    async handle(context, request) {
      const { tags } = parseBody(request, replaceBody).properties
      return answer(request, await changeTags(context, scopeOf(request), 'Replace', tags ?? {}))
    },
  },
  {
    ...common,
    id: 'Tags_UpdateAtScope',
    method: 'PATCH',
    permission: 'Microsoft.Resources/tags/write',
    summary: 'Merges, replaces or deletes tags of a subscription, group or resource.',
    body: patchBody,
    async handle(context, request) {
      const body = parseBody(request, patchBody)
      return answer(request, await changeTags(context, scopeOf(request), body.operation, body.properties.tags ?? {}))
    },
  },
  {
    ...common,
    id: 'Tags_DeleteAtScope',
    method: 'DELETE',
    permission: 'Microsoft.Resources/tags/delete',
    summary: 'Removes all tags of a subscription, group or resource.',
    async handle(context, request) {
      await changeTags(context, scopeOf(request), 'Replace', {}, 'delete')
      return { status: 200 }
    },
  },
]
