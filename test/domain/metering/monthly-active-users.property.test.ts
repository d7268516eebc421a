import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LinkPeriod } from '../../../src/domain/metering/link-period.ts'
import {
  classifyTenantMonth,
  quantitiesPerDay,
  type UserAuthentication,
} from '../../../src/domain/metering/monthly-active-users.ts'

const start = Date.UTC(2026, 9, 1)
const hour = (hours: number) => new Date(start + hours * 3_600_000)
const hoursInMonth = 31 * 24

/** A history of up to four stretches: unlinked, or a link by either model; active users never turn back on a link. */
const history: fc.Arbitrary<readonly LinkPeriod[]> = fc
  .array(
    fc.record({ hours: fc.integer({ min: 1, max: 400 }), kind: fc.constantFrom('none', 'perAuthentication', 'mau') }),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((stretches) => {
    let from = -1
    return stretches.flatMap(({ hours, kind }, index): LinkPeriod[] => {
      const begin = from
      from += hours
      if (kind === 'none') return []
      const linkId = `link-${index}`
      return [
        {
          linkId,
          subscriptionId: `subscription-${index % 2}`,
          model: kind === 'mau' ? 'mau' : 'perAuthentication',
          from: hour(begin),
          to: index === stretches.length - 1 ? null : hour(from),
        },
      ]
    })
  })
const events: fc.Arbitrary<readonly UserAuthentication[]> = fc
  .array(
    fc.record({
      userId: fc.constantFrom('a', 'b', 'c', 'd'),
      usage: fc.integer({ min: 0, max: hoursInMonth - 1 }),
      delay: fc.integer({ min: 0, max: 1000 }),
    }),
    { maxLength: 30 },
  )
  .map((list) =>
    list.map(({ userId, usage, delay }, index) => ({
      userId,
      eventId: `event-${index}`,
      usageAt: hour(usage),
      reportedAt: hour(usage + delay),
    })),
  )

const comparable = (links: readonly LinkPeriod[], list: readonly UserAuthentication[]) => {
  const { units, outcomes, paidPerAuthentication, monthlyActive } = classifyTenantMonth('2026-10', list, links)
  return {
    quantities: quantitiesPerDay('tenant', units),
    payers: units.map((unit) => JSON.stringify(unit)).toSorted(),
    outcomes: new Map([...outcomes].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    paidPerAuthentication,
    monthlyActive,
  }
}

test('I-10: users charged per authentication and users counted are disjoint, and together all that were billable', () => {
  fc.assert(
    fc.property(history, events, (links, list) => {
      const month = classifyTenantMonth('2026-10', list, links)
      expect(month.paidPerAuthentication.isDisjointFrom(month.monthlyActive)).toBe(true)
      const billable = list.filter(({ usageAt }) =>
        links.some(({ from, to }) => from <= usageAt && (to === null || usageAt < to)),
      )
      expect(month.paidPerAuthentication.union(month.monthlyActive)).toEqual(
        new Set(billable.map(({ userId }) => userId)),
      )
    }),
    { numRuns: 500 },
  )
})

test('I-03: every event has exactly one outcome, and the rated ones are the units', () => {
  fc.assert(
    fc.property(history, events, (links, list) => {
      const { outcomes, units } = classifyTenantMonth('2026-10', list, links)
      expect(new Set(outcomes.keys())).toEqual(new Set(list.map(({ eventId }) => eventId)))
      expect([...outcomes.values()].filter(({ kind }) => kind === 'rated')).toHaveLength(units.length)
    }),
    { numRuns: 500 },
  )
})

test('I-09: order and repetition of events change nothing, given when each was first reported', () => {
  fc.assert(
    fc.property(history, events, fc.array(fc.nat(), { minLength: 1 }), (links, list, keys) => {
      const again = list.map((event) => ({ ...event, reportedAt: new Date(event.reportedAt.getTime() + 1) }))
      const shuffled = [...list, ...again]
        .map((event, index) => ({ event, key: keys[index % keys.length] ?? 0, index }))
        .toSorted((a, b) => a.key - b.key || b.index - a.index)
        .map(({ event }) => event)
      expect(comparable(links, shuffled)).toEqual(comparable(links, list))
    }),
    { numRuns: 300 },
  )
})

test('MAU-14: a counted user is one unit, however many events and links the month had', () => {
  fc.assert(
    fc.property(history, events, (links, list) => {
      const { units, monthlyActive } = classifyTenantMonth('2026-10', list, links)
      expect(units.filter(({ meter }) => meter.meterId === 'monthly-active-users')).toHaveLength(monthlyActive.size)
    }),
  )
})

test('DEC-6: one event more changes the count of active users by one at most, and never charges a user twice', () => {
  fc.assert(
    fc.property(history, events, fc.nat({ max: hoursInMonth - 1 }), (links, list, usage) => {
      const late = { userId: 'a', eventId: 'late', usageAt: hour(usage), reportedAt: hour(usage + 900) }
      const before = classifyTenantMonth('2026-10', list, links)
      const after = classifyTenantMonth('2026-10', [...list, late], links)
      expect(Math.abs(after.monthlyActive.size - before.monthlyActive.size)).toBeLessThanOrEqual(1)
      expect(after.paidPerAuthentication.isSupersetOf(before.paidPerAuthentication)).toBe(true)
      expect(after.monthlyActive.difference(new Set(['a']))).toEqual(before.monthlyActive.difference(new Set(['a'])))
    }),
    { numRuns: 300 },
  )
})
