import { expect, test } from 'vitest'
import { systemRandom } from '../../src/adapters/random.ts'
import { systemTimers } from '../../src/adapters/timers.ts'

test('D6: a run that takes longer than its interval is not started beside itself', async () => {
  const timers = systemTimers(() => {})
  let running = 0
  let most = 0
  let runs = 0
  const { stop } = timers.every(2, async () => {
    runs += 1
    running += 1
    most = Math.max(most, running)
    await timers.sleep(20)
    running -= 1
  })
  await timers.sleep(120)
  stop()

  expect(most).toBe(1)
  expect(runs).toBeGreaterThan(1)
})

test('D6: a run that fails is reported, and the next one comes all the same', async () => {
  const failures: unknown[] = []
  const timers = systemTimers((error) => failures.push(error))
  const { stop } = timers.every(2, () => Promise.reject(new Error('no')))
  await timers.sleep(60)
  stop()
  timers.after(1, () => {
    throw new Error('once')
  })
  await timers.sleep(20)

  expect(failures.length).toBeGreaterThan(2)
  expect(failures.at(-1)).toMatchObject({ message: 'once' })
})

test('D6: what is cancelled does not run', async () => {
  const timers = systemTimers(() => {})
  let hasRun = false
  timers.after(5, () => void (hasRun = true)).cancel()
  await timers.sleep(30)

  expect(hasRun).toBe(false)
})

test('S50: a secret has 256 bits and is never given twice', () => {
  const secrets = new Set(Array.from({ length: 1000 }, () => systemRandom.secret()))

  expect(secrets.size).toBe(1000)
  for (const secret of secrets) expect(Buffer.from(secret, 'base64url')).toHaveLength(32)
})
