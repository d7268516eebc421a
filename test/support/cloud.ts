import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { Agent, request as httpsRequest } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningTenantry, startTenantry } from '../../src/app.ts'
import { readConfig } from '../../src/config/config.ts'

export interface Reply {
  readonly status: number
  readonly headers: Record<string, string>
  // A test reads the wire's shapes as they come.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any
}

export interface Client {
  readonly token: string
  get(path: string, headers?: Record<string, string>): Promise<Reply>
  head(path: string): Promise<Reply>
  put(path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>
  patch(path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>
  delete(path: string, headers?: Record<string, string>): Promise<Reply>
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>
  /** Follows a 202 to its end. */
  finish(reply: Reply): Promise<Reply>
}

export interface TestCloud {
  readonly running: RunningTenantry
  readonly baseUrl: string
  readonly caPem: string
  readonly dataDir: string
  /** The platform operator. */
  readonly operator: Client
  readonly clock: { set(instant: string): Promise<void> }
  /** A client with a given access token; without one it sends no Authorization header. */
  as(token: string | undefined): Client
  userToken(tenantId: string, userId: string): Promise<string>
  applicationToken(tenantId: string, clientId: string, clientSecret: string): Promise<string>
  /** A token credential for the Azure SDKs; `arm` options that point a client of any generation here. */
  credential(token: string): { getToken(): Promise<{ token: string; expiresOnTimestamp: number }> }
  stop(): Promise<void>
}

/**
 * One real server with its own embedded PostgreSQL, in a folder of its own, with the sandbox clock. The SDKs use
 * node's global trust, so the local CA is added to it for the process of the test.
 */
export async function startTestCloud(
  options: { now?: string; env?: Record<string, string>; dataDir?: string; port?: string } = {},
): Promise<TestCloud> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'tenantry-test-')))
  const config = readConfig(
    {
      TENANTRY_DATA_DIR: dataDir,
      TENANTRY_PORT: options.port ?? '0',
      TENANTRY_LOG_LEVEL: 'warn',
      TENANTRY_POSTGRES_SHARED_BUFFERS: '64MB',
      ...options.env,
    },
    'sandbox',
  )
  const running = await startTenantry(config)
  const caPem = await readFile(running.caFile, 'utf8')
  await trust(caPem)
  const agent = new Agent({ ca: caPem, keepAlive: true })
  const as = (token: string | undefined): Client => clientFor(running.baseUrl, agent, token)
  const applicationToken = async (tenantId: string, clientId: string, clientSecret: string): Promise<string> => {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: `${running.baseUrl}/.default`,
    })
    const reply = await as(undefined).send('POST', `/${tenantId}/oauth2/v2.0/token`, form)
    if (reply.status !== 200) throw new Error(`no token: ${JSON.stringify(reply.body)}`)
    return reply.body.access_token as string
  }
  const { tenantId, clientId, clientSecret } = running.operator
  const operator = as(await applicationToken(tenantId, clientId, clientSecret))
  const clock = {
    async set(instant: string): Promise<void> {
      const reply = await operator.put('/providers/Tenantry.Sandbox/clock?api-version=2026-11-01', {
        properties: { now: instant },
      })
      if (reply.status !== 200) throw new Error(`the clock was not set: ${JSON.stringify(reply.body)}`)
    },
  }
  if (options.now) await clock.set(options.now)
  return {
    running,
    baseUrl: running.baseUrl,
    caPem,
    dataDir,
    operator,
    clock,
    as,
    async userToken(tenant, userId) {
      const reply = await operator.post('/providers/Tenantry.Sandbox/tokens?api-version=2026-11-01', {
        tenantId: tenant,
        userId,
      })
      if (reply.status !== 200) throw new Error(`no token: ${JSON.stringify(reply.body)}`)
      return reply.body.accessToken as string
    },
    applicationToken,
    credential: (token) => ({
      getToken: () => Promise.resolve({ token, expiresOnTimestamp: Number.MAX_SAFE_INTEGER }),
    }),
    async stop() {
      agent.destroy()
      await running.stop()
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true })
    },
  }
}

async function trust(caPem: string): Promise<void> {
  const tls = await import('node:tls')
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), caPem])
}

export function clientFor(baseUrl: string, agent: Agent, token: string | undefined): Client {
  const send: Client['send'] = async (method, path, body, headers = {}) => {
    const isForm = body instanceof URLSearchParams
    const isRaw = typeof body === 'string' || body instanceof Uint8Array
    const payload = body === undefined ? undefined : isForm ? body.toString() : isRaw ? body : JSON.stringify(body)
    return exchange(baseUrl, agent, method, path, payload, {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(payload === undefined
        ? {}
        : { 'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json; charset=utf-8' }),
      ...headers,
    })
  }
  return {
    token: token ?? '',
    send,
    get: (path, headers) => send('GET', path, undefined, headers),
    head: (path) => send('HEAD', path),
    put: (path, body, headers) => send('PUT', path, body, headers),
    patch: (path, body, headers) => send('PATCH', path, body, headers),
    post: (path, body, headers) => send('POST', path, body, headers),
    delete: (path, headers) => send('DELETE', path, undefined, headers),
    async finish(reply) {
      let current = reply
      const location = reply.headers.location
      if (location === undefined) throw new Error(`nothing to follow after ${reply.status}`)
      for (let poll = 0; current.status === 202 && poll < 600; poll++) {
        const url = new URL(location)
        current = await send('GET', `${url.pathname}${url.search}`)
        if (current.status === 202) await new Promise((resolve) => setTimeout(resolve, 50))
      }
      return current
    },
  }
}

function exchange(
  baseUrl: string,
  agent: Agent,
  method: string,
  path: string,
  payload: string | Uint8Array | undefined,
  headers: Record<string, string>,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const target = new URL(baseUrl)
    const call = httpsRequest(
      { host: '127.0.0.1', servername: target.hostname, port: target.port, method, path, headers, agent },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const bytes = Buffer.concat(chunks)
          const type = response.headers['content-type'] ?? ''
          const text = bytes.toString('utf8')
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers as Record<string, string>,
            body:
              bytes.length === 0
                ? undefined
                : type.includes('json')
                  ? JSON.parse(text)
                  : type.startsWith('text/')
                    ? text
                    : bytes,
          })
        })
      },
    )
    call.on('error', reject)
    if (payload !== undefined) call.write(payload)
    call.end()
  })
}
