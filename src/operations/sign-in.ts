import { checkPassword } from '../domain/directory/password.ts'
import { accountLimits, addressLimits, afterFailure, secondsToWait } from '../domain/directory/sign-in-throttle.ts'
import { invalid } from '../domain/refusal.ts'
import {
  endSignInsBefore,
  findConsumerSignInAccount,
  findWorkSignInAccount,
  type SignInAccount,
  writeOwnPassword,
} from '../store/sign-in-account.ts'
import { deleteFailures, findFailures, lockFailures, writeFailures } from '../store/sign-in-failure.ts'
import { findTenant } from '../store/tenant.ts'
import { appendAudit } from './audit.ts'
import type { OperationContext } from './context.ts'
import { hashPassword, isPasswordOf, passwordHashOfNobody } from './password-hash.ts'
import { hashSecret } from './secret-hash.ts'
import { startSignInSession } from './sign-in-session.ts'

export interface PasswordSignIn {
  readonly userName: string
  readonly password: string
  /** The identity tenant whose consumers may sign in as well (TEN-9). */
  readonly tenant: string | undefined
  readonly remoteAddress: string
  /** What the browser holds of an earlier session. */
  readonly previousCookie: string | undefined
}

export type SignInDecision =
  | { readonly kind: 'signedIn'; readonly cookieValue: string }
  | { readonly kind: 'mustChangePassword' }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'disabled' }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number }

/** Signs a person in at their home tenant; a password that an administrator set is first changed by its owner. */
export async function signInWithPassword(context: OperationContext, wanted: PasswordSignIn): Promise<SignInDecision> {
  const at = context.wallClock.now()
  const checked = await checkCredentials(context, wanted, at)
  if (checked.kind !== 'right') return checked
  if (checked.account.mustChangePassword) return { kind: 'mustChangePassword' }
  return signedIn(context, checked.account, at, wanted.previousCookie)
}

/**
 * Changes one's own password, which takes the present one, and signs in with the new one. Whoever else was signed in
 * with the old one is signed out.
 */
export async function changeOwnPassword(
  context: OperationContext,
  wanted: PasswordSignIn & { readonly newPassword: string },
): Promise<SignInDecision> {
  const at = context.wallClock.now()
  const checked = await checkCredentials(context, wanted, at)
  if (checked.kind !== 'right') return checked
  const { account } = checked
  if (wanted.newPassword === wanted.password)
    throw invalid('SamePassword', 'Choose a password that differs from the present one.', 'newPassword')
  const hash = await hashPassword(checkPassword(wanted.newPassword), context.random.bytes(16))
  await writeOwnPassword(context.db, account.id, { hash, mustChange: false })
  await endSignInsBefore(context.db, account.id, at)
  const caller = {
    tenantId: account.tenantId,
    objectId: account.id,
    kind: 'user',
    appId: '',
    name: account.userPrincipalName,
    isOperator: false,
  } as const
  await appendAudit(
    { ...context, caller },
    { action: 'users/changePassword', scope: `/tenants/${account.tenantId}/users/${account.id}` },
  )
  return signedIn(context, account, at, wanted.previousCookie)
}

async function signedIn(
  context: OperationContext,
  account: SignInAccount,
  at: Date,
  previousCookie: string | undefined,
): Promise<SignInDecision> {
  const person = { tenantId: account.tenantId, objectId: account.id }
  return { kind: 'signedIn', cookieValue: await startSignInSession(context, person, at, previousCookie) }
}

type Checked =
  | { readonly kind: 'right'; readonly account: SignInAccount }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'disabled' }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number }

/**
 * TRUST S17. A name that nobody has costs the same, is throttled the same and gets the same answer as a wrong password;
 * that an account is disabled is told only to who knows its password. Failures are kept by a hash of the name.
 */
async function checkCredentials(context: OperationContext, wanted: PasswordSignIn, at: Date): Promise<Checked> {
  const { db } = context
  const account = await findAccount(context, wanted)
  const subject = account ? `account ${account.id}` : `name ${hashSecret(wanted.userName.trim().toLowerCase())}`
  const address = `address ${wanted.remoteAddress}`
  const waitOfAddress = secondsToWait(await findFailures(db, address), at)
  if (waitOfAddress !== undefined) return { kind: 'throttled', retryAfterSeconds: waitOfAddress }
  const failures = await lockFailures(db, subject, at)
  const wait = secondsToWait(failures, at)
  if (wait !== undefined) return { kind: 'throttled', retryAfterSeconds: wait }
  const isRight = await isPasswordOf(wanted.password.slice(0, 1024), account?.passwordHash ?? passwordHashOfNobody)
  if (account && account.passwordHash !== null && isRight) {
    await deleteFailures(db, subject)
    return account.accountEnabled ? { kind: 'right', account } : { kind: 'disabled' }
  }
  await writeFailures(db, subject, afterFailure(failures, accountLimits, at))
  await writeFailures(db, address, afterFailure(await lockFailures(db, address, at), addressLimits, at))
  return { kind: 'wrong' }
}

/** A guest signs in at home, so the name's domain says where; consumers only where an application of their tenant asks. */
async function findAccount(context: OperationContext, wanted: PasswordSignIn): Promise<SignInAccount | undefined> {
  const name = wanted.userName.trim()
  const here = wanted.tenant === undefined ? undefined : await findTenant(context.db, wanted.tenant)
  const consumer = here?.kind === 'identity' ? await findConsumerSignInAccount(context.db, here.id, name) : undefined
  if (consumer) return consumer
  const domain = name.slice(name.lastIndexOf('@') + 1)
  const home = name.includes('@') ? await findTenant(context.db, domain) : undefined
  const account = home && (await findWorkSignInAccount(context.db, home.id, name))
  return account?.accountClass === 'work' ? account : undefined
}
