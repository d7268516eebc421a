import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KnownUsers } from '../../src/usage/postgres/known-users.ts'

const step = fc.record({
  tenant: fc.constantFrom('a', 'b'),
  user: fc.oneof(
    fc.integer({ min: 0, max: 300 }).map(String),
    fc.constantFrom('', 'é', 'x'.repeat(64), 'x'.repeat(65)),
  ),
  isPaid: fc.boolean(),
  at: fc.integer({ min: 0, max: 1000 }),
  isAsked: fc.boolean(),
})

test('a user is covered only where an earlier instant was remembered, however little memory there is', () => {
  expect.hasAssertions()
  fc.assert(
    fc.property(fc.array(step, { maxLength: 2000 }), fc.constantFrom(512, 4096, 1024 * 1024), (steps, bytes) => {
      const known = new KnownUsers(bytes)
      const firsts = new Map<string, number>()
      for (const { tenant, user, isPaid, at, isAsked } of steps) {
        const key = `${tenant} ${user} ${isPaid}`
        const month = known.month(tenant, '2026-10-01')
        if (isAsked) {
          const covered = known.covers(month, user, isPaid, at)
          if (covered) expect(firsts.get(key)).toBeLessThan(at)
          else if (bytes > 4096 && user.length < 65 && user !== 'é')
            expect(firsts.get(key) ?? Infinity).not.toBeLessThan(at)
        } else {
          known.remember(month, user, isPaid ? at : undefined, isPaid ? undefined : at)
          firsts.set(key, Math.min(at, firsts.get(key) ?? Infinity))
        }
      }
    }),
    { numRuns: 200, seed: 5 },
  )
})

test('months that were asked for keep their meaning when users are forgotten', () => {
  const known = new KnownUsers(512)
  const month = known.month('a', '2026-10-01')
  for (let user = 0; user < 1000; user++) known.remember(month, `user-${user}`, undefined, 5)
  expect(known.month('a', '2026-10-01')).toBe(month)
  expect(known.covers(month, 'user-999', false, 6)).toBe(true)
  expect(known.covers(month, 'user-999', true, 6)).toBe(false)
  expect(known.covers(known.month('b', '2026-10-01'), 'user-999', false, 6)).toBe(false)
})
