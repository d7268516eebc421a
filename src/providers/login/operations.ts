import type { WallClock } from '../../domain/ports.ts'
import { isOurAudience, issuerOf } from '../../http/authentication.ts'
import { type ApiRequest, type ApiResponse, type Operation, ok, pathParameter } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { issueClientCredentialsToken } from '../../operations/issue-client-credentials-token.ts'
import { resolveTenant } from '../../operations/resolve-tenant.ts'
import { signInOperations } from './sign-in.routes.ts'
import { stsError } from './sts-error.ts'

export interface LoginPorts {
  readonly clock: WallClock
  /** Public keys as a JWK set, retired ones among them while their tokens live. */
  publicKeys(): readonly Record<string, unknown>[]
}

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

const anonymous = {
  authentication: 'anonymous',
  permission: 'anybody',
  apiVersions: 'none',
  errorShape: 'sts',
} as const

export const operations = (ports: LoginPorts): readonly Operation<OperationContext>[] => [
  ...signInOperations,
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
      return ok({ keys: ports.publicKeys() })
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
  ...(['/{tenant}/oauth2/v2.0/token', '/{tenant}/oauth2/token'] as const).map(
    (path, index): Operation<OperationContext> => ({
      ...anonymous,
      id: index === 0 ? 'Login_Token' : 'Login_TokenV1',
      method: 'POST',
      path,
      statuses: [200, 400, 401],
      summary: 'Client credentials: signs an application in as itself.',
      handle: (context, request) => token(ports, context, request),
    }),
  ),
]

async function openIdConfiguration(context: OperationContext, request: ApiRequest): Promise<ApiResponse> {
  const tenant = pathParameter(request, 'tenant')
  const isShared = ['common', 'organizations', 'consumers'].includes(tenant.toLowerCase())
  const tenantId = isShared ? '{tenantid}' : await resolveTenant(context, tenant)
  if (tenantId === undefined) return stsError(request, context.now, 'tenant_not_found', tenant)
  const authority = `${request.baseUrl}/${isShared ? tenant.toLowerCase() : tenantId}`
  return ok({
    token_endpoint: `${authority}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
    jwks_uri: `${authority}/discovery/v2.0/keys`,
    response_modes_supported: ['query'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code'],
    scopes_supported: ['openid', 'profile', 'offline_access'],
    issuer: issuerOf(request.baseUrl, tenantId),
    authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
    grant_types_supported: ['client_credentials'],
    claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'tid', 'oid', 'ver'],
    cloud_instance_name: new URL(request.baseUrl).host,
    tenant_region_scope: null,
  })
}

async function token(ports: LoginPorts, context: OperationContext, request: ApiRequest): Promise<ApiResponse> {
  const tenant = pathParameter(request, 'tenant')
  const form = new URLSearchParams(typeof request.body === 'string' ? request.body : '')
  const basic = basicCredentials(request)
  const clientId = form.get('client_id') ?? basic?.id
  const clientSecret = form.get('client_secret') ?? basic?.secret
  const grantType = form.get('grant_type')
  if (grantType === null) return stsError(request, ports.clock.now(), 'missing_parameter', 'grant_type')
  if (grantType !== 'client_credentials')
    return stsError(request, ports.clock.now(), 'unsupported_grant_type', grantType)
  if (!clientId) return stsError(request, ports.clock.now(), 'missing_parameter', 'client_id')
  if (!clientSecret) return stsError(request, ports.clock.now(), 'missing_parameter', 'client_secret')
  if (!guid.test(clientId)) return stsError(request, ports.clock.now(), 'application_not_found', clientId)
  const audience = audienceOf(form)
  if (audience === undefined) return stsError(request, ports.clock.now(), 'missing_parameter', 'scope')
  if (!isOurAudience(audience, request.baseUrl)) return stsError(request, ports.clock.now(), 'invalid_scope', audience)
  const decision = await issueClientCredentialsToken(context, {
    tenant,
    clientId: clientId.toLowerCase(),
    clientSecret,
    audience,
  })
  if (decision.kind === 'refused')
    return stsError(
      request,
      ports.clock.now(),
      decision.refusal,
      decision.refusal === 'tenant_not_found' ? tenant : clientId,
    )
  return ok(
    {
      token_type: 'Bearer',
      expires_in: decision.token.expiresInSeconds,
      ext_expires_in: decision.token.expiresInSeconds,
      access_token: decision.token.accessToken,
    },
    { 'cache-control': 'no-store' },
  )
}

/** `scope` of the second generation (`https://host//.default` too), `resource` of the first. */
function audienceOf(form: URLSearchParams): string | undefined {
  const resource = form.get('resource')
  if (resource) return resource.replace(/\/+$/, '')
  const scope = form
    .get('scope')
    ?.split(' ')
    .find((item) => item.endsWith('/.default'))
  return scope?.replace(/\/+\.default$/, '')
}

function basicCredentials(request: ApiRequest): { id: string; secret: string } | undefined {
  const header = request.headers.authorization
  if (typeof header !== 'string' || !header.startsWith('Basic ')) return undefined
  const [id, ...secret] = Buffer.from(header.slice(6), 'base64').toString('utf8').split(':')
  if (!id || secret.length === 0) return undefined
  return { id: decodeURIComponent(id), secret: decodeURIComponent(secret.join(':')) }
}
