import { expect, test } from 'vitest'
import { runAudit } from '../../src/audit/audit.ts'
import { startTestCloud } from '../support/cloud.ts'
import { playStories } from './play.ts'
import { seedsToRun } from './seeded.ts'

const seeds = seedsToRun(8)

test('I-04, I-10, MAU-14, MAU-25, MAU-32, DEC-6, DEC-7: random months come to what the naive model says, to the unit and the cent', {
  timeout: 600_000,
}, async () => {
  const cloud = await startTestCloud()
  try {
    const wrong: string[] = []
    const complain = (seed: number, what: string) => wrong.push(`seed ${seed}: ${what}`)
    await playStories(cloud, seeds, complain, async () => {
      const audit = await runAudit({ connectionString: cloud.running.databaseUrl })
      for (const check of audit.checks)
        for (const violation of check.violations) wrong.push(`audit ${check.id}: ${violation}`)
    })
    expect(wrong.slice(0, 20), 'replay one story with TENANTRY_SEEDS=<seed>').toEqual([])
  } finally {
    await cloud.stop()
  }
})
