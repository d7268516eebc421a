import { expect, test } from 'vitest'
import { isTooLate, isUnbilled } from '../../../src/domain/metering/exclusion.ts'

test('DEC-8: usage is accepted up to exactly 90 days after it, and a millisecond later is not', () => {
  const usageAt = new Date('2026-01-01T00:00:00.000Z')
  expect(isTooLate(usageAt, new Date('2026-04-01T00:00:00.000Z'))).toBe(false)
  expect(isTooLate(usageAt, new Date('2026-04-01T00:00:00.001Z'))).toBe(true)
  expect(isTooLate(usageAt, new Date('2026-01-02T00:00:00.001Z'), 1)).toBe(true)
})

test('MAU-20, SUB-8: what nobody had agreed to pay is shown as unbilled, other exclusions are not', () => {
  expect(isUnbilled({ kind: 'excluded', reason: 'unlinked' })).toBe(true)
  expect(isUnbilled({ kind: 'excluded', reason: 'subscriptionCancelled' })).toBe(true)
  expect(isUnbilled({ kind: 'excluded', reason: 'failedAttempt' })).toBe(false)
  expect(isUnbilled({ kind: 'rated', meterId: 'authentications' })).toBe(false)
})
