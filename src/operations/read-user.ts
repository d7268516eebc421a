import { isGuid, objectNotFound } from '../domain/directory/object-id.ts'
import type { UserAccount } from '../domain/directory/user-account.ts'
import { invalid } from '../domain/refusal.ts'
import type { Db } from '../store/db.ts'
import { findUser, findUserByPrincipalName, listUsers, type UserFilter } from '../store/user-account.ts'
import { authorizeDirectory } from './authorize.ts'
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

export async function getUserOf(db: Db, tenantId: string, idOrName: string): Promise<UserAccount> {
  const user = isGuid(idOrName)
    ? await findUser(db, tenantId, idOrName.toLowerCase())
    : await findUserByPrincipalName(db, tenantId, idOrName)
  if (!user) throw objectNotFound(idOrName)
  return user
}
