import type { ResourceId } from '../../domain/resource/resource-id.ts'
import { parseBody } from '../../http/body.ts'
import { requireMatch } from '../../http/etag.ts'
import { type ApiRequest, noContent, type Operation, ok, pathParameter } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { deleteIdentityLink } from '../../operations/delete-identity-link.ts'
import { linkId } from '../../operations/identity-link-target.ts'
import { patchGuestUsage, putGuestUsage } from '../../operations/put-guest-usage.ts'
import { getIdentityLink, listIdentityLinksBelow } from '../../operations/read-identity-link.ts'
import { guestUsageBody, guestUsagePatch, toWireGuestUsage } from './guest-usage.wire.ts'
import { subscriptionIdOf } from '../../http/subscription-id.ts'
import { unlinked } from './unlink.wire.ts'

const ofSubscription = '/subscriptions/{subscriptionId}'
const ofGroup = `${ofSubscription}/resourceGroups/{resourceGroupName}`
const type = 'providers/Microsoft.AzureActiveDirectory/guestUsages'
const action = (verb: string) => `Microsoft.AzureActiveDirectory/guestUsages/${verb}`
const common = { apiVersions: ['2021-04-01'], authentication: 'bearer' } as const

export const guestUsageOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'GuestUsages_Create',
    method: 'PUT',
    path: `${ofGroup}/${type}/{resourceName}`,
    statuses: [200],
    permission: action('write'),
    summary: 'Has the guests of a workforce tenant counted, and charged to this subscription.',
    body: guestUsageBody,
    async handle(context, request) {
      const { location, tags, properties } = parseBody(request, guestUsageBody)
      const wanted = { location, tags, tenantId: properties.tenantId }
      return ok(toWireGuestUsage(await putGuestUsage(context, idOf(request), wanted)))
    },
  },
  {
    ...common,
    id: 'GuestUsages_Get',
    method: 'GET',
    path: `${ofGroup}/${type}/{resourceName}`,
    statuses: [200],
    permission: action('read'),
    summary: "The link of a workforce tenant's guests.",
    async handle(context, request) {
      return ok(toWireGuestUsage(await getIdentityLink(context, 'guestUsage', idOf(request))))
    },
  },
  {
    ...common,
    id: 'GuestUsages_Update',
    method: 'PATCH',
    path: `${ofGroup}/${type}/{resourceName}`,
    statuses: [200],
    permission: action('write'),
    summary: 'Replaces the tags.',
    body: guestUsagePatch,
    async handle(context, request) {
      const { tags } = parseBody(request, guestUsagePatch)
      return ok(toWireGuestUsage(await patchGuestUsage(context, idOf(request), tags)))
    },
  },
  {
    ...common,
    id: 'GuestUsages_Delete',
    method: 'DELETE',
    path: `${ofGroup}/${type}/{resourceName}`,
    statuses: [200, 204],
    permission: action('delete'),
    summary: 'Stops the counting; the tenant and its guests stay as they are.',
    async handle(context, request) {
      const notices = await deleteIdentityLink(context, 'guestUsage', idOf(request), (existing) =>
        requireMatch(request, existing.resource.revision),
      )
      return notices ? unlinked(notices) : noContent()
    },
  },
  {
    ...common,
    id: 'GuestUsages_ListBySubscription',
    method: 'GET',
    path: `${ofSubscription}/${type}`,
    statuses: [200],
    permission: action('read'),
    summary: "Every link of a workforce tenant's guests in the subscription, in one page.",
    async handle(context, request) {
      const scope = { subscriptionId: subscriptionIdOf(request) }
      return ok({ value: (await listIdentityLinksBelow(context, 'guestUsage', scope)).map(toWireGuestUsage) })
    },
  },
  {
    ...common,
    id: 'GuestUsages_ListByResourceGroup',
    method: 'GET',
    path: `${ofGroup}/${type}`,
    statuses: [200],
    permission: action('read'),
    summary: "Every link of a workforce tenant's guests in the resource group, in one page.",
    async handle(context, request) {
      const scope = {
        subscriptionId: subscriptionIdOf(request),
        resourceGroupName: pathParameter(request, 'resourceGroupName'),
      }
      return ok({ value: (await listIdentityLinksBelow(context, 'guestUsage', scope)).map(toWireGuestUsage) })
    },
  },
]

const idOf = (request: ApiRequest): ResourceId =>
  linkId('guestUsage', {
    subscriptionId: subscriptionIdOf(request),
    resourceGroupName: pathParameter(request, 'resourceGroupName'),
    name: pathParameter(request, 'resourceName'),
  })
