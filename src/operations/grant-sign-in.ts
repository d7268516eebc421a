import type { SignInClient } from '../domain/directory/sign-in-client.ts'
import { type Refused, refusedBecause } from '../domain/directory/sign-in-refusal.ts'
import type { TokenScope } from '../domain/directory/token-scope.ts'
import { insertGrant, type SignInGrant } from '../store/sign-in-grant.ts'
import type { OperationContext } from './context.ts'
import { isClientKnownIn } from './find-sign-in-client.ts'
import { findAudience } from './issue-user-tokens.ts'
import { resolveTokenAccount } from './resolve-token-account.ts'
import type { SignedIn } from './sign-in-session.ts'

/** Lets an application have what the signed-in person may have in that tenant; a code or a device fetches it. */
export async function grantSignIn(
  context: OperationContext,
  wanted: {
    readonly person: SignedIn
    readonly tenantId: string
    readonly client: SignInClient
    readonly clientKind: SignInGrant['clientKind']
    readonly scope: TokenScope
  },
): Promise<{ readonly kind: 'granted'; readonly grantId: string } | Refused> {
  const { person, tenantId, client, scope } = wanted
  if (!(await isClientKnownIn(context, client, tenantId))) return refusedBecause('application_not_found')
  const resolved = await resolveTokenAccount(context, person, tenantId, person.authenticatedAt)
  if (resolved.kind === 'refused') return resolved
  const { accountClass } = resolved.account
  const audience = await findAudience(context, { client, tenantId, scope, accountClass })
  if (audience.kind === 'refused') return audience
  const grantId = context.random.uuid()
  await insertGrant(
    context.db,
    {
      id: grantId,
      appId: client.appId,
      clientKind: wanted.clientKind,
      home: { tenantId: person.tenantId, objectId: person.objectId },
      authenticatedAt: person.authenticatedAt,
      scope: scope.text,
    },
    context.wallClock.now(),
  )
  return { kind: 'granted', grantId }
}
