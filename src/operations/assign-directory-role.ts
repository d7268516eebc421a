import {
  type DirectoryRole,
  directoryRoleIds,
  directoryRoles,
  findDirectoryRole,
} from '../domain/access/directory-roles.ts'
import { objectNotFound } from '../domain/directory/object-id.ts'
import type { DirectoryObject } from '../domain/directory/principal.ts'
import { invalid } from '../domain/refusal.ts'
import { listRoleMembers } from '../store/directory-object.ts'
import { deleteDirectoryRoleMember, insertDirectoryRoleMember } from '../store/directory-role.ts'
import { findPrincipal } from '../store/principal.ts'
import { findUser } from '../store/user-account.ts'
import { appendAudit } from './audit.ts'
import { authorizeDirectory } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { directoryScope, keepGlobalAdministrator } from './directory-scope.ts'

/** Every role is active in every tenant from the start, under its template's id. */
export async function listDirectoryRoles(context: OperationContext): Promise<readonly DirectoryRole[]> {
  await authorizeDirectory(context, context.caller.tenantId, 'directoryRoles/read')
  return directoryRoles
}

export async function getDirectoryRole(context: OperationContext, templateId: string): Promise<DirectoryRole> {
  await authorizeDirectory(context, context.caller.tenantId, 'directoryRoles/read')
  return roleOf(templateId)
}

export async function activateDirectoryRole(context: OperationContext, templateId: string): Promise<DirectoryRole> {
  await authorizeDirectory(context, context.caller.tenantId, 'directoryRoles/assign')
  const role = findDirectoryRole(templateId)
  if (!role)
    throw invalid(
      'Request_BadRequest',
      `There is no directory role template '${templateId}'. GET /v1.0/directoryRoleTemplates lists them.`,
      'roleTemplateId',
    )
  return role
}

export async function listDirectoryRoleMembers(
  context: OperationContext,
  templateId: string,
  page: { after?: string | undefined; limit: number },
): Promise<DirectoryObject[]> {
  const role = await getDirectoryRole(context, templateId)
  return listRoleMembers(context.db, context.caller.tenantId, role.templateId, page)
}

/**
 * Only people and applications hold a directory role: through a group, whoever manages its members could make an
 * administrator. A consumer administers nothing (TEN-9).
 */
export async function assignDirectoryRole(
  context: OperationContext,
  templateId: string,
  principalId: string,
): Promise<void> {
  const { db, caller } = context
  await authorizeDirectory(context, caller.tenantId, 'directoryRoles/assign')
  const role = roleOf(templateId)
  const principal = await findPrincipal(db, principalId)
  if (principal?.tenantId !== caller.tenantId) throw objectNotFound(principalId)
  if (principal.kind === 'group')
    throw invalid(
      'Request_BadRequest',
      'A directory role cannot be given to a group. Give it to its members.',
      'members',
    )
  const user = principal.kind === 'user' ? await findUser(db, caller.tenantId, principalId) : undefined
  if (user?.accountClass === 'consumer')
    throw invalid(
      'Request_BadRequest',
      'A consumer account cannot hold a directory role. Create a work account for the administrator.',
      'members',
    )
  const member = { tenantId: caller.tenantId, roleTemplateId: role.templateId, principalId }
  if (!(await insertDirectoryRoleMember(db, { ...member, assignedAt: context.now })))
    throw invalid(
      'Request_BadRequest',
      "One or more added object references already exist for the following modified properties: 'members'.",
      'members',
    )
  await appendAudit(context, {
    action: 'directoryRoles/members/write',
    scope: directoryScope(context, 'directoryRoles', role.templateId),
    after: { principalId },
  })
}

export async function removeDirectoryRole(
  context: OperationContext,
  templateId: string,
  principalId: string,
): Promise<void> {
  const { db, caller } = context
  await authorizeDirectory(context, caller.tenantId, 'directoryRoles/assign')
  const role = roleOf(templateId)
  if (role.templateId === directoryRoleIds.globalAdministrator) await keepGlobalAdministrator(context, principalId)
  const member = { tenantId: caller.tenantId, roleTemplateId: role.templateId, principalId }
  if (!(await deleteDirectoryRoleMember(db, member))) throw objectNotFound(principalId)
  await appendAudit(context, {
    action: 'directoryRoles/members/delete',
    scope: directoryScope(context, 'directoryRoles', role.templateId),
    before: { principalId },
  })
}

function roleOf(templateId: string): DirectoryRole {
  const role = findDirectoryRole(templateId)
  if (!role) throw objectNotFound(templateId)
  return role
}
