import { createHash } from 'node:crypto'
import { decideOutsideAccount, type OutsideRefusal } from '../domain/directory/outside-account.ts'
import type { OutsideProvider } from '../domain/directory/outside-provider.ts'
import { newUser, type UserAccount } from '../domain/directory/user-account.ts'
import type { OutsideBinding, OutsideFailure, OutsideIdentity } from '../domain/ports.ts'
import { violatedConstraint } from '../store/db.ts'
import {
  findOutsideProvider,
  holdOutsideProvider,
  listOutsideProviders,
  type ProviderWithSecret,
} from '../store/outside-provider.ts'
import { insertOutsideSignIn, takeOutsideSignIn } from '../store/outside-sign-in.ts'
import { findTenant, listDomains } from '../store/tenant.ts'
import { findUserByOutsideIdentity, insertUser } from '../store/user-account.ts'
import { appendAudit } from './audit.ts'
import type { OperationContext } from './context.ts'
import { unseal } from './seal-secret.ts'
import { hashSecret } from './secret-hash.ts'
import { startSignInSession } from './sign-in-session.ts'

const lifetimeMs = 10 * 60_000

export type OutsideRefused = {
  readonly kind: 'refused'
  /** `lost`: no sign-in of this browser is known under the answer; `gone`: the tenant has this provider no more. */
  readonly refusal: OutsideRefusal | OutsideFailure['kind'] | 'lost' | 'expired' | 'gone'
  /** Where the person was going, as far as that is known. */
  readonly returnTo?: string
  readonly tenantId?: string
}

/** What the sign-in page of a tenant offers beside the password. */
export async function listProvidersOf(
  context: OperationContext,
  tenant: string | undefined,
): Promise<readonly Pick<OutsideProvider, 'id' | 'displayName'>[]> {
  const found = tenant === undefined ? undefined : await findTenant(context.db, tenant)
  return found ? listOutsideProviders(context.db, found.id) : []
}

/** Sends a browser to a provider. It asks the provider first, so it runs in no transaction. */
export async function beginOutsideSignIn(
  context: OperationContext,
  wanted: {
    readonly providerId: string
    readonly returnTo: string
    readonly loginHint: string | undefined
    /** What the browser holds of another sign-in that is under way. */
    readonly browserCookie: string | undefined
    readonly redirectUri: string
  },
): Promise<{ readonly kind: 'begun'; readonly address: string; readonly browserCookie: string } | OutsideRefused> {
  const { db, random, wallClock } = context
  const provider = await findOutsideProvider(db, wanted.providerId)
  if (!provider) return { kind: 'refused', refusal: 'gone', returnTo: wanted.returnTo }
  const about = { returnTo: wanted.returnTo, tenantId: provider.tenantId }
  const registration = registrationOf(context, provider)
  if (!registration) return { kind: 'refused', refusal: 'gone', ...about }
  const browserCookie = secretPattern.test(wanted.browserCookie ?? '') ? (wanted.browserCookie ?? '') : random.secret()
  const state = random.secret()
  const binding = bindingOf(browserCookie, state, wanted.redirectUri)
  const answer = await context.outsideIssuers.authorizationUrl(registration, binding, {
    loginHint: wanted.loginHint,
    domainHint: provider.domainHint ?? undefined,
  })
  if (answer.kind !== 'address') return { kind: 'refused', refusal: answer.kind, ...about }
  await insertOutsideSignIn(db, {
    stateHash: hashSecret(state),
    browserHash: hashSecret(browserCookie),
    providerId: provider.id,
    returnTo: wanted.returnTo,
    expiresAt: new Date(wallClock.now().getTime() + lifetimeMs),
  })
  return { kind: 'begun', address: answer.address, browserCookie }
}

/**
 * Goes on with what a provider answered: the state works once and in the browser that began, the code is exchanged in no
 * transaction, and then the account is found and the session begun in one.
 */
export async function completeOutsideSignIn(
  context: OperationContext,
  given: {
    readonly answer: URLSearchParams
    readonly browserCookie: string | undefined
    readonly previousCookie: string | undefined
    readonly redirectUri: string
  },
): Promise<{ readonly kind: 'signedIn'; readonly cookieValue: string; readonly returnTo: string } | OutsideRefused> {
  const { db, wallClock } = context
  const state = given.answer.get('state') ?? ''
  const { browserCookie } = given
  if (browserCookie === undefined || state === '') return { kind: 'refused', refusal: 'lost' }
  const begun = await takeOutsideSignIn(db, hashSecret(state), hashSecret(browserCookie))
  if (!begun) return { kind: 'refused', refusal: 'lost' }
  const { returnTo } = begun
  const provider = await findOutsideProvider(db, begun.providerId)
  const registration = provider && registrationOf(context, provider)
  if (!provider || !registration) return { kind: 'refused', refusal: 'gone', returnTo }
  const about = { returnTo, tenantId: provider.tenantId }
  if (wallClock.now() >= begun.expiresAt) return { kind: 'refused', refusal: 'expired', ...about }
  const binding = bindingOf(browserCookie, state, given.redirectUri)
  const redeemed = await context.outsideIssuers.redeem(registration, binding, given.answer)
  if (redeemed.kind !== 'verified') return { kind: 'refused', refusal: redeemed.kind, ...about }
  const start = () =>
    db
      .transaction()
      .execute((transaction) =>
        signIn({ ...context, db: transaction }, provider.id, redeemed.identity, given.previousCookie),
      )
  const outcome = await start().catch((error: unknown) => {
    // Somebody signed up twice at the same moment; the second finds the account of the first.
    if (violatedConstraint(error)?.constraint === 'user_identity_name') return start()
    throw error
  })
  return outcome.kind === 'refused' ? { ...outcome, ...about } : { ...outcome, returnTo }
}

async function signIn(
  context: OperationContext,
  providerId: string,
  identity: OutsideIdentity,
  previousCookie: string | undefined,
): Promise<{ readonly kind: 'signedIn'; readonly cookieValue: string } | OutsideRefused> {
  const { db, wallClock } = context
  const provider = await holdOutsideProvider(db, providerId)
  if (!provider) return { kind: 'refused', refusal: 'gone' }
  const nearest = await findUserByOutsideIdentity(db, provider.tenantId, identity)
  const decision = decideOutsideAccount(identity, nearest, provider)
  if (decision.kind === 'refused') return decision
  const account = decision.kind === 'signUp' ? await signUp(context, provider, identity) : decision.account
  const person = { tenantId: account.tenantId, objectId: account.id }
  return { kind: 'signedIn', cookieValue: await startSignInSession(context, person, wallClock.now(), previousCookie) }
}

/** A new consumer, who is recorded as having made the account. An address that is not verified is not kept. */
async function signUp(
  context: OperationContext,
  provider: OutsideProvider,
  { issuer, subject, email, isEmailVerified, name }: OutsideIdentity,
): Promise<Pick<UserAccount, 'id' | 'tenantId'>> {
  const { db, random, now } = context
  const tenant = await findTenant(db, provider.tenantId)
  if (!tenant) throw new Error(`the provider ${provider.id} is of no tenant`)
  const mail = isEmailVerified ? email : null
  const user = newUser(
    {
      accountEnabled: true,
      displayName: name ?? mail ?? provider.displayName,
      mail,
      identities: [{ signInType: 'federated', issuer, issuerAssignedId: subject }],
    },
    { ...tenant, domains: await listDomains(db, [tenant.id]) },
    random.uuid(),
    now,
  )
  await insertUser(db, { ...user, password: undefined })
  const caller = {
    tenantId: user.tenantId,
    objectId: user.id,
    kind: 'user',
    appId: '',
    name: user.userPrincipalName,
    isOperator: false,
  } as const
  await appendAudit(
    { ...context, caller },
    {
      action: 'users/signUp',
      scope: `/tenants/${user.tenantId}/users/${user.id}`,
      after: { ...user, identityProviderId: provider.id },
    },
  )
  return user
}

const secretPattern = /^[\w-]{43}$/

/** Made from what the browser holds and the state, so that the database knows neither nonce nor verifier. */
function bindingOf(browserCookie: string, state: string, redirectUri: string): OutsideBinding {
  const derived = (use: string): string =>
    createHash('sha256').update(`${use} ${browserCookie} ${state}`).digest('base64url')
  return { redirectUri, state, nonce: derived('nonce'), codeVerifier: derived('verifier') }
}

/** Nothing when the secret was sealed with the key of another data directory. */
function registrationOf({ sealingKey }: OperationContext, provider: ProviderWithSecret) {
  if (provider.secret.keyId !== sealingKey.id) return undefined
  const { metadataUrl, clientId, scope } = provider
  return { metadataUrl, clientId, scope, clientSecret: unseal(sealingKey, provider.secret.sealed) }
}
