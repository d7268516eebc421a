import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connections, Load } from './event-load.ts'
import { IngestWorld } from './ingest-world.ts'
import { type BenchOptions, type BenchResult, describeMachine } from './machine.ts'

const tenants = 1000
const eventsPerUser = 10
const warmUpEvents = 200_000
const measured = 1_000_000
const filledAtOnce = 2_000_000

/** The rate of taking events in when there are none yet, and when there are fifty million. */
export async function run(options: BenchOptions): Promise<BenchResult> {
  const stored = Math.max(1_000_000, Math.round(50_000_000 * options.scale))
  const dataDir = await mkdtemp(join(tmpdir(), 'tenantry-bench-'))
  const world = await IngestWorld.start(dataDir, tenants, connections)
  try {
    const events = 2 * (warmUpEvents + measured)
    const load = new Load(world, events / eventsPerUser, events)
    options.log(`Sending ${measured} events to an empty store`)
    await load.send(warmUpEvents)
    const empty = await load.send(measured)
    await fill(world, stored, options.log)
    options.log(`Sending ${measured} events beside ${stored}`)
    await load.send(warmUpEvents)
    const full = await load.send(measured)
    const { rows } = await world.pool.query<{ table: string; index: string }>(
      `select pg_size_pretty(pg_table_size('usage_event')) as table, pg_size_pretty(pg_indexes_size('usage_event')) as index`,
    )
    const rate = ({ seconds }: { seconds: number }) => Math.round(measured / seconds)
    return {
      name: 'growth',
      machine: describeMachine(),
      results: {
        eventsPerSecondAtEmpty: rate(empty),
        eventsPerSecond: rate(full),
        ratioToEmpty: Number((rate(full) / rate(empty)).toFixed(3)),
        eventsStored: stored + load.accepted,
        tableSize: rows[0]?.table,
        indexSize: rows[0]?.index,
      },
    }
  } finally {
    await world.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

/** Straight into the table, the keys indexed at the end, for this is not what is measured. */
async function fill({ pool }: IngestWorld, stored: number, log: (line: string) => void): Promise<void> {
  await pool.query('alter table usage_event drop constraint usage_event_pkey')
  for (let from = 0; from < stored; from += filledAtOnce) {
    log(`Filling: ${from} of ${stored}`)
    await pool.query(
      `insert into usage_event (event_key, content_hash, usage_at, batch_id, origin_id, route_id, id, subject)
       select gen_random_uuid(), n, timestamptz '2026-09-01' + n * interval '40 milliseconds', 0, 1, 1,
         '01800000-0000-7000-8000-' || lpad(n::text, 12, '0'), '5f000000-0000-4000-8000-' || lpad((n % 1000000)::text, 12, '0')
       from generate_series($1::bigint, $2::bigint) n`,
      [from, Math.min(stored, from + filledAtOnce) - 1],
    )
  }
  log('Indexing')
  await pool.query("set maintenance_work_mem = '1GB'; alter table usage_event add primary key (event_key)")
  await pool.query('vacuum analyze usage_event')
  await pool.query('checkpoint')
}
