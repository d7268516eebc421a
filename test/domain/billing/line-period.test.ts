import { expect, test } from 'vitest'
import type { InvoicedLink } from '../../../src/domain/billing/invoice-facts.ts'
import { monthSpan, periodOfLine, periodOfPayer, transitionOf } from '../../../src/domain/billing/line-period.ts'

const at = (text: string): Date => new Date(text)
const subscriptionId = 's'
const changedAt = at('2026-10-10T09:30:00.500Z')
const link: InvoicedLink = {
  linkId: 'l',
  identityTenantId: 't',
  domain: 'contoso.example',
  held: [{ subscriptionId, from: at('2016-01-01T00:00:00Z'), to: null }],
  models: [
    { model: 'perAuthentication', from: at('2016-01-01T00:00:00Z'), to: changedAt },
    { model: 'mau', from: changedAt, to: null },
  ],
}
const month = monthSpan('2026-10')

test('MAU-24, INV-10: the two lines of a transition month meet in the instant of change', () => {
  expect(periodOfLine({ lineKind: 'authentications', subscriptionId }, month, link)).toEqual({
    from: month.from,
    to: changedAt,
  })
  expect(periodOfLine({ lineKind: 'monthlyActiveUsers', subscriptionId }, month, link)).toEqual({
    from: changedAt,
    to: month.to,
  })
  expect(transitionOf('2026-10', link)).toEqual(changedAt)
})

test('MAU-27: only the month of the change is one of transition', () => {
  expect(transitionOf('2026-09', link)).toBeUndefined()
  expect(transitionOf('2026-11', link)).toBeUndefined()
  const atMonthStart = { ...link, models: link.models.map((one) => ({ ...one })) }
  atMonthStart.models[0] = { model: 'perAuthentication', from: at('2016-01-01T00:00:00Z'), to: month.from }
  atMonthStart.models[1] = { model: 'mau', from: month.from, to: null }
  expect(transitionOf('2026-10', atMonthStart)).toBeUndefined()
})

test('MAU-11: a link that is metered by active users from its start has no transition', () => {
  const fresh: InvoicedLink = {
    ...link,
    held: [{ subscriptionId, from: changedAt, to: null }],
    models: [{ model: 'mau', from: changedAt, to: null }],
  }
  expect(transitionOf('2026-10', fresh)).toBeUndefined()
  expect(periodOfLine({ lineKind: 'monthlyActiveUsers', subscriptionId }, month, fresh)).toEqual({
    from: changedAt,
    to: month.to,
  })
})

test('MAU-28, MAU-32: a line is for the time in which its subscription held the link', () => {
  const moved: InvoicedLink = {
    ...link,
    held: [
      { subscriptionId, from: at('2016-01-01T00:00:00Z'), to: at('2026-10-20T00:00:00Z') },
      { subscriptionId: 'other', from: at('2026-10-20T00:00:00Z'), to: null },
    ],
  }
  expect(periodOfLine({ lineKind: 'monthlyActiveUsers', subscriptionId }, month, moved).to).toEqual(
    at('2026-10-20T00:00:00Z'),
  )
  expect(periodOfLine({ lineKind: 'secondFactorAttempts', subscriptionId: 'other' }, month, moved)).toEqual({
    from: at('2026-10-20T00:00:00Z'),
    to: month.to,
  })
})

test('usage of a resource is for the part of the month that its price held in', () => {
  const priced = { from: at('2026-10-16T00:00:00Z'), to: month.to }
  expect(periodOfLine({ lineKind: 'usage', subscriptionId }, priced, undefined)).toEqual(priced)
})

test('INV-11, OWN-9: where the payer changed, one line ends and the next begins there, but for the true day of late usage', () => {
  const instant = at('2026-10-10T09:30:00.500Z')
  const before = [{ from: at('2026-01-01T00:00:00Z'), to: instant }]
  const after = [{ from: instant, to: null }]
  const on = (day: string): Date => at(`${day}T00:00:00Z`)
  expect(periodOfPayer(month, before, on('2026-10-02'))).toEqual({ from: month.from, to: instant })
  expect(periodOfPayer(month, after, on('2026-10-12'))).toEqual({ from: instant, to: month.to })
  expect(periodOfPayer(month, after, on('2026-10-05'))).toEqual({ from: on('2026-10-05'), to: month.to })
  // Usage of the month before the change that was reported after it.
  const september = monthSpan('2026-09')
  expect(periodOfPayer(september, after, on('2026-09-20'))).toEqual({ from: on('2026-09-20'), to: september.to })
  // Who paid twice, with somebody else between, is shown from the first time to the last.
  expect(periodOfPayer(month, [...before, { from: at('2026-10-20T00:00:00Z'), to: null }], on('2026-10-02'))).toEqual(
    month,
  )
  expect(periodOfPayer(month, [], on('2026-10-02'))).toEqual(month)
})
