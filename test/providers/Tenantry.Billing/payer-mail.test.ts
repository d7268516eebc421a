import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { type MailServer, startMailServer } from '../../support/mail-server.ts'
import { holder, v2020 } from '../Microsoft.Billing/role-holders.ts'
import { BillingWorld, type Customer, expectSuccess, names, ours } from './billing-world.ts'

let mailServer: MailServer
let cloud: TestCloud
let world: BillingWorld
let contoso: Customer

beforeAll(async () => {
  mailServer = await startMailServer()
  cloud = await startTestCloud({ now: '2026-10-01T00:00:00Z', env: { SMTP_URL: mailServer.url } })
  world = new BillingWorld(cloud)
  contoso = await world.customer({ language: 'en' })
}, 60_000)
afterAll(async () => {
  await cloud?.stop()
  await mailServer?.stop()
})

/** Everything that was queued of these kinds, by whom it is for. */
async function queued(...kinds: string[]): Promise<[string, string][]> {
  const { rows } = await cloud.running.pool.query<{ to: string; kind: string }>(
    `select recipients->>0 as to, kind from outbox_message where kind = any($1) order by sequence`,
    [kinds],
  )
  return rows.map(({ to, kind }) => [to, kind])
}
const notices = ['invoice-overdue', 'invoice-disabled', 'invoice-settled']

test('BIL-12, BIL-23, BIL-4: who holds a role on the profile itself is told of each step, and gets the invoice if it is wanted by mail', async () => {
  const { client } = contoso.owner
  const roles = ['BPO', 'BPC', 'IM', 'BPR', 'BAO', 'BAC', 'ISO'] as const
  const addresses = new Map<string, string>()
  for (const role of roles) {
    const person = await holder(world, contoso, role)
    const address = `${role.toLowerCase()}@example.org`
    await cloud.running.pool.query('update user_account set mail = $1 where id = $2', [address, person.objectId])
    addresses.set(role, address)
  }
  const told = ['bpc@example.org', 'bpo@example.org', 'im@example.org']
  expect(
    await client.put(`${contoso.profileId}?${v2020}`, { properties: { invoiceRecipients: ['not an address'] } }),
  ).toMatchObject({ status: 400 })
  expectSuccess(
    await client.put(`${contoso.profileId}?${v2020}`, {
      properties: { invoiceEmailOptIn: true, invoiceRecipients: ['books@example.net'] },
    }),
  )
  const subscriptionId = await world.subscription(contoso)
  const tenant = await world.linkedTenant(contoso, subscriptionId)
  await world.signIns(tenant, names('user', 10), '2026-10-01T00:00:00Z')
  await cloud.clock.set('2026-11-04T09:00:00Z')
  expectSuccess(await world.run('2026-10'))
  const [invoice] = await world.documents(contoso)
  const number = invoice?.number ?? ''

  // The invoice goes out after the run, with the file that is kept of it.
  await cloud.clock.set('2026-11-04T09:00:01Z')
  expect((await queued('invoice')).map(([to]) => to).toSorted()).toEqual([...told, 'books@example.net'].toSorted())
  await vi.waitFor(() => expect(mailServer.received).toHaveLength(4), { timeout: 20_000, interval: 100 })
  const mailed = mailServer.received.find(({ to }) => to.includes('books@example.net'))
  expect(mailed?.source).toContain(`filename=${number}.pdf`)
  const kept = await client.get(`/providers/Tenantry.Billing/invoices/${number}/documents/pdf?${ours}`)
  expect(mailed?.source.replaceAll(/\s/g, '')).toContain((kept.body as Buffer).toString('base64'))

  await cloud.clock.set('2026-12-04T23:59:59Z')
  expect(await queued(...notices)).toEqual([])
  await cloud.clock.set('2026-12-05T00:00:00Z')
  expect(await queued(...notices)).toEqual(told.map((to) => [to, 'invoice-overdue']))
  await cloud.clock.set('2027-01-03T00:00:00Z')
  expect(await queued(...notices)).toHaveLength(3)
  await cloud.clock.set('2027-01-04T00:00:00Z')
  expect(await queued('invoice-disabled')).toEqual(told.map((to) => [to, 'invoice-disabled']))
  expectSuccess(
    await cloud.operator.put(`/providers/Tenantry.Billing/invoices/${number}/payments/${randomUUID()}?${ours}`, {
      properties: {},
    }),
  )
  expect(await queued('invoice-settled')).toEqual(told.map((to) => [to, 'invoice-settled']))
  const { rows } = await cloud.running.pool.query<{ text_body: string }>(
    `select text_body from outbox_message where kind = 'invoice-overdue' limit 1`,
  )
  expect(rows[0]?.text_body).toContain(`${number}: 0.50 USD, was due on 2026-12-04`)
  expect(rows[0]?.text_body).toContain('If the invoice is not paid on 2027-01-04')
})

test('BIL-4, BIL-12: who did not ask for invoices by mail gets none, and a profile without holders tells nobody', async () => {
  const fabrikam = await world.customer()
  const subscriptionId = await world.subscription(fabrikam)
  const tenant = await world.linkedTenant(fabrikam, subscriptionId)
  await world.signIns(tenant, names('user', 10), '2027-01-04T00:00:00Z')
  const before = (await queued('invoice', ...notices)).length
  await cloud.clock.set('2027-02-04T00:00:00Z')
  expectSuccess(await world.run('2027-01'))
  await cloud.clock.set('2027-05-01T00:00:00Z')
  const [invoice] = await world.documents(fabrikam)
  const read = await fabrikam.owner.client.get(`${fabrikam.accountId}/invoices/${invoice?.number}?${v2020}`)
  expect(read.body.properties.status).toBe('OverDue')
  const mine = (await queued('invoice', ...notices)).slice(before)
  // The account's owner holds no role on the profile itself.
  expect(mine).toEqual([])
})
