import { createHash, timingSafeEqual } from 'node:crypto'
import { codeLifetimeMs, type SignInClient } from '../domain/directory/sign-in-client.ts'
import { type Refused, refusedBecause } from '../domain/directory/sign-in-refusal.ts'
import { parseTokenScope, type TokenScope } from '../domain/directory/token-scope.ts'
import { insertCode, lockCode, lockGrant, redeemCode, revokeGrant, type SignInGrant } from '../store/sign-in-grant.ts'
import { authenticateClient, type ClientCredentials } from './authenticate-client.ts'
import type { OperationContext } from './context.ts'
import { grantSignIn } from './grant-sign-in.ts'
import { issueUserTokens, type UserTokens } from './issue-user-tokens.ts'
import { hashSecret } from './secret-hash.ts'
import type { SignedIn } from './sign-in-session.ts'

/** Gives a code for what the person allows; it lives ten minutes and works once (TRUST S12). */
export async function issueAuthorizationCode(
  context: OperationContext,
  wanted: {
    readonly person: SignedIn
    readonly tenantId: string
    readonly client: SignInClient
    readonly clientKind: SignInGrant['clientKind']
    readonly scope: TokenScope
    readonly redirectUri: string
    readonly codeChallenge: string | undefined
    readonly nonce: string | undefined
  },
): Promise<{ readonly kind: 'code'; readonly code: string } | Refused> {
  const granted = await grantSignIn(context, wanted)
  if (granted.kind === 'refused') return granted
  const code = context.random.secret()
  await insertCode(context.db, {
    codeHash: hashSecret(code),
    grantId: granted.grantId,
    tenantId: wanted.tenantId,
    redirectUri: wanted.redirectUri,
    codeChallenge: wanted.codeChallenge ?? null,
    nonce: wanted.nonce ?? null,
    expiresAt: new Date(context.wallClock.now().getTime() + codeLifetimeMs),
  })
  return { kind: 'code', code }
}

/**
 * Exchanges a code for tokens. A code that comes a second time was stolen before or after the first, so all that it
 * gave ends (RFC 6749, 4.1.2).
 */
export async function redeemAuthorizationCode(
  context: OperationContext,
  request: {
    readonly client: ClientCredentials
    readonly code: string
    readonly redirectUri: string
    readonly codeVerifier: string | undefined
    /** The tenant in the address; nothing for those that stand for any. */
    readonly tenantId: string | undefined
    readonly scope: string | undefined
  },
): Promise<UserTokens | Refused> {
  const { db, wallClock } = context
  const at = wallClock.now()
  const code = await lockCode(db, hashSecret(request.code))
  if (!code) return refusedBecause('invalid_grant')
  const grant = await lockGrant(db, code.grantId)
  const client = await authenticateClient(context, request.client, grant.clientKind)
  if (client.kind === 'refused') return client
  if (client.appId !== grant.appId) return refusedBecause('invalid_grant')
  if (code.redeemedAt !== null) {
    await revokeGrant(db, grant.id, at)
    return refusedBecause('code_redeemed')
  }
  if (at >= code.expiresAt) return refusedBecause('code_expired')
  if (request.redirectUri !== code.redirectUri) return refusedBecause('redirect_uri_mismatch')
  if (!isVerifierOf(request.codeVerifier, code.codeChallenge)) return refusedBecause('verifier_mismatch')
  if (request.tenantId !== undefined && request.tenantId !== code.tenantId) return refusedBecause('invalid_grant')
  const scope = parseTokenScope(request.scope ?? grant.scope)
  const granted = parseTokenScope(grant.scope)
  if (!scope || !granted) return refusedBecause('invalid_scope')
  await redeemCode(db, code.codeHash, at)
  return issueUserTokens(context, {
    grant,
    client: client.client,
    tenantId: code.tenantId,
    scope: narrowedScope(scope, granted),
    nonce: code.nonce ?? undefined,
    by: 'codeExchange',
  })
}

/** The exchange may ask for less than was allowed, and for the same resource only. */
const narrowedScope = (asked: TokenScope, granted: TokenScope): TokenScope =>
  asked.resource !== undefined && asked.resource !== granted.resource
    ? granted
    : {
        ...asked,
        resource: granted.resource,
        isOpenId: asked.isOpenId && granted.isOpenId,
        wantsRefreshToken: asked.wantsRefreshToken && granted.wantsRefreshToken,
      }

/** S256 alone (RFC 7636, 4.6). A verifier without a challenge is refused too, or a code could be injected (RFC 9700, 4.8.2). */
function isVerifierOf(verifier: string | undefined, challenge: string | null): boolean {
  if (challenge === null) return verifier === undefined
  if (verifier === undefined || !/^[\w.~-]{43,128}$/.test(verifier)) return false
  const given = createHash('sha256').update(verifier).digest()
  const kept = Buffer.from(challenge, 'base64url')
  return given.length === kept.length && timingSafeEqual(given, kept)
}
