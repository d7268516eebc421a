import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { Agent } from 'node:https'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { findEmbeddedPostgres } from '../../src/store/embedded/embedded-postgres.ts'
import type { Wire } from '../simulation/company.ts'
import { type Client, clientFor } from '../support/cloud.ts'

/** A port that was free a moment ago; tokens name it, so a server that comes back has to have the same. */
export function findPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}

/** `tenantry serve --sandbox` as people run it: a process that can be killed. */
export class ServerProcess {
  readonly dataDir: string
  readonly exited: Promise<{ code: number | null; signal: string | null }>
  /** From the start of the process until it says that it serves. */
  readonly readyAfterMs: number
  /** Everything it has written. */
  readonly said: readonly string[]
  private readonly child: ChildProcess
  private readonly agent: Agent
  private readonly baseUrl: string

  private constructor(
    dataDir: string,
    port: number,
    child: ChildProcess,
    exited: ServerProcess['exited'],
    said: readonly string[],
    ms: number,
  ) {
    this.dataDir = dataDir
    this.said = said
    this.child = child
    this.exited = exited
    this.readyAfterMs = ms
    this.baseUrl = `https://localhost:${port}`
    this.agent = new Agent({ ca: readFileSync(join(dataDir, 'ca.pem')), keepAlive: true, maxSockets: 1000 })
  }

  static async launch(dataDir: string, port: number): Promise<ServerProcess> {
    const started = performance.now()
    const child = spawn(process.execPath, ['src/cli/main.ts', 'serve', '--sandbox'], {
      env: {
        ...process.env,
        TENANTRY_DATA_DIR: dataDir,
        TENANTRY_PORT: String(port),
        TENANTRY_LOG_LEVEL: 'warn',
        TENANTRY_POSTGRES_SHARED_BUFFERS: '64MB',
        DATABASE_URL: '',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const exited = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }))
    })
    const said: string[] = []
    const serving = new Promise<void>((resolve) => {
      const listen = (chunk: Buffer): void => {
        said.push(chunk.toString())
        if (said.some((line) => line.includes('Serving at'))) resolve()
      }
      child.stdout.on('data', listen)
      child.stderr.on('data', listen)
    })
    await Promise.race([
      serving,
      exited.then(({ code, signal }) => {
        throw new Error(`the server ended with ${code ?? signal} before it served:\n${said.join('')}`)
      }),
    ])
    return new ServerProcess(dataDir, port, child, exited, said, performance.now() - started)
  }

  kill(signal: 'SIGKILL' | 'SIGTERM'): void {
    this.child.kill(signal)
  }

  get postmasterPid(): number {
    return Number(readFileSync(join(this.dataDir, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0])
  }

  get database(): { host: string; port: number; user: string; password: string; database: string } {
    const found = findEmbeddedPostgres(this.dataDir)
    if (!found) throw new Error('the server has no database')
    return found.poolConfig
  }

  as(token: string | undefined): Client {
    return clientFor(this.baseUrl, this.agent, token)
  }

  /** Gives up what is in flight on this side, too. */
  hangUp(): void {
    this.agent.destroy()
  }

  async wire(): Promise<Wire & { setClock(instant: string): Promise<void> }> {
    const { tenantId, clientId, clientSecret } = JSON.parse(readFileSync(join(this.dataDir, 'operator.json'), 'utf8'))
    const applicationToken = async (tenant: string, client: string, secret: string): Promise<string> => {
      const form = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: client,
        client_secret: secret,
        scope: `${this.baseUrl}/.default`,
      })
      const reply = await this.as(undefined).send('POST', `/${tenant}/oauth2/v2.0/token`, form)
      if (reply.status !== 200) throw new Error(`no token: ${JSON.stringify(reply.body)}`)
      return reply.body.access_token as string
    }
    const operator = this.as(await applicationToken(tenantId, clientId, clientSecret))
    return {
      operator,
      as: (token) => this.as(token),
      applicationToken,
      async userToken(tenant, userId) {
        const reply = await operator.post('/providers/Tenantry.Sandbox/tokens?api-version=2026-11-01', {
          tenantId: tenant,
          userId,
        })
        if (reply.status !== 200) throw new Error(`no token: ${JSON.stringify(reply.body)}`)
        return reply.body.accessToken as string
      },
      async setClock(instant) {
        const reply = await operator.put('/providers/Tenantry.Sandbox/clock?api-version=2026-11-01', {
          properties: { now: instant },
        })
        if (reply.status !== 200) throw new Error(`the clock was not set: ${JSON.stringify(reply.body)}`)
      },
    }
  }
}
