import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { UsageEvent } from '../src/domain/metering/usage-event.ts'
import { openDatabase } from '../src/store/db.ts'
import { startEmbeddedPostgres } from '../src/store/embedded/embedded-postgres.ts'
import { migrate } from '../src/store/migrate.ts'
import { createPostgresUsageStore } from '../src/usage/postgres/postgres-usage-store.ts'
import { type BenchOptions, type BenchResult, describeMachine, percentile, seeded } from './machine.ts'

const eventsPerUser = 10
const batchEvents = 10_000
const readings = 500
const tenantId = 'a0000000-0000-4000-8000-000000000001'
const subscriptionId = 'a0000000-0000-4000-8000-000000000002'
const linkId = 'a0000000-0000-4000-8000-000000000003'
const now = new Date('2026-10-31T12:00:00Z')
const dayMs = 86_400_000

/** The active users of one tenant's month, exact, beside counting them over the raw events. */
export async function run(options: BenchOptions): Promise<BenchResult> {
  const events = Math.max(100_000, Math.round(10_000_000 * options.scale))
  const dataDir = await mkdtemp(join(tmpdir(), 'tenantry-bench-'))
  const server = await startEmbeddedPostgres({
    dataDir,
    log: () => undefined,
    randomSecret: () => randomBytes(24).toString('base64url'),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  })
  const { pool, close } = openDatabase(server.poolConfig)
  try {
    await migrate(pool, now)
    await pool.query(
      `insert into tenant (id, kind, display_name, country_code, data_residency, created_at)
       values ('${tenantId}', 'identity', 'Bench', 'SE', 'europe', '2020-01-01');
       insert into subscription (id, display_name, state, offer, created_at, created_by)
       values ('${subscriptionId}', 'Bench', 'Active', 'direct', '2020-01-01', '${tenantId}');
       insert into resource (uid, subscription_id, resource_group_key, type, type_key, name, name_key, location,
         created_at, created_by, changed_at, changed_by)
       values ('${linkId}', '${subscriptionId}', 'bench', 'Bench/links', 'bench/links', 'l', 'l', 'europe', '2020-01-01',
         '{}', '2020-01-01', '{}');
       insert into identity_link (identity_tenant_id, during, link_id, subscription_id)
       values ('${tenantId}', tstzrange('2020-01-01', null), '${linkId}', '${subscriptionId}');
       insert into metering_model (link_id, during, model, decided_by)
       values ('${linkId}', tstzrange('2020-01-01', null), 'mau', '${tenantId}')`,
    )
    const store = createPostgresUsageStore({ pool, now: () => now })
    const users = Math.round(events / eventsPerUser)
    const random = seeded(31)
    const month = Date.UTC(2026, 9, 1)
    let number = 0
    const nextBatch = (): UsageEvent[] =>
      Array.from({ length: Math.min(batchEvents, events - number) }, () => ({
        type: 'authentication',
        source: 'urn:example:identity',
        id: `01900000-0000-7000-8000-${String(number).padStart(12, '0')}`,
        // The first pass names every user once; the others come at random.
        subject: `5f000000-0000-4000-8000-${String(number++ < users ? number - 1 : random(users)).padStart(12, '0')}`,
        usageAtMs: month + random(30 * dayMs),
        identityTenantId: tenantId,
        kind: 'interactiveSignIn',
        userType: 'Member',
        outcome: 'success',
      }))
    const reporter = { tenantId, principalId: tenantId }
    options.log(`Taking in ${events} events of ${users} users`)
    const startedAt = performance.now()
    let told = 0
    const sender = async () => {
      while (number < events) {
        await store.append(reporter, nextBatch())
        if (Math.floor((number / events) * 10) > told) options.log(`${(told = Math.floor((number / events) * 10))}0 %`)
      }
    }
    await Promise.all([sender(), sender(), sender()])
    const takenInSeconds = (performance.now() - startedAt) / 1000

    const month10 = await store.monthlyActiveUsers(tenantId, '2026-10')
    const times: number[] = []
    for (let reading = 0; reading < readings; reading++) {
      const readAt = performance.now()
      await store.monthlyActiveUsers(tenantId, '2026-10')
      times.push(performance.now() - readAt)
    }
    options.log('Counting over the raw events')
    await pool.query('vacuum analyze usage_event')
    const countedAt = performance.now()
    const { rows } = await pool.query<{ users: string }>(
      `select count(distinct e.subject)::text as users from usage_event e join usage_origin o on o.id = e.origin_id
       where o.identity_tenant_id = $1 and e.usage_at >= '2026-10-01' and e.usage_at < '2026-11-01'`,
      [tenantId],
    )
    const countMs = performance.now() - countedAt
    if (rows[0]?.users !== String(month10.monthlyActiveUsers)) {
      throw new Error(`${rows[0]?.users} users were counted, and the month says ${month10.monthlyActiveUsers}`)
    }
    const p99 = percentile(times, 0.99)
    return {
      name: 'mau',
      machine: describeMachine(),
      results: {
        events,
        monthlyActiveUsers: Number(month10.monthlyActiveUsers),
        readMsP50: Number(percentile(times, 0.5).toFixed(3)),
        readMsP99: Number(p99.toFixed(3)),
        countDistinctMs: Math.round(countMs),
        timesFaster: Math.round(countMs / percentile(times, 0.5)),
        takenInEventsPerSecond: Math.round(events / takenInSeconds),
      },
    }
  } finally {
    await close()
    await server.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}
