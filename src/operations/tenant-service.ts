import {
  type DirectoryService,
  platformServices,
  servicesOf,
  type TenantService,
} from '../domain/directory/tenant-service.ts'
import { conflict, notFound } from '../domain/refusal.ts'
import { findTenant, lockTenant } from '../store/tenant.ts'
import {
  endTenantService,
  findDirectoryService,
  findFirstUses,
  listDirectoryServices,
  listTenantServices,
  putDirectoryService,
  startTenantService,
} from '../store/tenant-service.ts'
import { appendAudit } from './audit.ts'
import { authorizeDirectory, authorizeOperator } from './authorize.ts'
import type { OperationContext } from './context.ts'

/** The operator says which services there are besides the platform's own. */
export async function defineService(
  context: OperationContext,
  wanted: Omit<DirectoryService, 'servicePlanId'>,
): Promise<{ readonly service: DirectoryService; readonly isNew: boolean }> {
  authorizeOperator(context)
  if (wanted.name in platformServices)
    throw conflict('ServiceNameInUse', `'${wanted.name}' is a part of the platform. Choose another name.`)
  const existing = await findDirectoryService(context.db, wanted.name)
  const service = { ...wanted, servicePlanId: existing?.servicePlanId ?? context.random.uuid() }
  if (JSON.stringify(existing) === JSON.stringify(service)) return { service, isNew: false }
  await putDirectoryService(context.db, service, context.now)
  await appendAudit(context, {
    action: 'Tenantry.Directory/services/write',
    scope: `/providers/Tenantry.Directory/services/${wanted.name}`,
    before: existing,
    after: service,
  })
  return { service, isNew: existing === undefined }
}

/** Everybody may know what there is to enable. */
export const listServices = (context: OperationContext): Promise<DirectoryService[]> =>
  listDirectoryServices(context.db)

/** TEN-24: name, portal and since when; none of them has accounts of its own (TEN-6). */
export async function listServicesOfTenant(
  context: OperationContext,
  tenantId: string,
): Promise<readonly TenantService[]> {
  if (!context.caller.isOperator) await authorizeDirectory(context, tenantId, 'organization/read')
  if (!(await findTenant(context.db, tenantId))) throw tenantNotFound(tenantId)
  return loadServicesOf(context, tenantId)
}

/** Who calls it has authorised. */
export async function loadServicesOf(context: OperationContext, tenantId: string): Promise<readonly TenantService[]> {
  const enabled = await listTenantServices(context.db, tenantId, context.now)
  return servicesOf(await findFirstUses(context.db, tenantId), enabled, context.settings.baseUrl)
}

export async function enableService(
  context: OperationContext,
  tenantId: string,
  name: string,
): Promise<{ readonly service: TenantService; readonly isNew: boolean }> {
  await authorizeChange(context, tenantId)
  const service = await findDirectoryService(context.db, name)
  if (!service) throw serviceNotFound(name)
  const enabled = (await listTenantServices(context.db, tenantId, context.now)).find((one) => one.name === name)
  if (enabled) return { service: enabled, isNew: false }
  await startTenantService(context.db, tenantId, name, context.now)
  await appendAudit(context, {
    action: 'Tenantry.Directory/tenants/services/write',
    scope: `/providers/Tenantry.Directory/tenants/${tenantId}/services/${name}`,
    after: { name },
  })
  return { service: { ...service, enabledAt: context.now }, isNew: true }
}

export async function disableService(context: OperationContext, tenantId: string, name: string): Promise<void> {
  await authorizeChange(context, tenantId)
  const enabled = (await listTenantServices(context.db, tenantId, context.now)).find((one) => one.name === name)
  if (!enabled) throw serviceNotFound(name)
  await endTenantService(context.db, tenantId, name, context.now)
  await appendAudit(context, {
    action: 'Tenantry.Directory/tenants/services/delete',
    scope: `/providers/Tenantry.Directory/tenants/${tenantId}/services/${name}`,
    before: { name, enabledAt: enabled.enabledAt },
  })
}

async function authorizeChange(context: OperationContext, tenantId: string): Promise<void> {
  if (!context.caller.isOperator) await authorizeDirectory(context, tenantId, 'organization/update')
  if (!(await lockTenant(context.db, tenantId))) throw tenantNotFound(tenantId)
}

const tenantNotFound = (tenantId: string) => notFound('TenantNotFound', `The tenant '${tenantId}' could not be found.`)

const serviceNotFound = (name: string) =>
  notFound(
    'ServiceNotFound',
    `The service '${name}' could not be found. GET /providers/Tenantry.Directory/services lists what there is.`,
  )
