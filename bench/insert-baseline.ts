import type pg from 'pg'
import { copyStatement, signInColumns } from '../src/usage/postgres/copy-rows.ts'
import { processorTime } from './machine.ts'
import { CopyIn } from '../src/usage/postgres/copy-in.ts'
import { to as copyTo } from 'pg-copy-streams'

const batchRows = 20_000

/**
 * What this PostgreSQL does at best with the very rows that were taken in: from a staging table into a table with the
 * same unique key, in transactions of 20,000 rows in the order of their keys, on two connections; no client, no HTTP.
 */
export async function measureKeyedInsert(
  pool: pg.Pool,
  rows: number,
): Promise<{ readonly rowsPerSecond: number; readonly processorMicrosecondsPerRow: number }> {
  const batches = Math.floor(rows / batchRows)
  await pool.query(`create table bench_staging as
    select (row_number() over (order by batch_id, event_key) - 1) / ${batchRows} as part, e.* from usage_event e
    limit ${batches * batchRows}`)
  await pool.query('create index on bench_staging (part)')
  await pool.query('analyze bench_staging')
  await pool.query('create table bench_keyed (like usage_event, primary key (event_key))')
  await pool.query('checkpoint')
  const usedBefore = await databaseTime(pool)
  const startedAt = performance.now()
  await Promise.all(
    [0, 1].map(async (lane) => {
      for (let part = lane; part < batches; part += 2) {
        await pool.query(
          `insert into bench_keyed (${signInColumns}) select ${signInColumns} from bench_staging where part = ${part} order by event_key`,
        )
      }
    }),
  )
  const seconds = (performance.now() - startedAt) / 1000
  const used = (await databaseTime(pool)) - usedBefore
  await pool.query('drop table bench_keyed')
  await pool.query('drop table bench_staging')
  return {
    rowsPerSecond: Math.round((batches * batchRows) / seconds),
    processorMicrosecondsPerRow: Number((used / (batches * batchRows)).toFixed(2)),
  }
}

async function databaseTime(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ pid: number }>('select pid from pg_stat_activity')
  return processorTime(rows.map(({ pid }) => pid))
}

/** The same rows through COPY from a client into a table without any index. */
export async function measureCopy(pool: pg.Pool, rows: number): Promise<number> {
  const client = await pool.connect()
  try {
    const source = client.query(
      copyTo(`copy (select ${signInColumns} from usage_event limit ${rows}) to stdout (format binary)`),
    )
    const chunks: Buffer[] = []
    for await (const chunk of source) chunks.push(chunk as Buffer)
    const bytes = Buffer.concat(chunks)
    const parts: Uint8Array[] = []
    for (let at = 0; at < bytes.length; at += 65_536) parts.push(bytes.subarray(at, at + 65_536))
    await client.query('create table bench_copied (like usage_event)')
    await client.query('checkpoint')
    const startedAt = performance.now()
    const copy = new CopyIn(copyStatement(signInColumns).replace('usage_event', 'bench_copied'), parts)
    client.query(copy)
    await copy.done
    const seconds = (performance.now() - startedAt) / 1000
    const counted = await client.query<{ count: string }>('select count(*)::text as count from bench_copied')
    await client.query('drop table bench_copied')
    return Math.round(Number(counted.rows[0]?.count) / seconds)
  } finally {
    client.release()
  }
}
