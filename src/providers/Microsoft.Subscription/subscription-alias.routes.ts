import { parseBody } from '../../http/body.ts'
import { type ApiRequest, created, noContent, type Operation, ok, pathParameter } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { getAlias, listVisibleAliases, putAlias, removeAlias } from '../../operations/subscription-alias.ts'
import { aliasApiVersions, aliasBody, toWireAlias, wantedAlias } from './subscription-alias.wire.ts'

const path = '/providers/Microsoft.Subscription/aliases/{aliasName}'
const common = { apiVersions: aliasApiVersions, authentication: 'bearer', errorShape: 'doubled' } as const
const nameOf = (request: ApiRequest): string => pathParameter(request, 'aliasName')

export const aliasOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'Alias_Create',
    method: 'PUT',
    path,
    statuses: [200, 201],
    permission: 'billing task S9 on the invoice section, or Microsoft.Subscription/aliases/write',
    summary:
      'Creates a subscription that the invoice section pays for, in the tenant of its billing account, or asks an owner in another one to accept it.',
    body: aliasBody,
    async handle(context, request) {
      const { alias, isNew } = await putAlias(context, wantedAlias(nameOf(request), parseBody(request, aliasBody)))
      return (isNew ? created : ok)(toWireAlias(alias, request.baseUrl))
    },
  },
  {
    ...common,
    id: 'Alias_Get',
    method: 'GET',
    path,
    statuses: [200],
    permission: 'who made the alias, or holds a role in its subscription',
    summary: 'The subscription that an alias names.',
    async handle(context, request) {
      return ok(toWireAlias(await getAlias(context, nameOf(request)), request.baseUrl))
    },
  },
  {
    ...common,
    id: 'Alias_List',
    method: 'GET',
    path: '/providers/Microsoft.Subscription/aliases',
    statuses: [200],
    permission: 'any caller; only what it may see',
    summary: 'All aliases that the caller may see, in one page.',
    async handle(context, request) {
      const aliases = await listVisibleAliases(context)
      return ok({ value: aliases.map((alias) => toWireAlias(alias, request.baseUrl)) })
    },
  },
  {
    ...common,
    id: 'Alias_Delete',
    method: 'DELETE',
    path,
    statuses: [200, 204],
    permission: 'who made the alias, or Microsoft.Subscription/aliases/delete',
    summary: 'Removes an alias; its subscription stays.',
    async handle(context, request) {
      return (await removeAlias(context, nameOf(request))) ? { status: 200 } : noContent()
    },
  },
]
