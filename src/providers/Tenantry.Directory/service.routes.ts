import { z } from 'zod'
import type { DirectoryService, TenantService } from '../../domain/directory/tenant-service.ts'
import { invalid } from '../../domain/refusal.ts'
import { parseBody } from '../../http/body.ts'
import { type ApiRequest, created, noContent, type Operation, ok, pathParameter } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import {
  defineService,
  disableService,
  enableService,
  listServices,
  listServicesOfTenant,
} from '../../operations/tenant-service.ts'
import { tenantIdOf } from './tenant-id.ts'

const common = { apiVersions: ['2026-11-01'], authentication: 'bearer' } as const
const catalogue = '/providers/Tenantry.Directory/services'
const ofTenant = '/providers/Tenantry.Directory/tenants/{tenantId}/services'

const serviceBody = z.object({
  properties: z.object({
    displayName: z.string().trim().min(1).max(256),
    portalUrl: z.url({ protocol: /^https$/, error: 'is an address that begins with https://' }),
  }),
})

function serviceName(request: ApiRequest): string {
  const name = pathParameter(request, 'serviceName').toLowerCase()
  if (/^[a-z0-9][a-z0-9-]{0,62}$/.test(name)) return name
  throw invalid('InvalidResourceName', `The name '${name}' may have letters, digits and '-', at most 63.`)
}

const toWireService = (service: DirectoryService) => ({
  id: `${catalogue}/${service.name}`,
  name: service.name,
  type: 'Tenantry.Directory/services',
  properties: {
    displayName: service.displayName,
    portalUrl: service.portalUrl,
    servicePlanId: service.servicePlanId,
  },
})

const toWireTenantService = (tenantId: string, service: TenantService) => ({
  id: `/providers/Tenantry.Directory/tenants/${tenantId}/services/${service.name}`,
  name: service.name,
  type: 'Tenantry.Directory/tenants/services',
  properties: { ...toWireService(service).properties, enabledDateTime: service.enabledAt.toISOString() },
})

export const serviceOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'Services_List',
    method: 'GET',
    path: catalogue,
    statuses: [200],
    permission: 'any caller',
    summary: 'The services that tenants can have besides those of the platform.',
    async handle(context) {
      return ok({ value: (await listServices(context)).map(toWireService) })
    },
  },
  {
    ...common,
    id: 'Services_CreateOrUpdate',
    method: 'PUT',
    path: `${catalogue}/{serviceName}`,
    statuses: [200, 201],
    permission: 'platform operator',
    summary: 'Defines a service with the address of its portal.',
    body: serviceBody,
    async handle(context, request) {
      const { properties } = parseBody(request, serviceBody)
      const { service, isNew } = await defineService(context, { name: serviceName(request), ...properties })
      return (isNew ? created : ok)(toWireService(service))
    },
  },
  {
    ...common,
    id: 'TenantServices_List',
    method: 'GET',
    path: ofTenant,
    statuses: [200],
    permission: 'organization/read, or platform operator',
    summary: 'The services that are enabled in a tenant, with their portals and since when.',
    async handle(context, request) {
      const tenantId = tenantIdOf(request)
      const services = await listServicesOfTenant(context, tenantId)
      return ok({ value: services.map((service) => toWireTenantService(tenantId, service)) })
    },
  },
  {
    ...common,
    id: 'TenantServices_Enable',
    method: 'PUT',
    path: `${ofTenant}/{serviceName}`,
    statuses: [200, 201],
    permission: 'organization/update, or platform operator',
    summary: 'Enables a service in a tenant, over the accounts that are there.',
    async handle(context, request) {
      const tenantId = tenantIdOf(request)
      const { service, isNew } = await enableService(context, tenantId, serviceName(request))
      return (isNew ? created : ok)(toWireTenantService(tenantId, service))
    },
  },
  {
    ...common,
    id: 'TenantServices_Disable',
    method: 'DELETE',
    path: `${ofTenant}/{serviceName}`,
    statuses: [204],
    permission: 'organization/update, or platform operator',
    summary: 'Disables a service in a tenant; nobody loses an account.',
    async handle(context, request) {
      await disableService(context, tenantIdOf(request), serviceName(request))
      return noContent()
    },
  },
]
