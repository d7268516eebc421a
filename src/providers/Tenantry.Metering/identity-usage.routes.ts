import { isGuid } from '../../domain/directory/object-id.ts'
import { identityLinkKindOf } from '../../domain/metering/identity-link.ts'
import { invalid } from '../../domain/refusal.ts'
import { type ApiRequest, type Operation, ok, pathParameter, queryValue } from '../../http/operation.ts'
import { readPage, toPage } from '../../http/paging.ts'
import type { OperationContext } from '../../operations/context.ts'
import { readUnlinkNotices } from '../../operations/delete-identity-link.ts'
import { explainLinkableTenants } from '../../operations/list-identity-link-candidates.ts'
import {
  linkIdOf,
  listUnbilledUsage,
  readLinkMonth,
  readTenantMonth,
} from '../../operations/read-identity-link-usage.ts'
import { toWireCandidate, toWireCountedMonth } from './identity-usage.wire.ts'

const common = { apiVersions: ['2026-11-01'], authentication: 'bearer', method: 'GET', statuses: [200] } as const

export const identityUsageOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'MonthlyActiveUsers_GetOfLink',
    path: '{scope}/providers/Tenantry.Metering/monthlyActiveUsers/{period}',
    permission:
      'Microsoft.AzureActiveDirectory/b2cDirectories/read, or guestUsages/read, or Global Administrator of the tenant',
    summary: 'What a month of a link comes to: authentications, users paid for by them, monthly active users.',
    async handle(context, request) {
      const scope = pathParameter(request, 'scope')
      const month = await readLinkMonth(context, scope, pathParameter(request, 'period'))
      return ok(toWireCountedMonth(`${scope}/providers/Tenantry.Metering`, month))
    },
  },
  {
    ...common,
    id: 'UnlinkWarnings_List',
    path: '{scope}/providers/Tenantry.Metering/unlinkWarnings',
    permission: 'Microsoft.AzureActiveDirectory/b2cDirectories/read, or guestUsages/read',
    summary: 'What a person has to know before deleting a link.',
    async handle(context, request) {
      const id = linkIdOf(pathParameter(request, 'scope'))
      const kind = identityLinkKindOf(id.type) ?? 'identityTenant'
      return ok({ value: await readUnlinkNotices(context, kind, id) })
    },
  },
  {
    ...common,
    id: 'MonthlyActiveUsers_GetOfTenant',
    path: '/providers/Tenantry.Metering/tenants/{tenantId}/monthlyActiveUsers/{period}',
    permission: 'Global Administrator of the tenant, or the platform operator',
    summary: 'What a month of a tenant comes to over all its links; no user is in two of the counts.',
    async handle(context, request) {
      const tenantId = tenantIdOf(request)
      const month = await readTenantMonth(context, tenantId, pathParameter(request, 'period'))
      return ok(toWireCountedMonth(`/providers/Tenantry.Metering/tenants/${tenantId}`, month))
    },
  },
  {
    ...common,
    id: 'UnbilledUsage_List',
    path: '/providers/Tenantry.Metering/tenants/{tenantId}/unbilledUsage',
    permission: 'Global Administrator of the tenant, or the platform operator',
    summary:
      'Usage that nobody is charged for, because the tenant had no link when it happened, or the subscription was ' +
      'cancelled; summed by day.',
    query: { period: 'optional', $top: 'optional' },
    async handle(context, request) {
      const { after, top } = readPage(request)
      const page = await listUnbilledUsage(context, tenantIdOf(request), queryValue(request, 'period'), {
        after,
        limit: top,
      })
      const value = page.items.map(({ meterId, usageDay, quantity, eventCount, reason }) => ({
        meterId,
        usageDay,
        quantity,
        events: Number(eventCount),
        reason,
      }))
      return ok(toPage(request, value, page.next))
    },
  },
  {
    ...common,
    id: 'LinkableTenants_Explain',
    path: '/providers/Tenantry.Metering/linkableTenants',
    permission: 'any caller, about the own tenants',
    summary: "For each of the caller's tenants whether it can be linked, and why not.",
    async handle(context) {
      return ok({ value: (await explainLinkableTenants(context)).map(toWireCandidate) })
    },
  },
]

function tenantIdOf(request: ApiRequest): string {
  const id = pathParameter(request, 'tenantId')
  if (!isGuid(id)) throw invalid('InvalidTenantId', `The tenant id '${id}' is not a GUID.`, 'tenantId')
  return id.toLowerCase()
}
