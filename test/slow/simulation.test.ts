import { expect, test } from 'vitest'
import { runAudit } from '../../src/audit/audit.ts'
import { playStories } from '../simulation/play.ts'
import { seedsToRun } from '../simulation/seeded.ts'
import { startTestCloud } from '../support/cloud.ts'

const storiesOfServer = 50
const seeds = seedsToRun(500, 1000)

test('R12, I-10: hundreds of random lives of identity tenants come to what the naive model says', async () => {
  const wrong: string[] = []
  let [events, deliveries, invoices] = [0, 0, 0]
  for (let from = 0; from < seeds.length; from += storiesOfServer) {
    const cloud = await startTestCloud()
    try {
      const complain = (seed: number, what: string): void => void wrong.push(`seed ${seed}: ${what}`)
      const played = await playStories(cloud, seeds.slice(from, from + storiesOfServer), complain)
      const audit = await runAudit({ connectionString: cloud.running.databaseUrl })
      for (const check of audit.checks)
        for (const violation of check.violations) wrong.push(`from seed ${seeds[from]}: ${check.id} ${violation}`)
      events += played.events
      deliveries += played.deliveries
      invoices += played.invoices
    } finally {
      await cloud.stop()
    }
    process.stdout.write(`${from + storiesOfServer} stories: ${events} events, ${wrong.length} differences\n`)
  }
  process.stdout.write(`${seeds.length} stories, ${events} events, ${deliveries} deliveries, ${invoices} documents\n`)
  expect(wrong.slice(0, 30), 'replay one story with TENANTRY_SEEDS=<seed>').toEqual([])
})
