import { type DirectoryRole, directoryRoles } from '../domain/access/directory-roles.ts'
import { isGuid, objectNotFound } from '../domain/directory/object-id.ts'
import type { DirectoryObject } from '../domain/directory/principal.ts'
import type { UserAccount } from '../domain/directory/user-account.ts'
import { invalid } from '../domain/refusal.ts'
import { loadDirectoryRoles } from '../store/access-facts.ts'
import { getCollaborationPolicy } from '../store/collaboration-policy.ts'
import type { Db } from '../store/db.ts'
import { listGroupsOf, listTransitiveGroupsOf } from '../store/directory-object.ts'
import { listDirectoryRolesOf } from '../store/directory-role.ts'
import { findUser, findUserByPrincipalName, listUsers, lockUser, type UserFilter } from '../store/user-account.ts'
import { allowsDirectoryPermission, authorizeDirectory } from './authorize.ts'
import type { OperationContext } from './context.ts'

/** Everybody may read themself; reading others is for members and for those whose role says so (TEN-18). */
export async function getUser(context: OperationContext, idOrName: string): Promise<UserAccount> {
  const { caller } = context
  const isSelf = [caller.objectId, caller.kind === 'user' ? caller.name.toLowerCase() : ''].includes(
    idOrName.toLowerCase(),
  )
  if (!isSelf) await authorizeDirectory(context, caller.tenantId, 'users/read')
  return getUserOf(context.db, caller.tenantId, idOrName)
}

export async function getMe(context: OperationContext): Promise<UserAccount> {
  const { caller } = context
  if (caller.kind !== 'user')
    throw invalid(
      'BadRequest',
      '/me request is only valid with delegated authentication flow: an application has no user.',
    )
  return getUserOf(context.db, caller.tenantId, caller.objectId)
}

export async function listUsersOfTenant(
  context: OperationContext,
  filter: UserFilter,
  page: { after?: string | undefined; limit: number },
): Promise<UserAccount[]> {
  await authorizeDirectory(context, context.caller.tenantId, 'users/read')
  return listUsers(context.db, context.caller.tenantId, filter, page)
}

export type Membership =
  | { readonly kind: 'group'; readonly id: string; readonly group: DirectoryObject }
  | { readonly kind: 'directoryRole'; readonly id: string; readonly role: DirectoryRole }

const groupLists = { memberOf: listGroupsOf, transitiveMemberOf: listTransitiveGroupsOf } as const
export type Memberships = keyof typeof groupLists

/** The groups and directory roles of a user in one order; the roles, which groups cannot hold, are in both lists. */
export async function listMembershipsOf(
  context: OperationContext,
  user: UserAccount,
  which: Memberships,
  page: { after?: string | undefined; limit: number },
): Promise<Membership[]> {
  const groups = await groupLists[which](context.db, user.tenantId, user.id, page)
  const roleIds = await listDirectoryRolesOf(context.db, user.tenantId, user.id)
  const roles = directoryRoles.filter(
    ({ templateId }) => roleIds.includes(templateId) && (page.after === undefined || templateId > page.after),
  )
  return [
    ...groups.map((group) => ({ kind: 'group', id: group.id, group }) as const),
    ...roles.map((role) => ({ kind: 'directoryRole', id: role.templateId, role }) as const),
  ]
    .sort((left, right) => (left.id < right.id ? -1 : 1))
    .slice(0, page.limit)
}

/** TEN-18: of their own groups a guest at the narrowest level learns the ids only, unless a role shows them more. */
export async function seesIdsOnly(context: OperationContext): Promise<boolean> {
  const { standing } = await loadDirectoryRoles(context.db, context.caller)
  if (standing !== 'guest') return false
  const { guestVisibility } = await getCollaborationPolicy(context.db, context.caller.tenantId)
  return (
    guestVisibility === 'restricted' &&
    !(await allowsDirectoryPermission(context, context.caller.tenantId, 'groups/read'))
  )
}

/** As `getUserOf`; nobody else changes the account until the transaction ends. Lock the tenant first, if at all. */
export async function getLockedUserOf(db: Db, tenantId: string, idOrName: string): Promise<UserAccount> {
  const user = await lockUser(db, tenantId, (await getUserOf(db, tenantId, idOrName)).id)
  if (!user) throw objectNotFound(idOrName)
  return user
}

export async function getUserOf(db: Db, tenantId: string, idOrName: string): Promise<UserAccount> {
  const user = isGuid(idOrName)
    ? await findUser(db, tenantId, idOrName.toLowerCase())
    : await findUserByPrincipalName(db, tenantId, idOrName)
  if (!user) throw objectNotFound(idOrName)
  return user
}
