import { expect, test } from 'vitest'
import { secretHint, secretPeriod } from '../../../src/domain/directory/secret.ts'
import { hashPassword, isPasswordOf } from '../../../src/operations/password-hash.ts'
import { hashSecret, isSecretOf } from '../../../src/operations/secret-hash.ts'

const now = new Date('2026-03-01T09:00:00Z')

test('a client secret is good for two years unless said otherwise, and never for a period that is over', () => {
  expect(secretPeriod({}, now)).toEqual({ startAt: now, endAt: new Date('2028-03-01T09:00:00Z') })
  const leapDay = new Date('2028-02-29T00:00:00Z')
  expect(secretPeriod({ startAt: leapDay }, now).endAt).toEqual(new Date('2030-03-01T00:00:00Z'))
  expect(() => secretPeriod({ endAt: now }, now)).toThrow('Give a later endDateTime')
  expect(() => secretPeriod({ startAt: new Date('2027-01-01'), endAt: new Date('2026-12-31') }, now)).toThrow(
    'Give a later endDateTime',
  )
})

test('only a hash of a secret is kept, and it knows its secret', () => {
  const kept = hashSecret('s3cret')
  expect(kept).not.toContain('s3cret')
  expect(secretHint('s3cret')).toBe('s3c')
  expect(isSecretOf('s3cret', kept)).toBe(true)
  expect(isSecretOf('s3cret ', kept)).toBe(false)
  expect(isSecretOf('s3cret', '')).toBe(false)
})

test('a password is kept under a salt, so that two alike do not look alike', async () => {
  const salts = [new Uint8Array(16).fill(1), new Uint8Array(16).fill(2)] as const
  const [first, second] = [await hashPassword('correct horse', salts[0]), await hashPassword('correct horse', salts[1])]
  expect(first).not.toBe(second)
  expect(await isPasswordOf('correct horse', first)).toBe(true)
  expect(await isPasswordOf('correct horse', second)).toBe(true)
  expect(await isPasswordOf('wrong horse', first)).toBe(false)
  expect(await isPasswordOf('correct horse', 'nonsense')).toBe(false)
})
