import type pg from 'pg'
import type { QuantityQuery, QuantityRow, UsageStore } from '../usage-store.ts'
import { explain, quarantined, reportedUsage } from './explain.ts'
import { GroupCommit } from './group-commit.ts'
import { Ingest, isFaultOfContent, type ReadClock } from './ingest.ts'
import { prepareEvents } from './prepared-events.ts'
import { reattributeResources } from './reattribute-resources.ts'
import { reattribute } from './reattribute.ts'
import { type Sql, sqlOf, sqlOfClient } from './sql.ts'
import { conflicts, monthlyActiveUsers, quantities, setAside } from './totals.ts'

export interface PostgresUsageStoreOptions {
  readonly pool: pg.Pool
  /** The business clock; read inside the transaction, since the sandbox keeps it in the database. */
  readonly now: ReadClock
  readonly lanes?: number
  readonly batchEvents?: number
  readonly queueEvents?: number
}

export function createPostgresUsageStore(options: PostgresUsageStoreOptions): UsageStore {
  const { pool, now } = options
  const ingest = new Ingest(pool, now)
  const group = new GroupCommit({
    lanes: options.lanes ?? 1,
    batchEvents: options.batchEvents ?? 20_000,
    queueEvents: options.queueEvents ?? 100_000,
    commit: (requests) => ingest.commit(requests),
    isFaultOfContent,
  })
  const sql: Sql = sqlOfClient(pool)
  return {
    async append(reporter, events) {
      return events.length === 0 ? [] : group.append(prepareEvents(reporter, events))
    },
    appendWithin: (tx, reporter, events) => ingest.appendWithin(tx, reporter, events),
    monthlyActiveUsers: (identityTenantId, period) => monthlyActiveUsers(sql, identityTenantId, period),
    quantities: (query) => (query.tx ? quantities(sqlOf(query.tx), query) : quantitiesAlone(pool, query)),
    explain: (query) => explain(sql, query),
    reportedUsage: (query) => reportedUsage(sql, query),
    setAside: (query) => setAside(sql, query),
    quarantined: (query) => quarantined(sql, query),
    conflicts: (query) => conflicts(sql, query),
    async cutoff(tx) {
      const run = sqlOf(tx)
      await run('select pg_advisory_xact_lock(7261001)')
      const [row] = await run<{ id: string; reported_at: Date }>(
        'select b.id::text, b.reported_at from usage_batch b order by b.id desc limit 1',
      )
      return { batchId: BigInt(row?.id ?? '0'), reportedUntil: row?.reported_at ?? null }
    },
    reattribute: (tx, identityTenantId, from) => reattribute(sqlOf(tx), identityTenantId, from),
    reattributeResources: (tx, subscriptionId, from) => reattributeResources(sqlOf(tx), subscriptionId, from),
  }
}

async function* quantitiesAlone(pool: pg.Pool, query: QuantityQuery): AsyncGenerator<QuantityRow> {
  const client = await pool.connect()
  try {
    await client.query('begin read only')
    yield* quantities(sqlOfClient(client), query)
  } finally {
    // Nothing was written, and the reader may have stopped half-way.
    const isBroken = await client.query('rollback').then(
      () => false,
      () => true,
    )
    client.release(isBroken)
  }
}
