import { expect, test } from 'vitest'
import {
  type CurrentBillingModel,
  decideChangeOfBillingModel,
  decideFirstBillingModel,
} from '../../../src/domain/metering/authentication-model.ts'

const at = (text: string) => new Date(text)

test.each([
  ['2019-10-31T23:59:59.999Z', '2019-10-31T23:59:59.999Z', 'perAuthentication'],
  ['2018-01-01T00:00:00Z', '2019-11-01T00:00:00.000Z', 'mau'],
  ['2019-11-01T00:00:00.000Z', '2019-11-01T00:00:00.000Z', 'mau'],
  ['2018-01-01T00:00:00Z', '2019-10-31T23:59:59.999Z', 'perAuthentication'],
  ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', 'mau'],
  ['2019-11-01T00:00:00.000Z', '2019-10-31T23:59:59.999Z', 'mau'],
])('MAU-11: a tenant created %s and linked %s is billed by %s', (created, linked, model) => {
  expect(decideFirstBillingModel({ tenantCreatedAt: at(created), linkedAt: at(linked) })).toBe(model)
})

test('MAU-11: the date is configurable, for histories that are imported', () => {
  const dates = { tenantCreatedAt: at('2020-01-01T00:00:00Z'), linkedAt: at('2020-06-01T00:00:00Z') }
  expect(decideFirstBillingModel(dates, at('2021-01-01T00:00:00Z'))).toBe('perAuthentication')
  expect(decideFirstBillingModel(dates, at('2020-06-01T00:00:00Z'))).toBe('mau')
})

test('MAU-12, DEC-12: a legacy tenant that is unlinked and linked again comes back by active users', () => {
  expect(
    decideFirstBillingModel({ tenantCreatedAt: at('2018-01-01T00:00:00Z'), linkedAt: at('2026-03-01T00:00:00Z') }),
  ).toBe('mau')
})

const legacy: CurrentBillingModel = {
  model: 'perAuthentication',
  effectiveFrom: at('2019-01-01T00:00:00Z'),
  setBy: 'first-linker',
}
const now = at('2026-10-10T08:30:15.123Z')

test('MAU-23: the change holds from the instant of its confirmation, to the millisecond', () => {
  expect(decideChangeOfBillingModel(legacy, { model: 'mau', by: 'owner' }, now)).toEqual({
    kind: 'changed',
    current: { model: 'mau', effectiveFrom: now, setBy: 'owner' },
  })
})

test('MAU-22, DEC-43: changing again changes nothing and names the first instant and who made it', () => {
  const changed: CurrentBillingModel = { model: 'mau', effectiveFrom: now, setBy: 'owner' }
  const later = at('2026-10-10T08:30:15.124Z')
  expect(decideChangeOfBillingModel(changed, { model: 'mau', by: 'other-owner' }, later)).toEqual({
    kind: 'unchanged',
    current: changed,
  })
})

test('MAU-22: there is no way back, whoever asks and whenever', () => {
  const changed: CurrentBillingModel = { model: 'mau', effectiveFrom: now, setBy: 'owner' }
  for (const later of [now, at('2026-10-10T08:30:15.124Z'), at('2036-01-01T00:00:00Z')]) {
    expect(decideChangeOfBillingModel(changed, { model: 'perAuthentication', by: 'owner' }, later)).toEqual({
      kind: 'refused',
      refusal: 'BillingModelIrreversible',
      current: changed,
    })
  }
})

test('MAU-22: keeping the old model is no change', () => {
  expect(decideChangeOfBillingModel(legacy, { model: 'perAuthentication', by: 'owner' }, now).kind).toBe('unchanged')
})

test.each(['2026-10-09T00:00:00Z', '2026-11-01T00:00:00Z'])('DEC-44: a change for %s is refused', (effectiveFrom) => {
  expect(
    decideChangeOfBillingModel(legacy, { model: 'mau', by: 'owner', effectiveFrom: at(effectiveFrom) }, now),
  ).toEqual({ kind: 'refused', refusal: 'BillingModelChangeNotSchedulable', current: legacy })
})
