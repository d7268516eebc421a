import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { benchPriceList, seedSql } from '../../../bench/invoice-run-world.ts'
import { openDatabase } from '../../../src/store/db.ts'
import { findPort, ServerProcess } from '../../faults/server-process.ts'
import { expectSuccess, ours } from './billing-world.ts'

let dataDir: string
let port: number
let server: ServerProcess
const profiles = 200

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tenantry-test-'))
  port = await findPort()
  server = await ServerProcess.launch(dataDir, port)
}, 60_000)
afterAll(async () => {
  server?.kill('SIGTERM')
  await server?.exited
  await rm(dataDir, { recursive: true, force: true })
})

interface Progress {
  readonly done: number
  readonly finished: boolean
}

async function progressOf(pool: pg.Pool): Promise<Progress> {
  const { rows } = await pool.query<Progress>(
    'select profiles_done as done, finished_at is not null as finished from invoice_run',
  )
  return rows[0] ?? { done: 0, finished: false }
}

/** Reads the progress until it is as wanted. */
async function waitFor(pool: pg.Pool, isReached: (progress: Progress) => boolean): Promise<Progress> {
  const deadline = performance.now() + 60_000
  while (performance.now() < deadline) {
    const progress = await progressOf(pool)
    if (isReached(progress)) return progress
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error('the run did not come so far')
}

test('BIL-8: a run that is killed goes on at the next start, and each profile gets one invoice and the series has no gap', async () => {
  const wire = await server.wire()
  await wire.setClock('2026-10-01T00:00:00Z')
  expectSuccess(
    await wire.operator.put(`/providers/Tenantry.Pricing/priceLists/bench/versions/1?${ours}`, benchPriceList(10)),
  )
  let pool = openDatabase(server.database).pool
  const { rows: tenants } = await pool.query<{ id: string }>('select id from tenant limit 1')
  await pool.query(seedSql({ profiles, subscriptions: profiles * 5, linesEach: 10 }, tenants[0]?.id ?? ''))
  await wire.setClock('2026-11-04T00:00:00Z')
  const started = await wire.operator.put(`/providers/Tenantry.Billing/invoiceRuns/2026-10?${ours}`, {})
  expect(started.status).toBe(202)

  const killedAt = await waitFor(pool, ({ done }) => done >= 30)
  server.kill('SIGKILL')
  await server.exited
  await pool.end()
  expect(killedAt.done).toBeLessThan(profiles)
  server = await ServerProcess.launch(dataDir, port)
  pool = openDatabase(server.database).pool
  try {
    const before = await progressOf(pool)
    expect(before.done).toBeGreaterThanOrEqual(killedAt.done)
    expect((await waitFor(pool, ({ finished }) => finished)).done).toBe(profiles)
    const { rows } = await pool.query(`
      select count(*)::int as documents, count(distinct billing_profile_name)::int as profiles,
        min(number) as first, max(number) as last, count(distinct number)::int as numbers,
        count(distinct invoice_date)::int as dates, (select count(*)::int from invoice_line) as lines,
        (select sum(quantity) from invoice_line) = (select sum(quantity) from usage_sum) as is_whole
      from invoice`)
    expect(rows[0]).toEqual({
      documents: profiles,
      profiles,
      first: 'T000000001',
      last: `T${String(profiles).padStart(9, '0')}`,
      numbers: profiles,
      dates: 1,
      lines: profiles * 50,
      is_whole: true,
    })
  } finally {
    await pool.end()
  }
}, 120_000)
