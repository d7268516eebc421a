import { createHash } from 'node:crypto'
import { decideAudience } from '../domain/directory/audience.ts'
import { dayMs, refreshLifetimeDays, type SignInClient } from '../domain/directory/sign-in-client.ts'
import { type Refused, refusedBecause } from '../domain/directory/sign-in-refusal.ts'
import type { TokenScope } from '../domain/directory/token-scope.ts'
import type { AccountClass } from '../domain/directory/user-account.ts'
import type { SignInKind } from '../domain/metering/authentication.ts'
import { actsForPeople } from '../store/service-principal.ts'
import { replaceRefreshToken, type SignInGrant } from '../store/sign-in-grant.ts'
import type { OperationContext } from './context.ts'
import { findSignInClient, isClientKnownIn } from './find-sign-in-client.ts'
import { meterSignIn } from './meter-sign-in.ts'
import { resolveTokenAccount } from './resolve-token-account.ts'
import { hashSecret } from './secret-hash.ts'

export interface UserTokens {
  readonly kind: 'issued'
  readonly accessToken: string
  readonly expiresInSeconds: number
  readonly scope: string
  readonly idToken: string | undefined
  readonly refreshToken: string | undefined
  /** Who the person is at home, by which clients file the tokens of all their tenants together. */
  readonly home: { readonly tenantId: string; readonly objectId: string }
}

export interface UserTokenRequest {
  readonly grant: SignInGrant
  readonly client: SignInClient
  readonly tenantId: string
  readonly scope: TokenScope
  readonly nonce: string | undefined
  /** What gives the tokens (MAU-15); silent single sign-on is an exchange of a code that nobody typed a password for. */
  readonly by: 'codeExchange' | 'refresh' | 'deviceCode'
}

/** One authentication for each time that tokens are issued, by what gave them (MAU-15). */
const meteredAs = {
  codeExchange: 'codeExchange',
  refresh: 'tokenRefresh',
  deviceCode: 'interactiveSignIn',
} as const satisfies Record<UserTokenRequest['by'], SignInKind>

/**
 * The one place through which every token of a person goes that signed in: it is in the transaction of the exchange,
 * and what it is given is already proved. The account is looked up now, so nothing is issued on what was true earlier.
 */
export async function issueUserTokens(
  context: OperationContext,
  request: UserTokenRequest,
): Promise<UserTokens | Refused> {
  const { grant, client, tenantId, scope } = request
  if (grant.revokedAt !== null) return refusedBecause('grant_revoked')
  if (!(await isClientKnownIn(context, client, tenantId))) return refusedBecause('application_not_found')
  const resolved = await resolveTokenAccount(context, grant.home, tenantId, grant.authenticatedAt)
  if (resolved.kind === 'refused')
    return resolved.refusal === 'sign_in_again' ? refusedBecause('grant_revoked') : resolved
  const { account, home } = resolved
  const audience = await findAudience(context, { client, tenantId, scope, accountClass: account.accountClass })
  if (audience.kind === 'refused') return audience
  const about = {
    tenantId,
    objectId: account.id,
    appId: client.appId,
    userName: account.userPrincipalName,
    displayName: account.displayName,
    authenticatedAt: grant.authenticatedAt,
    isGuest: account.isGuest,
    homeTenantId: home.tenantId,
  }
  await meterSignIn(context, about, meteredAs[request.by])
  const token = await context.issueToken({ ...about, audience: audience.audience, isApplication: false })
  return {
    kind: 'issued',
    ...token,
    scope: scope.text,
    idToken: scope.isOpenId
      ? await context.issueIdToken({
          ...about,
          // What the person signs in with, so that a client can give it back as a hint.
          userName: home.userPrincipalName,
          subject: pairwiseSubject(about),
          mail: account.mail ?? undefined,
          nonce: request.nonce,
        })
      : undefined,
    refreshToken: scope.wantsRefreshToken ? await newRefreshToken(context, grant) : undefined,
    home: grant.home,
  }
}

export async function findAudience(
  context: OperationContext,
  asked: { client: SignInClient; tenantId: string; scope: TokenScope; accountClass: AccountClass },
): Promise<{ readonly kind: 'audience'; readonly audience: string } | Refused> {
  const { client, tenantId, scope, accountClass } = asked
  const { appId, registration } = client
  const isLetIn = registration === undefined || (await actsForPeople(context.db, tenantId, appId))
  const about = { appId, actsForPeople: isLetIn }
  const decision = decideAudience(scope.resource, about, accountClass, context.settings.baseUrl)
  if (decision.kind !== 'application') return decision
  const resource = await findSignInClient(context, decision.appId)
  if (!resource || !(await isClientKnownIn(context, resource, tenantId))) return refusedBecause('resource_not_found')
  return { kind: 'audience', audience: decision.appId }
}

/** The same person is somebody else to each application, so that two of them cannot put what they know together. */
export const pairwiseSubject = (about: { tenantId: string; objectId: string; appId: string }): string =>
  createHash('sha256').update(`${about.tenantId} ${about.objectId} ${about.appId}`).digest('base64url')

async function newRefreshToken(context: OperationContext, grant: SignInGrant): Promise<string> {
  const at = context.wallClock.now()
  const secret = context.random.secret()
  const days = refreshLifetimeDays[grant.clientKind]
  await replaceRefreshToken(
    context.db,
    {
      tokenHash: hashSecret(secret),
      grantId: grant.id,
      expiresAt: new Date((grant.clientKind === 'spa' ? grant.authenticatedAt : at).getTime() + days * dayMs),
    },
    at,
  )
  return secret
}
