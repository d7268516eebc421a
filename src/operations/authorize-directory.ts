import {
  allowsDelegated,
  allowsDirectory,
  type DirectoryPermission,
  directoryRoleIds,
  directoryRoles,
} from '../domain/access/directory-roles.ts'
import { permissionsWithoutRole } from '../domain/directory/collaboration-policy.ts'
import { isPlatformClient } from '../domain/directory/sign-in-client.ts'
import { forbidden, notFound } from '../domain/refusal.ts'
import { listIdentities, loadConsoleFacts, loadDirectoryRoles } from '../store/access-facts.ts'
import { listDelegatedGroups } from '../store/my-partner.ts'
import { getCollaborationPolicy } from '../store/collaboration-policy.ts'
import type { OperationContext } from './context.ts'

type DirectoryContext = Pick<OperationContext, 'db' | 'caller'>

export interface Identity {
  readonly tenantId: string
  readonly objectId: string
}

/**
 * The caller and the same person or application in other tenants; empty when the caller itself does not count. A token
 * that an application of some tenant got for a person counts in that tenant only; without any it is ourselves who ask.
 */
export async function identitiesOf({ db, caller }: DirectoryContext): Promise<Identity[]> {
  const identities = await listIdentities(db, caller)
  const isEverywhere = caller.kind !== 'user' || caller.appId === '' || isPlatformClient(caller.appId)
  return isEverywhere ? identities : identities.filter(({ tenantId }) => tenantId === caller.tenantId)
}

/** Refuses unless a directory role of the caller, or of the same person in that tenant, gives the permission (ACC-11). */
export async function authorizeDirectory(
  context: DirectoryContext,
  tenantId: string,
  permission: DirectoryPermission,
): Promise<void> {
  const decision = await decide(context, tenantId, permission)
  if (decision === 'allowed') return
  if (decision === 'unknown') throw notFound('TenantNotFound', `The tenant '${tenantId}' could not be found.`)
  const roles = directoryRoles
    .filter((role) => role.permissions.includes(permission))
    .map((role) => `'${role.name}'`)
    .join(', ')
  throw forbidden('Authorization_RequestDenied', 'Insufficient privileges to complete the operation.', {
    details: [
      {
        code: 'DirectoryRoleRequired',
        message: `The permission '${permission}' in tenant '${tenantId}' comes with one of the directory roles ${roles}.`,
      },
    ],
  })
}

export async function allowsDirectoryPermission(
  context: DirectoryContext,
  tenantId: string,
  permission: DirectoryPermission,
): Promise<boolean> {
  return (await decide(context, tenantId, permission)) === 'allowed'
}

async function decide(
  context: DirectoryContext,
  tenantId: string,
  permission: DirectoryPermission,
): Promise<'allowed' | 'refused' | 'unknown'> {
  const identities = await identitiesIn(context, tenantId)
  if (identities.length === 0) {
    if (tenantId === context.caller.tenantId) return 'refused'
    // PAR-16: who has an account in the tenant acts by that account, and not by what was delegated.
    return decideDelegated(context, tenantId, permission)
  }
  for (const identity of identities) {
    const { standing, roleTemplateIds } = await loadDirectoryRoles(context.db, identity)
    if (allowsDirectory(permission, roleTemplateIds, [])) return 'allowed'
    if (standing === 'nobody') continue
    const policy = await getCollaborationPolicy(context.db, tenantId)
    if (allowsDirectory(permission, [], permissionsWithoutRole(standing, policy))) return 'allowed'
  }
  return 'refused'
}

async function decideDelegated(
  context: DirectoryContext,
  tenantId: string,
  permission: DirectoryPermission,
): Promise<'allowed' | 'refused' | 'unknown'> {
  const [groups] = await listDelegatedGroups(context.db, tenantId, context.caller.tenantId)
  if (!groups) return 'unknown'
  const { principals } = await loadConsoleFacts(context.db, context.caller)
  const agents = {
    isAdminAgent: principals.includes(groups.adminAgents),
    isHelpdeskAgent: principals.includes(groups.helpdeskAgents),
  }
  if (!agents.isAdminAgent && !agents.isHelpdeskAgent) return 'unknown'
  return allowsDelegated(permission, agents) ? 'allowed' : 'refused'
}

/** By any of the caller's identities: a person works from the subscription's directory on an identity tenant (MAU-5). */
export async function isGlobalAdministrator(context: DirectoryContext, tenantId: string): Promise<boolean> {
  for (const identity of await identitiesIn(context, tenantId)) {
    const { roleTemplateIds } = await loadDirectoryRoles(context.db, identity)
    if (roleTemplateIds.includes(directoryRoleIds.globalAdministrator)) return true
  }
  return false
}

/** What the caller is in a tenant; empty when nothing. */
export async function identitiesIn(context: DirectoryContext, tenantId: string): Promise<Identity[]> {
  const { caller } = context
  if (caller.tenantId === tenantId) return [{ tenantId, objectId: caller.objectId }]
  return (await identitiesOf(context)).filter((identity) => identity.tenantId === tenantId)
}
