import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { BillingWorld, billing, type Customer, expectSuccess } from '../Tenantry.Billing/billing-world.ts'
import { give, holder, v2024 } from './role-holders.ts'
import { accept, ask, products, received, sent, standAlone, validate } from './transfer-world.ts'

let cloud: TestCloud
let world: BillingWorld
let a: Customer
let b: Customer
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-10-01T00:00:00Z' })
  world = new BillingWorld(cloud)
  a = await world.customer({ displayName: 'Contoso' })
  b = await standAlone(world)
})
afterAll(() => cloud?.stop())

const codesOf = async (by: Customer, name: string, id: string): Promise<string[]> => {
  const [review] = await validate(by.owner.client, name, id)
  return [review?.status ?? '', ...(review?.results.map(({ code }) => code) ?? [])]
}
const payerOf = async (of: Customer, id: string): Promise<number> =>
  (await of.owner.client.get(`${of.accountId}/billingSubscriptions/${id}?${billing}`)).status

test('OWN-4, OWN-5: each product is Ready, Ready with a warning, or Failed with what to do about it', async () => {
  const name = await ask(a, b.owner)
  const [ready, off, trial] = [await world.subscription(b), await world.subscription(b), await world.subscription(b)]
  await world.identities.setState(off, 'Disabled')
  await cloud.running.pool.query("update subscription set offer = 'trial' where id = $1", [trial])
  expect(await codesOf(b, name, ready)).toEqual(['Ready'])
  expect(await codesOf(b, name, `/subscriptions/${ready.toUpperCase()}`)).toEqual(['Ready'])
  expect(await codesOf(b, name, off)).toEqual(['Failed', 'SubscriptionNotActive'])
  expect(await codesOf(b, name, trial)).toEqual(['Failed', 'SubscriptionTypeNotSupported'])
  expect(await codesOf(b, name, randomUUID())).toEqual(['Failed', 'ProductNotFound'])
  expect(await codesOf(b, name, 'not-an-id')).toEqual(['Failed', 'ProductNotFound'])
  // What others pay for is not there, for whoever has no role with them.
  expect(await codesOf(b, name, await world.subscription(a))).toEqual(['Failed', 'ProductNotFound'])
  const reservation = expectSuccess(
    await b.owner.client.post(received(name, 'validate'), {
      properties: { productDetails: [{ productType: 'AzureReservation', productId: ready }] },
    }),
  )
  expect(reservation.body.value[0].properties.results[0].code).toBe('ProductTypeNotSupported')
  expect(reservation.body.nextLink).toBeUndefined()

  const abroad = await world.customer({ currency: 'SEK', priceList: 'standard' })
  const other = await ask(abroad, b.owner)
  expect(await codesOf(b, other, ready)).toEqual(['Warning', 'CurrencyChanges', 'PriceListChanges'])
  // A person with a role on both sides cannot hand over to the account that pays already.
  const own = await ask(a, a.owner)
  expect(await codesOf(a, own, await world.subscription(a))).toEqual(['Failed', 'InvalidSource'])
})

test('OWN-1, OWN-2: only what the recipient may hand over goes: a role of one profile gives nothing of another', async () => {
  const c = await world.customer()
  const made = expectSuccess(
    await c.owner.client.put(`${c.accountId}/billingProfiles/OTHR-PROF-BBB-BBB?${billing}`, {
      properties: { displayName: 'Other' },
    }),
  )
  const [section] = (await c.owner.client.get(`${made.body.id}/invoiceSections?${billing}`)).body.value
  const [first, second] = [await world.subscription(c), await world.subscription(c, section.id)]
  const contributor = await holder(world, c, 'ISC')
  await give(c, 'BPR', contributor.objectId, made.body.id)
  const name = await ask(a, contributor)
  const reviews = await validate(contributor.client, name, first, second)
  expect(reviews.map(({ status, results }) => [status, results[0]?.code])).toEqual([
    ['Ready', undefined],
    ['Failed', 'InsufficientPermissionOnSource'],
  ])
  const refused = await accept(contributor.client, name, first, second)
  expect([refused.status, refused.body.error.code]).toEqual([409, 'TransferItemsNotReady'])
  expect(refused.body.error.details).toMatchObject([{ code: 'InsufficientPermissionOnSource', target: second }])
  expect((await accept(contributor.client, name, first)).status).toBe(200)
  expect([await payerOf(a, first), await payerOf(c, first), await payerOf(c, second)]).toEqual([200, 404, 200])
})

test('OWN-5, OWN-11: a failed product keeps all back until it is deselected; the same acceptance again gets the same answer', async () => {
  const name = await ask(a, b.owner)
  const [one, two, off] = [await world.subscription(b), await world.subscription(b), await world.subscription(b)]
  await world.identities.setState(off, 'Disabled')
  const refused = await accept(b.owner.client, name, one, off, two)
  expect([refused.status, refused.body.error.code]).toEqual([409, 'TransferItemsNotReady'])
  expect(refused.body.error.details).toMatchObject([{ code: 'SubscriptionNotActive', target: off }])
  const none = await b.owner.client.post(received(name, 'accept'), products())
  expect([none.status, none.body.error.code]).toEqual([400, 'NoProductsSelected'])
  expect([await payerOf(b, one), await payerOf(b, two)]).toEqual([200, 200])

  await cloud.clock.set('2026-10-02T10:00:00Z')
  const accepted = await accept(b.owner.client, name, two, one, `/subscriptions/${one}`)
  expect([accepted.status, accepted.body.properties]).toMatchObject([
    200,
    {
      transferStatus: 'Completed',
      responsibilityDate: '2026-10-02T10:00:00.000Z',
      detailedTransferStatus: [one, two]
        .toSorted()
        .map((productId) => ({ productId, productType: 'AzureSubscription', transferStatus: 'Completed' })),
    },
  ])
  await cloud.clock.set('2026-10-02T11:00:00Z')
  const again = await accept(b.owner.client, name, one, two)
  expect([again.status, again.body]).toEqual([200, accepted.body])
  const another = await accept(b.owner.client, name, off)
  expect([another.status, another.body.error.code]).toEqual([409, 'TransferNotPending'])
  expect((await a.owner.client.get(sent(a, name))).body.properties.responsibilityDate).toBe('2026-10-02T10:00:00.000Z')
  expect([await payerOf(a, one), await payerOf(a, two), await payerOf(b, off)]).toEqual([200, 200, 200])
  const { rows } = await cloud.running.pool.query<{ count: string }>(
    'select count(*) from billing_placement where subscription_id = $1',
    [one],
  )
  expect(Number(rows[0]?.count)).toBe(2)
})

test('OWN-6: what stops being able to go while the acceptance waits stays behind, and the rest goes', async () => {
  const name = await ask(a, b.owner)
  const [goes, stays] = [await world.subscription(b), await world.subscription(b)]
  const client = await cloud.running.pool.connect()
  try {
    await client.query('begin')
    await client.query('update subscription set state = $1 where id = $2', ['Disabled', stays])
    const accepting = accept(b.owner.client, name, goes, stays)
    // It has looked at both, and waits for the one that somebody is changing.
    for (let waiting = 0; waiting === 0; ) {
      const { rows } = await cloud.running.pool.query<{ count: string }>(
        "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%from \"subscription\"%for update%'",
      )
      waiting = Number(rows[0]?.count)
    }
    await client.query('commit')
    const reply = await accepting
    expect(reply.status).toBe(200)
    expect(reply.body.properties.transferStatus).toBe('CompletedWithErrors')
    const byId = Object.fromEntries(
      reply.body.properties.detailedTransferStatus.map((one: { productId: string }) => [one.productId, one]),
    )
    expect(byId[goes]).toMatchObject({ transferStatus: 'Completed' })
    expect(byId[stays]).toMatchObject({
      transferStatus: 'Failed',
      errorDetails: { code: 'SubscriptionNotActive', message: expect.stringContaining('Disabled') },
    })
    expect([await payerOf(a, goes), await payerOf(b, stays), await payerOf(a, stays)]).toEqual([200, 200, 404])
    const late = await b.owner.client.post(received(name, 'decline'))
    expect(late.body.error.code).toBe('TransferNotPending')
  } finally {
    client.release()
  }
})

test('OWN-6: of an acceptance and a cancellation at once, one is done and the other refused', async () => {
  for (let round = 0; round < 4; round++) {
    const name = await ask(a, b.owner)
    const subscription = await world.subscription(b)
    const [accepting, cancelling] = await Promise.all([
      accept(b.owner.client, name, subscription),
      a.owner.client.post(sent(a, name, 'cancel')),
    ])
    expect([accepting.status, cancelling.status].toSorted()).toEqual([200, 409])
    const isMoved = (await payerOf(a, subscription)) === 200
    expect(isMoved).toBe(accepting.status === 200)
  }
})

test('OWN-3: a destination that was closed after it asked takes nothing', async () => {
  const closing = await world.customer()
  const name = await ask(closing, b.owner)
  const subscription = await world.subscription(b)
  for (const [status, code] of [
    ['PastDue', 'DestinationBillingProfilePastDue'],
    ['Disabled', 'DestinationBillingProfileInactive'],
  ]) {
    await cloud.running.pool.query('update billing_profile set status = $1 where name = $2', [status, closing.profile])
    expect(await codesOf(b, name, subscription)).toEqual(['Failed', code])
    expect((await accept(b.owner.client, name, subscription)).body.error.details[0].code).toBe(code)
  }
  expect(await payerOf(b, subscription)).toBe(200)
})

test('OWN-1: a service principal and a person of no account receive nothing', async () => {
  const listed = await cloud.operator.get(`/providers/Microsoft.Billing/transfers?${v2024}`)
  expect([listed.status, listed.body.value]).toEqual([200, []])
})
