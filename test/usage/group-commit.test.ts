import { afterAll, beforeAll, expect, test } from 'vitest'
import type { UsageEvent } from '../../src/domain/metering/usage-event.ts'
import { Refusal } from '../../src/domain/refusal.ts'
import { resourceUsage, signIn, UsageWorld } from './usage-world.ts'

let world: UsageWorld
beforeAll(async () => {
  world = await UsageWorld.start()
})
afterAll(() => world.stop())

async function linkedTenant() {
  const tenantId = await world.addTenant()
  const subscriptionId = await world.addPaidSubscription()
  const linkId = await world.link(tenantId, subscriptionId, '2016-01-01T00:00:00Z', [
    ['perAuthentication', '2016-01-01T00:00:00Z'],
    ['mau', '2026-10-08T00:00:00Z'],
  ])
  return { tenantId, subscriptionId, linkId }
}

const batches = async () => Number((await world.query('select count(*) as n from usage_batch'))[0]!.n)

function someEvents(tenantId: string, count: number): UsageEvent[] {
  return Array.from({ length: count }, (_, index) => {
    const day = String(1 + (index % 14)).padStart(2, '0')
    return signIn(tenantId, `user-${index % 40}`, `2026-10-${day}T10:00:00Z`)
  })
}

test('requests that wait share a commit', async () => {
  const { tenantId } = await linkedTenant()
  await world.report(someEvents(tenantId, 1))
  const before = await batches()
  await Promise.all(someEvents(tenantId, 200).map((event) => world.report([event])))
  expect((await batches()) - before).toBeLessThan(20)
})

test('what is acknowledged is committed: another connection sees it at once', async () => {
  const { tenantId } = await linkedTenant()
  await Promise.all(
    someEvents(tenantId, 30).map(async (event) => {
      await world.report([event])
      expect(await world.query('select 1 from usage_event where id = $1', [event.id])).toHaveLength(1)
    }),
  )
})

test('I-18: more than the queue holds is refused with ServerBusy, and nothing of it is stored', async () => {
  const { tenantId } = await linkedTenant()
  const store = world.openStore({ queueEvents: 50, batchEvents: 10 })
  const requests = Array.from({ length: 30 }, () => someEvents(tenantId, 5))
  const answers = await Promise.allSettled(requests.map((events) => store.append(world.reporter, events)))
  const refused = answers.flatMap((answer, index) => (answer.status === 'rejected' ? [{ answer, index }] : []))
  expect(refused.length).toBeGreaterThan(0)
  for (const { answer, index } of refused) {
    expect(answer.reason).toBeInstanceOf(Refusal)
    expect(answer.reason).toMatchObject({ kind: 'unavailable', code: 'ServerBusy', retryAfterSeconds: 1 })
    const ids = requests[index]!.map((event) => event.id)
    expect(await world.query('select 1 from usage_event where id = any($1)', [ids])).toEqual([])
    expect(await world.statuses(requests[index]!)).toEqual(Array(5).fill('accepted'))
  }
})

test('F30: two processes that get the same events at the same time store each of them once', async () => {
  const { tenantId } = await linkedTenant()
  const stores = [world.openStore(), world.openStore({ lanes: 3 }), world.openStore({ lanes: 2, batchEvents: 40 })]
  const events = someEvents(tenantId, 600)
  const statuses = await Promise.all(
    stores.flatMap((store, shift) =>
      Array.from({ length: 30 }, async (_, index) => {
        const from = ((index + shift * 7) % 30) * 20
        const outcomes = await store.append(world.reporter, events.slice(from, from + 20))
        return outcomes.map((outcome) => outcome.status)
      }),
    ),
  )
  const flat = statuses.flat()
  expect(flat.filter((status) => status === 'accepted')).toHaveLength(600)
  expect(flat.filter((status) => status === 'duplicate')).toHaveLength(1200)
  // Days 1 to 7 are under the old model, and all forty users are active in them.
  expect(await world.counts(tenantId)).toEqual({ authentications: 301, paidUsers: 40, mau: 0 })
})

test('I-01, F35: a connection that is cut loses nothing that was acknowledged, and a repetition completes the rest', async () => {
  const { tenantId } = await linkedTenant()
  const requests = Array.from({ length: 60 }, () => someEvents(tenantId, 50))
  const acknowledged: UsageEvent[] = []
  const failures: unknown[] = []
  let isDone = false
  const cutting = (async () => {
    while (!isDone) {
      await world
        .query(
          `select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and state is not null
             and usename = current_user and query not like '%pg_terminate%'`,
        )
        .catch(() => undefined)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  })()
  const send = async (events: UsageEvent[]): Promise<void> => {
    for (;;) {
      try {
        const outcomes = await world.report(events)
        expect(outcomes.every((outcome) => outcome.status === 'accepted' || outcome.status === 'duplicate')).toBe(true)
        acknowledged.push(...events)
        return
      } catch (error) {
        expect(error).toMatchObject({ code: 'ServerBusy' })
        failures.push(error)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    }
  }
  try {
    for (let at = 0; at < requests.length; at += 6) await Promise.all(requests.slice(at, at + 6).map(send))
  } finally {
    isDone = true
    await cutting
  }
  expect(failures.length).toBeGreaterThan(0)
  const stored = await world.query('select id from usage_event where id = any($1)', [acknowledged.map(({ id }) => id)])
  expect(stored).toHaveLength(3000)
  const month = await world.counts(tenantId)
  const perDay = await world.query(
    `select count(*) filter (where usage_at < '2026-10-08') as paid from usage_event e
       join usage_origin o on o.id = e.origin_id where o.identity_tenant_id = $1`,
    [tenantId],
  )
  expect(month.authentications).toBe(Number(perDay[0]!.paid))
  // Of the forty users 23 were active in the first seven days.
  expect(month).toMatchObject({ paidUsers: 23, mau: 17 })
})

test('a request that the database cannot store fails alone', async () => {
  const { tenantId, subscriptionId } = await linkedTenant()
  const name = `/subscriptions/${subscriptionId}/resourceGroups/app/providers/Contoso.Compute/machines/one`
  await world.addResource(subscriptionId, 'app', 'Contoso.Compute/machines', 'one')
  // Beyond what validation lets through: NUL is no text to PostgreSQL.
  const impossible = resourceUsage(name, 'cores\0', '1', '2026-10-02T00:00:00Z')
  const good = someEvents(tenantId, 20)
  const answers = await Promise.allSettled([
    world.report([good[0]!]),
    ...good.slice(1, 10).map((event) => world.report([event])),
    world.report([impossible]),
    ...good.slice(10).map((event) => world.report([event])),
  ])
  expect(answers.filter((answer) => answer.status === 'rejected')).toHaveLength(1)
  expect(await world.query('select 1 from usage_event where id = any($1)', [good.map(({ id }) => id)])).toHaveLength(20)
})

test('the driver survives a COPY that fails, and its connection stays usable', async () => {
  const { tenantId } = await linkedTenant()
  const store = world.openStore({ lanes: 2, batchEvents: 3000 })
  const events = someEvents(tenantId, 6000)
  const outcomes = await Promise.all([
    store.append(world.reporter, events.slice(0, 3000)),
    store.append(world.reporter, [...events.slice(2990), ...events.slice(0, 10)]),
  ])
  const flat = outcomes.flat().map((outcome) => outcome.status)
  expect(flat.filter((status) => status === 'accepted')).toHaveLength(6000)
  expect(flat.filter((status) => status === 'duplicate')).toHaveLength(20)
})
