import { findApplicationByAppId } from '../store/application.ts'
import { findServicePrincipal } from '../store/service-principal.ts'
import { findTenant } from '../store/tenant.ts'
import type { IssuedToken, OperationContext } from './context.ts'
import { isSecretOfApplication } from './find-sign-in-client.ts'

export type TokenRefusal = 'tenant_not_found' | 'application_not_found' | 'invalid_client_secret'

export type TokenDecision =
  | { readonly kind: 'issued'; readonly token: IssuedToken }
  | { readonly kind: 'refused'; readonly refusal: TokenRefusal }

/** Signs an application in as itself in one tenant (client credentials). */
export async function issueClientCredentialsToken(
  context: OperationContext,
  request: { tenant: string; clientId: string; clientSecret: string; audience: string },
): Promise<TokenDecision> {
  const tenant = await findTenant(context.db, request.tenant)
  if (!tenant) return { kind: 'refused', refusal: 'tenant_not_found' }
  const application = await findApplicationByAppId(context.db, request.clientId)
  const servicePrincipal = application && (await findServicePrincipal(context.db, tenant.id, request.clientId))
  if (!application || !servicePrincipal) return { kind: 'refused', refusal: 'application_not_found' }
  const isKnown = await isSecretOfApplication(context, application.id, request.clientSecret)
  if (!isKnown) return { kind: 'refused', refusal: 'invalid_client_secret' }
  const token = await context.issueToken({
    tenantId: tenant.id,
    objectId: servicePrincipal.id,
    appId: application.appId,
    audience: request.audience,
    isApplication: true,
  })
  return { kind: 'issued', token }
}
