import { findRedirectKind, type RedirectKind } from '../../domain/directory/redirect-uri.ts'
import type { SignInClient } from '../../domain/directory/sign-in-client.ts'
import { parseTokenScope, type TokenScope } from '../../domain/directory/token-scope.ts'
import { cookieOf, signInCookie } from '../../http/cookies.ts'
import { pageAnswer, pageHeaders, seeOther } from '../../http/html.ts'
import { languageOf } from '../../http/language.ts'
import { issuerOf } from '../../http/authentication.ts'
import { type ApiRequest, type ApiResponse, type Operation, pathParameter, queryValue } from '../../http/operation.ts'
import { isOurAudience } from '../../domain/directory/audience.ts'
import { issueAuthorizationCode } from '../../operations/authorization-code.ts'
import type { OperationContext } from '../../operations/context.ts'
import { findSignInClient } from '../../operations/find-sign-in-client.ts'
import { findSignInSession, type SignedIn } from '../../operations/sign-in-session.ts'
import { goOnPage, refusedPage } from './answer.page.ts'
import { onPage } from './sign-in.routes.ts'
import { type Authority, authorityOf, describeRefusal, type StsRefusal } from './sts.ts'

export const authorizeOperations: readonly Operation<OperationContext>[] = (
  ['/{tenant}/oauth2/v2.0/authorize', '/{tenant}/oauth2/authorize'] as const
).map((path, index) => ({
  ...onPage,
  id: index === 0 ? 'Login_Authorize' : 'Login_AuthorizeV1',
  method: 'GET',
  path,
  statuses: [200, 302, 303, 400],
  isWrite: true,
  summary: 'Signs a person in for an application, which gets a code (authorization code with PKCE).',
  handle: authorize,
}))

/** What is known once the application and where its answers go are certain; only then may anything be sent there. */
interface Asked {
  readonly authority: Exclude<Authority, { kind: 'unknown' }>
  readonly client: SignInClient
  readonly redirectUri: string
  readonly clientKind: RedirectKind
  readonly responseMode: 'query' | 'fragment'
  readonly prompt: string | undefined
}

async function authorize(context: OperationContext, request: ApiRequest): Promise<ApiResponse> {
  const asked = await readRequest(context, request)
  if ('status' in asked) return asked
  const parameters = readParameters(request, asked)
  if ('refusal' in parameters) return redirectError(request, asked, parameters.refusal, parameters.what)
  const { scope } = parameters
  const { prompt } = asked
  const person = await findSignInSession(context, cookieOf(request, signInCookie))
  const hint = queryValue(request, 'login_hint')
  const isOther = hint !== undefined && person !== undefined && hint.toLowerCase() !== person.userName.toLowerCase()
  const isTooOld = person !== undefined && isOlderThanAsked(request, person, context.wallClock.now())
  if (!person || isOther || isTooOld || prompt === 'login') {
    if (prompt === 'none') return redirectError(request, asked, 'login_required', '')
    return toSignIn(request, asked, scope, person ? 'login' : undefined)
  }
  if (prompt === 'select_account') return toSignIn(request, asked, scope, 'select_account')
  const tenantId = asked.authority.kind === 'tenant' ? asked.authority.tenantId : person.tenantId
  const outcome = await issueAuthorizationCode(context, {
    person,
    tenantId,
    client: asked.client,
    clientKind: asked.clientKind,
    scope,
    redirectUri: asked.redirectUri,
    codeChallenge: parameters.codeChallenge,
    nonce: queryValue(request, 'nonce'),
  })
  if (outcome.kind === 'code')
    return answer(request, asked, { code: outcome.code, iss: issuerOf(request.baseUrl, tenantId) })
  if (prompt === 'none') return redirectError(request, asked, outcome.refusal, scope.text)
  if (outcome.refusal === 'sign_in_again') return toSignIn(request, asked, scope, 'login')
  const again = signInAgainAddress(request, asked, scope, 'login')
  return pageAnswer(400, refusedPage(languageOf(request), outcome.refusal, asked.client.appId, again))
}

/** Until all of this is right the person sees what is wrong, and nothing is sent anywhere (RFC 6749, 4.1.2.1). */
async function readRequest(context: OperationContext, request: ApiRequest): Promise<Asked | ApiResponse> {
  const language = languageOf(request)
  const refuse = (refusal: StsRefusal, what: string): ApiResponse =>
    pageAnswer(400, refusedPage(language, refusal, what))
  const tenant = pathParameter(request, 'tenant')
  const authority = await authorityOf(context, tenant)
  if (authority.kind === 'unknown') return refuse('tenant_not_found', tenant)
  const clientId = queryValue(request, 'client_id')
  if (!clientId) return refuse('missing_parameter', 'client_id')
  const isGuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(clientId)
  const client = isGuid ? await findSignInClient(context, clientId) : undefined
  if (!client) return refuse('application_not_found', clientId)
  const redirectUri = queryValue(request, 'redirect_uri')
  if (!redirectUri) return refuse('missing_parameter', 'redirect_uri')
  const clientKind = findRedirectKind(client.redirectUris, redirectUri)
  if (clientKind === undefined) return refuse('redirect_uri_mismatch', client.appId)
  const responseMode = queryValue(request, 'response_mode') === 'fragment' ? 'fragment' : 'query'
  return {
    authority,
    client,
    redirectUri,
    clientKind,
    responseMode,
    prompt: queryValue(request, 'prompt') || undefined,
  }
}

function readParameters(
  request: ApiRequest,
  asked: Asked,
): { scope: TokenScope; codeChallenge: string | undefined } | { refusal: StsRefusal; what: string } {
  const responseType = queryValue(request, 'response_type')
  if (!responseType) return { refusal: 'missing_parameter', what: 'response_type' }
  if (responseType !== 'code') return { refusal: 'unsupported_response_type', what: responseType }
  const unsupported = [
    ['response_mode', !['query', 'fragment'].includes(queryValue(request, 'response_mode') ?? 'query')],
    ['prompt', asked.prompt !== undefined && !['login', 'select_account', 'none'].includes(asked.prompt)],
    ['request', queryValue(request, 'request') !== undefined],
    ['request_uri', queryValue(request, 'request_uri') !== undefined],
    ['nonce', (queryValue(request, 'nonce')?.length ?? 0) > 512],
  ] as const
  const [name] = unsupported.find(([, isUnsupported]) => isUnsupported) ?? []
  if (name !== undefined) return { refusal: 'unsupported_parameter', what: name }
  const scopeText = queryValue(request, 'scope')
  if (!scopeText) return { refusal: 'missing_parameter', what: 'scope' }
  const scope = parseTokenScope(scopeText)
  if (!scope) return { refusal: 'invalid_scope', what: scopeText }
  const codeChallenge = queryValue(request, 'code_challenge')
  // A public client has no secret, so without PKCE whoever reads the code could redeem it (RFC 8252, 6).
  if (codeChallenge === undefined)
    return asked.clientKind === 'web' ? { scope, codeChallenge } : { refusal: 'pkce_required', what: '' }
  const isS256 = queryValue(request, 'code_challenge_method') === 'S256' && /^[\w-]{43}$/.test(codeChallenge)
  return isS256 ? { scope, codeChallenge } : { refusal: 'pkce_invalid', what: '' }
}

function isOlderThanAsked(request: ApiRequest, person: SignedIn, at: Date): boolean {
  const maxAge = queryValue(request, 'max_age')
  if (maxAge === undefined || !/^\d{1,9}$/.test(maxAge)) return false
  // Whoever just typed the password is fresh whatever was asked, or the pages would lead in a circle.
  return at.getTime() - person.authenticatedAt.getTime() > Math.max(Number(maxAge), 60) * 1000
}

const toSignIn = (
  request: ApiRequest,
  asked: Asked,
  scope: TokenScope,
  prompt: 'login' | 'select_account' | undefined,
): ApiResponse => seeOther(signInAgainAddress(request, asked, scope, prompt))

/** The way back is this same request, but for what the sign-in has then done. */
function signInAgainAddress(
  request: ApiRequest,
  asked: Asked,
  scope: TokenScope,
  prompt: 'login' | 'select_account' | undefined,
): string {
  const back = new URLSearchParams([...request.query].filter(([name]) => !['prompt', 'login_hint'].includes(name)))
  const query = new URLSearchParams({ returnTo: `${request.path}?${back.toString()}` })
  const isForUs = scope.resource !== undefined && isOurAudience(scope.resource, request.baseUrl)
  // Only an application of the tenant's lets its consumers in, and not with a token for an API of ours (TEN-9).
  if (asked.authority.kind === 'tenant' && !isForUs) query.set('tenant', asked.authority.tenantId)
  for (const name of ['login_hint', 'ui_locales', 'mkt']) {
    const value = queryValue(request, name)
    if (value !== undefined) query.set(name === 'mkt' ? 'ui_locales' : name, value)
  }
  if (prompt !== undefined) query.set('prompt', prompt)
  return `/login?${query.toString()}`
}

function redirectError(request: ApiRequest, asked: Asked, refusal: StsRefusal, what: string): ApiResponse {
  const { error, description } = describeRefusal(refusal, what)
  const isSilent = asked.prompt === 'none' && error === 'invalid_grant'
  return answer(request, asked, { error: isSilent ? 'interaction_required' : error, error_description: description })
}

/**
 * Sends the answer to the application. Straight after one of our forms the browser would hold the redirect to be part of the form,
 * which a page of ours may send nowhere else; then a page in between lets it go.
 */
function answer(request: ApiRequest, asked: Asked, parameters: Record<string, string>): ApiResponse {
  const state = queryValue(request, 'state')
  const all = new URLSearchParams({ ...parameters, ...(state === undefined ? {} : { state }) }).toString()
  const { redirectUri, responseMode } = asked
  const joint = responseMode === 'fragment' ? '#' : redirectUri.includes('?') ? '&' : '?'
  const location = `${redirectUri}${joint}${all}`
  if (request.headers['sec-fetch-site'] === 'same-origin')
    return pageAnswer(200, goOnPage(languageOf(request), location))
  const { 'cache-control': cacheControl = '', 'referrer-policy': referrerPolicy = '' } = pageHeaders
  return {
    status: 302,
    headers: { location, 'cache-control': cacheControl, 'referrer-policy': referrerPolicy },
  }
}
