import {
  findResourceApplication,
  type ResourceApplication,
  resourceApplications,
} from '../domain/directory/app-roles.ts'
import { objectNotFound } from '../domain/directory/object-id.ts'
import type { AppRoleAssignment, ServicePrincipal } from '../domain/directory/service-principal.ts'
import { conflict, invalid } from '../domain/refusal.ts'
import { findApplicationByAppId, isApplicationOwner } from '../store/application.ts'
import {
  actsForPeople,
  deleteAppRoleAssignment,
  endServicePrincipal,
  findServicePrincipal,
  findServicePrincipalById,
  insertAppRoleAssignment,
  insertServicePrincipal,
  letActForPeople,
  listAppRoleAssignments,
  listServicePrincipals,
  type ServicePrincipalFilter,
} from '../store/service-principal.ts'
import { appendAudit } from './audit.ts'
import { allowsDirectoryPermission, authorizeDirectory } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { scheduleFinalDeletion } from './delete-for-good.ts'
import { directoryScope, keepGlobalAdministrator } from './directory-scope.ts'

/** A tenant's own application principal, or a part of the platform, which is in every tenant. */
export type AnyServicePrincipal =
  | { readonly kind: 'application'; readonly servicePrincipal: ServicePrincipal }
  | { readonly kind: 'resource'; readonly resource: ResourceApplication }

/**
 * Takes an application into the caller's tenant: its own, or that of another tenant, whose administrator here consents
 * on purpose (TEN-2). It may do nothing until a role is given to it.
 */
export async function consentToApplication(context: OperationContext, appId: string): Promise<ServicePrincipal> {
  const { db, caller, now } = context
  const application = await findApplicationByAppId(db, appId)
  const isOwn = application?.tenantId === caller.tenantId
  const isOwner =
    isOwn &&
    (await isApplicationOwner(db, {
      tenantId: caller.tenantId,
      applicationId: application.id,
      ownerId: caller.objectId,
    }))
  const isByAdministrator = await allowsDirectoryPermission(context, caller.tenantId, 'servicePrincipals/create')
  if (!isOwner && !isByAdministrator) await authorizeDirectory(context, caller.tenantId, 'servicePrincipals/create')
  if (!application || (!isOwn && application.signInAudience === 'AzureADMyOrg'))
    throw invalid(
      'NoBackingApplicationObject',
      `The appId '${appId}' of the service principal does not reference a valid application object.`,
      'appId',
    )
  const existing = await findServicePrincipal(db, caller.tenantId, appId)
  if (existing && isByAdministrator && !(await actsForPeople(db, caller.tenantId, appId))) {
    await letIn(context, existing)
    return existing
  }
  if (existing)
    throw conflict(
      'Request_MultipleObjectsWithSameKeyValue',
      `The service principal cannot be created because the application '${appId}' has one in this tenant already.`,
      'appId',
    )
  const servicePrincipal = {
    id: context.random.uuid(),
    tenantId: caller.tenantId,
    appId,
    displayName: application.displayName,
    createdAt: now,
  }
  await insertServicePrincipal(db, servicePrincipal)
  await appendAudit(context, {
    action: 'servicePrincipals/create',
    scope: directoryScope(context, 'servicePrincipals', servicePrincipal.id),
    after: { ...servicePrincipal, appOwnerTenantId: application.tenantId },
  })
  if (isByAdministrator) await letIn(context, servicePrincipal)
  return { ...servicePrincipal, appOwnerTenantId: application.tenantId }
}

/**
 * From here on people of the tenant can use the platform's own APIs through the application, with all that they may do.
 * Only an administrator allows that: whoever registered it could otherwise have the token of anybody who follows a link.
 */
async function letIn(context: OperationContext, { id, appId }: { id: string; appId: string }): Promise<void> {
  await letActForPeople(context.db, id)
  await appendAudit(context, {
    action: 'servicePrincipals/consent',
    scope: directoryScope(context, 'servicePrincipals', id),
    after: { appId, actsForPeople: true },
  })
}

export async function getServicePrincipal(context: OperationContext, id: string): Promise<AnyServicePrincipal> {
  await authorizeDirectory(context, context.caller.tenantId, 'servicePrincipals/read')
  return found(
    resourceApplications.find((resource) => resource.servicePrincipalId === id),
    await findServicePrincipalById(context.db, context.caller.tenantId, id),
    id,
  )
}

export async function getServicePrincipalByAppId(
  context: OperationContext,
  appId: string,
): Promise<AnyServicePrincipal> {
  await authorizeDirectory(context, context.caller.tenantId, 'servicePrincipals/read')
  return found(
    resourceApplications.find((resource) => resource.appId === appId),
    await findServicePrincipal(context.db, context.caller.tenantId, appId),
    appId,
  )
}

function found(
  resource: ResourceApplication | undefined,
  servicePrincipal: ServicePrincipal | undefined,
  id: string,
): AnyServicePrincipal {
  if (resource) return { kind: 'resource', resource }
  if (!servicePrincipal) throw objectNotFound(id)
  return { kind: 'application', servicePrincipal }
}

/** The platform's own are listed with the tenant's, in the same order. */
export async function listServicePrincipalsOfTenant(
  context: OperationContext,
  filter: ServicePrincipalFilter,
  page: { after?: string | undefined; limit: number },
): Promise<AnyServicePrincipal[]> {
  const { db, caller } = context
  await authorizeDirectory(context, caller.tenantId, 'servicePrincipals/read')
  const own = await listServicePrincipals(db, caller.tenantId, filter, page)
  const name = (text: string): string => text.toLowerCase()
  const resources = resourceApplications.filter(
    (resource) =>
      (page.after === undefined || resource.servicePrincipalId > page.after) &&
      (filter.appId === undefined || filter.appId === resource.appId) &&
      (filter.displayName === undefined || name(filter.displayName) === name(resource.displayName)) &&
      (filter.displayNamePrefix === undefined || name(resource.displayName).startsWith(name(filter.displayNamePrefix))),
  )
  return [
    ...own.map((servicePrincipal) => ({ kind: 'application', servicePrincipal }) as const),
    ...resources.map((resource) => ({ kind: 'resource', resource }) as const),
  ]
    .sort((left, right) => (objectIdOf(left) < objectIdOf(right) ? -1 : 1))
    .slice(0, page.limit)
}

export const objectIdOf = (any: AnyServicePrincipal): string =>
  any.kind === 'resource' ? any.resource.servicePrincipalId : any.servicePrincipal.id

export async function removeServicePrincipal(context: OperationContext, id: string): Promise<void> {
  const { db, caller } = context
  await authorizeDirectory(context, caller.tenantId, 'servicePrincipals/delete')
  const servicePrincipal = await findServicePrincipalById(db, caller.tenantId, id)
  if (!servicePrincipal) throw objectNotFound(id)
  await keepGlobalAdministrator(context, id)
  await endServicePrincipal(db, id, context.now)
  await scheduleFinalDeletion(context, id)
  await appendAudit(context, {
    action: 'servicePrincipals/delete',
    scope: directoryScope(context, 'servicePrincipals', id),
    before: servicePrincipal,
  })
}

export interface ShownAppRoleAssignment extends AppRoleAssignment {
  readonly principalDisplayName: string
  readonly resource: ResourceApplication
}

export async function assignAppRole(
  context: OperationContext,
  principalId: string,
  wanted: { readonly resourceId: string; readonly appRoleId: string },
): Promise<ShownAppRoleAssignment> {
  const { db, caller } = context
  await authorizeDirectory(context, caller.tenantId, 'appRoleAssignments/update')
  const servicePrincipal = await findServicePrincipalById(db, caller.tenantId, principalId)
  if (!servicePrincipal) throw objectNotFound(principalId)
  const resource = resourceApplications.find((candidate) => candidate.servicePrincipalId === wanted.resourceId)
  if (!resource) throw objectNotFound(wanted.resourceId)
  if (!resource.appRoles.some((role) => role.id === wanted.appRoleId))
    throw invalid(
      'Request_BadRequest',
      `Permission being assigned was not found on application '${resource.appId}'. Its appRoles are ${resource.appRoles.map((role) => `'${role.id}' (${role.value})`).join(', ')}.`,
      'appRoleId',
    )
  const assignment = {
    id: context.random.uuid(),
    tenantId: caller.tenantId,
    principalId,
    appRoleId: wanted.appRoleId,
    createdAt: context.now,
  }
  if (!(await insertAppRoleAssignment(db, assignment)))
    throw invalid('Request_BadRequest', 'Permission being assigned already exists on the object.', 'appRoleId')
  await appendAudit(context, {
    action: 'appRoleAssignments/create',
    scope: directoryScope(context, 'servicePrincipals', principalId),
    after: assignment,
  })
  return { ...assignment, principalDisplayName: servicePrincipal.displayName, resource }
}

export async function listAppRolesOf(
  context: OperationContext,
  principalId: string,
): Promise<ShownAppRoleAssignment[]> {
  const { db, caller } = context
  if (principalId !== caller.objectId) await authorizeDirectory(context, caller.tenantId, 'servicePrincipals/read')
  const servicePrincipal = await findServicePrincipalById(db, caller.tenantId, principalId)
  if (!servicePrincipal) throw objectNotFound(principalId)
  const assignments = await listAppRoleAssignments(db, caller.tenantId, principalId)
  return assignments.flatMap((assignment) => {
    const resource = findResourceApplication(assignment.appRoleId)
    return resource ? [{ ...assignment, principalDisplayName: servicePrincipal.displayName, resource }] : []
  })
}

export async function removeAppRole(context: OperationContext, principalId: string, id: string): Promise<void> {
  const { db, caller } = context
  await authorizeDirectory(context, caller.tenantId, 'appRoleAssignments/update')
  if (!(await deleteAppRoleAssignment(db, caller.tenantId, principalId, id))) throw objectNotFound(id)
  await appendAudit(context, {
    action: 'appRoleAssignments/delete',
    scope: directoryScope(context, 'servicePrincipals', principalId),
    before: { id },
  })
}
