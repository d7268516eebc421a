import { isSessionCurrent, isUseToBeWritten, sessionEndOf } from '../domain/directory/sign-in-session.ts'
import { dayMs } from '../domain/directory/sign-in-client.ts'
import type { AccountClass } from '../domain/directory/user-account.ts'
import { deleteDevicesBefore } from '../store/device-authorization.ts'
import { deleteEndedGrants } from '../store/sign-in-grant.ts'
import { deleteFailuresBefore } from '../store/sign-in-failure.ts'
import type { Db } from '../store/db.ts'
import { deleteOutsideSignInsBefore } from '../store/outside-sign-in.ts'
import {
  deleteSession,
  deleteSessionsBefore,
  findSession,
  insertSession,
  writeSessionUse,
} from '../store/sign-in-session.ts'
import type { OperationContext } from './context.ts'
import { hashSecret } from './secret-hash.ts'

/** Who signed in with this browser, as they are at home (TEN-7). */
export interface SignedIn {
  readonly tenantId: string
  readonly objectId: string
  readonly userName: string
  readonly displayName: string
  /** A consumer signs in to applications of the identity tenant only, and to nothing of ours (TEN-9). */
  readonly accountClass: AccountClass
  readonly authenticatedAt: Date
}

/** Whose browser holds this cookie, if the session is still good. */
export async function findSignInSession(
  context: OperationContext,
  cookieValue: string | undefined,
): Promise<SignedIn | undefined> {
  if (!cookieValue) return undefined
  const secretHash = hashSecret(cookieValue)
  const session = await findSession(context.db, secretHash)
  const at = context.wallClock.now()
  if (!session || !isSessionCurrent(session, session.sessionsValidFrom, at)) return undefined
  if (isUseToBeWritten(session, at)) await writeSessionUse(context.db, secretHash, at)
  return {
    tenantId: session.tenantId,
    objectId: session.userId,
    userName: session.userPrincipalName,
    displayName: session.displayName,
    accountClass: session.accountClass,
    authenticatedAt: session.authenticatedAt,
  }
}

/**
 * Begins a session and gives what the cookie holds. The browser's earlier session ends, so that nobody goes on with a
 * session that somebody else put there (TRUST S13).
 */
export async function startSignInSession(
  context: OperationContext,
  person: { readonly tenantId: string; readonly objectId: string },
  authenticatedAt: Date,
  previousCookie: string | undefined,
): Promise<string> {
  await endSignInSession(context, previousCookie)
  const secret = context.random.secret()
  await insertSession(context.db, {
    secretHash: hashSecret(secret),
    tenantId: person.tenantId,
    userId: person.objectId,
    authenticatedAt,
  })
  return secret
}

export async function endSignInSession(context: OperationContext, cookieValue: string | undefined): Promise<void> {
  if (cookieValue) await deleteSession(context.db, hashSecret(cookieValue))
}

/** What no longer says anything about a sign-in is not kept. */
export async function forgetOldSignIns(db: Db, at: Date): Promise<void> {
  const longest = sessionEndOf(at).getTime() - at.getTime()
  await deleteSessionsBefore(db, new Date(at.getTime() - longest))
  await deleteFailuresBefore(db, new Date(at.getTime() - 2 * dayMs))
  await deleteDevicesBefore(db, new Date(at.getTime() - dayMs))
  await deleteOutsideSignInsBefore(db, at)
  await deleteEndedGrants(db, new Date(at.getTime() - dayMs))
}
