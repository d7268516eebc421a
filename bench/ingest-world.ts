import { type ChildProcess, fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { Agent, request } from 'node:https'
import pg from 'pg'
import { meteringEventsWrite } from '../src/domain/directory/app-roles.ts'
import { processorTime } from './machine.ts'

interface Started {
  readonly baseUrl: string
  readonly caFile: string
  readonly operator: { readonly tenantId: string; readonly clientId: string; readonly clientSecret: string }
  readonly databaseUrl: string
}

export interface Answer {
  readonly status: number
  readonly body: Buffer
}

export const clockAt = Date.UTC(2026, 9, 15, 12)

/** A real server with identity tenants that are linked and paid for, and an application that may report for them all. */
export class IngestWorld {
  readonly pool: pg.Pool
  readonly tenantIds: string[] = []
  private readonly child: ChildProcess
  private readonly started: Started
  private readonly agent: Agent
  private token = ''

  private constructor(child: ChildProcess, started: Started, ca: string, connections: number) {
    this.child = child
    this.started = started
    this.pool = new pg.Pool({ connectionString: started.databaseUrl, max: 4 })
    // At the end the server may cut a connection before the pool has said goodbye.
    this.pool.on('error', () => undefined)
    this.agent = new Agent({ ca, keepAlive: true, maxSockets: connections })
  }

  static async start(dataDir: string, tenants: number, connections: number): Promise<IngestWorld> {
    const child = fork(new URL('ingest-server.ts', import.meta.url), [dataDir])
    const [started] = (await once(child, 'message')) as [Started]
    const world = new IngestWorld(child, started, await readFile(started.caFile, 'utf8'), connections)
    world.token = await world.signIn()
    await world.setClock(new Date(clockAt))
    await world.addTenants(tenants)
    return world
  }

  async post(path: string, body: Buffer, headers: Record<string, string>): Promise<Answer> {
    const { port, hostname } = new URL(this.started.baseUrl)
    return new Promise((resolve, reject) => {
      const call = request(
        {
          host: '127.0.0.1',
          servername: hostname,
          port,
          path,
          agent: this.agent,
          method: 'POST',
          headers: { 'content-length': body.length, ...headers },
        },
        (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }))
          response.on('error', reject)
        },
      )
      call.on('error', reject)
      call.end(body)
    })
  }

  postEvents(body: Buffer): Promise<Answer> {
    return this.post('/events', body, {
      authorization: `Bearer ${this.token}`,
      'content-type': 'application/cloudevents-batch+json',
    })
  }

  /** Microseconds of processor time so far, and what memory the server has. */
  async processorTimes(): Promise<{ server: number; database: number; client: number; serverMemory: number }> {
    const answer = once(this.child, 'message')
    this.child.send('usage')
    const [usage] = (await answer) as [{ memory: number; cpu: NodeJS.CpuUsage }]
    const { rows } = await this.pool.query<{ pid: number }>('select pid from pg_stat_activity')
    const own = process.cpuUsage()
    return {
      server: usage.cpu.user + usage.cpu.system,
      database: processorTime(rows.map(({ pid }) => pid)),
      client: own.user + own.system,
      serverMemory: usage.memory,
    }
  }

  async stop(): Promise<void> {
    this.agent.destroy()
    await this.pool.end()
    const ended = once(this.child, 'exit')
    this.child.send('stop')
    await ended
  }

  private async signIn(): Promise<string> {
    const { tenantId, clientId, clientSecret } = this.started.operator
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: `${this.started.baseUrl}/.default`,
    })
    const answer = await this.post(`/${tenantId}/oauth2/v2.0/token`, Buffer.from(form.toString()), {
      'content-type': 'application/x-www-form-urlencoded',
    })
    return (JSON.parse(answer.body.toString()) as { access_token: string }).access_token
  }

  private async setClock(now: Date): Promise<void> {
    const { port, hostname } = new URL(this.started.baseUrl)
    const body = JSON.stringify({ properties: { now: now.toISOString() } })
    const call = request({
      host: '127.0.0.1',
      servername: hostname,
      port,
      agent: this.agent,
      method: 'PUT',
      path: '/providers/Tenantry.Sandbox/clock?api-version=2026-11-01',
      headers: {
        authorization: `Bearer ${this.token}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      },
    })
    call.end(body)
    const [response] = (await once(call, 'response')) as [{ statusCode: number; resume(): void }]
    response.resume()
    if (response.statusCode !== 200) throw new Error(`the clock was not set: ${response.statusCode}`)
  }

  /** Rows instead of requests: what is measured is the taking in of events, and a thousand tenants are soon made so. */
  private async addTenants(count: number): Promise<void> {
    const id = (kind: string, index: number) => {
      const hex = createHash('sha256').update(`${kind} ${index}`).digest('hex')
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
    }
    const numbers = [...Array(count).keys()]
    this.tenantIds.push(...numbers.map((index) => id('tenant', index)))
    const subscriptions = numbers.map((index) => id('subscription', index))
    const links = numbers.map((index) => id('link', index))
    const applications = numbers.map((index) => id('application', index))
    const { operator } = this.started
    const since = '2020-01-01T00:00:00Z'
    const run = (text: string, values: unknown[]) => this.pool.query(text, values)
    await run(
      `insert into billing_account (name, tenant_id, display_name, agreement_type, account_type, currency, country_code,
         created_at, created_by)
       values ('bench', $1, 'Bench', 'MicrosoftCustomerAgreement', 'Enterprise', 'EUR', 'SE', $2, $1)`,
      [operator.tenantId, since],
    )
    await run(
      `insert into billing_profile (name, billing_account_name, display_name, currency, country_code, system_id,
         created_at, created_by) values ('bench', 'bench', 'Bench', 'EUR', 'SE', 'bench', $2, $1)`,
      [operator.tenantId, since],
    )
    await run(
      `insert into invoice_section (name, billing_profile_name, display_name, system_id, created_at, created_by)
       values ('bench', 'bench', 'Bench', 'bench', $2, $1)`,
      [operator.tenantId, since],
    )
    await run(
      `insert into tenant (id, kind, display_name, country_code, data_residency, created_at)
       select t, 'identity', 'Bench', 'SE', 'europe', $2 from unnest($1::uuid[]) t`,
      [this.tenantIds, since],
    )
    await run(
      `insert into subscription (id, display_name, state, offer, created_at, created_by)
       select s, 'Bench', 'Active', 'direct', $2, s from unnest($1::uuid[]) s`,
      [subscriptions, since],
    )
    await run(
      `insert into billing_placement (subscription_id, during, billing_profile_name, invoice_section_name)
       select s, tstzrange($2, null, '[)'), 'bench', 'bench' from unnest($1::uuid[]) s`,
      [subscriptions, since],
    )
    await run(
      `insert into resource (uid, subscription_id, resource_group_key, type, type_key, name, name_key, location,
         created_at, created_by, changed_at, changed_by)
       select l, s, 'bench', 'Bench/links', 'bench/links', 'l', 'l', 'europe', $3::timestamptz, '{}', $3, '{}'
       from unnest($1::uuid[], $2::uuid[]) n (l, s)`,
      [links, subscriptions, since],
    )
    await run(
      `insert into identity_link (identity_tenant_id, during, link_id, subscription_id)
       select t, tstzrange($4, null, '[)'), l, s from unnest($1::uuid[], $2::uuid[], $3::uuid[]) n (t, l, s)`,
      [this.tenantIds, links, subscriptions, since],
    )
    await run(
      `insert into metering_model (link_id, during, model, decided_by)
       select l, tstzrange($2, null, '[)'), 'mau', l from unnest($1::uuid[]) l`,
      [links, since],
    )
    await run(
      `insert into principal (id, tenant_id, kind, display_name, created_at)
       select p, t, 'servicePrincipal', 'Bench', $3 from unnest($1::uuid[], $2::uuid[]) n (p, t)`,
      [applications, this.tenantIds, since],
    )
    await run(
      `insert into service_principal (id, tenant_id, app_id)
       select p, t, $3 from unnest($1::uuid[], $2::uuid[]) n (p, t)`,
      [applications, this.tenantIds, operator.clientId],
    )
    await run(
      `insert into app_role_assignment (id, tenant_id, principal_id, app_role_id, created_at)
       select p, t, p, $3, $4 from unnest($1::uuid[], $2::uuid[]) n (p, t)`,
      [applications, this.tenantIds, meteringEventsWrite.id, since],
    )
    await run('update attribution_version set version = version + 1', [])
  }
}
