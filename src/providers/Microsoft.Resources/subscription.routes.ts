import { parseBody } from '../../http/body.ts'
import { type Operation, ok, pathParameter } from '../../http/operation.ts'
import { readPage, splitPage, toPage } from '../../http/paging.ts'
import type { OperationContext } from '../../operations/context.ts'
import { getSubscription, listLocations, listSubscriptions, listTenants } from '../../operations/read-subscription.ts'
import { subscriptionApiVersions } from './api-versions.wire.ts'
import {
  isReservedName,
  resourceNameBody,
  toWireLocation,
  toWireSubscription,
  toWireTenant,
} from './subscription.wire.ts'

const common = { apiVersions: subscriptionApiVersions, authentication: 'bearer' } as const

export const subscriptionOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'Subscriptions_List',
    method: 'GET',
    path: '/subscriptions',
    statuses: [200],
    permission: 'any caller; only what it holds a role in',
    summary: 'The subscriptions in which the caller holds any role.',
    async handle(context, request) {
      const page = readPage(request)
      const rows = await listSubscriptions(context, { after: page.after, limit: page.top + 1 })
      const { rows: shown, next } = splitPage(rows, page.top, (row) => row.id)
      return ok(toPage(request, shown.map(toWireSubscription), next))
    },
  },
  {
    ...common,
    id: 'Subscriptions_Get',
    method: 'GET',
    path: '/subscriptions/{subscriptionId}',
    statuses: [200],
    permission: 'Microsoft.Resources/subscriptions/read, or any role in the subscription',
    summary: 'One subscription with the tenant that it trusts.',
    async handle(context, request) {
      return ok(toWireSubscription(await getSubscription(context, pathParameter(request, 'subscriptionId'))))
    },
  },
  {
    ...common,
    id: 'Subscriptions_ListLocations',
    method: 'GET',
    path: '/subscriptions/{subscriptionId}/locations',
    statuses: [200],
    permission: 'Microsoft.Resources/subscriptions/locations/read',
    summary: 'Regions, and the areas that identity tenants keep their data in; all in one page.',
    query: { includeExtendedLocations: 'optional' },
    async handle(context, request) {
      const subscriptionId = pathParameter(request, 'subscriptionId').toLowerCase()
      const places = await listLocations(context, subscriptionId)
      return ok({ value: places.map((place) => toWireLocation(subscriptionId, place)) })
    },
  },
  {
    ...common,
    id: 'Tenants_List',
    method: 'GET',
    path: '/tenants',
    statuses: [200],
    permission: 'any caller; only its own tenants',
    summary: 'The tenants in which the caller is at home or an accepted guest.',
    async handle(context) {
      return ok({ value: (await listTenants(context)).map(toWireTenant) })
    },
  },
  {
    ...common,
    id: 'CheckResourceName',
    method: 'POST',
    path: '/providers/Microsoft.Resources/checkResourceName',
    statuses: [200],
    permission: 'any caller',
    summary: 'Whether a resource name is free to use or reserved.',
    body: resourceNameBody,
    async handle(_context, request) {
      const { name, type } = parseBody(request, resourceNameBody)
      return ok({ name, type, status: isReservedName(name) ? 'Reserved' : 'Allowed' })
    },
  },
]
