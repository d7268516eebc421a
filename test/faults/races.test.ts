import { afterAll, beforeAll, expect, test } from 'vitest'
import { runAudit } from '../../src/audit/audit.ts'
import {
  Company,
  expectDone,
  type IdentityTenant,
  linkPath,
  nameIssuer,
  own,
  type Payer,
} from '../simulation/company.ts'
import { type Client, type Reply, startTestCloud, type TestCloud } from '../support/cloud.ts'

let cloud: TestCloud
let company: Company
let payer: Payer
let first: string
let second: string
let serial = 0

beforeAll(async () => {
  cloud = await startTestCloud({ now: '2019-10-01T00:00:00Z' })
  await nameIssuer(cloud)
  company = await Company.found(cloud, 'racing')
  payer = await company.payer('racing', 'EUR', 'illustration')
  first = await company.subscription(payer.sectionId, 'first')
  second = await company.subscription(payer.sectionId, 'second')
})
afterAll(() => cloud.stop())

const newTenant = (): Promise<IdentityTenant> => company.identityTenant(`racing${(serial += 1)}`)
const link = (subscription: string, tenant: IdentityTenant): Promise<Reply> =>
  company.owner.put(linkPath(subscription, tenant.domain), { properties: {} })
const statusesOf = (replies: readonly Reply[]): number[] => replies.map((reply) => reply.status).toSorted()

async function report(reporter: Client, tenantId: string, users: readonly string[], time: string): Promise<Reply> {
  const events = users.map((subject) => ({
    specversion: '1.0',
    type: 'tenantry.authentication.v1',
    source: '/races',
    id: `race-${(serial += 1)}`,
    time,
    subject,
    data: { tenantId, kind: 'interactiveSignIn' },
  }))
  return expectDone(
    await reporter.post('/events', events, { 'content-type': 'application/cloudevents-batch+json' }),
    'a report',
  )
}

async function violations(): Promise<string[]> {
  const { checks } = await runAudit({ connectionString: cloud.running.databaseUrl })
  return checks.flatMap((check) => check.violations.map((violation) => `${check.id} ${violation}`))
}

test('F55, MAU-3: of two links of one tenant at once, one is made and one is refused', async () => {
  for (let round = 0; round < 5; round++) {
    const tenant = await newTenant()
    const replies = await Promise.all([link(first, tenant), link(second, tenant)])
    expect(statusesOf(replies)).toEqual([201, 409])
  }
  expect(await violations()).toEqual([])
})

test('F53, MAU-22, DEC-43: of two confirmations at once and sign-ins between them, one makes the instant', async () => {
  const tenant = await newTenant()
  expectDone(await link(first, tenant), 'a link')
  await cloud.clock.set('2019-11-12T13:14:15.678Z')
  const path = linkPath(first, tenant.domain)
  const upgrade = { properties: { billingConfig: { billingType: 'MAU' } } }
  const users = ['anna', 'bo', 'cecilia', 'david']
  const instants = ['2019-11-12T13:14:15.677Z', '2019-11-12T13:14:15.678Z', '2019-11-12T13:14:15.679Z']
  const [one, other] = await Promise.all([
    company.owner.patch(path, upgrade),
    company.owner.patch(path, upgrade),
    ...instants.map((time, index) => report(tenant.reporter, tenant.id, users.slice(index, index + 2), time)),
  ])
  expect(statusesOf([one, other])).toEqual([200, 200])
  for (const reply of [one, other])
    expect(reply.body.properties.billingConfig).toEqual({
      billingType: 'MAU',
      effectiveStartDateUtc: '2019-11-12T13:14:15.678Z',
    })
  const { body } = await cloud.operator.get(
    `/providers/Tenantry.Metering/tenants/${tenant.id}/monthlyActiveUsers/2019-11?${own}`,
  )
  // anna and bo signed in before the instant, bo and cecilia at it, cecilia and david after it.
  expect(body.properties).toMatchObject({ authentications: 2, paidUsers: 2, monthlyActiveUsers: 2 })
  expect(await violations()).toEqual([])
})

test('F57: of two writes with the same etag, the second is refused', async () => {
  const tenant = await newTenant()
  expectDone(await link(first, tenant), 'a link')
  const path = linkPath(first, tenant.domain)
  for (let round = 0; round < 5; round++) {
    const { etag = '' } = (await company.owner.get(path)).headers
    const replies = await Promise.all(
      ['left', 'right'].map((side) =>
        company.owner.put(path, { tags: { side, round: String(round) }, properties: {} }, { 'if-match': etag }),
      ),
    )
    expect(statusesOf(replies)).toEqual([200, 412])
  }
})

test('F58, MAU-32: usage that flows while a link goes and comes elsewhere is on one bill or on none', async () => {
  const tenant = await newTenant()
  expectDone(await link(first, tenant), 'a link')
  await cloud.clock.set('2019-11-20T10:00:00Z')
  let isOver = false
  const flow = async (lane: string): Promise<void> => {
    for (let count = 0; !isOver; count++) {
      const seconds = String(count % 60).padStart(2, '0')
      await report(tenant.reporter, tenant.id, [`${lane}-${count % 7}`], `2019-11-20T10:00:${seconds}.000Z`)
    }
  }
  const flows = ['a', 'b', 'c'].map(flow)
  for (const [at, change] of [
    ['2019-11-20T10:00:10Z', () => company.owner.delete(linkPath(first, tenant.domain))],
    ['2019-11-20T10:00:20Z', () => link(second, tenant)],
    ['2019-11-20T10:00:30Z', () => company.owner.delete(linkPath(second, tenant.domain))],
    ['2019-11-20T10:00:40Z', () => link(first, tenant)],
  ] as const) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    await cloud.clock.set(at)
    expectDone(await change(), 'a change')
  }
  isOver = true
  await Promise.all(flows)
  expect(await violations()).toEqual([])
})

test('F56, DEC-46: what is reported up to the very instant of a change of payer stays with the payer before', async () => {
  const tenant = await newTenant()
  expectDone(await link(second, tenant), 'a link')
  await cloud.clock.set('2019-11-25T12:00:00Z')
  await report(tenant.reporter, tenant.id, ['anna'], '2019-11-25T11:00:00Z')
  const sections = `${payer.profileId}/invoiceSections`
  const { body } = expectDone(
    await company.owner.put(`${sections}/RACE-RACE-RAC-ERS?api-version=2020-05-01`, {
      properties: { displayName: 'Races' },
    }),
    'a section',
  )
  const account = payer.profileId.split('/billingProfiles/')[0]
  const flow = Array.from({ length: 20 }, (_, index) =>
    report(tenant.reporter, tenant.id, [`user-${index}`], '2019-11-25T11:59:59.999Z'),
  )
  const moved = company.owner.post(`${account}/billingSubscriptions/${second}/move?api-version=2020-05-01`, {
    destinationInvoiceSectionId: body.id,
  })
  await Promise.all([...flow, moved])
  expectDone(await moved, 'a move')
  await cloud.clock.set('2019-11-25T12:00:01Z')
  await report(tenant.reporter, tenant.id, ['bertil'], '2019-11-25T11:00:00Z')
  expect(await violations()).toEqual([])
})

test('I-15, F51, F52, INV-14: two runs of one month at once, while usage comes in, make one document with one number', async () => {
  const tenant = await newTenant()
  expectDone(await link(first, tenant), 'a link')
  await cloud.clock.set('2019-12-04T08:00:00Z')
  const path = (month: string) => `/providers/Tenantry.Billing/invoiceRuns/${month}?${own}`
  let isOver = false
  const flow = async (lane: string): Promise<void> => {
    for (let count = 0; !isOver; count++)
      await report(tenant.reporter, tenant.id, [`${lane}-${count}`], '2019-11-30T23:59:59.999Z')
  }
  const flows = ['a', 'b'].map(flow)
  await new Promise((resolve) => setTimeout(resolve, 200))
  const started = await Promise.all(Array.from({ length: 6 }, () => cloud.operator.put(path('2019-11'), {})))
  for (const reply of started) expect([200, 202]).toContain(reply.status)
  for (const reply of started) if (reply.status === 202) expectDone(await cloud.operator.finish(reply), 'a run')
  isOver = true
  await Promise.all(flows)
  expect(await violations()).toEqual([])
  await cloud.clock.set('2020-01-04T08:00:00Z')
  expectDone(await cloud.operator.finish(await cloud.operator.put(path('2019-12'), {})), 'a run')
  expect(await violations()).toEqual([])
  const documents = await cloud.running.db.selectFrom('invoice').select(['period', 'number']).execute()
  const numbers = documents.flatMap(({ number }) => number ?? [])
  expect(documents.map(({ period }) => period).toSorted()).toEqual(['2019-11', '2019-12'])
  expect(new Set(numbers).size).toBe(numbers.length)
})
