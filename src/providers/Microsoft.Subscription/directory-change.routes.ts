import { parseBody } from '../../http/body.ts'
import { noContent, type Operation, ok } from '../../http/operation.ts'
import { acceptDirectoryChange, readDirectoryChangeStatus } from '../../operations/accept-directory-change.ts'
import type { OperationContext } from '../../operations/context.ts'
import {
  cancelDirectoryChange,
  getDirectoryChange,
  listDirectoryChanges,
  requestDirectoryChange,
} from '../../operations/request-directory-change.ts'
import {
  directoryChangeApiVersions,
  directoryChangeBody,
  toWireDirectoryChange,
  toWireDirectoryChangeStatus,
} from './directory-change.wire.ts'
import { subscriptionIdOf } from '../../http/subscription-id.ts'

const collection = '/subscriptions/{subscriptionId}/providers/Microsoft.Subscription/changeTenantRequest'
const common = { apiVersions: directoryChangeApiVersions, authentication: 'bearer' } as const

export const directoryChangeOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'Subscriptions_PutTargetDirectory',
    method: 'PUT',
    path: `${collection}/default`,
    statuses: [200],
    permission: 'Microsoft.Subscription/changeTenantRequest/write',
    summary: 'Asks that a subscription trust another tenant; the named account there has 24 hours to accept.',
    body: directoryChangeBody,
    async handle(context, request) {
      const { properties } = parseBody(request, directoryChangeBody)
      const change = await requestDirectoryChange(context, {
        subscriptionId: subscriptionIdOf(request),
        destinationTenantId: properties.destinationTenantId,
        destinationOwner: properties.destinationOwnerId,
      })
      return ok(toWireDirectoryChange(change))
    },
  },
  {
    ...common,
    id: 'Subscriptions_GetTargetDirectory',
    method: 'GET',
    path: `${collection}/default`,
    statuses: [200],
    permission: 'Microsoft.Subscription/changeTenantRequest/read',
    summary: 'The request for another tenant that was made last, unless it was withdrawn.',
    async handle(context, request) {
      return ok(toWireDirectoryChange(await getDirectoryChange(context, subscriptionIdOf(request))))
    },
  },
  {
    ...common,
    id: 'Subscriptions_ListTargetDirectory',
    method: 'GET',
    path: collection,
    statuses: [200],
    permission: 'Microsoft.Subscription/changeTenantRequest/read',
    summary: 'The same as a list of one or none.',
    async handle(context, request) {
      const changes = await listDirectoryChanges(context, subscriptionIdOf(request))
      return ok({ value: changes.map(toWireDirectoryChange) })
    },
  },
  {
    ...common,
    id: 'Subscriptions_DeleteTargetDirectory',
    method: 'DELETE',
    path: `${collection}/default`,
    statuses: [200],
    permission: 'Microsoft.Subscription/changeTenantRequest/delete',
    summary: 'Withdraws the open request for another tenant.',
    async handle(context, request) {
      await cancelDirectoryChange(context, subscriptionIdOf(request))
      return { status: 200 }
    },
  },
  {
    ...common,
    id: 'Subscriptions_AcceptTargetDirectory',
    method: 'POST',
    path: '/providers/Microsoft.Subscription/subscriptions/{subscriptionId}/acceptChangeTenant',
    statuses: [204],
    permission: 'the account that the request names, in the destination tenant',
    summary: 'Takes a subscription into the tenant of the caller, who becomes its Owner; who pays stays.',
    async handle(context, request) {
      await acceptDirectoryChange(context, subscriptionIdOf(request))
      return noContent()
    },
  },
  {
    ...common,
    id: 'Subscriptions_TargetDirectoryStatus',
    method: 'POST',
    path: '/providers/Microsoft.Subscription/subscriptions/{subscriptionId}/changeTenantStatus',
    statuses: [200],
    permission: 'the account that the request names, in the destination tenant',
    summary: 'How the request stands that names the caller as the owner to be.',
    async handle(context, request) {
      return ok(toWireDirectoryChangeStatus(await readDirectoryChangeStatus(context, subscriptionIdOf(request))))
    },
  },
]
