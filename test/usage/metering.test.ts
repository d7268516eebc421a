import { afterAll, beforeAll, expect, test } from 'vitest'
import type { UsageEvent } from '../../src/domain/metering/usage-event.ts'
import { signIn, UsageWorld } from './usage-world.ts'

let world: UsageWorld
beforeAll(async () => {
  world = await UsageWorld.start()
})
afterAll(() => world.stop())

const before = '2026-10-05T08:00:00Z'
const change = '2026-10-10T09:30:00.500Z'
const after = '2026-10-12T08:00:00Z'

/** A legacy tenant that was upgraded to monthly active users at `change`. */
async function upgradedTenant() {
  const tenantId = await world.addTenant()
  const subscriptionId = await world.addPaidSubscription()
  const linkId = await world.link(tenantId, subscriptionId, '2016-01-01T00:00:00Z', [
    ['perAuthentication', '2016-01-01T00:00:00Z'],
    ['mau', change],
  ])
  return { tenantId, subscriptionId, linkId }
}

function workedExample(tenantId: string): UsageEvent[] {
  const events: UsageEvent[] = []
  for (let user = 0; user < 100; user++) {
    for (let time = 0; time < 3; time++) events.push(signIn(tenantId, `a-${user}`, before))
    events.push(signIn(tenantId, `a-${user}`, after))
  }
  for (let user = 0; user < 150; user++) {
    events.push(signIn(tenantId, `b-${user}`, after), signIn(tenantId, `b-${user}`, '2026-10-14T08:00:00Z'))
  }
  return events
}

test('MAU-24, MAU-25, MAU-26: the worked example is 300 authentications and 150 active users', async () => {
  const { tenantId, subscriptionId, linkId } = await upgradedTenant()
  await world.report(workedExample(tenantId))
  expect(await world.counts(tenantId)).toEqual({ authentications: 300, paidUsers: 100, mau: 150 })
  expect(await world.totalsOf(subscriptionId)).toEqual([
    'authentications 2026-10-05 300',
    'monthly-active-users 2026-10-12 150',
  ])
  expect((await world.quantitiesOf(subscriptionId)).map((row) => [row.groupingKey, row.billingProfileName])).toEqual([
    [linkId, world.profile],
    [linkId, world.profile],
  ])
})

test('MAU-27: from the next month on everybody is counted', async () => {
  const { tenantId } = await upgradedTenant()
  await world.report(workedExample(tenantId))
  const { now } = world
  world.now = new Date('2026-11-20T00:00:00Z')
  const users = [...Array(100).keys()]
    .map((user) => `a-${user}`)
    .concat([...Array(150).keys()].map((user) => `b-${user}`))
  await world.report(users.map((user) => signIn(tenantId, user, '2026-11-03T08:00:00Z')))
  world.now = now
  expect(await world.counts(tenantId, '2026-11')).toEqual({ authentications: 0, paidUsers: 0, mau: 250 })
})

test('DEC-6: a late event before the change moves its user: 149 active users and one authentication more', async () => {
  const { tenantId, subscriptionId } = await upgradedTenant()
  await world.report(workedExample(tenantId))
  await world.report([signIn(tenantId, 'b-7', '2026-10-06T08:00:00Z')])
  expect(await world.counts(tenantId)).toEqual({ authentications: 301, paidUsers: 101, mau: 149 })
  expect(await world.totalsOf(subscriptionId)).toEqual([
    'authentications 2026-10-05 300',
    'authentications 2026-10-06 1',
    'monthly-active-users 2026-10-12 149',
  ])
})

test('DEC-5: an event in the instant of the change belongs to the new model, one before it to the old', async () => {
  const { tenantId } = await upgradedTenant()
  await world.report([
    signIn(tenantId, 'at', change),
    signIn(tenantId, 'before', '2026-10-10T09:30:00.499Z'),
    signIn(tenantId, 'after', '2026-10-10T09:30:00.501Z'),
  ])
  expect(await world.counts(tenantId)).toEqual({ authentications: 1, paidUsers: 1, mau: 2 })
})

test('DEC-18: the unit of a user is on the day of the first use, however late that is told', async () => {
  const { tenantId, subscriptionId } = await upgradedTenant()
  for (const at of ['2026-10-14T08:00:00Z', '2026-10-11T08:00:00Z', '2026-10-13T08:00:00Z']) {
    await world.report([signIn(tenantId, 'user', at)])
  }
  expect(await world.totalsOf(subscriptionId)).toEqual(['monthly-active-users 2026-10-11 1'])
})

test('DEC-9, MAU-32: a user active under two links is charged once, on the link of the first use', async () => {
  const tenantId = await world.addTenant()
  const first = await world.addPaidSubscription()
  const second = await world.addPaidSubscription()
  const moved = '2026-10-08T00:00:00Z'
  const firstLink = await world.link(tenantId, first, '2020-01-01T00:00:00Z', [['mau', '2020-01-01T00:00:00Z']], moved)
  const secondLink = await world.link(tenantId, second, moved, [['mau', moved]])
  await world.report([
    signIn(tenantId, 'both', '2026-10-09T00:00:00Z'),
    signIn(tenantId, 'late', '2026-10-09T00:00:00Z'),
    signIn(tenantId, 'second-only', '2026-10-09T00:00:00Z'),
  ])
  expect(await world.totalsOf(second)).toEqual(['monthly-active-users 2026-10-09 3'])
  await world.report([
    signIn(tenantId, 'both', '2026-10-07T00:00:00Z'),
    signIn(tenantId, 'late', '2026-10-07T23:59:59.999Z'),
  ])
  expect(await world.totalsOf(first)).toEqual(['monthly-active-users 2026-10-07 2'])
  expect(await world.totalsOf(second)).toEqual(['monthly-active-users 2026-10-09 1'])
  const month = await world.store.monthlyActiveUsers(tenantId, '2026-10')
  expect(Object.fromEntries(month.links.map((link) => [link.linkId, Number(link.monthlyActiveUsers)]))).toEqual({
    [firstLink]: 2,
    [secondLink]: 1,
  })
})

test('DEC-34, OWN-9: who paid when the user was first told goes on paying for the month', async () => {
  const tenantId = await world.addTenant()
  const subscriptionId = await world.addSubscription()
  const oldPayer = await world.place(subscriptionId, '2015-01-01T00:00:00Z', '2026-10-15T12:00:00Z')
  const newPayer = await world.place(subscriptionId, '2026-10-15T12:00:00Z')
  await world.link(tenantId, subscriptionId, '2020-01-01T00:00:00Z', [['mau', '2020-01-01T00:00:00Z']])
  const { now } = world
  world.now = new Date('2026-10-15T11:00:00Z')
  await world.report([signIn(tenantId, 'known', '2026-10-12T00:00:00Z')])
  world.now = new Date('2026-10-15T12:00:00Z')
  await world.report([
    signIn(tenantId, 'known', '2026-10-11T00:00:00Z'),
    signIn(tenantId, 'new', '2026-10-11T00:00:00Z'),
  ])
  world.now = now
  const rows = await world.quantitiesOf(subscriptionId)
  expect(rows.map((row) => [row.placementId, row.usageDay, row.quantity])).toEqual([
    [oldPayer, '2026-10-11', '1'],
    [newPayer, '2026-10-11', '1'],
  ])
})

test('MAU-20, DEC-10: without a link nobody pays, and it is shown as unbilled', async () => {
  const tenantId = await world.addTenant()
  const subscriptionId = await world.addPaidSubscription()
  await world.link(tenantId, subscriptionId, '2026-10-10T00:00:00Z', [['mau', '2026-10-10T00:00:00Z']])
  expect(
    await world.statuses([
      signIn(tenantId, 'early', '2026-10-09T23:59:59.999Z'),
      signIn(tenantId, 'early', '2026-10-09T10:00:00Z'),
      signIn(tenantId, 'linked', '2026-10-10T00:00:00Z'),
    ]),
  ).toEqual(['accepted', 'accepted', 'accepted'])
  expect(await world.counts(tenantId)).toEqual({ authentications: 0, paidUsers: 0, mau: 1 })
  const { items } = await world.store.setAside({ identityTenantIds: [tenantId], limit: 10 })
  expect(items).toMatchObject([
    { kind: 'excluded', reason: 'unlinked', usageDay: '2026-10-09', quantity: '2', eventCount: 2n },
  ])
})

test('MAU-15, MAU-19, DEC-24, DEC-25: what is no authentication is set aside by reason; second factors count by attempt', async () => {
  const { tenantId, subscriptionId, linkId } = await upgradedTenant()
  const factor = { ...signIn(tenantId, 'user', after), type: 'secondFactor' as const, kind: 'sms' as const }
  await world.report([
    signIn(tenantId, 'user', after, { outcome: 'failure' }),
    signIn(tenantId, 'user', after, { kind: 'accountCreation' }),
    signIn(tenantId, 'robot', after, { userType: 'ServicePrincipal' }),
    factor,
    { ...factor, id: 'another', outcome: 'failure' },
  ])
  expect(await world.totalsOf(subscriptionId)).toEqual(['second-factor-attempts 2026-10-12 2'])
  const { items } = await world.store.setAside({ subscriptionIds: [subscriptionId], limit: 10 })
  expect(items.map((row) => row.reason).sort()).toEqual(['failedAttempt', 'notTokenIssuing', 'servicePrincipal'])
  const [row] = await world.quantitiesOf(subscriptionId)
  expect(row?.groupingKey).toBe(linkId)
})

test('MAU-16, DEC-26: of a workforce tenant only guests count, and only with external-identity pricing', async () => {
  const subscriptionId = await world.addPaidSubscription()
  const priced = await world.addTenant('workforce', true)
  const unpriced = await world.addTenant('workforce', false)
  for (const tenantId of [priced, unpriced]) {
    await world.link(tenantId, subscriptionId, '2020-01-01T00:00:00Z', [['mau', '2020-01-01T00:00:00Z']])
    await world.report([
      signIn(tenantId, 'guest', after, { userType: 'Guest' }),
      signIn(tenantId, 'member', after, { userType: 'Member' }),
    ])
  }
  expect((await world.counts(priced)).mau).toBe(1)
  expect((await world.counts(unpriced)).mau).toBe(0)
})

test('MAU-17, DEC-17: the same person in two tenants counts in both', async () => {
  const subscriptionId = await world.addPaidSubscription()
  for (const tenantId of [await world.addTenant(), await world.addTenant()]) {
    await world.link(tenantId, subscriptionId, '2020-01-01T00:00:00Z', [['mau', '2020-01-01T00:00:00Z']])
    await world.report([signIn(tenantId, 'person', after)])
  }
  const rows = await world.quantitiesOf(subscriptionId)
  expect(rows.map((row) => row.quantity)).toEqual(['1', '1'])
})

test('DEC-8: what is older than 90 days waits for a person, what is exactly 90 days old is billed', async () => {
  const { tenantId, subscriptionId } = await upgradedTenant()
  const day = 86_400_000
  const limit = new Date(world.now.getTime() - 90 * day)
  const events = [
    signIn(tenantId, 'on-time', limit.toISOString()),
    signIn(tenantId, 'too-late', new Date(limit.getTime() - 1).toISOString()),
  ]
  expect(await world.statuses(events)).toEqual(['accepted', 'accepted'])
  expect(await world.totalsOf(subscriptionId)).toEqual(['authentications 2026-07-17 1'])
  const { items } = await world.store.quarantined({ limit: 100 })
  expect(items.filter((item) => item.identityTenantId === tenantId)).toMatchObject([
    { subject: 'too-late', disposition: { kind: 'quarantined', reason: 'tooLate' } },
  ])
  expect(await world.statuses(events)).toEqual(['duplicate', 'duplicate'])
})

test('F22: an event from the future is refused beyond five minutes, and nothing of it is stored', async () => {
  const { tenantId } = await upgradedTenant()
  const at = (ms: number) => new Date(world.now.getTime() + ms).toISOString()
  const future = signIn(tenantId, 'future', at(300_001))
  expect(await world.statuses([signIn(tenantId, 'ahead', at(300_000)), future])).toEqual([
    'accepted',
    'EventFromTheFuture',
  ])
  const { now } = world
  world.now = new Date(now.getTime() + 1)
  expect(await world.statuses([future])).toEqual(['accepted'])
  world.now = now
})

test('an unknown tenant or resource is refused by name', async () => {
  const event = signIn('00000000-0000-4000-8000-000000000000', 'user', after)
  expect(await world.statuses([event])).toEqual(['TenantNotFound'])
})

test('INV-2, INV-17: the events behind a line add up to it, and the others say why they do not count', async () => {
  const { tenantId, subscriptionId, linkId } = await upgradedTenant()
  const events = workedExample(tenantId)
  await world.report(events)
  const query = { usagePeriod: '2026-10', subscriptionId, groupingKey: linkId, billingProfileName: world.profile }
  const found = []
  let cursor: string | undefined
  do {
    const page = await world.store.explain({
      ...query,
      meterId: 'monthly-active-users',
      limit: 37,
      ...(cursor === undefined ? {} : { after: cursor }),
    })
    found.push(...page.items)
    cursor = page.next
  } while (cursor !== undefined)
  expect(found).toHaveLength(400)
  expect(found.reduce((sum, event) => sum + Number(event.quantity), 0)).toBe(150)
  const reasons = Map.groupBy(found, (event) => event.disposition.reason ?? event.disposition.kind)
  expect([...reasons].map(([reason, list]) => [reason, list.length]).sort()).toEqual([
    ['alreadyCountedThisMonth', 150],
    ['counted', 150],
    ['paidPerAuthenticationThisMonth', 100],
  ])
  const paid = await world.store.explain({ ...query, meterId: 'authentications', limit: 1000 })
  expect(paid.items).toHaveLength(300)
  expect(paid.items[0]).toMatchObject({
    subject: expect.stringMatching(/^a-/) as string,
    usageAt: new Date(before),
    reportedAt: world.now,
    route: { linkId, subscriptionId, model: 'perAuthentication' },
  })
})
