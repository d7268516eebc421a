import { invalid } from '../refusal.ts'
import type { Tenant } from './tenant.ts'

/** An OpenID provider outside that people of a tenant may sign in with. */
export interface OutsideProvider {
  readonly id: string
  readonly tenantId: string
  readonly displayName: string
  readonly clientId: string
  readonly metadataUrl: string
  readonly scope: string
  readonly domainHint: string | null
  /** Whether somebody whom the tenant does not know becomes a consumer by signing in. */
  readonly allowsSignUp: boolean
  readonly createdAt: Date
}

const metadataUrlPattern = /^https:\/\/[^/?#@\s]+(?:\/[^?#\s]*)?\/\.well-known\/openid-configuration$/

export function checkOutsideProvider(provider: OutsideProvider, tenant: Pick<Tenant, 'kind'>): OutsideProvider {
  if (!metadataUrlPattern.test(provider.metadataUrl) || !URL.canParse(provider.metadataUrl))
    throw invalid(
      'Request_BadRequest',
      'The value of metadataUrl must be an https address that ends in /.well-known/openid-configuration.',
      'metadataUrl',
    )
  if (!provider.scope.split(' ').includes('openid'))
    throw invalid('Request_BadRequest', "The value of scope must contain 'openid'.", 'scope')
  if (provider.allowsSignUp && tenant.kind !== 'identity')
    throw invalid(
      'Request_BadRequest',
      'People sign up in identity tenants only. Invite them as guests, or leave isSignUpAllowed out.',
      'isSignUpAllowed',
    )
  return provider
}
