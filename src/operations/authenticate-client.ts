import { isSpaOrigin } from '../domain/directory/redirect-uri.ts'
import type { SignInClient } from '../domain/directory/sign-in-client.ts'
import { type Refused, refusedBecause } from '../domain/directory/sign-in-refusal.ts'
import type { SignInGrant } from '../store/sign-in-grant.ts'
import type { OperationContext } from './context.ts'
import { findSignInClient, isSecretOfApplication } from './find-sign-in-client.ts'

export interface ClientCredentials {
  readonly clientId: string
  readonly clientSecret: string | undefined
  /** Of the page that asks, as its browser says; a program sends none. */
  readonly origin: string | undefined
}

/** A server proves itself with its secret; what runs at people's has none, and must not send one that it then is not. */
export async function authenticateClient(
  context: OperationContext,
  { clientId, clientSecret, origin }: ClientCredentials,
  kind: SignInGrant['clientKind'],
): Promise<{ readonly kind: 'client'; readonly appId: string; readonly client: SignInClient } | Refused> {
  const client = await findSignInClient(context, clientId)
  if (!client) return refusedBecause('application_not_found')
  if (kind === 'spa' && (origin === undefined || !isSpaOrigin(client.redirectUris, origin)))
    return refusedBecause('foreign_origin')
  if (kind !== 'web' && clientSecret !== undefined) return refusedBecause('public_client_with_secret')
  if (kind === 'web') {
    if (clientSecret === undefined) return refusedBecause('client_secret_missing')
    const isKnown =
      client.registration !== undefined && (await isSecretOfApplication(context, client.registration.id, clientSecret))
    if (!isKnown) return refusedBecause('invalid_client_secret')
  }
  return { kind: 'client', appId: client.appId, client }
}
