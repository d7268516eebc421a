import { expect, test } from 'vitest'
import { findLinkPeriodAt, type LinkPeriod, modelIntervalsIn } from '../../../src/domain/metering/link-period.ts'

const at = (text: string) => new Date(text)
const changedAt = at('2026-10-10T08:30:15.123Z')
const before: LinkPeriod = {
  linkId: 'link-1',
  subscriptionId: 'subscription-1',
  model: 'perAuthentication',
  from: at('2019-01-01T00:00:00Z'),
  to: changedAt,
}
const after: LinkPeriod = { ...before, model: 'mau', from: changedAt, to: null }

test('DEC-5: the instant of the change belongs to the new model, the millisecond before it to the old', () => {
  expect(findLinkPeriodAt([before, after], at('2026-10-10T08:30:15.122Z'))?.model).toBe('perAuthentication')
  expect(findLinkPeriodAt([before, after], changedAt)?.model).toBe('mau')
  expect(findLinkPeriodAt([before, after], at('2018-12-31T23:59:59.999Z'))).toBeUndefined()
})

test('MAU-24, INV-10: the transition month has an interval of each model, which meet in the instant of the change', () => {
  expect(modelIntervalsIn('2026-10', [after, before]).map(({ model, from, to }) => [model, from, to])).toEqual([
    ['perAuthentication', at('2026-10-01T00:00:00Z'), changedAt],
    ['mau', changedAt, at('2026-11-01T00:00:00Z')],
  ])
  expect(modelIntervalsIn('2026-11', [before, after]).map(({ model }) => model)).toEqual(['mau'])
  expect(modelIntervalsIn('2026-09', [before, after]).map(({ model }) => model)).toEqual(['perAuthentication'])
  expect(modelIntervalsIn('2018-12', [before, after])).toEqual([])
})

test('MAU-24: periods of one link and model that follow each other are one interval', () => {
  const split = at('2026-10-20T00:00:00Z')
  const moved = { ...after, subscriptionId: 'subscription-2', from: at('2026-10-25T00:00:00Z') }
  const intervals = modelIntervalsIn('2026-10', [
    { ...after, to: split },
    { ...after, from: split, to: moved.from },
    moved,
  ])
  expect(intervals.map(({ subscriptionId, from }) => [subscriptionId, from])).toEqual([
    ['subscription-1', changedAt],
    ['subscription-2', moved.from],
  ])
})
