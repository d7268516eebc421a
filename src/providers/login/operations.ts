import { issuerOf } from '../../http/authentication.ts'
import { type ApiRequest, type ApiResponse, type Operation, ok, pathParameter } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { resolveTenant } from '../../operations/resolve-tenant.ts'
import { authorizeOperations } from './authorize.routes.ts'
import { deviceOperations } from './device.routes.ts'
import { endSessionOperations } from './end-session.routes.ts'
import { outsideOperations } from './outside.routes.ts'
import { redeemOperations } from './redeem.routes.ts'
import { signInOperations } from './sign-in.routes.ts'
import { anonymous, sharedAuthorities, stsError } from './sts.ts'
import { tokenOperations } from './token.routes.ts'
import { userInfoOperations } from './user-info.routes.ts'

export interface LoginPorts {
  /** Public keys as a JWK set, retired ones among them while their tokens live. */
  publicKeys(): readonly Record<string, unknown>[]
}

export const operations = (ports: LoginPorts): readonly Operation<OperationContext>[] => [
  ...signInOperations,
  ...outsideOperations,
  ...redeemOperations,
  {
    ...anonymous,
    id: 'Login_OpenIdConfiguration',
    method: 'GET',
    path: '/{tenant}/v2.0/.well-known/openid-configuration',
    statuses: [200, 400],
    summary: 'Where a tenant signs people and applications in.',
    handle: openIdConfiguration,
  },
  {
    ...anonymous,
    id: 'Login_OpenIdConfigurationV1',
    method: 'GET',
    path: '/{tenant}/.well-known/openid-configuration',
    statuses: [200, 400],
    summary: 'The same for clients of the first generation.',
    handle: openIdConfiguration,
  },
  {
    ...anonymous,
    id: 'Login_Keys',
    method: 'GET',
    path: '/{tenant}/discovery/v2.0/keys',
    statuses: [200],
    summary: 'The public keys that tokens are verified with.',
    async handle() {
      return ok({ keys: ports.publicKeys() }, readableByPages)
    },
  },
  {
    ...anonymous,
    id: 'Login_InstanceDiscovery',
    method: 'GET',
    path: '/common/discovery/instance',
    statuses: [200],
    summary: 'Tells a client that this authority is its own instance.',
    async handle(_context, request) {
      return ok({
        tenant_discovery_endpoint: `${request.baseUrl}/common/v2.0/.well-known/openid-configuration`,
        'api-version': '1.1',
        metadata: [],
      })
    },
  },
  ...tokenOperations,
  ...authorizeOperations,
  ...deviceOperations,
  ...endSessionOperations(ports),
  ...userInfoOperations,
]

/** What is public anyway, pages of any origin may read. */
const readableByPages = { 'access-control-allow-origin': '*' }

async function openIdConfiguration(context: OperationContext, request: ApiRequest): Promise<ApiResponse> {
  const tenant = pathParameter(request, 'tenant')
  const isShared = sharedAuthorities.includes(tenant.toLowerCase())
  const tenantId = isShared ? '{tenantid}' : await resolveTenant(context, tenant)
  if (tenantId === undefined) return stsError(request, context.wallClock.now(), 'tenant_not_found', tenant)
  const authority = `${request.baseUrl}/${isShared ? tenant.toLowerCase() : tenantId}`
  return ok(
    {
      token_endpoint: `${authority}/oauth2/v2.0/token`,
      token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic', 'none'],
      jwks_uri: `${authority}/discovery/v2.0/keys`,
      response_modes_supported: ['query', 'fragment'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: ['RS256'],
      response_types_supported: ['code'],
      scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
      issuer: issuerOf(request.baseUrl, tenantId),
      request_uri_parameter_supported: false,
      userinfo_endpoint: `${request.baseUrl}/oidc/userinfo`,
      authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
      device_authorization_endpoint: `${authority}/oauth2/v2.0/devicecode`,
      end_session_endpoint: `${authority}/oauth2/v2.0/logout`,
      http_logout_supported: false,
      grant_types_supported: [
        'authorization_code',
        'refresh_token',
        'client_credentials',
        'urn:ietf:params:oauth:grant-type:device_code',
      ],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      ui_locales_supported: ['en', 'sv'],
      claims_supported: [
        'sub',
        'iss',
        'aud',
        'exp',
        'iat',
        'auth_time',
        'nonce',
        'preferred_username',
        'name',
        'tid',
        'oid',
        'idp',
        'acct',
        'amr',
        'ver',
        'email',
      ],
      cloud_instance_name: new URL(request.baseUrl).host,
      tenant_region_scope: null,
    },
    readableByPages,
  )
}
