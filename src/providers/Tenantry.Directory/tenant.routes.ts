import { parseBody } from '../../http/body.ts'
import { etagOf } from '../../http/etag.ts'
import { created, type Operation, ok } from '../../http/operation.ts'
import { readPage, splitPage, toPage } from '../../http/paging.ts'
import type { OperationContext } from '../../operations/context.ts'
import { getTenant, listAllTenants, putTenant } from '../../operations/put-tenant.ts'
import { tenantIdOf } from './tenant-id.ts'
import { fromWireTenant, tenantBody, toWireTenant } from './tenant.wire.ts'

const common = {
  apiVersions: ['2026-11-01'],
  authentication: 'bearer',
  permission: 'platform operator',
} as const

export const tenantOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'Tenants_CreateOrUpdate',
    method: 'PUT',
    path: '/providers/Tenantry.Directory/tenants/{tenantId}',
    statuses: [200, 201],
    summary: 'Creates a tenant with its initial domain and first Global administrator, or changes what may change.',
    body: tenantBody,
    async handle(context, request) {
      const body = parseBody(request, tenantBody)
      const wanted = { id: tenantIdOf(request), ...fromWireTenant(body, context.settings.domainSuffix) }
      const { tenant, administrator, isNew } = await putTenant(context, wanted)
      const answer = isNew ? created : ok
      return answer(toWireTenant(tenant, administrator), { etag: etagOf(tenant.revision) })
    },
  },
  {
    ...common,
    id: 'Tenants_Get',
    method: 'GET',
    path: '/providers/Tenantry.Directory/tenants/{tenantId}',
    statuses: [200],
    summary: 'A tenant with its kind, its domains and where its data is kept.',
    async handle(context, request) {
      const tenant = await getTenant(context, tenantIdOf(request))
      return ok(toWireTenant(tenant), { etag: etagOf(tenant.revision) })
    },
  },
  {
    ...common,
    id: 'Tenants_List',
    method: 'GET',
    path: '/providers/Tenantry.Directory/tenants',
    statuses: [200],
    summary: 'Every tenant of the installation.',
    query: { $top: 'optional' },
    async handle(context, request) {
      const { after, top } = readPage(request)
      const { rows, next } = splitPage(await listAllTenants(context, { after, limit: top + 1 }), top, (row) => row.id)
      return ok(
        toPage(
          request,
          rows.map((tenant) => toWireTenant(tenant)),
          next,
        ),
      )
    },
  },
]
