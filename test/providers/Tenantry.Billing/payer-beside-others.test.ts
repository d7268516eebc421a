import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runAudit } from '../../../src/audit/audit.ts'
import { answerBesideLocks } from '../../support/blocked.ts'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { v2024 } from '../Microsoft.Billing/role-holders.ts'
import { accept, ask } from '../Microsoft.Billing/transfer-world.ts'
import { BillingWorld, type Customer, expectSuccess, names, ours } from './billing-world.ts'

let cloud: TestCloud
let world: BillingWorld
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-10-01T00:00:00Z' })
  world = new BillingWorld(cloud)
})
afterAll(() => cloud?.stop())

const subscriptionApi = 'api-version=2021-10-01'
const stateOf = async (customer: Customer, id: string): Promise<string> =>
  (await customer.owner.client.get(`/subscriptions/${id}?api-version=2022-12-01`)).body.state
/** What falls behind at this instant, as whoever notes it does it: the profile first. */
const fallBehind = (profile: string) => (client: { query: (text: string, values: unknown[]) => Promise<unknown> }) =>
  client.query(`update billing_profile set status = 'PastDue' where name = $1`, [profile])
const catchUp = (profile: string) =>
  cloud.running.pool.query(`update billing_profile set status = 'Active' where name = $1`, [profile])

test('BIL-9, BIL-23: a subscription does not leave a payer that falls behind at the same instant', async () => {
  const contoso = await world.customer()
  const { client } = contoso.owner
  const made = expectSuccess(
    await client.put(`${contoso.accountId}/billingProfiles/OTHER?${v2024}`, { properties: {} }),
  )
  const subscriptionId = await world.subscription(contoso)
  const move = () =>
    client.post(`${contoso.accountId}/billingSubscriptions/${subscriptionId}/move?${v2024}`, {
      destinationInvoiceSectionId: made.body.properties.invoiceSections.value[0].id,
    })
  expect(await answerBesideLocks(cloud.running.pool, fallBehind(contoso.profile), move)).toMatchObject({
    status: 409,
    body: { error: { code: 'SourceBillingProfilePastDue' } },
  })
  await catchUp(contoso.profile)
  expect((await move()).status).toBeLessThan(300)
})

test('OWN-5, BIL-23: a transfer that is accepted while the payer falls behind leaves the subscription behind', async () => {
  const [asking, paying] = [await world.customer(), await world.customer()]
  const subscriptionId = await world.subscription(paying)
  const name = await ask(asking, paying.owner)
  const accepted = await answerBesideLocks(cloud.running.pool, fallBehind(paying.profile), () =>
    accept(paying.owner.client, name, subscriptionId),
  )
  expect(accepted.status).toBeLessThan(300)
  const seen = await paying.owner.client.get(`/providers/Microsoft.Billing/transfers/${name}?${v2024}`)
  expect(seen.body.properties).toMatchObject({
    transferStatus: 'CompletedWithErrors',
    detailedTransferStatus: [{ productId: subscriptionId, errorDetails: { code: 'SourceBillingProfilePastDue' } }],
  })
  await catchUp(paying.profile)
})

test('BIL-23: a subscription is not enabled while its payer falls behind', async () => {
  const contoso = await world.customer()
  const { client } = contoso.owner
  const subscriptionId = await world.subscription(contoso)
  const call = (verb: string) =>
    client.post(`/subscriptions/${subscriptionId}/providers/Microsoft.Subscription/${verb}?${subscriptionApi}`)
  expectSuccess(await call('cancel'))
  expect(await answerBesideLocks(cloud.running.pool, fallBehind(contoso.profile), () => call('enable'))).toMatchObject({
    status: 409,
    body: { error: { code: 'SubscriptionNotEligibleForEnable' } },
  })
  await catchUp(contoso.profile)
  expectSuccess(await call('enable'))
})

test('BIL-11, SUB-8: what was cancelled before its payer became inactive is not enabled again, as nobody would pay', async () => {
  const contoso = await world.customer()
  const { client } = contoso.owner
  const subscriptionId = await world.subscription(contoso)
  const call = (verb: string) =>
    client.post(`/subscriptions/${subscriptionId}/providers/Microsoft.Subscription/${verb}?${subscriptionApi}`)
  expectSuccess(await call('cancel'))
  const links = `${contoso.profileId}/paymentMethodLinks`
  const [link] = (await client.get(`${links}?${v2024}`)).body.value
  expect((await client.delete(`${links}/${link.name}?${v2024}`)).status).toBe(204)
  expect(await call('enable')).toMatchObject({
    status: 409,
    body: { error: { code: 'SubscriptionNotEligibleForEnable', message: expect.stringContaining('is Disabled') } },
  })
  expect(await stateOf(contoso, subscriptionId)).toBe('Disabled')
})

test('BIL-10: credit that is granted while the month is invoiced pays the new invoice, once', async () => {
  const contoso = await world.customer()
  const subscriptionId = await world.subscription(contoso)
  const tenant = await world.linkedTenant(contoso, subscriptionId)
  await world.signIns(tenant, names('user', 10), '2026-10-01T00:00:00Z')
  await cloud.clock.set('2026-11-04T09:00:00Z')
  // As grantCredit does it: the profile first.
  const run = await answerBesideLocks(
    cloud.running.pool,
    async (client) => {
      await client.query('select from billing_profile where name = $1 for no key update', [contoso.profile])
      await client.query(
        `insert into billing_credit (id, billing_profile_name, amount_minor, reason, granted_at)
         values ($1, $2, 80, 'welcome', '2026-11-04T09:00:00Z')`,
        [randomUUID(), contoso.profile],
      )
    },
    () => world.run('2026-10'),
  )
  expectSuccess(run)
  const [invoice] = await world.documents(contoso)
  const seen = await cloud.operator.get(`/providers/Tenantry.Billing/invoices/${invoice?.number}/payments?${ours}`)
  expect(seen.body.value).toMatchObject([{ properties: { amount: { value: '0.50' }, paymentMethodFamily: 'Credits' } }])
  const balance = await contoso.owner.client.get(`${contoso.profileId}/availableBalance/default?${v2024}`)
  expect(balance.body.properties.amount).toEqual({ currency: 'USD', value: 0.3 })
  const { checks } = await runAudit({ connectionString: cloud.running.databaseUrl })
  expect(checks.flatMap((check) => check.violations)).toEqual([])
})
