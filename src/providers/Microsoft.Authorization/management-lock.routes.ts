import { parseBody } from '../../http/body.ts'
import { type ApiRequest, created, noContent, type Operation, ok } from '../../http/operation.ts'
import { readPage, splitPage, toPage } from '../../http/paging.ts'
import type { OperationContext } from '../../operations/context.ts'
import { getLock, keyOfLock, listLocksOfScope, putLock, removeLock } from '../../operations/lock-scope.ts'
import { fromWireLock, lockApiVersions, lockBody, toWireLock } from './management-lock.wire.ts'
import { resourceName, scopeOf } from './scope.wire.ts'

const list = '{scope}/providers/Microsoft.Authorization/locks'
const one = `${list}/{lockName}`
const common = { apiVersions: lockApiVersions, authentication: 'bearer' } as const
const nameOf = (request: ApiRequest): string => resourceName(request, 'lockName', 260)

/** The operations at subscription, group and resource level are these with the scope before them. */
export const managementLockOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'ManagementLocks_CreateOrUpdateByScope',
    method: 'PUT',
    path: one,
    statuses: [200, 201],
    permission: 'Microsoft.Authorization/locks/write',
    summary: 'Forbids everybody to delete, or to change, a scope and everything below it.',
    body: lockBody,
    async handle(context, request) {
      const wanted = fromWireLock(scopeOf(request), nameOf(request), parseBody(request, lockBody))
      const { lock, isNew } = await putLock(context, wanted)
      return (isNew ? created : ok)(toWireLock(lock))
    },
  },
  {
    ...common,
    id: 'ManagementLocks_GetByScope',
    method: 'GET',
    path: one,
    statuses: [200],
    permission: 'Microsoft.Authorization/locks/read',
    summary: 'One lock.',
    async handle(context, request) {
      return ok(toWireLock(await getLock(context, scopeOf(request), nameOf(request))))
    },
  },
  {
    ...common,
    id: 'ManagementLocks_DeleteByScope',
    method: 'DELETE',
    path: one,
    statuses: [200, 204],
    permission: 'Microsoft.Authorization/locks/delete',
    summary: 'Takes a lock away.',
    async handle(context, request) {
      return (await removeLock(context, scopeOf(request), nameOf(request))) ? { status: 200 } : noContent()
    },
  },
  {
    ...common,
    id: 'ManagementLocks_ListByScope',
    method: 'GET',
    path: list,
    statuses: [200],
    permission: 'Microsoft.Authorization/locks/read',
    summary: 'The locks at a scope, above it and below it.',
    query: { $filter: 'unsupported', $top: 'optional' },
    async handle(context, request) {
      const { after, top } = readPage(request)
      const found = await listLocksOfScope(context, scopeOf(request), { after, limit: top + 1 })
      const { rows, next } = splitPage(found, top, keyOfLock)
      return ok(toPage(request, rows.map(toWireLock), next))
    },
  },
]
