import { expect, test } from 'vitest'
import { campaign } from './kill-campaign.ts'

test('I-01, I-02, F01, F02, F33: kill -9 of server or database loses nothing acknowledged and doubles nothing', {
  timeout: 300_000,
}, async () => {
  const outcome = await campaign({ seed: 1, kills: 6, victims: ['server', 'postgres'], auditEvery: 3 })
  expect(outcome.complaints).toEqual([])
  expect(outcome.stored).toBe(outcome.acknowledged)
  expect(outcome.unanswered).toBeGreaterThan(0)
})
