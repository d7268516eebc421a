import { parseBody } from '../../http/body.ts'
import { etagOf } from '../../http/etag.ts'
import { created, noContent, type Operation, ok } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { createOwnTenant } from '../../operations/create-own-tenant.ts'
import { deleteTenant, explainTenantDeletion } from '../../operations/delete-tenant.ts'
import { listMembershipsOfCaller } from '../../operations/list-tenant-memberships.ts'
import { tenantIdOf } from './tenant-id.ts'
import { fromWireTenant, ownTenantBody, toWireMembership, toWireTenant } from './tenant.wire.ts'

const common = { apiVersions: ['2026-11-01'], authentication: 'bearer' } as const

/** What people do with tenants of their own; the operator's are in `tenant.routes.ts`. */
export const tenantLifeOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'Tenants_CreateOwn',
    method: 'POST',
    path: '/providers/Tenantry.Directory/createTenant',
    statuses: [201],
    permission: 'member of the tenant, or tenants/create',
    summary: 'Creates a tenant whose first Global administrator is the caller.',
    body: ownTenantBody,
    async handle(context, request) {
      const wanted = fromWireTenant(parseBody(request, ownTenantBody), context.settings.domainSuffix)
      const { tenant, administrator } = await createOwnTenant(context, wanted)
      return created(toWireTenant(tenant, administrator), { etag: etagOf(tenant.revision) })
    },
  },
  {
    ...common,
    id: 'TenantMemberships_List',
    method: 'GET',
    path: '/providers/Tenantry.Directory/tenantMemberships',
    statuses: [200],
    permission: 'any caller; only its own',
    summary: "The caller's home tenant and every tenant where they are a guest, accepted or invited.",
    async handle(context) {
      return ok({ value: (await listMembershipsOfCaller(context)).map(toWireMembership) })
    },
  },
  {
    ...common,
    id: 'Tenants_ValidateDelete',
    method: 'POST',
    path: '/providers/Tenantry.Directory/tenants/{tenantId}/validateDelete',
    statuses: [200],
    permission: 'tenant/delete',
    summary: 'Everything that keeps the tenant from being deleted.',
    async handle(context, request) {
      const obstacles = await explainTenantDeletion(context, tenantIdOf(request))
      return ok({ isDeletable: obstacles.length === 0, obstacles })
    },
  },
  {
    ...common,
    id: 'Tenants_Delete',
    method: 'DELETE',
    path: '/providers/Tenantry.Directory/tenants/{tenantId}',
    statuses: [204],
    permission: 'tenant/delete',
    summary: 'Deletes a tenant that nothing is left in, for good.',
    async handle(context, request) {
      await deleteTenant(context, tenantIdOf(request))
      return noContent()
    },
  },
]
