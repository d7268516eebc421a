import { sandboxAppId } from '../domain/directory/sign-in-client.ts'
import { notFound } from '../domain/refusal.ts'
import { findCallerFacts } from '../store/caller.ts'
import type { IssuedToken, OperationContext } from './context.ts'
import { authorizeSandboxTokens } from './set-sandbox-clock.ts'

/** Signs a user in without a browser; only a sandbox does it, and only for its operator. */
export async function issueSandboxToken(
  context: OperationContext,
  request: { tenantId: string; userId: string; audience?: string | undefined },
): Promise<IssuedToken> {
  authorizeSandboxTokens(context)
  const user = await findCallerFacts(context.db, request.tenantId, request.userId)
  if (user?.kind !== 'user' || !user.isUsable)
    throw notFound(
      'UserNotFound',
      `Tenant '${request.tenantId}' has no user '${request.userId}' who could sign in. A guest must have accepted the invitation first.`,
      'userId',
    )
  return context.issueToken({
    tenantId: request.tenantId,
    objectId: request.userId,
    appId: sandboxAppId,
    audience: request.audience ?? context.settings.baseUrl,
    isApplication: false,
    userName: user.name,
  })
}
