import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InvoiceRunWorld } from './invoice-run-world.ts'
import { type BenchOptions, type BenchResult, describeMachine } from './machine.ts'

const subscriptions = 100_000
const linesEach = 10
const subscriptionsEach = 100

/**
 * A month's invoices of 100,000 subscriptions with 1,000,000 lines, from the request to the last document: rated,
 * explained, taxed, numbered, checked and stored, without PDFs. Beside it what PostgreSQL needs for sums and prices
 * alone, with none of the rest.
 */
export async function run(options: BenchOptions): Promise<BenchResult> {
  const size = {
    subscriptions: Math.max(subscriptionsEach, Math.round(subscriptions * options.scale)),
    profiles: Math.max(1, Math.round((subscriptions * options.scale) / subscriptionsEach)),
    linesEach,
  }
  const dataDir = await mkdtemp(join(tmpdir(), 'tenantry-bench-'))
  options.log('Starting a server of its own')
  const world = await InvoiceRunWorld.start(dataDir)
  try {
    options.log(`Seeding ${size.subscriptions} subscriptions of ${size.profiles} profiles`)
    await world.seed(size)
    await world.close()
    options.log('Running the month')
    const memoryBefore = process.memoryUsage().rss
    const { value, seconds } = await timed(() => world.run())
    const expected = size.subscriptions * linesEach
    if (value.lines !== expected || value.parked > 0)
      throw new Error(`${value.lines} of ${expected} lines were issued, and ${value.parked} profiles are parked`)
    options.log(`${Math.round(expected / seconds)} lines a second; now sums and prices alone`)
    const naive = await timed(() =>
      world.pool.query(`
        create table naive_line as
        select p.billing_profile_name, p.invoice_section_name, s.subscription_id, s.meter_id, s.grouping_key,
          sum(s.quantity) as quantity, round(sum(s.quantity) * 0.0125, 2) as amount
        from usage_sum s join billing_placement p on p.id = s.placement_id
        where s.usage_day >= '2026-10-01' and s.usage_day < '2026-11-01'
        group by 1, 2, 3, 4, 5`),
    )
    const { rows } = await world.pool.query<{ invoices: string; bytes: string; version: string }>(
      `select count(*)::text as invoices, sum(length(document))::text as bytes,
         current_setting('server_version') as version from invoice`,
    )
    return {
      name: 'invoice-run',
      machine: { ...describeMachine(), postgres: rows[0]?.version },
      results: {
        seconds: Number(seconds.toFixed(2)),
        linesPerSecond: Math.round(expected / seconds),
        lines: expected,
        subscriptions: size.subscriptions,
        invoices: Number(rows[0]?.invoices),
        documentMegabytes: Math.round(Number(rows[0]?.bytes) / 1e6),
        naiveSqlSeconds: Number(naive.seconds.toFixed(2)),
        naiveSqlLinesPerSecond: Math.round(expected / naive.seconds),
        memoryMegabytes: Math.round((process.memoryUsage().rss - memoryBefore) / 1e6),
      },
    }
  } finally {
    await world.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function timed<T>(work: () => Promise<T>): Promise<{ value: T; seconds: number }> {
  const started = performance.now()
  const value = await work()
  return { value, seconds: (performance.now() - started) / 1000 }
}
