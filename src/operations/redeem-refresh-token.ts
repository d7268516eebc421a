import { type Refused, refusedBecause } from '../domain/directory/sign-in-refusal.ts'
import { parseTokenScope } from '../domain/directory/token-scope.ts'
import { lockGrant, lockRefreshToken, revokeGrant } from '../store/sign-in-grant.ts'
import { authenticateClient, type ClientCredentials } from './authenticate-client.ts'
import type { OperationContext } from './context.ts'
import { issueUserTokens, type UserTokens } from './issue-user-tokens.ts'
import { hashSecret } from './secret-hash.ts'

/**
 * Exchanges a refresh token for new tokens, and for a new refresh token that takes its place. One that was replaced
 * already and comes again ends the whole family (TRUST S12). In the address of another tenant it gives what the person
 * is there: that is how a client switches the directory without asking for the password again.
 */
export async function redeemRefreshToken(
  context: OperationContext,
  request: {
    readonly client: ClientCredentials
    readonly refreshToken: string
    /** The tenant in the address; nothing for those that stand for the home tenant. */
    readonly tenantId: string | undefined
    readonly scope: string | undefined
  },
): Promise<UserTokens | Refused> {
  const { db, wallClock } = context
  const at = wallClock.now()
  const token = await lockRefreshToken(db, hashSecret(request.refreshToken))
  if (!token) return refusedBecause('invalid_grant')
  const grant = await lockGrant(db, token.grantId)
  const client = await authenticateClient(context, request.client, grant.clientKind)
  if (client.kind === 'refused') return client
  if (client.appId !== grant.appId) return refusedBecause('invalid_grant')
  if (token.replacedAt !== null) {
    await revokeGrant(db, grant.id, at)
    return refusedBecause('grant_revoked')
  }
  if (at >= token.expiresAt) return refusedBecause('refresh_token_expired')
  const asked = parseTokenScope(request.scope ?? grant.scope)
  if (!asked) return refusedBecause('invalid_scope')
  return issueUserTokens(context, {
    grant,
    client: client.client,
    tenantId: request.tenantId ?? grant.home.tenantId,
    // A client that does not say so again still needs the one that takes the place of this.
    scope: { ...asked, wantsRefreshToken: true },
    nonce: undefined,
    by: 'refresh',
  })
}
