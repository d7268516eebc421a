import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { resourceUsage, signIn, UsageWorld } from './usage-world.ts'

let world: UsageWorld
beforeAll(async () => {
  world = await UsageWorld.start()
})
afterAll(() => world.stop())

async function linkedTenant(model: 'mau' | 'perAuthentication' = 'perAuthentication') {
  const tenantId = await world.addTenant()
  const subscriptionId = await world.addPaidSubscription()
  const linkId = await world.link(tenantId, subscriptionId, '2016-01-01T00:00:00Z', [[model, '2016-01-01T00:00:00Z']])
  return { tenantId, subscriptionId, linkId }
}

test('F33: a retry with other batch boundaries counts nothing twice', async () => {
  const { tenantId, subscriptionId } = await linkedTenant()
  const events = Array.from({ length: 100 }, (_, index) =>
    signIn(tenantId, `user-${index % 7}`, '2026-10-02T10:00:00Z'),
  )
  expect(new Set(await world.statuses(events.slice(0, 60)))).toEqual(new Set(['accepted']))
  const retried = await world.statuses(events.slice(30))
  expect(retried.filter((status) => status === 'duplicate')).toHaveLength(30)
  expect(retried.filter((status) => status === 'accepted')).toHaveLength(40)
  for (const size of [1, 13, 100]) {
    for (let at = 0; at < events.length; at += size) {
      expect(new Set(await world.statuses(events.slice(at, at + size)))).toEqual(new Set(['duplicate']))
    }
  }
  expect(await world.totalsOf(subscriptionId)).toEqual(['authentications 2026-10-02 100'])
})

test('F30: the same event twice in one batch is counted once', async () => {
  const { tenantId, subscriptionId } = await linkedTenant()
  const event = signIn(tenantId, 'user', '2026-10-02T10:00:00Z')
  expect(await world.statuses([event, { ...event }, signIn(tenantId, 'user', '2026-10-02T10:00:00Z'), event])).toEqual([
    'accepted',
    'duplicate',
    'accepted',
    'duplicate',
  ])
  expect(await world.totalsOf(subscriptionId)).toEqual(['authentications 2026-10-02 2'])
})

test('F32, DEC-27: the same id with other content is a conflict, the first is kept and the second is shown', async () => {
  const { tenantId, subscriptionId } = await linkedTenant()
  const event = signIn(tenantId, 'user', '2026-10-02T10:00:00Z')
  const other = { ...event, subject: 'another' }
  expect(await world.statuses([event])).toEqual(['accepted'])
  expect(await world.statuses([other, event])).toEqual(['IdConflict', 'duplicate'])
  expect(await world.statuses([other])).toEqual(['IdConflict'])
  const { items } = await world.store.conflicts({ identityTenantId: tenantId, limit: 10 })
  expect(items).toMatchObject([{ id: event.id, source: event.source, rejected: { subject: 'another' } }])
  expect(items[0]!.keptHash).not.toBe(items[0]!.rejectedHash)
  expect(await world.totalsOf(subscriptionId)).toEqual(['authentications 2026-10-02 1'])
})

test('F32: within one batch the first of two contents is kept', async () => {
  const { tenantId } = await linkedTenant()
  const event = signIn(tenantId, 'first', '2026-10-02T10:00:00Z')
  const second = { ...event, subject: 'second' }
  expect(await world.statuses([event, second, event])).toEqual(['accepted', 'IdConflict', 'duplicate'])
  expect(await world.statuses([second, event])).toEqual(['IdConflict', 'duplicate'])
})

test('an id belongs to the tenant of the token: another reporter takes nothing from it', async () => {
  const { tenantId, subscriptionId } = await linkedTenant()
  const event = signIn(tenantId, 'user', '2026-10-02T10:00:00Z')
  expect(await world.statuses([event])).toEqual(['accepted'])
  expect(await world.statuses([event], { tenantId: randomUUID(), principalId: randomUUID() })).toEqual(['accepted'])
  expect(await world.statuses([event], { ...world.reporter, principalId: randomUUID() })).toEqual(['duplicate'])
  expect(await world.totalsOf(subscriptionId)).toEqual(['authentications 2026-10-02 2'])
})

test('F30: an event is recognised after 35 and after 400 days', async () => {
  const { tenantId, subscriptionId } = await linkedTenant()
  const event = signIn(tenantId, 'user', '2026-10-02T10:00:00Z')
  await world.report([event])
  const { now } = world
  for (const days of [35, 400]) {
    world.now = new Date(now.getTime() + days * 86_400_000)
    expect(await world.statuses([event])).toEqual(['duplicate'])
  }
  world.now = now
  expect(await world.totalsOf(subscriptionId)).toEqual(['authentications 2026-10-02 1'])
})

test('requests that come together share commits and each gets its own answers', async () => {
  const { tenantId, subscriptionId } = await linkedTenant()
  const events = Array.from({ length: 400 }, (_, index) => signIn(tenantId, `user-${index}`, '2026-10-03T10:00:00Z'))
  const requests = Array.from({ length: 40 }, (_, index) => events.slice(index * 10, index * 10 + 15))
  const answers = await Promise.all(requests.map((request) => world.statuses(request)))
  expect(answers.map((answer) => answer.length)).toEqual(requests.map((request) => request.length))
  expect(answers.flat().filter((status) => status === 'accepted')).toHaveLength(400)
  expect(await world.totalsOf(subscriptionId)).toEqual(['authentications 2026-10-03 400'])
})

test('D5: quantities of any size are added exactly', async () => {
  const subscriptionId = await world.addPaidSubscription()
  const name = `/subscriptions/${subscriptionId}/resourceGroups/App/providers/Contoso.Compute/machines/One`
  const uid = await world.addResource(subscriptionId, 'app', 'Contoso.Compute/machines', 'one')
  const at = '2026-10-02T10:00:00Z'
  await world.report([
    resourceUsage(name, 'cores', '0.1', at),
    resourceUsage(name, 'cores', '0.2', at),
    resourceUsage(name, 'cores', '123456789012345678.000000000001', at),
    resourceUsage(name.toUpperCase(), 'disk', '90071992547409930000', at, {
      tags: { cost: 'Å"\\' },
      location: 'europe',
    }),
  ])
  expect(await world.totalsOf(subscriptionId)).toEqual([
    'cores 2026-10-02 123456789012345678.300000000001',
    'disk 2026-10-02 90071992547409930000',
  ])
  const { items } = await world.store.explain({ usagePeriod: '2026-10', subscriptionId, meterId: 'disk', limit: 5 })
  expect(items).toMatchObject([
    { quantity: '90071992547409930000', tags: { cost: 'Å"\\' }, location: 'europe', route: { groupingKey: uid } },
  ])
})
