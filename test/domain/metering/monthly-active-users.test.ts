import { expect, test } from 'vitest'
import type { LinkPeriod } from '../../../src/domain/metering/link-period.ts'
import {
  type Authentication,
  classifyTenantMonth,
  classifyUserMonth,
  decideSecondFactorOutcome,
  quantitiesPerDay,
} from '../../../src/domain/metering/monthly-active-users.ts'

const at = (text: string) => new Date(text)
const changedAt = at('2026-10-10T08:30:15.123Z')
const perAuthentication: LinkPeriod = {
  linkId: 'link-1',
  subscriptionId: 'subscription-1',
  model: 'perAuthentication',
  from: at('2019-01-01T00:00:00Z'),
  to: changedAt,
}
const mau: LinkPeriod = { ...perAuthentication, model: 'mau', from: changedAt, to: null }
const upgraded = [perAuthentication, mau]

const event = (eventId: string, usageAt: string, reportedAt = usageAt): Authentication => ({
  eventId,
  usageAt: at(usageAt),
  reportedAt: at(reportedAt),
})
const classify = (events: readonly Authentication[], links: readonly LinkPeriod[]) => {
  const { kind, units, outcomes } = classifyUserMonth('2026-10', events, links)
  return {
    kind,
    units: units.map((unit) => `${unit.meter.meterId} on ${unit.linkId} at ${unit.usageAt.toISOString().slice(5, 16)}`),
    outcomes: Object.fromEntries(
      [...outcomes].map(([id, outcome]) => [
        id,
        outcome.kind === 'rated' ? outcome.meterId : 'reason' in outcome && outcome.reason,
      ]),
    ),
  }
}

test('MAU-13: per authentication every event is charged, not every user', () => {
  expect(classify([event('1', '2026-10-01T08:00:00Z'), event('2', '2026-10-02T08:00:00Z')], upgraded)).toEqual({
    kind: 'perAuthentication',
    units: ['authentications on link-1 at 10-01T08:00', 'authentications on link-1 at 10-02T08:00'],
    outcomes: { '1': 'authentications', '2': 'authentications' },
  })
})

test('MAU-14: by active users the first authentication counts the user, further ones cost nothing', () => {
  expect(classify([event('1', '2026-10-12T08:00:00Z'), event('2', '2026-10-11T08:00:00Z')], upgraded)).toEqual({
    kind: 'mau',
    units: ['monthly-active-users on link-1 at 10-11T08:00'],
    outcomes: { '1': 'alreadyCountedThisMonth', '2': 'monthly-active-users' },
  })
})

test('MAU-25, MAU-26: who was charged before the change is paid for the month, whatever they do afterwards', () => {
  expect(
    classify(
      [event('1', '2026-10-09T08:00:00Z'), event('2', '2026-10-11T08:00:00Z'), event('3', '2026-10-31T23:59:59.999Z')],
      upgraded,
    ),
  ).toEqual({
    kind: 'perAuthentication',
    units: ['authentications on link-1 at 10-09T08:00'],
    outcomes: { '1': 'authentications', '2': 'paidPerAuthenticationThisMonth', '3': 'paidPerAuthenticationThisMonth' },
  })
})

test('MAU-27: from the next calendar month on everybody counts', () => {
  const november = classifyUserMonth('2026-11', [event('1', '2026-11-01T00:00:00.000Z')], upgraded)
  expect(november.kind).toBe('mau')
})

test('DEC-5: an event in the very instant of the change counts as an active user', () => {
  expect(classify([event('1', changedAt.toISOString())], upgraded).kind).toBe('mau')
  expect(classify([event('1', '2026-10-10T08:30:15.122Z')], upgraded).kind).toBe('perAuthentication')
})

test('DEC-6: a late event from before the change moves the user, and their counted event costs nothing then', () => {
  const counted = event('1', '2026-10-11T08:00:00Z')
  const late = event('2', '2026-10-09T08:00:00Z', '2026-10-20T08:00:00Z')
  expect(classify([counted], upgraded).units).toEqual(['monthly-active-users on link-1 at 10-11T08:00'])
  expect(classify([counted, late], upgraded)).toEqual({
    kind: 'perAuthentication',
    units: ['authentications on link-1 at 10-09T08:00'],
    outcomes: { '1': 'paidPerAuthenticationThisMonth', '2': 'authentications' },
  })
})

const linkedIn = { ...mau, from: at('2026-10-15T00:00:00Z') }

test('MAU-20, DEC-10, DEC-11: usage before the link is unbilled, and a user active only then costs nothing', () => {
  expect(classify([event('1', '2026-10-14T23:59:59.999Z')], [linkedIn])).toEqual({
    kind: 'unbilled',
    units: [],
    outcomes: { '1': 'unlinked' },
  })
  expect(classify([event('1', '2026-10-14T08:00:00Z'), event('2', '2026-10-15T00:00:00.000Z')], [linkedIn])).toEqual({
    kind: 'mau',
    units: ['monthly-active-users on link-1 at 10-15T00:00'],
    outcomes: { '1': 'unlinked', '2': 'monthly-active-users' },
  })
})

const first: LinkPeriod = { ...mau, from: at('2026-01-01T00:00:00Z'), to: at('2026-10-10T00:00:00Z') }
const second: LinkPeriod = {
  linkId: 'link-2',
  subscriptionId: 'subscription-2',
  model: 'mau',
  from: at('2026-10-12T00:00:00Z'),
  to: null,
}

test('DEC-9: a user active under two links in a month is charged once, to the link of the first use', () => {
  expect(
    classify(
      [
        event('1', '2026-10-13T08:00:00Z'),
        event('2', '2026-10-09T08:00:00Z', '2026-10-20T00:00:00Z'),
        event('3', '2026-10-11T08:00:00Z'),
      ],
      [first, second],
    ),
  ).toEqual({
    kind: 'mau',
    units: ['monthly-active-users on link-1 at 10-09T08:00'],
    outcomes: { '1': 'alreadyCountedThisMonth', '2': 'monthly-active-users', '3': 'unlinked' },
  })
})

test('MAU-25: paid per authentication on an old link, a user is not counted on a new one in the same month', () => {
  const old: LinkPeriod = { ...first, model: 'perAuthentication' }
  expect(classify([event('1', '2026-10-13T08:00:00Z'), event('2', '2026-10-09T08:00:00Z')], [old, second])).toEqual({
    kind: 'perAuthentication',
    units: ['authentications on link-1 at 10-09T08:00'],
    outcomes: { '1': 'paidPerAuthenticationThisMonth', '2': 'authentications' },
  })
})

test('DEC-34: the payer is the one at the first report, even when an earlier use is reported later', () => {
  const month = classifyUserMonth(
    '2026-10',
    [
      event('1', '2026-10-12T08:00:00Z', '2026-10-12T08:00:05Z'),
      event('2', '2026-10-11T08:00:00Z', '2026-10-25T00:00:00Z'),
    ],
    upgraded,
  )
  expect(month.units.map(({ usageAt, payerAt }) => [usageAt, payerAt])).toEqual([
    [at('2026-10-11T08:00:00Z'), at('2026-10-12T08:00:05Z')],
  ])
})

test('OWN-9: each authentication is paid by the payer at its own report', () => {
  const month = classifyUserMonth(
    '2026-10',
    [event('1', '2026-10-01T08:00:00Z'), event('2', '2026-10-02T08:00:00Z', '2026-10-20T08:00:00Z')],
    upgraded,
  )
  expect(month.units.map(({ payerAt }) => payerAt)).toEqual([at('2026-10-01T08:00:00Z'), at('2026-10-20T08:00:00Z')])
})

test('DEC-27: the same event twice is one event, with the time of its first report', () => {
  const month = classifyUserMonth(
    '2026-10',
    [
      event('1', '2026-10-01T08:00:00Z', '2026-10-03T08:00:00Z'),
      event('1', '2026-10-01T08:00:00Z', '2026-10-02T08:00:00Z'),
    ],
    upgraded,
  )
  expect(month.units.map(({ payerAt }) => payerAt)).toEqual([at('2026-10-02T08:00:00Z')])
})

test('DEC-3: an event of another month is a defect of the caller', () => {
  expect(() => classifyUserMonth('2026-10', [event('1', '2026-11-01T00:00:00.000Z')], upgraded)).toThrow(
    'Event 1 of 2026-11-01T00:00:00.000Z is not of 2026-10',
  )
})

test('MAU-19: with local residency every counted user is one unit of that meter too, from the first', () => {
  const events = ['a', 'b'].map((userId) => ({ userId, ...event(userId, '2026-10-11T08:00:00Z') }))
  const paid = { userId: 'c', ...event('c', '2026-10-01T08:00:00Z') }
  const month = classifyTenantMonth('2026-10', [...events, paid], upgraded, { hasLocalResidency: true })
  expect(quantitiesPerDay('tenant-1', month.units).map(({ meterId, quantity }) => [meterId, quantity])).toEqual([
    ['authentications', '1'],
    ['local-residency', '2'],
    ['monthly-active-users', '2'],
  ])
})

test('MAU-19, MAU-20: a second factor is charged under either model, and not while there is no link', () => {
  const rated = { kind: 'rated', meterId: 'second-factor-attempts' }
  expect(decideSecondFactorOutcome(at('2026-10-01T00:00:00Z'), upgraded)).toEqual(rated)
  expect(decideSecondFactorOutcome(at('2026-10-20T00:00:00Z'), upgraded)).toEqual(rated)
  expect(decideSecondFactorOutcome(at('2018-10-20T00:00:00Z'), upgraded)).toEqual({
    kind: 'excluded',
    reason: 'unlinked',
  })
})
