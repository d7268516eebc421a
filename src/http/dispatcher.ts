import type { Caller } from '../domain/access/caller.ts'
import type { Random, WallClock } from '../domain/ports.ts'
import { invalid, notFound, Refusal } from '../domain/refusal.ts'
import { chooseByVersion, typeOf } from './api-version.ts'
import { AuthenticationFailure, type Authenticator } from './authentication.ts'
import { errorBody, statusOfRefusal } from './error-envelope.ts'
import { errorPage } from './error-page.ts'
import { parseJson } from './json.ts'
import { preferredLanguage } from './language.ts'
import type { ApiRequest, ApiResponse, ErrorShape, Method, Operation } from './operation.ts'
import { parseQuery, segmentsOf } from './path.ts'
import type { RateLimiter } from './rate-limit.ts'
import { methodsOf, parametersOf, type RoutingTable } from './routing-table.ts'

export interface RawRequest {
  readonly method: string
  /** Path and query as they came. */
  readonly url: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Uint8Array | undefined
  readonly remoteAddress: string
}

export interface RawResponse {
  readonly status: number
  readonly headers: Record<string, string>
  readonly cookies: readonly string[]
  readonly body: string | Uint8Array | undefined
}

export interface DispatcherPorts<C> {
  readonly table: RoutingTable<C>
  readonly authenticator: Authenticator
  readonly rateLimiter: RateLimiter
  readonly clock: WallClock
  readonly random: Random
  readonly baseUrl: () => string
  /** Runs an operation in its transaction; a repeated POST is answered there without running again. */
  run(request: ApiRequest, handle: (context: C) => Promise<ApiResponse>): Promise<ApiResponse>
  onFailure(error: unknown, request: { method: string; url: string; correlationId: string }): void
  onAnswered(operationId: string, status: number): void
}

const guidText = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export const headerOf = (headers: RawRequest['headers'], name: string): string | undefined => {
  const value = headers[name]
  return Array.isArray(value) ? value[0] : value
}

/** Partner Center's clients find their answers by these (API.md 1.11). */
const partnerCenterHeaders = (
  sent: RawRequest['headers'],
  requestId: string,
  correlationId: string,
): Record<string, string> => {
  const echoed = (name: string): string | undefined => {
    const value = headerOf(sent, name)
    return value !== undefined && /^[\w-]{1,200}$/.test(value) ? value : undefined
  }
  return {
    'ms-requestid': echoed('ms-requestid') ?? requestId,
    'ms-correlationid': echoed('ms-correlationid') ?? correlationId,
    'ms-cv': `${requestId.replaceAll('-', '').slice(0, 16)}.0`,
    'ms-serverid': 'local',
  }
}

/** One request from its bytes to its answer, by the operation table; every refusal leaves as an envelope. */
export async function dispatch<C>(ports: DispatcherPorts<C>, raw: RawRequest): Promise<RawResponse> {
  const requestId = ports.random.uuid()
  const givenCorrelation = headerOf(raw.headers, 'x-ms-correlation-request-id')
  const correlationId = givenCorrelation && guidText.test(givenCorrelation) ? givenCorrelation : ports.random.uuid()
  const at = ports.clock.now()
  const headers: Record<string, string> = {
    'x-ms-request-id': requestId,
    'x-ms-correlation-request-id': correlationId,
    'x-ms-routing-request-id': `LOCAL:${at.toISOString().replace(/[-:]|\.\d+/g, '')}:${correlationId}`,
    'cache-control': 'no-cache',
    pragma: 'no-cache',
    expires: '-1',
  }
  const clientRequestId = headerOf(raw.headers, 'x-ms-client-request-id')
  if (clientRequestId && headerOf(raw.headers, 'x-ms-return-client-request-id')?.toLowerCase() === 'true')
    headers['x-ms-client-request-id'] = clientRequestId

  let shape: ErrorShape = shapeOfPath(raw.url)
  if (shape === 'partnerCenter') Object.assign(headers, partnerCenterHeaders(raw.headers, requestId, correlationId))
  let operationId = 'unrouted'
  let response: RawResponse
  try {
    const answer = await answerOf()
    response = serialise(answer, headers)
  } catch (error) {
    response = refusalResponse(error)
  }
  ports.onAnswered(operationId, response.status)
  return response

  async function answerOf(): Promise<ApiResponse> {
    const queryStart = raw.url.indexOf('?')
    const rawPath = queryStart < 0 ? raw.url : raw.url.slice(0, queryStart)
    const segments = segmentsOf(rawPath)
    const path = `/${segments.join('/')}`
    const query = parseQuery(queryStart < 0 ? '' : raw.url.slice(queryStart + 1))
    const ofPath = ports.table.find(segments)
    const isAnonymous = ofPath.length > 0 && ofPath.every((operation) => operation.authentication === 'anonymous')
    let caller: Caller | undefined
    if (!isAnonymous) {
      caller = await ports.authenticator.authenticate(headerOf(raw.headers, 'authorization'))
      const subscriptionId = segments[0]?.toLowerCase() === 'subscriptions' ? segments[1] : undefined
      const rate = ports.rateLimiter.take(`${caller.tenantId}/${caller.objectId}`, subscriptionId, raw.method as Method)
      headers[rate.header] = String(rate.remaining)
      if (rate.retryAfterSeconds !== undefined)
        throw new Refusal(
          'throttled',
          'SubscriptionRequestsThrottled',
          `Number of requests for subscription '${subscriptionId ?? ''}' and operation '${raw.method}' exceeded the limit. Please try again after '${rate.retryAfterSeconds}' seconds.`,
          { retryAfterSeconds: rate.retryAfterSeconds },
        )
    }
    if (ofPath.length === 0) throw unroutedRefusal(path)
    const ofMethod = ofPath.filter((operation) => operation.method === raw.method)
    shape = ofPath[0]?.errorShape ?? shape
    if (ofMethod.length === 0) {
      headers.allow = methodsOf(ofPath).join(', ')
      throw new MethodNotAllowed(raw.method, methodsOf(ofPath))
    }
    const operation = chooseByVersion(ofMethod, query.values.get('api-version'), path)
    if (!operation) throw unroutedRefusal(path)
    operationId = operation.id
    shape = operation.errorShape ?? 'arm'
    checkQuery(operation, query)
    const request: ApiRequest = {
      spec: operation,
      method: operation.method,
      path,
      params: parametersOf(operation.path, segments),
      query: query.values,
      apiVersion: query.values.get('api-version') ?? '',
      headers: raw.headers,
      body: bodyOf(raw),
      caller,
      requestId,
      correlationId,
      baseUrl: ports.baseUrl(),
      remoteAddress: raw.remoteAddress,
    }
    const answer = await ports.run(request, (context) => operation.handle(context, request))
    if (!operation.statuses.includes(answer.status))
      throw new Error(`${operation.id} answered ${answer.status}, which its clients do not accept`)
    return answer
  }

  function refusalResponse(error: unknown): RawResponse {
    const context = { requestId, clientRequestId, at }
    if (shape === 'page') return serialise(refusalPage(error), headers)
    if (error instanceof AuthenticationFailure) {
      headers['www-authenticate'] = error.challenge
      headers['x-ms-failure-cause'] = 'gateway'
      return serialise({ status: 401, body: errorBody(asRefusal(error.code, error.message), shape, context) }, headers)
    }
    if (error instanceof MethodNotAllowed)
      return serialise(
        { status: 405, body: errorBody(asRefusal('MethodNotAllowed', error.message), shape, context) },
        headers,
      )
    if (error instanceof Refusal) {
      if (error.retryAfterSeconds !== undefined) headers['retry-after'] = String(error.retryAfterSeconds)
      if (operationId === 'unrouted') headers['x-ms-failure-cause'] = 'gateway'
      return serialise({ status: statusOfRefusal(error), body: errorBody(error, shape, context) }, headers)
    }
    const { status, refusal } = failureOf(error)
    return serialise({ status, body: errorBody(refusal, shape, context) }, headers)
  }

  function failureOf(error: unknown): { status: number; refusal: Refusal } {
    ports.onFailure(error, { method: raw.method, url: raw.url, correlationId })
    const unavailable = isDatabaseUnavailable(error)
    if (unavailable) headers['retry-after'] = '2'
    const refusal = unavailable
      ? asRefusal('ServiceUnavailable', 'The service is not ready to answer. Repeat the request in a moment.')
      : asRefusal(
          'InternalServerError',
          `The request failed inside the server. Quote correlation id '${correlationId}' to the operator.`,
        )
    return { status: unavailable ? 503 : 500, refusal }
  }

  function refusalPage(error: unknown): ApiResponse {
    if (error instanceof MethodNotAllowed)
      return errorPage(405, preferredLanguage(raw.headers), asRefusal('MethodNotAllowed', error.message))
    const { status, refusal } =
      error instanceof Refusal ? { status: statusOfRefusal(error), refusal: error } : failureOf(error)
    if (refusal.retryAfterSeconds !== undefined) headers['retry-after'] = String(refusal.retryAfterSeconds)
    return errorPage(status, preferredLanguage(raw.headers), refusal)
  }
}

const asRefusal = (code: string, message: string): Refusal => new Refusal('invalid', code, message)

class MethodNotAllowed extends Error {
  constructor(method: string, allowed: readonly Method[]) {
    super(`The method '${method}' is not supported here. Use ${allowed.join(', ')}.`)
  }
}

function unroutedRefusal(path: string): Refusal {
  const type = typeOf(path)
  if (type && type.type !== '')
    return notFound(
      'InvalidResourceType',
      `The resource type '${type.type}' could not be found in the namespace '${type.namespace}'. GET /openapi.json lists what this server has.`,
    )
  return notFound('NotFound', `There is nothing at '${path}'. GET /openapi.json lists what this server has.`)
}

function shapeOfPath(url: string): ErrorShape {
  if (/^\/+v1(\/|\?|$)/i.test(url)) return 'partnerCenter'
  return /^\/+(v1\.0|beta)(\/|\?|$)/i.test(url) ? 'graph' : 'arm'
}

function checkQuery<C>(operation: Operation<C>, query: ReturnType<typeof parseQuery>): void {
  // On a next link the SDKs send the first query again beside the token's own; there the token wins.
  const isContinuation = query.values.has('$skiptoken') || query.values.has('continuationtoken')
  if (query.repeated.size > 0 && !isContinuation)
    throw invalid(
      'InvalidQueryParameter',
      `The query parameter '${[...query.repeated][0]}' is given more than once. Give each parameter once.`,
      [...query.repeated][0],
    )
  for (const [name, use] of Object.entries(operation.query ?? {})) {
    const value = query.values.get(name.toLowerCase())
    if (use === 'required' && (value === undefined || value === ''))
      throw invalid('MissingQueryParameter', `The query parameter '${name}' is required.`, name)
    if (use === 'unsupported' && value !== undefined)
      throw invalid(
        'UnsupportedQueryParameter',
        `The query parameter '${name}' is not supported here. Repeat the request without it.`,
        name,
      )
  }
}

function bodyOf(raw: RawRequest): unknown {
  if (raw.body === undefined || raw.body.length === 0) return undefined
  const type = headerOf(raw.headers, 'content-type') ?? ''
  if (type.startsWith('application/x-www-form-urlencoded')) return new TextDecoder().decode(raw.body)
  return parseJson(raw.body)
}

function serialise(answer: ApiResponse, common: Record<string, string>): RawResponse {
  const headers = { ...common, ...answer.headers }
  const { status, cookies = [] } = answer
  if (answer.body === undefined) return { status, headers, cookies, body: undefined }
  if (typeof answer.body === 'string' || answer.body instanceof Uint8Array)
    return { status, headers, cookies, body: answer.body }
  headers['content-type'] ??= 'application/json; charset=utf-8'
  return { status, headers, cookies, body: JSON.stringify(answer.body) }
}

/** The database is away or starting: nothing was committed, so the request may be repeated. */
function isDatabaseUnavailable(error: unknown): boolean {
  const code = (error as { code?: string } | undefined)?.code
  if (code === undefined) return /Connection terminated|timeout exceeded when trying to connect/.test(String(error))
  return [
    'ECONNREFUSED',
    'ECONNRESET',
    'ENOENT',
    'EPIPE',
    '57P01',
    '57P02',
    '57P03',
    '08006',
    '08003',
    '08001',
    '53300',
    '53100',
  ].includes(code)
}
