import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tenantsEachBody } from './event-bodies.ts'
import { connections, eventsEach, Load } from './event-load.ts'
import { IngestWorld } from './ingest-world.ts'
import { measureCopy, measureKeyedInsert } from './insert-baseline.ts'
import { type BenchOptions, type BenchResult, describeMachine, percentile } from './machine.ts'

const tenants = 1000
const eventsPerUser = 10
const warmUpEvents = 200_000

/**
 * Events a second over HTTPS: JSON batches of CloudEvents, validated, authorised, 5 % of them repetitions, durable
 * before the answer; the client is on the same machine. Beside it what the same PostgreSQL does with the same rows.
 */
export async function run(options: BenchOptions): Promise<BenchResult> {
  const measured = Math.max(200_000, Math.round(2_000_000 * options.scale))
  const dataDir = await mkdtemp(join(tmpdir(), 'tenantry-bench-'))
  options.log('Starting a server of its own')
  const world = await IngestWorld.start(dataDir, tenants, connections)
  try {
    const users = Math.max(1000, Math.round((measured + warmUpEvents) / eventsPerUser))
    const load = new Load(world, users, measured + warmUpEvents)
    options.log(`Warming up with ${warmUpEvents} events`)
    await load.send(warmUpEvents)
    options.log(`Sending ${measured} events`)
    const before = await world.processorTimes()
    const result = await load.send(measured)
    const after = await world.processorTimes()
    const perEvent = (part: 'server' | 'database' | 'client') =>
      Number(((after[part] - before[part]) / measured).toFixed(2))
    const { rows } = await world.pool.query<{ stored: string; units: string; version: string }>(
      `select (select count(*) from usage_event)::text as stored, current_setting('server_version') as version,
         (select coalesce(sum(quantity), 0) from usage_sum where meter_id = 'monthly-active-users')::text as units`,
    )
    const [totals] = rows
    if (Number(totals?.stored) !== load.accepted) {
      throw new Error(`${load.accepted} events were acknowledged and ${totals?.stored} are stored`)
    }
    const eventsPerSecond = Math.round(measured / result.seconds)
    options.log(`${eventsPerSecond} events a second; now what PostgreSQL does alone`)
    const baselineRows = Math.min(1_000_000, Number(totals?.stored))
    const keyedInsert = await measureKeyedInsert(world.pool, baselineRows)
    const keyedInsertRowsPerSecond = keyedInsert.rowsPerSecond
    const copyRowsPerSecond = await measureCopy(world.pool, Math.min(500_000, baselineRows))
    return {
      name: 'ingest',
      machine: { ...describeMachine(), postgres: totals?.version },
      results: {
        eventsPerSecond,
        keyedInsertRowsPerSecond,
        copyRowsPerSecond,
        ratioToKeyedInsert: Number((eventsPerSecond / keyedInsertRowsPerSecond).toFixed(3)),
        events: measured,
        repeated: result.repeated,
        tenants,
        users,
        tenantsEachRequest: tenantsEachBody,
        monthlyActiveUsers: Number(totals?.units),
        eventsEachRequest: eventsEach,
        connections,
        requestMsP50: Math.round(percentile(result.requestMs, 0.5)),
        requestMsP99: Math.round(percentile(result.requestMs, 0.99)),
        processorMicrosecondsPerEvent: {
          server: perEvent('server'),
          database: perEvent('database'),
          client: perEvent('client'),
          keyedInsertAlone: keyedInsert.processorMicrosecondsPerRow,
        },
        serverMemoryMb: Math.round(after.serverMemory / 1_000_000),
      },
    }
  } finally {
    await world.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}
