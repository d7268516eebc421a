import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runAudit } from '../../../src/audit/audit.ts'
import { transferTransitions } from '../../../src/domain/billing/transfer.ts'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { BillingWorld, type Customer, ours } from '../Tenantry.Billing/billing-world.ts'
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

const statusOf = async (name: string): Promise<string> =>
  (await a.owner.client.get(sent(a, name))).body.properties.transferStatus as string

describe('asking', () => {
  test('OWN-1: who may bill to the section asks the person of an address, and the expiry is shown to both', async () => {
    const asking = await holder(world, a, 'ISC')
    const name = randomUUID()
    const body = {
      properties: { recipientEmailId: b.owner.userPrincipalName.toUpperCase(), transferTermsAccepted: true },
    }
    const made = await asking.client.put(sent(a, name), body)
    expect([made.status, made.body]).toMatchObject([
      201,
      {
        id: `${a.sectionId}/transfers/${name}`,
        type: 'Microsoft.Billing/transfers',
        properties: {
          transferStatus: 'Pending',
          expirationTime: '2026-10-16T00:00:00.000Z',
          initiatorEmailId: asking.userPrincipalName,
          recipientLink: `${cloud.baseUrl}${received(name)}`,
          detailedTransferStatus: [],
        },
      },
    ])
    expect((await asking.client.put(sent(a, name), body)).status).toBe(200)
    const seen = await b.owner.client.get(received(name))
    expect(seen.body.properties).toMatchObject({
      transferStatus: 'Pending',
      expirationTime: '2026-10-16T00:00:00.000Z',
      allowedProductType: ['StandardAzureSubscription', 'DevTestAzureSubscription'],
    })
    const listed = await b.owner.client.get(`/providers/Microsoft.Billing/transfers?${v2024}`)
    expect(listed.body.value.map((one: { name: string }) => one.name)).toContain(name)
    const ofSection = await asking.client.get(`${a.sectionId}/transfers?${v2024}`)
    expect(ofSection.body.value.map((one: { name: string }) => one.name)).toContain(name)
  })

  test('OWN-1, S12: a reader of the section cannot ask, and another tenant does not see that there is one', async () => {
    const reader = await holder(world, a, 'ISR')
    const body = { properties: { recipientEmailId: 'x@example.com', transferTermsAccepted: true } }
    const refused = await reader.client.put(sent(a, 'by-a-reader'), body)
    expect([refused.status, refused.body.error.code]).toEqual([403, 'AuthorizationFailed'])
    expect((await b.owner.client.put(sent(a, 'by-a-stranger'), body)).status).toBe(404)
  })

  test('OWN-11: neither sending nor accepting goes without agreement to the terms, in the request or by the account before', async () => {
    const terms = (account: string) =>
      `/providers/Microsoft.Billing/billingAccounts/${account}/providers/Tenantry.Billing/transferTerms/2026-11-01?${ours}`
    const body = { properties: { recipientEmailId: b.owner.userPrincipalName } }
    const name = randomUUID()
    const refused = await a.owner.client.put(sent(a, name), body)
    expect([refused.status, refused.body.error.code]).toEqual([400, 'TransferTermsNotAccepted'])
    expect(refused.body.error.message).toContain('"transferTermsAccepted": true')
    expect((await a.owner.client.get(sent(a, name))).status).toBe(404)

    expect((await b.owner.client.put(terms(a.account))).status).toBe(404)
    const reader = await holder(world, a, 'BAR')
    expect((await reader.client.put(terms(a.account))).status).toBe(403)
    expect((await a.owner.client.put(terms(a.account))).status).toBe(201)
    expect((await a.owner.client.put(terms(a.account))).status).toBe(200)
    expect((await reader.client.get(terms(a.account))).body.properties.agreedBy).toBe(a.owner.userPrincipalName)
    expect((await a.owner.client.put(sent(a, name), body)).status).toBe(201)

    const subscription = await world.subscription(b)
    const without = { properties: { productDetails: [{ productType: 'AzureSubscription', productId: subscription }] } }
    const accepting = await b.owner.client.post(received(name, 'accept'), without)
    expect([accepting.status, accepting.body.error.code]).toEqual([400, 'TransferTermsNotAccepted'])
    expect(await statusOf(name)).toBe('Pending')
    expect((await b.owner.client.put(terms(b.account))).status).toBe(201)
    const accepted = await b.owner.client.post(received(name, 'accept'), without)
    expect([accepted.status, accepted.body.properties.transferStatus]).toEqual([200, 'Completed'])
    for (const [{ owner }, account] of [[a, a.account] as const, [b, b.account] as const])
      expect((await owner.client.delete(terms(account))).status).toBe(204)
    expect((await a.owner.client.get(terms(a.account))).status).toBe(404)
    expect((await a.owner.client.put(sent(a, randomUUID()), body)).status).toBe(400)
  })

  test('OWN-3: a section whose profile has unpaid invoices, is disabled, or is no section of a paid account cannot ask', async () => {
    const late = await world.customer()
    const body = { properties: { recipientEmailId: b.owner.userPrincipalName, transferTermsAccepted: true } }
    const setStatus = (status: string) =>
      cloud.running.pool.query('update billing_profile set status = $1 where name = $2', [status, late.profile])
    for (const [status, code] of [
      ['PastDue', 'DestinationBillingProfilePastDue'],
      ['Disabled', 'DestinationBillingProfileInactive'],
    ] as const) {
      await setStatus(status)
      const refused = await late.owner.client.put(sent(late, randomUUID()), body)
      expect([refused.status, refused.body.error.code]).toEqual([409, code])
    }
    await setStatus('Active')
    expect((await late.owner.client.put(sent(late, randomUUID()), body)).status).toBe(201)
    const unable = await world.customer({ approveBankTransfer: false })
    const refused = await unable.owner.client.put(sent(unable, randomUUID()), body)
    expect([refused.status, refused.body.error.code]).toEqual([409, 'DestinationBillingProfileInactive'])
    expect(refused.body.error.message).toContain('no valid payment method')
    // The section of a stand-alone account is shown to nobody, not even to ask for it.
    expect((await b.owner.client.put(sent(b, randomUUID()), body)).status).toBe(404)
  })
})

const mailsTo = async (address: string) => {
  const { rows } = await cloud.running.pool.query<{ kind: string; subject: string; text: string }>(
    'select kind, subject, text_body as text from outbox_message where recipients ? $1 order by created_at, id',
    [address],
  )
  return rows
}

test('OWN-7, OWN-11, DEC-45: the recipient is mailed the link that who asked is shown, and who asked how it ended', async () => {
  const swedish = await world.customer({ displayName: 'Ångström', language: 'sv' })
  const payer = await standAlone(world)
  const [first, second] = [await ask(swedish, payer.owner), await ask(swedish, payer.owner)]
  const shown = await swedish.owner.client.get(sent(swedish, first))
  const mails = await mailsTo(payer.owner.userPrincipalName)
  expect(mails.map(({ kind }) => kind)).toEqual(['transfer-request', 'transfer-request'])
  expect(mails[0]?.subject).toBe('Ångström vill ta över betalningen av dina prenumerationer')
  expect(mails.filter(({ text }) => text.includes(shown.body.properties.recipientLink))).toHaveLength(1)
  expect(mails[0]?.text).toContain('2026-10-16T00:00:00.000Z')
  const subscription = await world.subscription(payer)
  await accept(payer.owner.client, first, subscription)
  await payer.owner.client.post(received(second, 'decline'))
  const answers = await mailsTo(swedish.owner.userPrincipalName)
  expect(answers.map(({ kind }) => kind)).toEqual(['transfer-answer', 'transfer-answer'])
  const texts = answers.map(({ text }) => text).join('\n')
  expect(texts).toContain(`Production (${subscription})`)
  expect(texts).toContain('Inget har ändrats')
})

describe('who sees a request', () => {
  test('OWN-1: only the person of the address, with a role that can hand something over, sees it', async () => {
    const invited = await holder(world, b)
    const name = await ask(a, invited)
    const unseen = async (person: typeof invited) => {
      expect((await person.client.get(received(name))).status).toBe(404)
      const listed = await person.client.get(`/providers/Microsoft.Billing/transfers?${v2024}`)
      expect(listed.body.value.map((one: { name: string }) => one.name)).not.toContain(name)
      for (const verb of ['accept', 'decline'])
        expect((await person.client.post(received(name, verb), products(randomUUID()))).status).toBe(404)
      const [review] = await validate(person.client, name, 'x')
      expect(review).toMatchObject({ status: 'Failed', results: [{ level: 'Error', code: 'NotIntendedRecipient' }] })
      // A request that is not there looks the same.
      expect(await validate(person.client, randomUUID(), 'x')).toEqual([review])
    }
    await unseen(invited)
    await unseen(b.owner)
    await unseen(a.owner)
    const assignment = await give(b, 'BAC', invited.objectId)
    expect((await invited.client.get(received(name))).status).toBe(200)
    await b.owner.client.delete(`${b.accountId}/billingRoleAssignments/${assignment}?api-version=2020-05-01`)
    await unseen(invited)
    await give(b, 'BAR', invited.objectId)
    await unseen(invited)
    expect(await statusOf(name)).toBe('Pending')
  })

  test('OWN-1, TEN-4: an address at a domain that a tenant has verified reaches nobody of another tenant', async () => {
    const other = await world.customer()
    const impostor = await holder(world, other, 'BAO')
    await cloud.running.pool.query('update user_account set mail = $1 where id = $2', [
      b.owner.userPrincipalName,
      impostor.objectId,
    ])
    const name = await ask(a, b.owner)
    expect((await b.owner.client.get(received(name))).status).toBe(200)
    expect((await impostor.client.get(received(name))).status).toBe(404)
    await cloud.running.pool.query("update user_account set mail = 'Mail.Box@example.com' where id = $1", [
      impostor.objectId,
    ])
    expect((await impostor.client.get(received(await ask(a, 'mail.box@EXAMPLE.com')))).status).toBe(200)
  })
})

describe('states', () => {
  test('OWN-6: the database has the same table of states, and refuses what is not in it', async () => {
    const { rows } = await cloud.running.pool.query<{ from_status: string; to_status: string }>(
      'select from_status, to_status from billing_transfer_transition',
    )
    const decided = Object.entries(transferTransitions).flatMap(([from, next]) => next.map((to) => `${from} ${to}`))
    expect(rows.map((row) => `${row.from_status} ${row.to_status}`).toSorted()).toEqual(decided.toSorted())
    const name = await ask(a, b.owner)
    const set = (status: string) =>
      cloud.running.pool.query('update billing_transfer set status = $1 where name = $2', [status, name])
    await expect(set('Completed')).rejects.toThrow('cannot go from Pending to Completed')
    // Without an agreement to the terms, and without having been answered in time.
    await expect(set('InProgress')).rejects.toThrow('check constraint')
    await set('Declined')
    for (const next of ['Pending', 'InProgress', 'Canceled', 'Expired', 'Declined'])
      await expect(set(next)).rejects.toThrow('cannot go from Declined')
    await expect(cloud.running.pool.query('delete from billing_transfer where name = $1', [name])).rejects.toThrow(
      'kept',
    )
  })

  test('OWN-6: whoever may ask cancels what waits, once and for all; the recipient declines it', async () => {
    const canceled = await ask(a, b.owner)
    const contributor = await holder(world, a, 'BPC')
    expect((await (await holder(world, a, 'BPR')).client.post(sent(a, canceled, 'cancel'))).status).toBe(403)
    for (let time = 0; time < 2; time++) {
      const reply = await contributor.client.post(sent(a, canceled, 'cancel'))
      expect([reply.status, reply.body.properties]).toMatchObject([
        200,
        { transferStatus: 'Canceled', canceledBy: contributor.userPrincipalName },
      ])
    }
    for (const verb of ['accept', 'decline']) {
      const refused = await b.owner.client.post(received(canceled, verb), products(randomUUID()))
      expect([refused.status, refused.body.error.code]).toEqual([409, 'TransferNotPending'])
    }
    const declined = await ask(a, b.owner)
    for (let time = 0; time < 2; time++)
      expect((await b.owner.client.post(received(declined, 'decline'))).body.properties.transferStatus).toBe('Declined')
    const late = await contributor.client.post(sent(a, declined, 'cancel'))
    expect([late.status, late.body.error.code]).toEqual([409, 'TransferNotPending'])
    expect(
      (
        await a.owner.client.put(sent(a, declined), {
          properties: { recipientEmailId: b.owner.userPrincipalName, transferTermsAccepted: true },
        })
      ).body.error.code,
    ).toBe('TransferExists')
  })

  test('OWN-7, DEC-16: after 15 days nothing but a new request helps, also before the expiry was noted', async () => {
    const subscription = await world.subscription(b)
    const name = await ask(a, b.owner)
    const { rows } = await cloud.running.pool.query<{ id: string }>(
      "update due_work set due_at = '2100-01-01T00:00:00Z' where payload->>'name' = $1 returning id",
      [name],
    )
    await cloud.clock.set('2026-10-15T23:59:59.999Z')
    expect(await statusOf(name)).toBe('Pending')
    await cloud.clock.set('2026-10-16T00:00:00Z')
    const stored = () =>
      cloud.running.pool.query<{ status: string }>('select status from billing_transfer where name = $1', [name])
    expect((await stored()).rows).toEqual([{ status: 'Pending' }])
    expect(await statusOf(name)).toBe('Expired')
    expect((await b.owner.client.get(received(name))).body.properties.transferStatus).toBe('Expired')
    const refusals = [
      await accept(b.owner.client, name, subscription),
      await b.owner.client.post(received(name, 'decline')),
      await a.owner.client.post(sent(a, name, 'cancel')),
    ]
    for (const refused of refusals) {
      expect([refused.status, refused.body.error.code]).toEqual([409, 'TransferExpired'])
      expect(refused.body.error.message).toContain('Ask for a new request')
    }
    await cloud.running.pool.query("update due_work set due_at = '2026-10-16T00:00:00Z' where id = $1", [rows[0]?.id])
    await cloud.clock.set('2026-10-16T00:00:01Z')
    expect((await stored()).rows).toEqual([{ status: 'Expired' }])
    expect((await accept(b.owner.client, name, subscription)).body.error.code).toBe('TransferExpired')
    // An answered request does not expire.
    const answered = await ask(a, b.owner)
    expect((await accept(b.owner.client, answered, subscription)).status).toBe(200)
    await cloud.clock.set('2026-11-20T00:00:00Z')
    expect(await statusOf(answered)).toBe('Completed')
  })
})

test('OWN-6, I-17: the audit tells two transfers apart whose names differ in one character only', async () => {
  for (const name of ['year_end', 'year-end']) {
    const paying = await world.customer()
    const subscriptionId = await world.subscription(paying)
    const asked = await a.owner.client.put(sent(a, name), {
      properties: { recipientEmailId: paying.owner.userPrincipalName, transferTermsAccepted: true },
    })
    expect(asked.status).toBe(201)
    expect((await accept(paying.owner.client, name, subscriptionId)).status).toBeLessThan(300)
  }
  const { checks } = await runAudit({ connectionString: cloud.running.databaseUrl })
  expect(checks.flatMap((check) => check.violations)).toEqual([])
})
