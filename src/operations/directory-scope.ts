import { directoryRoleIds, isAdministratorRole } from '../domain/access/directory-roles.ts'
import { objectNotFound } from '../domain/directory/object-id.ts'
import type { TenantWithDomains } from '../domain/directory/tenant.ts'
import type { UserAccount } from '../domain/directory/user-account.ts'
import { forbidden, invalid } from '../domain/refusal.ts'
import { listDirectoryRolesOf, listUsableRoleMembers } from '../store/directory-role.ts'
import { findTenant, holdTenant, listDomains, lockTenant } from '../store/tenant.ts'
import { findUser } from '../store/user-account.ts'
import { isGlobalAdministrator } from './authorize.ts'
import type { OperationContext } from './context.ts'

/** The tenant that the token is for: the directory that Graph acts in, and the only one. */
export async function getOwnTenant(context: OperationContext): Promise<TenantWithDomains> {
  const { tenantId } = context.caller
  const tenant = await findTenant(context.db, tenantId)
  if (!tenant) throw new Error(`tenant ${tenantId} has callers but does not exist`)
  return { ...tenant, domains: await listDomains(context.db, [tenantId]) }
}

/** The same, and no domain of it is removed, nor the tenant deleted, until the transaction ends (TEN-4, TEN-23). */
export async function holdOwnTenant(context: OperationContext): Promise<TenantWithDomains> {
  const { tenantId } = context.caller
  if (!(await holdTenant(context.db, tenantId))) throw objectNotFound(tenantId)
  return getOwnTenant(context)
}

/** The audit scope of something in a directory. */
export const directoryScope = (context: OperationContext, collection: string, id: string): string =>
  `/tenants/${context.caller.tenantId}/${collection}/${id}`

/** The caller as a member of the tenant; nothing for guests, consumers and applications. */
export async function findMemberCaller(context: OperationContext): Promise<UserAccount | undefined> {
  if (context.caller.kind !== 'user') return undefined
  const user = await findUser(context.db, context.caller.tenantId, context.caller.objectId)
  return user?.userType === 'Member' && user.accountClass !== 'consumer' ? user : undefined
}

/** TEN-9: a customer of an identity tenant, who reaches no management. */
export async function isConsumer(context: OperationContext): Promise<boolean> {
  if (context.caller.kind !== 'user') return false
  const user = await findUser(context.db, context.caller.tenantId, context.caller.objectId)
  return user?.accountClass === 'consumer'
}

export async function holdsAdministratorRole(context: OperationContext, principalId: string): Promise<boolean> {
  const roles = await listDirectoryRolesOf(context.db, context.caller.tenantId, principalId)
  return roles.some(isAdministratorRole)
}

/** Who may manage people may not thereby become whoever outranks them: administrators are a Global administrator's. */
export async function refuseChangeOfAdministrator(context: OperationContext, principalId: string): Promise<void> {
  if (principalId === context.caller.objectId || !(await holdsAdministratorRole(context, principalId))) return
  if (await isGlobalAdministrator(context, context.caller.tenantId)) return
  throw forbidden('Authorization_RequestDenied', 'Insufficient privileges to complete the operation.', {
    details: [
      {
        code: 'DirectoryRoleRequired',
        message: `'${principalId}' holds an administrator role, so only a Global Administrator may change it.`,
      },
    ],
  })
}

/**
 * A tenant keeps at least one Global administrator who can sign in, or nobody could give the role again. The tenant
 * is locked, so that two of them cannot remove each other at the same time.
 */
export async function keepGlobalAdministrator(context: OperationContext, leavingId: string): Promise<void> {
  const { tenantId } = context.caller
  await lockTenant(context.db, tenantId)
  const holders = await listUsableRoleMembers(context.db, tenantId, directoryRoleIds.globalAdministrator)
  if (!holders.includes(leavingId) || holders.length > 1) return
  throw invalid(
    'Request_BadRequest',
    `'${leavingId}' is the last Global Administrator of the tenant. Give the role to somebody else first.`,
  )
}
