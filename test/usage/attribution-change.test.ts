import { afterAll, beforeAll, expect, test } from 'vitest'
import { changeAttribution, instantOfChange } from '../../src/store/attribution.ts'
import type { Db } from '../../src/store/db.ts'
import { sql } from 'kysely'
import { signIn, UsageWorld } from './usage-world.ts'

let world: UsageWorld
beforeAll(async () => {
  world = await UsageWorld.start()
})
afterAll(() => world.stop())

const legacy = '2016-01-01T00:00:00Z'

async function legacyTenant() {
  const tenantId = await world.addTenant()
  const subscriptionId = await world.addPaidSubscription()
  const linkId = await world.link(tenantId, subscriptionId, legacy, [['perAuthentication', legacy]])
  return { tenantId, subscriptionId, linkId }
}

async function upgrade(db: Db, tenantId: string, linkId: string, at: Date): Promise<void> {
  await changeAttribution(db)
  await sql`update metering_model set during = tstzrange(lower(during), ${at}, '[)') where link_id = ${linkId}`.execute(
    db,
  )
  await sql`insert into metering_model (link_id, during, model, decided_by)
    values (${linkId}, tstzrange(${at}, null, '[)'), 'mau', ${linkId})`.execute(db)
  await world.store.reattribute(db, tenantId, at)
}

test('DEC-5, MAU-23: what was told before the change and happened in its instant or after moves to the new model', async () => {
  const { tenantId, subscriptionId, linkId } = await legacyTenant()
  const at = world.now
  const ahead = new Date(at.getTime() + 60_000).toISOString()
  await world.report([
    signIn(tenantId, 'old', '2026-10-02T00:00:00Z'),
    signIn(tenantId, 'old', at.toISOString()),
    signIn(tenantId, 'instant', at.toISOString()),
    signIn(tenantId, 'instant', at.toISOString()),
    signIn(tenantId, 'ahead', ahead),
    { ...signIn(tenantId, 'ahead', ahead), type: 'secondFactor', kind: 'sms' },
    signIn(tenantId, 'ahead', ahead, { outcome: 'failure' }),
  ])
  expect(await world.counts(tenantId)).toEqual({ authentications: 5, paidUsers: 3, mau: 0 })
  await world.db.transaction().execute((db) => upgrade(db, tenantId, linkId, at))
  expect(await world.counts(tenantId)).toEqual({ authentications: 1, paidUsers: 1, mau: 2 })
  expect(await world.totalsOf(subscriptionId)).toEqual([
    'authentications 2026-10-02 1',
    'monthly-active-users 2026-10-15 2',
    'second-factor-attempts 2026-10-15 1',
  ])
  await world.report([signIn(tenantId, 'instant', at.toISOString()), signIn(tenantId, 'ahead', '2026-10-03T00:00:00Z')])
  expect(await world.counts(tenantId)).toEqual({ authentications: 2, paidUsers: 2, mau: 1 })
})

test('DEC-10: a link that is made does not bill what was unlinked before it, and bills its own instant', async () => {
  const tenantId = await world.addTenant()
  const subscriptionId = await world.addPaidSubscription()
  const at = world.now.toISOString()
  await world.report([signIn(tenantId, 'before', '2026-10-14T00:00:00Z'), signIn(tenantId, 'now', at)])
  expect(await world.totalsOf(subscriptionId)).toEqual([])
  await world.link(tenantId, subscriptionId, at, [['mau', at]])
  await world.db.transaction().execute((db) => world.store.reattribute(db, tenantId, world.now))
  expect(await world.totalsOf(subscriptionId)).toEqual(['monthly-active-users 2026-10-15 1'])
  const { items } = await world.store.setAside({ identityTenantIds: [tenantId], limit: 10 })
  expect(items.map((row) => [row.reason, row.usageDay, row.quantity])).toEqual([['unlinked', '2026-10-14', '1']])
})

test('MAU-32, F58: what happened after an unlinking is unlinked again, and its users go', async () => {
  const { tenantId, subscriptionId, linkId } = await legacyTenant()
  const at = new Date('2026-10-14T00:00:00Z')
  await world.report([
    signIn(tenantId, 'before', '2026-10-13T00:00:00Z'),
    signIn(tenantId, 'both', '2026-10-13T00:00:00Z'),
    signIn(tenantId, 'both', '2026-10-14T10:00:00Z'),
    signIn(tenantId, 'after', '2026-10-14T10:00:00Z'),
  ])
  await world.db.transaction().execute(async (db) => {
    await changeAttribution(db)
    await sql`update identity_link set during = tstzrange(lower(during), ${at}, '[)') where link_id = ${linkId}`.execute(
      db,
    )
    await sql`update metering_model set during = tstzrange(lower(during), ${at}, '[)') where link_id = ${linkId}`.execute(
      db,
    )
    await world.store.reattribute(db, tenantId, at)
  })
  expect(await world.counts(tenantId)).toEqual({ authentications: 2, paidUsers: 2, mau: 0 })
  expect(await world.totalsOf(subscriptionId)).toEqual(['authentications 2026-10-13 2'])
  const users = await world.query('select user_id from identity_month_user where identity_tenant_id = $1', [tenantId])
  expect(users.map((row) => row.user_id).sort()).toEqual(['before', 'both'])
})

test('F56: no batch that was attributed by the old facts commits after the change', async () => {
  const { tenantId, subscriptionId } = await legacyTenant()
  const next = await world.addPaidSubscription()
  await world.report([signIn(tenantId, 'user', '2026-10-15T11:30:00Z')])
  let isTold = false
  let telling: Promise<unknown> = Promise.resolve()
  await world.change(async (query) => {
    telling = world.report([signIn(tenantId, 'user', '2026-10-15T11:30:00Z')]).then(() => {
      isTold = true
    })
    await query(`update identity_link set subscription_id = $2 where identity_tenant_id = $1`, [tenantId, next])
    await query('select pg_sleep(0.3)')
    expect(isTold).toBe(false)
  })
  await telling
  expect(await world.totalsOf(subscriptionId)).toEqual(['authentications 2026-10-15 1'])
  expect(await world.totalsOf(next)).toEqual(['authentications 2026-10-15 1'])
})

test('a cut-off has every batch up to it and holds back the next', async () => {
  const { tenantId } = await legacyTenant()
  await world.report([signIn(tenantId, 'user', '2026-10-15T11:30:00Z')])
  let isTold = false
  let telling: Promise<unknown> = Promise.resolve()
  const cutoff = await world.db.transaction().execute(async (db) => {
    const first = await world.store.cutoff(db)
    telling = world.report([signIn(tenantId, 'user', '2026-10-15T11:31:00Z')]).then(() => {
      isTold = true
    })
    await sql`select pg_sleep(0.2)`.execute(db)
    expect(isTold).toBe(false)
    return first
  })
  await telling
  const [last] = await world.query('select max(id)::text as id from usage_batch')
  expect(BigInt(last!.id as string)).toBeGreaterThan(cutoff.batchId)
  const line = { usagePeriod: '2026-10', meterId: 'authentications', limit: 10 }
  const [{ subscription_id: subscriptionId } = {}] = await world.query(
    'select subscription_id from identity_link where identity_tenant_id = $1',
    [tenantId],
  )
  const upto = await world.store.explain({
    ...line,
    subscriptionId: subscriptionId as string,
    uptoBatch: cutoff.batchId,
  })
  const after = await world.store.explain({
    ...line,
    subscriptionId: subscriptionId as string,
    afterBatch: cutoff.batchId,
  })
  expect([upto.items.length, after.items.length]).toEqual([1, 1])
})

test('a change of payer is dated after the last reported batch', async () => {
  const { tenantId } = await legacyTenant()
  await world.report([signIn(tenantId, 'user', '2026-10-15T11:30:00Z')])
  const reportedAt = world.now
  const dates = await world.db.transaction().execute(async (db) => {
    await changeAttribution(db)
    const earlier = new Date(reportedAt.getTime() - 5)
    const later = new Date(reportedAt.getTime() + 5)
    return Promise.all([earlier, reportedAt, later].map((now) => instantOfChange(db, now)))
  })
  expect(dates.map((date) => date.getTime() - reportedAt.getTime())).toEqual([1, 1, 5])
})

test('MAU-34: own sign-ins are counted in the transaction they belong to, or not at all', async () => {
  const { tenantId, subscriptionId } = await legacyTenant()
  const own = signIn(tenantId, 'user', '2026-10-15T11:30:00Z')
  await world.db
    .transaction()
    .execute(async (db) => {
      expect(await world.store.appendWithin(db, world.reporter, [own])).toEqual([{ status: 'accepted' }])
      throw new Error('the sign-in failed after all')
    })
    .catch(() => undefined)
  expect(await world.totalsOf(subscriptionId)).toEqual([])
  await world.db.transaction().execute((db) => world.store.appendWithin(db, world.reporter, [own]))
  expect(await world.totalsOf(subscriptionId)).toEqual(['authentications 2026-10-15 1'])
  expect(await world.statuses([own, { ...own, subject: 'another' }])).toEqual(['duplicate', 'IdConflict'])
  const usageOf = await world.db
    .transaction()
    .execute((db) => world.store.appendWithin(db, world.reporter, [own, { ...own, outcome: 'failure' }]))
  expect(usageOf.map((outcome) => outcome.status)).toEqual(['duplicate', 'conflict'])
})
