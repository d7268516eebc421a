import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runAudit } from '../../../src/audit/audit.ts'
import { type Client, type Reply, startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { holder, v2020, v2024 } from '../Microsoft.Billing/role-holders.ts'
import { BillingWorld, type Customer, expectSuccess, names, ours } from './billing-world.ts'

let cloud: TestCloud
let world: BillingWorld
afterAll(() => cloud?.stop())

const api = 'api-version=2022-12-01'
const subscriptionApi = 'api-version=2021-10-01'

/** A customer with a subscription, and an invoice for October of as many users at 0.05 USD each. */
async function withUsage(users: number, properties: Record<string, unknown> = {}) {
  const customer = await world.customer(properties)
  const subscriptionId = await world.subscription(customer)
  const tenant = await world.linkedTenant(customer, subscriptionId)
  await world.signIns(tenant, names('user', users), '2026-10-01T00:00:00Z')
  return { customer, subscriptionId, tenant }
}
const invoiceOf = async (customer: Customer, number: string): Promise<Reply['body']> =>
  (await customer.owner.client.get(`${customer.accountId}/invoices/${number}?${v2020}`)).body.properties
const numberOf = async (customer: Customer): Promise<string> => {
  const [invoice] = await world.documents(customer)
  if (!invoice?.number) throw new Error('there is no invoice')
  return invoice.number
}
const stateOf = async (customer: Customer, id: string): Promise<string> =>
  (await customer.owner.client.get(`/subscriptions/${id}?${api}`)).body.state
const profileOf = async (customer: Customer): Promise<Reply['body']> =>
  (await customer.owner.client.get(`${customer.profileId}?${v2020}`)).body.properties
const record = (number: string, body: unknown, id = randomUUID(), client: Client = cloud.operator) =>
  client.put(`/providers/Tenantry.Billing/invoices/${number}/payments/${id}?${ours}`, body)
const pay = (value: string, more: Record<string, unknown> = {}) => ({
  properties: { amount: { value, currency: 'USD' }, ...more },
})
const expectCleanAudit = async (): Promise<void> => {
  const report = await runAudit({ connectionString: cloud.running.databaseUrl })
  expect(report.checks.flatMap((check) => check.violations)).toEqual([])
}

type Used = Awaited<ReturnType<typeof withUsage>>
let contoso: Used
let fabrikam: Used
let northwind: Used
let adatum: Used
let litware: Used
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-10-01T00:00:00Z' })
  world = new BillingWorld(cloud)
  contoso = await withUsage(10)
  fabrikam = await withUsage(20)
  northwind = await withUsage(40)
  adatum = await withUsage(60)
  litware = await withUsage(80)
  await cloud.clock.set('2026-11-04T09:00:00Z')
  expectSuccess(await world.run('2026-10'))
}, 120_000)

describe('paying an invoice', () => {
  test('BIL-22: a transfer is recorded in parts, each once, and never more than is due', async () => {
    const { customer } = fabrikam
    const number = await numberOf(customer)
    expect(await invoiceOf(customer, number)).toMatchObject({
      status: 'Due',
      dueDate: '2026-12-04T09:00:00.000Z',
      totalAmount: { value: 1, currency: 'USD' },
      amountDue: { value: 1 },
      payments: [],
    })
    const id = randomUUID()
    const first = pay('0.40', { reference: 'BG 5050-1055', date: '2026-11-03T12:00:00Z' })
    expect(await record(number, first, id)).toMatchObject({
      status: 201,
      body: { properties: { kind: 'Payment', amount: { value: '0.40' }, invoice: { amountDue: { value: '0.60' } } } },
    })
    expect(await record(number, first, id)).toMatchObject({ status: 200, body: { name: id } })
    expect(await record(number, pay('0.50'), id)).toMatchObject({
      status: 409,
      body: { error: { code: 'PaymentExists' } },
    })
    expect(await record(number, pay('0.61'))).toMatchObject({
      status: 409,
      body: { error: { code: 'PaymentExceedsAmountDue' } },
    })
    for (const [body, code] of [
      [pay('0.001'), 'InvalidAmount'],
      [pay('-0.10'), 'InvalidAmount'],
      [pay('0'), 'InvalidAmount'],
      [{ properties: { amount: { value: '0.10', currency: 'SEK' } } }, 'InvalidCurrency'],
      [pay('0.10', { date: '2026-11-05T00:00:00Z' }), 'InvalidPaymentDate'],
      [pay('0.10', { reference: '4111111111111111' }), 'CardNumberNotAccepted'],
      [pay('0.10', { paymentMethodFamily: 'Credits' }), 'CreditsAreGranted'],
    ] as const)
      expect(await record(number, body), code).toMatchObject({ status: 400, body: { error: { code } } })
    expect(await invoiceOf(customer, number)).toMatchObject({
      status: 'Due',
      amountDue: { value: 0.6 },
      payments: [{ amount: { value: 0.4 }, date: '2026-11-03T12:00:00.000Z', paymentMethodFamily: 'CheckWire' }],
    })
    // Without an amount it is all that is left.
    expect(await record(number, { properties: {} })).toMatchObject({
      status: 201,
      body: { properties: { amount: { value: '0.60' } } },
    })
    expect(await invoiceOf(customer, number)).toMatchObject({ status: 'Paid', amountDue: { value: 0 } })
    expect(await record(number, pay('0.01'))).toMatchObject({ status: 409, body: { error: { code: 'NothingDue' } } })
    const in2024 = await customer.owner.client.get(`${customer.accountId}/invoices/${number}?${v2024}`)
    expect(in2024).toMatchObject({
      status: 200,
      body: { properties: { status: 'Paid', payments: [{ amount: { value: 0.4 } }, { amount: { value: 0.6 } }] } },
    })
    const listed = await customer.owner.client.get(`/providers/Tenantry.Billing/invoices/${number}/payments?${ours}`)
    expect(listed.body.value).toHaveLength(2)
    expect(await record(number, pay('0.01'), randomUUID(), customer.owner.client)).toMatchObject({ status: 403 })
  })

  test('BIL-22, INV-14: a payment that did not arrive is taken back, and the document stays what it was', async () => {
    const { customer } = fabrikam
    const number = await numberOf(customer)
    const [before] = await world.documents(customer)
    const path = `/providers/Tenantry.Billing/invoices/${number}/payments`
    const { value } = (await cloud.operator.get(`${path}?${ours}`)).body
    const bounced = `${path}/${value[1].name}/reverse?${ours}`
    expect(await cloud.operator.post(bounced, { properties: { reason: 'returned by the bank' } })).toMatchObject({
      status: 201,
      body: { properties: { kind: 'Reversal', amount: { value: '-0.60' }, invoice: { amountDue: { value: '0.60' } } } },
    })
    expect((await cloud.operator.post(bounced, { properties: { reason: 'again' } })).status).toBe(200)
    expect(await invoiceOf(customer, number)).toMatchObject({ status: 'Due', amountDue: { value: 0.6 } })
    expect(await record(number, { properties: {} })).toMatchObject({ status: 201 })
    expect(await invoiceOf(customer, number)).toMatchObject({ status: 'Paid' })
    const [after] = await world.documents(customer)
    expect(after?.document_sha256).toBe(before?.document_sha256)
    expect(after?.document).toBe(before?.document)
    await expect(cloud.running.pool.query('update payment set amount_minor = 1')).rejects.toThrow('never edited')
    await expectCleanAudit()
  })

  test('BIL-18, DEC-20: an account contributor pays by card through the account and not through the profile', async () => {
    const { customer } = northwind
    const number = await numberOf(customer)
    const card = randomUUID()
    expectSuccess(
      await customer.owner.client.put(
        `${customer.profileId}/providers/Tenantry.Billing/paymentMethods/${card}?${ours}`,
        {
          properties: {
            family: 'CreditCard',
            cardReference: 'tok_7',
            lastFourDigits: '4242',
            expiration: '11/2027',
          },
        },
      ),
    )
    const through = (scope: string, client: Client, properties: unknown) =>
      client.put(`${scope}/invoices/${number}/providers/Tenantry.Billing/payments/${randomUUID()}?${ours}`, {
        properties,
      })
    const wanted = { amount: { value: '0.10' }, paymentMethodName: card }
    for (const [role, account, profile] of [
      ['BAO', 201, 201],
      ['BAC', 201, 403],
      ['BAR', 403, 403],
      ['BPO', 403, 201],
      ['BPC', 403, 201],
      ['BPR', 403, 403],
      ['IM', 403, 201],
      ['ISO', 403, 403],
    ] as const) {
      const { client } = await holder(world, customer, role)
      expect((await through(customer.accountId, client, wanted)).status, `${role} account`).toBe(account)
      expect((await through(customer.profileId, client, wanted)).status, `${role} profile`).toBe(profile)
    }
    expect(await invoiceOf(customer, number)).toMatchObject({
      amountDue: { value: 1.4 },
      payments: Array.from({ length: 6 }, () => ({
        paymentMethodFamily: 'CreditCard',
        paymentMethodId: `/providers/Microsoft.Billing/paymentMethods/${card}`,
      })),
    })
    // The default is the transfer, and that is the seller's to record; another account's invoice is not there.
    const { client } = customer.owner
    expect(await through(customer.profileId, client, {})).toMatchObject({
      status: 400,
      body: { error: { code: 'CardNotFound' } },
    })
    expect(await through(customer.profileId, client, { paymentMethodFamily: 'CheckWire' })).toMatchObject({
      status: 400,
      body: { error: { code: 'CardRequired' } },
    })
    expect((await through(fabrikam.customer.accountId, client, wanted)).status).toBe(404)
    expect(await through(customer.accountId, client, { paymentMethodName: card })).toMatchObject({
      status: 201,
      body: { properties: { amount: { value: '1.40' } } },
    })
    expect(await invoiceOf(customer, number)).toMatchObject({ status: 'Paid' })
  })

  test('BIL-10: credit pays what is open by itself, and the next invoice when it comes', async () => {
    const { customer } = adatum
    const number = await numberOf(customer)
    const grant = (amount: string, id = randomUUID(), client: Client = cloud.operator) =>
      client.put(`${customer.profileId}/providers/Tenantry.Billing/credits/${id}?${ours}`, {
        properties: { amount, reason: 'welcome' },
      })
    const id = randomUUID()
    expect((await grant('1.00', id, customer.owner.client)).status).toBe(403)
    expect((await grant('1.00', id)).status).toBe(201)
    expect((await grant('1.00', id)).status).toBe(200)
    expect((await grant('2.00', id)).status).toBe(409)
    expect(await invoiceOf(customer, number)).toMatchObject({
      status: 'Due',
      totalAmount: { value: 3 },
      amountDue: { value: 2 },
      payments: [{ paymentMethodFamily: 'Credits', amount: { value: 1 } }],
    })
    expect((await grant('3.50')).status).toBe(201)
    expect(await invoiceOf(customer, number)).toMatchObject({ status: 'Paid' })
    const balance = async () =>
      (await customer.owner.client.get(`${customer.profileId}/availableBalance/default?${v2024}`)).body.properties
        .amount
    expect(await balance()).toEqual({ currency: 'USD', value: 1.5 })
    await expectCleanAudit()
  })

  test('BIL-23, INV-14: a credit note for all of an invoice voids it, and what was paid of it becomes credit', async () => {
    const { customer } = litware
    const number = await numberOf(customer)
    expect((await record(number, pay('1.00'))).status).toBe(201)
    expectSuccess(
      await cloud.operator.post(`/providers/Tenantry.Billing/invoices/${number}/creditNotes?${ours}`, {
        properties: { reason: 'a mistake' },
      }),
    )
    expect(await invoiceOf(customer, number)).toMatchObject({ status: 'Void', amountDue: { value: 0 } })
    const balance = await customer.owner.client.get(`${customer.profileId}/availableBalance/default?${v2020}`)
    expect(balance.body.properties.amount).toEqual({ currency: 'USD', value: 1 })
    expect(await record(number, pay('1.00'))).toMatchObject({ status: 409, body: { error: { code: 'NothingDue' } } })
    await expectCleanAudit()
  })
})

describe('not paying an invoice', () => {
  test('BIL-23, SUB-5: from due over overdue and disabled to paid, and back to exactly what was', async () => {
    const { customer, subscriptionId } = contoso
    const { client } = customer.owner
    const number = await numberOf(customer)
    const [cancelled, cancelledLater, other] = [
      await world.subscription(customer),
      await world.subscription(customer),
      await world.subscription(customer),
    ]
    const cancel = (id: string) =>
      client.post(`/subscriptions/${id}/providers/Microsoft.Subscription/cancel?${subscriptionApi}`)
    const enable = (id: string) =>
      client.post(`/subscriptions/${id}/providers/Microsoft.Subscription/enable?${subscriptionApi}`)
    expectSuccess(await cancel(cancelled))

    // To the end of the due day nothing happens.
    await cloud.clock.set('2026-12-04T23:59:59.999Z')
    expect(await invoiceOf(customer, number)).toMatchObject({ status: 'Due' })
    expect(await stateOf(customer, subscriptionId)).toBe('Enabled')

    await cloud.clock.set('2026-12-05T00:00:00Z')
    expect(await invoiceOf(customer, number)).toMatchObject({ status: 'OverDue', amountDue: { value: 0.5 } })
    expect(await profileOf(customer)).toMatchObject({ status: 'Warned', statusReasonCode: 'PastDue' })
    for (const id of [subscriptionId, other, cancelledLater]) expect(await stateOf(customer, id)).toBe('PastDue')
    expect(await stateOf(customer, cancelled)).toBe('Disabled')
    // Past due allows everything but what is new; a paid neighbour is not touched.
    expectSuccess(
      await client.put(`/subscriptions/${other}/resourcegroups/more?api-version=2025-04-01`, {
        location: 'westeurope',
      }),
    )
    expect(
      await client.put(`/providers/Microsoft.Subscription/aliases/${randomUUID()}?${subscriptionApi}`, {
        properties: { displayName: 'New', workload: 'Production', billingScope: customer.sectionId },
      }),
    ).toMatchObject({ status: 409, body: { error: { code: 'BillingProfilePastDue' } } })
    expect(await enable(cancelled)).toMatchObject({
      status: 409,
      body: { error: { code: 'SubscriptionNotEligibleForEnable' } },
    })
    expect(await profileOf(fabrikam.customer)).toMatchObject({ status: 'Active' })
    expect(await stateOf(fabrikam.customer, fabrikam.subscriptionId)).toBe('Enabled')
    expectSuccess(await cancel(cancelledLater))
    await expectCleanAudit()

    // A part does not help.
    expect((await record(number, pay('0.20'))).status).toBe(201)
    expect(await invoiceOf(customer, number)).toMatchObject({ status: 'OverDue', amountDue: { value: 0.3 } })
    await cloud.clock.set('2027-01-04T00:00:00Z')
    for (const id of [subscriptionId, other, cancelledLater]) expect(await stateOf(customer, id)).toBe('Disabled')
    expect(
      await client.put(`/subscriptions/${other}/resourcegroups/evenmore?api-version=2025-04-01`, {
        location: 'westeurope',
      }),
    ).toMatchObject({ status: 409, body: { error: { code: 'ReadOnlyDisabledSubscription' } } })
    expect((await client.get(`/subscriptions/${other}/resourcegroups/more?api-version=2025-04-01`)).status).toBe(200)
    expect(await enable(other)).toMatchObject({ status: 409 })
    await expectCleanAudit()

    expect((await record(number, { properties: {} })).status).toBe(201)
    expect(await invoiceOf(customer, number)).toMatchObject({ status: 'Paid', amountDue: { value: 0 } })
    expect(await profileOf(customer)).toMatchObject({ status: 'Active' })
    expect((await profileOf(customer)).statusReasonCode).toBeUndefined()
    for (const id of [subscriptionId, other]) expect(await stateOf(customer, id)).toBe('Enabled')
    for (const id of [cancelled, cancelledLater]) expect(await stateOf(customer, id)).toBe('Disabled')
    expectSuccess(await enable(cancelledLater))
    expect(await stateOf(customer, cancelledLater)).toBe('Enabled')
    await expectCleanAudit()

    // A payment that bounces after all puts it back at once.
    const path = `/providers/Tenantry.Billing/invoices/${number}/payments`
    const { value } = (await cloud.operator.get(`${path}?${ours}`)).body
    expectSuccess(
      await cloud.operator.post(`${path}/${value.at(-1).name}/reverse?${ours}`, { properties: { reason: 'bounced' } }),
    )
    expect(await invoiceOf(customer, number)).toMatchObject({ status: 'OverDue' })
    expect(await stateOf(customer, subscriptionId)).toBe('Disabled')
    expect((await record(number, { properties: {} })).status).toBe(201)
    expect(await stateOf(customer, subscriptionId)).toBe('Enabled')
    await expectCleanAudit()
  })
})
