import type { UserAccount } from '../domain/directory/user-account.ts'
import { endSignInsBefore } from '../store/sign-in-account.ts'
import { appendAudit } from './audit.ts'
import { authorizeDirectory } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { directoryScope, refuseChangeOfAdministrator } from './directory-scope.ts'
import { getMe, getUserOf } from './read-user.ts'

/** Ends all sessions, codes and refresh tokens of the caller, in every application and browser. */
export async function revokeOwnSignIns(context: OperationContext): Promise<void> {
  await revoke(context, await getMe(context))
}

export async function revokeSignIns(context: OperationContext, idOrName: string): Promise<void> {
  const { caller } = context
  if (caller.kind === 'user' && [caller.objectId, caller.name.toLowerCase()].includes(idOrName.toLowerCase()))
    return revokeOwnSignIns(context)
  await authorizeDirectory(context, caller.tenantId, 'users/resetPassword')
  const user = await getUserOf(context.db, caller.tenantId, idOrName)
  await refuseChangeOfAdministrator(context, user.id)
  await revoke(context, user)
}

/** Of a guest it ends what they have in this tenant; what they are at home is decided there. */
async function revoke(context: OperationContext, user: UserAccount): Promise<void> {
  await endSignInsBefore(context.db, user.id, context.wallClock.now())
  await appendAudit(context, {
    action: 'users/revokeSignInSessions',
    scope: directoryScope(context, 'users', user.id),
  })
}
