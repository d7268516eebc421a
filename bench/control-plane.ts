import { randomUUID } from 'node:crypto'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { systemTimers } from '../src/adapters/timers.ts'
import { Session } from '../src/cli/session.ts'
import { type BenchOptions, type BenchResult, describeMachine, percentile } from './machine.ts'
import type { LoadOrder, LoadResult } from './request-load.ts'

const perSecond = 2000
const connections = 16
const resources = 200
const secondsMeasured = 15

/**
 * GET of a resource by a user who has a role on its resource group: token checked, roles evaluated, row read. First at
 * a fixed rate, where each latency counts from the moment the request was due; then as fast as the server answers.
 */
export async function run(options: BenchOptions): Promise<BenchResult> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tenantry-bench-'))
  options.log('Starting a server of its own')
  const child = fork(new URL('ingest-server.ts', import.meta.url), [dataDir])
  const [started] = (await once(child, 'message')) as [Started]
  try {
    const ca = await readFile(started.caFile, 'utf8')
    const world = await buildWorld(started, ca)
    const { port, hostname } = new URL(started.baseUrl)
    const requests = world.paths.map(
      (path) =>
        `GET ${path}?api-version=2024-11-01 HTTP/1.1\r\nhost: ${hostname}:${port}\r\nauthorization: Bearer ${world.token}\r\n\r\n`,
    )
    const order = { host: '127.0.0.1', port: Number(port), servername: hostname, ca, connections, requests }
    const measure = async (count: number, rate: number | undefined): Promise<LoadResult> => {
      const result = await load({ ...order, count, perSecond: rate })
      if (result.failed > 0) throw new Error(`${result.failed} of ${count} requests were not answered with 200`)
      return result
    }
    const count = Math.max(2000, Math.round(perSecond * secondsMeasured * options.scale))
    options.log('Warming up')
    await measure(Math.min(10_000, count), undefined)
    options.log(`Sending ${count} requests at ${perSecond} a second`)
    const before = await cpuOf(child)
    const paced = await measure(count, perSecond)
    const after = await cpuOf(child)
    options.log(`Sending ${count} requests as fast as they are answered`)
    const fastest = await measure(count, undefined)
    const latencies = [...paced.latencyMs]
    return {
      name: 'control-plane',
      machine: describeMachine(),
      results: {
        requestsPerSecond: perSecond,
        reachedPerSecond: Math.round(count / paced.seconds),
        latencyMsP50: rounded(percentile(latencies, 0.5)),
        latencyMsP99: rounded(percentile(latencies, 0.99)),
        latencyMsMax: rounded(percentile(latencies, 1)),
        serverCpuMicrosecondsPerRequest: Math.round((after - before) / count),
        requestsPerSecondMax: Math.round(count / fastest.seconds),
        latencyMsP99AtMax: rounded(percentile([...fastest.latencyMs], 0.99)),
        requests: count,
        connections,
        resources,
      },
    }
  } finally {
    const ended = once(child, 'exit')
    child.send('stop')
    await ended
    await rm(dataDir, { recursive: true, force: true })
  }
}

interface Started {
  readonly baseUrl: string
  readonly caFile: string
  readonly operator: { readonly tenantId: string; readonly clientId: string; readonly clientSecret: string }
}

/** Microseconds that the server's process has computed so far. */
async function cpuOf(child: ChildProcess): Promise<number> {
  const answer = once(child, 'message')
  child.send('usage')
  const [{ cpu }] = (await answer) as [{ cpu: NodeJS.CpuUsage }]
  return cpu.user + cpu.system
}

const rounded = (ms: number): number => Math.round(ms * 100) / 100

async function load(order: LoadOrder): Promise<LoadResult> {
  const worker = new Worker(new URL('request-load.ts', import.meta.url), { workerData: order })
  const [result] = (await once(worker, 'message')) as [LoadResult]
  await worker.terminate()
  return result
}

/** Everything over the wire: a tenant, who pays, a subscription, a group, its resources, and somebody who may read them. */
async function buildWorld(started: Started, ca: string): Promise<{ token: string; paths: string[] }> {
  const session = new Session(
    started.baseUrl,
    ca,
    started.operator,
    systemTimers(() => undefined),
  )
  const send = async (as: string, request: string, body?: unknown): Promise<unknown> => {
    const [method = '', path = ''] = request.split(' ')
    const reply = await session.send(as, method, path, body)
    if (reply.status >= 300) throw new Error(`${request} answered ${reply.status} ${JSON.stringify(reply.body)}`)
    return reply.body
  }
  const tenantId = randomUUID()
  const now = '2026-10-15T12:00:00Z'
  await send('operator', 'PUT /providers/Tenantry.Sandbox/clock?api-version=2026-11-01', { properties: { now } })
  const tenant = (await send(
    'operator',
    `PUT /providers/Tenantry.Directory/tenants/${tenantId}?api-version=2026-11-01`,
    {
      properties: {
        displayName: 'Bench',
        kind: 'workforce',
        countryCode: 'SE',
        initialDomainLabel: 'bench',
        administrator: { displayName: 'Owner' },
      },
    },
  )) as { properties: { administrator: { objectId: string } } }
  const ownerId = tenant.properties.administrator.objectId
  session.introduce('owner', { tenantId, userId: ownerId })
  const signUp = (await send('operator', 'PUT /providers/Tenantry.Billing/signUps/bench?api-version=2026-11-01', {
    properties: { tenantId, owner: { objectId: ownerId }, displayName: 'Bench', currency: 'EUR', countryCode: 'SE' },
  })) as { properties: { invoiceSectionId: string } }
  const alias = (await send('owner', 'PUT /providers/Microsoft.Subscription/aliases/bench?api-version=2021-10-01', {
    properties: { displayName: 'bench', workload: 'Production', billingScope: signUp.properties.invoiceSectionId },
  })) as { properties: { subscriptionId: string } }
  const group = `/subscriptions/${alias.properties.subscriptionId}/resourceGroups/bench`
  await send('owner', `PUT ${group}?api-version=2025-04-01`, { location: 'westeurope' })
  const reader = (await send('owner', 'POST /v1.0/users', {
    accountEnabled: true,
    displayName: 'Reader',
    mailNickname: 'reader',
    userPrincipalName: 'reader@bench.onmicrosoft.com',
    passwordProfile: { password: 'correct horse battery staple' },
  })) as { id: string }
  const assignment = `${group}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}?api-version=2022-04-01`
  const readerRole = '/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7'
  await send('owner', `PUT ${assignment}`, {
    properties: { roleDefinitionId: readerRole, principalId: reader.id, principalType: 'User' },
  })
  const paths: string[] = []
  for (let index = 0; index < resources; index++) {
    const path = `${group}/providers/Microsoft.Compute/virtualMachines/machine${index}`
    const reply = await session.send('owner', 'PUT', `${path}?api-version=2024-11-01`, { location: 'westeurope' })
    if (reply.status >= 300) throw new Error(`${path} answered ${reply.status} ${JSON.stringify(reply.body)}`)
    await session.finish('owner', reply)
    paths.push(path)
  }
  const tokens = '/providers/Tenantry.Sandbox/tokens?api-version=2026-11-01'
  const { accessToken } = (await send('operator', `POST ${tokens}`, { tenantId, userId: reader.id })) as {
    accessToken: string
  }
  session.close()
  return { token: accessToken, paths }
}
