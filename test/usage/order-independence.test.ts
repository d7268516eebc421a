import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LinkPeriod } from '../../src/domain/metering/link-period.ts'
import { classifyTenantMonth, quantitiesPerDay } from '../../src/domain/metering/monthly-active-users.ts'
import type { SignInEvent } from '../../src/domain/metering/usage-event.ts'
import { signIn, UsageWorld } from './usage-world.ts'

let world: UsageWorld
beforeAll(async () => {
  world = await UsageWorld.start()
})
afterAll(() => world.stop())

const day = (number: number) => `2026-10-${String(number).padStart(2, '0')}T00:00:00.000Z`
const month = '2026-10'

interface Story {
  readonly tenantId: string
  readonly subscriptionIds: readonly string[]
  readonly links: readonly LinkPeriod[]
}

/** A legacy link that changes its model, a gap without link, and a second link in another subscription. */
async function tellStory(): Promise<Story> {
  const tenantId = await world.addTenant()
  const [first, second] = [await world.addPaidSubscription(), await world.addPaidSubscription()]
  const start = '2016-01-01T00:00:00Z'
  const firstLink = await world.link(
    tenantId,
    first,
    start,
    [
      ['perAuthentication', start],
      ['mau', day(4)],
    ],
    day(8),
  )
  const secondLink = await world.link(tenantId, second, day(10), [['mau', day(10)]])
  const period = (
    linkId: string,
    subscriptionId: string,
    model: LinkPeriod['model'],
    from: string,
    to: string | null,
  ) => ({
    linkId,
    subscriptionId,
    model,
    from: new Date(from),
    to: to === null ? null : new Date(to),
  })
  return {
    tenantId,
    subscriptionIds: [first, second],
    links: [
      period(firstLink, first, 'perAuthentication', start, day(4)),
      period(firstLink, first, 'mau', day(4), day(8)),
      period(secondLink, second, 'mau', day(10), null),
    ],
  }
}

const hour = 3_600_000
const told = fc.record({ user: fc.integer({ min: 0, max: 4 }), hour: fc.integer({ min: 0, max: 13 * 24 }) })
/** Events, and a way to deliver them: an order with repetitions, cut into batches, on several connections. */
const delivery = fc.array(told, { minLength: 1, maxLength: 40 }).chain((events) =>
  fc.record({
    events: fc.constant(events),
    order: fc.array(fc.nat({ max: events.length - 1 }), { maxLength: 60 }),
    rest: fc.shuffledSubarray(
      events.map((_, index) => index),
      { minLength: events.length, maxLength: events.length },
    ),
    sizes: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 6 }),
    isConcurrent: fc.boolean(),
  }),
)

async function deliver(
  events: readonly SignInEvent[],
  order: readonly number[],
  sizes: readonly number[],
  isConcurrent: boolean,
) {
  const batches: SignInEvent[][] = []
  for (let at = 0, turn = 0; at < order.length; turn++) {
    const size = sizes[turn % sizes.length]!
    batches.push(order.slice(at, at + size).map((index) => events[index]!))
    at += size
  }
  if (isConcurrent) await Promise.all(batches.map((batch) => world.report(batch)))
  else for (const batch of batches) await world.report(batch)
}

test('I-09, I-10: however events are ordered, repeated and batched, the sums are those of the set of them', async () => {
  await fc.assert(
    fc.asyncProperty(delivery, async ({ events: list, order, rest, sizes, isConcurrent }) => {
      const story = await tellStory()
      const events = list.map((event) =>
        signIn(story.tenantId, `user-${event.user}`, new Date(Date.parse(day(1)) + event.hour * hour).toISOString()),
      )
      await deliver(events, [...order, ...rest], sizes, isConcurrent)

      const oracle = classifyTenantMonth(
        month,
        events.map((event) => ({
          eventId: event.id,
          userId: event.subject,
          reportedAt: world.now,
          usageAt: new Date(event.usageAtMs),
        })),
        story.links,
      )
      expect(await world.counts(story.tenantId)).toEqual({
        authentications: oracle.units.filter((unit) => unit.meter.meterId === 'authentications').length,
        paidUsers: oracle.paidPerAuthentication.size,
        mau: oracle.monthlyActive.size,
      })
      const expected = quantitiesPerDay(story.tenantId, oracle.units).map((record) =>
        [record.subscriptionId, record.resourceId, record.meterId, record.usageDay, record.quantity].join(' '),
      )
      const rows = (await Promise.all(story.subscriptionIds.map((id) => world.quantitiesOf(id)))).flat()
      const found = rows.map((row) =>
        [row.subscriptionId, row.groupingKey, row.meterId, row.usageDay, row.quantity].join(' '),
      )
      expect(found.sort()).toEqual(expected.sort())
      const unlinked = await world.store.setAside({ identityTenantIds: [story.tenantId], limit: 100 })
      const excluded = [...oracle.outcomes.values()].filter(
        (outcome) => outcome.kind === 'excluded' && outcome.reason === 'unlinked',
      )
      expect(unlinked.items.reduce((sum, row) => sum + Number(row.eventCount), 0)).toBe(excluded.length)
    }),
    { numRuns: 60, seed: 20261015 },
  )
})
