import { isOurAudience } from '../../domain/directory/audience.ts'
import type { Refused } from '../../domain/directory/sign-in-refusal.ts'
import { isSpaOrigin } from '../../domain/directory/redirect-uri.ts'
import { readableUserCode } from '../../domain/directory/sign-in-client.ts'
import { parseTokenScope } from '../../domain/directory/token-scope.ts'
import { type ApiRequest, type ApiResponse, type Operation, ok, pathParameter } from '../../http/operation.ts'
import type { ClientCredentials } from '../../operations/authenticate-client.ts'
import { redeemAuthorizationCode } from '../../operations/authorization-code.ts'
import type { OperationContext } from '../../operations/context.ts'
import { redeemDeviceCode, startDeviceSignIn } from '../../operations/device-sign-in.ts'
import { findSignInClient } from '../../operations/find-sign-in-client.ts'
import { issueClientCredentialsToken } from '../../operations/issue-client-credentials-token.ts'
import type { UserTokens } from '../../operations/issue-user-tokens.ts'
import { redeemRefreshToken } from '../../operations/redeem-refresh-token.ts'
import { anonymous, authorityOf, stsError } from './sts.ts'

export const tokenOperations: readonly Operation<OperationContext>[] = [
  ...(['/{tenant}/oauth2/v2.0/token', '/{tenant}/oauth2/token'] as const).map(
    (path, index): Operation<OperationContext> => ({
      ...anonymous,
      id: index === 0 ? 'Login_Token' : 'Login_TokenV1',
      method: 'POST',
      path,
      statuses: [200, 400, 401],
      summary: 'Gives tokens for a code, a refresh token, an answered device code, or the secret of an application.',
      handle: async (context, request) => forItsOwnPages(context, request, await token(context, request)),
    }),
  ),
  ...(['/{tenant}/oauth2/v2.0/devicecode', '/{tenant}/oauth2/devicecode'] as const).map(
    (path, index): Operation<OperationContext> => ({
      ...anonymous,
      id: index === 0 ? 'Login_DeviceCode' : 'Login_DeviceCodeV1',
      method: 'POST',
      path,
      statuses: [200, 400, 401],
      summary: 'Begins a sign-in on a device without a browser.',
      handle: deviceCode,
    }),
  ),
]

async function token(context: OperationContext, request: ApiRequest): Promise<ApiResponse> {
  const refuse = refuser(context, request)
  const form = formOf(request)
  const grantType = form.get('grant_type')
  if (grantType === null) return refuse('missing_parameter', 'grant_type')
  if (grantType === 'client_credentials') return clientCredentials(context, request, form)
  const exchange = exchanges.get(grantType)
  if (exchange === undefined) return refuse('unsupported_grant_type', grantType)
  const client = credentialsOf(request, form)
  if (client === undefined) return refuse('missing_parameter', 'client_id')
  const missing = exchange.needs.find((name) => !form.get(name))
  if (missing !== undefined) return refuse('missing_parameter', missing)
  const authority = await authorityOf(context, pathParameter(request, 'tenant'))
  if (authority.kind === 'unknown') return refuse('tenant_not_found', pathParameter(request, 'tenant'))
  const tenantId = authority.kind === 'tenant' ? authority.tenantId : undefined
  const outcome = await exchange.run(context, { form, client, tenantId })
  if (outcome.kind === 'refused')
    return refuse(outcome.refusal, outcome.refusal.includes('scope') ? (form.get('scope') ?? '') : client.clientId)
  return ok(
    {
      token_type: 'Bearer',
      scope: outcome.scope,
      expires_in: outcome.expiresInSeconds,
      ext_expires_in: outcome.expiresInSeconds,
      access_token: outcome.accessToken,
      ...(outcome.refreshToken === undefined ? {} : { refresh_token: outcome.refreshToken }),
      ...(outcome.idToken === undefined ? {} : { id_token: outcome.idToken }),
      client_info: Buffer.from(JSON.stringify({ uid: outcome.home.objectId, utid: outcome.home.tenantId })).toString(
        'base64url',
      ),
    },
    { 'cache-control': 'no-store' },
  )
}

/** Lets the pages of a single-page application read the answer, and those of nobody else. */
async function forItsOwnPages(
  context: OperationContext,
  request: ApiRequest,
  answer: ApiResponse,
): Promise<ApiResponse> {
  const { origin } = request.headers
  const clientId = formOf(request).get('client_id') ?? ''
  if (typeof origin !== 'string' || !guid.test(clientId)) return answer
  const client = await findSignInClient(context, clientId)
  if (!client || !isSpaOrigin(client.redirectUris, origin)) return answer
  return { ...answer, headers: { ...answer.headers, 'access-control-allow-origin': origin, vary: 'origin' } }
}

interface Exchange {
  readonly needs: readonly string[]
  run(
    context: OperationContext,
    asked: { form: URLSearchParams; client: ClientCredentials; tenantId: string | undefined },
  ): Promise<UserTokens | Refused>
}

const forDevice: Exchange = {
  needs: ['device_code'],
  run: (context, { form, client, tenantId }) =>
    redeemDeviceCode(context, { client, tenantId, deviceCode: form.get('device_code') ?? '' }),
}

// There is no password grant and no implicit one: what is not here is refused by name.
const exchanges = new Map<string, Exchange>(
  Object.entries<Exchange>({
    authorization_code: {
      needs: ['code', 'redirect_uri'],
      run: (context, { form, client, tenantId }) =>
        redeemAuthorizationCode(context, {
          client,
          tenantId,
          code: form.get('code') ?? '',
          redirectUri: form.get('redirect_uri') ?? '',
          codeVerifier: form.get('code_verifier') ?? undefined,
          scope: form.get('scope') || undefined,
        }),
    },
    refresh_token: {
      needs: ['refresh_token'],
      run: (context, { form, client, tenantId }) =>
        redeemRefreshToken(context, {
          client,
          tenantId,
          refreshToken: form.get('refresh_token') ?? '',
          scope: form.get('scope') || undefined,
        }),
    },
    'urn:ietf:params:oauth:grant-type:device_code': forDevice,
    // MSAL's name for the same (API.md 3.1, 2′).
    device_code: forDevice,
  }),
)

async function deviceCode(context: OperationContext, request: ApiRequest): Promise<ApiResponse> {
  const refuse = refuser(context, request)
  const form = formOf(request)
  const clientId = form.get('client_id')
  if (!clientId) return refuse('missing_parameter', 'client_id')
  const scopeText = form.get('scope') ?? ''
  const scope = parseTokenScope(scopeText)
  if (!scope) return scopeText === '' ? refuse('missing_parameter', 'scope') : refuse('invalid_scope', scopeText)
  const authority = await authorityOf(context, pathParameter(request, 'tenant'))
  if (authority.kind === 'unknown') return refuse('tenant_not_found', pathParameter(request, 'tenant'))
  const client = guid.test(clientId) ? await findSignInClient(context, clientId) : undefined
  if (!client) return refuse('application_not_found', clientId)
  const tenantId = authority.kind === 'tenant' ? authority.tenantId : undefined
  const started = await startDeviceSignIn(context, { client, tenantId, scope })
  if (started.kind === 'refused') return refuse(started.refusal, clientId)
  const address = `${request.baseUrl}/devicelogin`
  const userCode = readableUserCode(started.userCode)
  return ok(
    {
      user_code: userCode,
      device_code: started.deviceCode,
      verification_uri: address,
      verification_uri_complete: `${address}?user_code=${userCode}`,
      expires_in: started.expiresInSeconds,
      interval: started.intervalSeconds,
      message: `To sign in, use a web browser to open the page ${address} and enter the code ${userCode} to authenticate.`,
    },
    { 'cache-control': 'no-store' },
  )
}

async function clientCredentials(
  context: OperationContext,
  request: ApiRequest,
  form: URLSearchParams,
): Promise<ApiResponse> {
  const refuse = refuser(context, request)
  const tenant = pathParameter(request, 'tenant')
  const basic = basicCredentials(request)
  const clientId = form.get('client_id') ?? basic?.clientId
  const clientSecret = form.get('client_secret') ?? basic?.clientSecret
  if (!clientId) return refuse('missing_parameter', 'client_id')
  if (!clientSecret) return refuse('missing_parameter', 'client_secret')
  if (!guid.test(clientId)) return refuse('application_not_found', clientId)
  const audience = audienceOf(form)
  if (audience === undefined) return refuse('missing_parameter', 'scope')
  if (!isOurAudience(audience, request.baseUrl)) return refuse('invalid_scope', audience)
  const decision = await issueClientCredentialsToken(context, {
    tenant,
    clientId: clientId.toLowerCase(),
    clientSecret,
    audience,
  })
  if (decision.kind === 'refused')
    return refuse(decision.refusal, decision.refusal === 'tenant_not_found' ? tenant : clientId)
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

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

const formOf = (request: ApiRequest): URLSearchParams =>
  new URLSearchParams(typeof request.body === 'string' ? request.body : '')

const refuser =
  (context: OperationContext, request: ApiRequest) =>
  (refusal: Parameters<typeof stsError>[2], what: string): ApiResponse =>
    stsError(request, context.wallClock.now(), refusal, what)

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

/** In the form or in the header, as `client_secret_post` and `client_secret_basic` have it. */
function credentialsOf(request: ApiRequest, form: URLSearchParams): ClientCredentials | undefined {
  const basic = basicCredentials(request)
  const clientId = form.get('client_id') ?? basic?.clientId
  if (clientId === undefined || !guid.test(clientId)) return undefined
  const { origin } = request.headers
  return {
    clientId: clientId.toLowerCase(),
    clientSecret: form.get('client_secret') ?? basic?.clientSecret,
    origin: typeof origin === 'string' ? origin : undefined,
  }
}

function basicCredentials(request: ApiRequest): { clientId: string; clientSecret: string } | undefined {
  const header = request.headers.authorization
  if (typeof header !== 'string' || !header.startsWith('Basic ')) return undefined
  const [id, ...secret] = Buffer.from(header.slice(6), 'base64').toString('utf8').split(':')
  if (!id || secret.length === 0) return undefined
  return { clientId: decoded(id), clientSecret: decoded(secret.join(':')) }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
