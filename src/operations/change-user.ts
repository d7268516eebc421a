import { isDeepStrictEqual } from 'node:util'
import { checkPassword } from '../domain/directory/password.ts'
import {
  changeUser as changedUser,
  checkIdentities,
  newUser,
  type NewPassword,
  type UserAccount,
  type UserChanges,
  type WantedUser,
} from '../domain/directory/user-account.ts'
import { deletedPrincipalName } from '../domain/directory/user-principal-name.ts'
import { invalid } from '../domain/refusal.ts'
import { findMasteredGroupNameOf } from '../store/group-account.ts'
import { endPrincipal } from '../store/principal.ts'
import { endSignInsBefore } from '../store/sign-in-account.ts'
import { lockTenant } from '../store/tenant.ts'
import { deleteIdentities, insertUser, replaceUser, type UserPassword } from '../store/user-account.ts'
import { appendAudit } from './audit.ts'
import { authorizeDirectory } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { scheduleFinalDeletion } from './delete-for-good.ts'
import {
  directoryScope,
  holdOwnTenant,
  keepGlobalAdministrator,
  refuseChangeOfAdministrator,
} from './directory-scope.ts'
import { hashPassword } from './password-hash.ts'
import { getLockedUserOf } from './read-user.ts'
import { refusingDuplicates } from './refuse-duplicate-object.ts'

export async function createUser(context: OperationContext, wanted: WantedUser): Promise<UserAccount> {
  await authorizeDirectory(context, context.caller.tenantId, 'users/create')
  const password = await hashed(context, wanted.password)
  const user = newUser(wanted, await holdOwnTenant(context), context.random.uuid(), context.now)
  await refusingDuplicates(() => insertUser(context.db, { ...user, password }))
  await appendAudit(context, { action: 'users/create', scope: directoryScope(context, 'users', user.id), after: user })
  return { ...user, revision: 1n }
}

/** Says whether a guest became a member, which may let them into more than before (TEN-20). */
export async function changeUser(
  context: OperationContext,
  idOrName: string,
  { password, ...changes }: UserChanges & { readonly password?: NewPassword | undefined },
): Promise<{ readonly isPromoted: boolean }> {
  const { tenantId } = context.caller
  const isMoreThanPassword = Object.values(changes).some((value) => value !== undefined)
  if (isMoreThanPassword || password === undefined) await authorizeDirectory(context, tenantId, 'users/update')
  if (password !== undefined) await authorizeDirectory(context, tenantId, 'users/resetPassword')
  const kept = await hashed(context, password)
  // First the tenant, then the account, as everybody who locks both.
  if (changes.accountEnabled === false) await lockTenant(context.db, tenantId)
  const tenant = await holdOwnTenant(context)
  const user = await getLockedUserOf(context.db, tenantId, idOrName)
  await refuseChangeOfAdministrator(context, user.id)
  const changed = changedUser(user, changes, tenant)
  if (changes.identities !== undefined) checkIdentities(changed.identities, tenant)
  if (password !== undefined && user.home !== null)
    throw invalid(
      'Request_BadRequest',
      'The password of an external account is kept at home. Reset it there.',
      'passwordProfile',
    )
  if (user.accountEnabled && !changed.accountEnabled) await keepGlobalAdministrator(context, user.id)
  if (user.userType === 'Member' && changed.userType === 'Guest') await refuseInMasteredGroup(context, user.id)
  // The same again leaves no trace; a password is new whenever one is given.
  if (password === undefined && isDeepStrictEqual(changed, user)) return { isPromoted: false }
  await refusingDuplicates(() => replaceUser(context.db, changed, kept))
  if (kept || (user.accountEnabled && !changed.accountEnabled))
    await endSignInsBefore(context.db, user.id, context.wallClock.now())
  await appendAudit(context, {
    action: isMoreThanPassword ? 'users/update' : 'users/resetPassword',
    scope: directoryScope(context, 'users', user.id),
    before: facts(user),
    after: facts(changed),
  })
  return { isPromoted: user.userType === 'Guest' && changed.userType === 'Member' }
}

/** TEN-21: the directory that masters a group knows no guests, so nobody in one becomes a guest. */
async function refuseInMasteredGroup(context: OperationContext, userId: string): Promise<void> {
  const name = await findMasteredGroupNameOf(context.db, userId)
  if (name === undefined) return
  throw invalid(
    'Request_BadRequest',
    `The user is in the group '${name}', which another directory masters and which takes no guests. Remove the user from it there first.`,
    'userType',
  )
}

/** Soft: the account with all it had can be restored for 30 days (TEN-22). It works for nothing from now on. */
export async function deleteUser(context: OperationContext, idOrName: string): Promise<void> {
  const { db, caller, now } = context
  await authorizeDirectory(context, caller.tenantId, 'users/delete')
  await lockTenant(db, caller.tenantId)
  const user = await getLockedUserOf(db, caller.tenantId, idOrName)
  await refuseChangeOfAdministrator(context, user.id)
  await keepGlobalAdministrator(context, user.id)
  await replaceUser(db, { ...user, userPrincipalName: deletedPrincipalName(user.id, user.userPrincipalName) })
  await deleteIdentities(db, user.id)
  await endPrincipal(db, user.id, now)
  await scheduleFinalDeletion(context, user.id)
  await endSignInsBefore(db, user.id, context.wallClock.now())
  await appendAudit(context, {
    action: 'users/delete',
    scope: directoryScope(context, 'users', user.id),
    before: facts(user),
  })
}

const facts = ({ revision: _, ...user }: UserAccount): Omit<UserAccount, 'revision'> => user

async function hashed(context: OperationContext, password: NewPassword | undefined): Promise<UserPassword | undefined> {
  if (password === undefined) return undefined
  const hash = await hashPassword(checkPassword(password.text), context.random.bytes(16))
  return { hash, mustChange: password.mustChange }
}
