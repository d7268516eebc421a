import type { Server as TlsServer } from 'node:tls'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Random, Timers, WallClock } from '../domain/ports.ts'
import { Refusal } from '../domain/refusal.ts'
import { AuthenticationFailure } from './authentication.ts'
import { dispatch, type DispatcherPorts } from './dispatcher.ts'
import { errorBody, statusOfRefusal } from './error-envelope.ts'

/** TRUST S16: also on what stands beside the operation table, and on what fails before it. */
const onEveryAnswer = {
  'x-content-type-options': 'nosniff',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
}

/** ARM's own limit for a request body. */
export const largestBodyBytes = 8 * 1024 * 1024

export interface ServerOptions<C> {
  readonly tls: { readonly key: string; readonly cert: string }
  readonly ports: DispatcherPorts<C>
  readonly clock: WallClock
  readonly random: Random
  readonly onFailure: DispatcherPorts<C>['onFailure']
  /** Paths served outside the operation table: health, metrics, event ingest. */
  readonly plugins: readonly ((app: FastifyInstance) => void)[]
}

/** One TLS origin for everything; there is no http listener, because a bearer token must never leave in clear. */
export function createServer<C>(options: ServerOptions<C>): FastifyInstance {
  const app = Fastify({
    https: { key: options.tls.key, cert: options.tls.cert, minVersion: 'TLSv1.2' },
    bodyLimit: largestBodyBytes,
    requestTimeout: 120_000,
    connectionTimeout: 0,
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
    routerOptions: { caseSensitive: false, ignoreTrailingSlash: false, maxParamLength: 4096 },
    exposeHeadRoutes: false,
    frameworkErrors: (error, request, reply) => answerFailure(options, error, request, reply),
    clientErrorHandler: (_error, socket) => {
      const body = JSON.stringify({
        error: { code: 'InvalidRequest', message: 'The request is not valid HTTP, or its headers are too large.' },
      })
      if (socket.writable)
        socket.end(
          `HTTP/1.1 400 Bad Request\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
        )
    },
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.setErrorHandler((error, request, reply) => answerFailure(options, error as Error, request, reply))
  // A connection that was busy when the server began to close would otherwise be kept for the next request.
  let isClosing = false
  app.addHook('preClose', (done) => {
    isClosing = true
    done()
  })
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (isClosing) reply.header('connection', 'close')
    reply.headers(onEveryAnswer)
    done(null, payload)
  })
  for (const plugin of options.plugins) plugin(app)
  app.route({
    method: ['GET', 'HEAD', 'PUT', 'PATCH', 'POST', 'DELETE'],
    url: '*',
    handler: async (request, reply) => {
      const answer = await dispatch(options.ports, {
        method: request.method,
        url: request.raw.url ?? '/',
        headers: request.headers,
        body: request.body as Uint8Array | undefined,
        remoteAddress: request.ip,
      })
      reply.code(answer.status).headers(answer.headers)
      if (answer.cookies.length > 0) reply.header('set-cookie', [...answer.cookies])
      if (answer.body === undefined) return reply.send()
      return reply.send(typeof answer.body === 'string' ? answer.body : Buffer.from(answer.body))
    },
  })
  return app
}

/** Answers what is in hand, and cuts off what is not answered in that time. */
export async function closeServer(app: FastifyInstance, timers: Timers, patienceMs: number): Promise<void> {
  const cut = timers.after(patienceMs, () => app.server.closeAllConnections())
  await app.close()
  cut.cancel()
}

/** New connections get the new certificate; those that are open go on. */
export function replaceCertificate(app: FastifyInstance, tls: { readonly key: string; readonly cert: string }): void {
  // Fastify types the server as an http one whatever it was created as.
  ;(app.server as unknown as TlsServer).setSecureContext(tls)
}

/** What fails before or outside the dispatcher still leaves as an envelope (API.md trap 6). */
export function answerFailure<C>(
  options: Pick<ServerOptions<C>, 'clock' | 'random' | 'onFailure'>,
  error: Error & { statusCode?: number; code?: string },
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const requestId = options.random.uuid()
  const context = { requestId, clientRequestId: undefined, at: options.clock.now() }
  reply.header('x-ms-request-id', requestId).headers(onEveryAnswer)
  reply.header('content-type', 'application/json; charset=utf-8')
  if (error instanceof AuthenticationFailure) {
    reply.code(401).header('www-authenticate', error.challenge)
    reply.send(JSON.stringify(errorBody(new Refusal('unauthenticated', error.code, error.message), 'arm', context)))
    return
  }
  if (error instanceof Refusal) {
    if (error.retryAfterSeconds !== undefined) reply.header('retry-after', String(error.retryAfterSeconds))
    reply.code(statusOfRefusal(error)).send(JSON.stringify(errorBody(error, 'arm', context)))
    return
  }
  const status = error.statusCode ?? 500
  if (status >= 500) options.onFailure(error, { method: request.method, url: request.url, correlationId: requestId })
  const [code, message] =
    status === 413
      ? ['RequestEntityTooLarge', `The request content is larger than ${largestBodyBytes} bytes. Send it in parts.`]
      : status >= 500
        ? [
            'InternalServerError',
            `The request failed inside the server. Quote request id '${requestId}' to the operator.`,
          ]
        : [error.code === 'FST_ERR_BAD_URL' ? 'InvalidRequestUri' : 'InvalidRequest', error.message]
  reply.code(status).send(JSON.stringify(errorBody(new Refusal('invalid', code, message), 'arm', context)))
}
