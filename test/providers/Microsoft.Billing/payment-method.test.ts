import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestCloud, type Client, type TestCloud } from '../../support/cloud.ts'
import { BillingWorld, type Customer, expectSuccess, ours } from '../Tenantry.Billing/billing-world.ts'
import { holder, v2020, v2024 } from './role-holders.ts'

let cloud: TestCloud
let world: BillingWorld
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-10-01T00:00:00Z' })
  world = new BillingWorld(cloud)
}, 60_000)
afterAll(() => cloud?.stop())

const card = (change: Record<string, unknown> = {}) => ({
  properties: {
    family: 'CreditCard',
    cardReference: 'tok_1PqR5aB2eZvKYlo2C0d9',
    paymentMethodType: 'visa',
    lastFourDigits: '4242',
    expiration: '11/2027',
    accountHolderName: 'Mona Lind',
    ...change,
  },
})
const put = (client: Client, profileId: string, name: string, body: unknown = card()) =>
  client.put(`${profileId}/providers/Tenantry.Billing/paymentMethods/${name}?${ours}`, body)
const links = async (customer: Customer, profileId = customer.profileId) =>
  (await customer.owner.client.get(`${profileId}/paymentMethodLinks?${v2024}`)).body.value
const statusOf = async (customer: Customer, profileId = customer.profileId) =>
  (await customer.owner.client.get(`${profileId}?${v2020}`)).body.properties.status

describe('paying', () => {
  test('BIL-10: an account that the operator signed up pays by transfer; one that may not, by a card of its own', async () => {
    const contoso = await world.customer()
    expect(await links(contoso)).toMatchObject([
      { properties: { family: 'CheckWire', isDefault: true, status: 'active' } },
    ])
    const fabrikam = await world.customer({ approveBankTransfer: false })
    expect(await links(fabrikam)).toEqual([])
    expect(
      await put(fabrikam.owner.client, fabrikam.profileId, randomUUID(), { properties: { family: 'CheckWire' } }),
    ).toMatchObject({ status: 409, body: { error: { code: 'BankTransferNotApproved' } } })
    const name = randomUUID()
    expect(await put(fabrikam.owner.client, fabrikam.profileId, name)).toMatchObject({
      status: 201,
      body: {
        name,
        id: `${fabrikam.profileId}/paymentMethodLinks/${name}`,
        properties: {
          family: 'CreditCard',
          paymentMethodType: 'visa',
          lastFourDigits: '4242',
          expiration: '11/2027',
          isDefault: true,
          paymentMethodId: `/providers/Microsoft.Billing/paymentMethods/${name}`,
        },
      },
    })
    // Only the operator approves, once.
    const approval = `${fabrikam.accountId}/providers/Tenantry.Billing/bankTransferApproval?${ours}`
    expect(await fabrikam.owner.client.put(approval, {})).toMatchObject({ status: 403 })
    const approved = await cloud.operator.put(approval, {})
    expect(approved).toMatchObject({ status: 201, body: { properties: { family: 'CheckWire' } } })
    expect(await cloud.operator.put(approval, {})).toMatchObject({ status: 200, body: { name: approved.body.name } })
    expect(await put(fabrikam.owner.client, fabrikam.profileId, approved.body.name, { properties: {} })).toMatchObject({
      status: 201,
      body: { properties: { family: 'CheckWire', isDefault: false } },
    })
  })

  test('BIL-10: no number of a card is taken, in whatever property it stands, nor kept or repeated', async () => {
    const contoso = await world.customer()
    const number = '4111 1111 1111 1111'
    for (const change of [
      { cardReference: number },
      { cardReference: '4111111111111111' },
      { accountHolderName: `Mona ${number}` },
      { displayName: number },
      { cardNumber: number },
      { cvv: '123' },
    ]) {
      const reply = await put(contoso.owner.client, contoso.profileId, randomUUID(), card(change))
      expect(reply.status, JSON.stringify(change)).toBe(400)
      expect(JSON.stringify(reply.body)).not.toContain('1111')
    }
    expect(await links(contoso)).toHaveLength(1)
    const { rows } = await cloud.running.pool.query<{ found: string }>(
      `select count(*) as found from payment_method m where m::text ~ '4111'`,
    )
    expect(Number(rows[0]?.found)).toBe(0)
    for (const change of [
      { expiration: '09/2026' },
      { lastFourDigits: undefined },
      { cardReference: undefined },
      { expiration: '13/2027' },
    ])
      expect(await put(contoso.owner.client, contoso.profileId, randomUUID(), card(change))).toMatchObject({
        status: 400,
      })
  })

  test('BIL-22: a method is added, made the default and replaced; the profile has one default throughout', async () => {
    const contoso = await world.customer()
    const { client } = contoso.owner
    const [transfer] = await links(contoso)
    const first = randomUUID()
    expect(await put(client, contoso.profileId, first)).toMatchObject({
      status: 201,
      body: { properties: { isDefault: false } },
    })
    expect(await put(client, contoso.profileId, first)).toMatchObject({
      status: 200,
      body: { properties: { isDefault: false } },
    })
    expect(
      await client.post(`${contoso.profileId}/providers/Tenantry.Billing/paymentMethods/${first}/makeDefault?${ours}`),
    ).toMatchObject({ status: 200, body: { properties: { isDefault: true } } })
    const second = randomUUID()
    expect(
      await put(client, contoso.profileId, second, card({ lastFourDigits: '1881', replaces: first })),
    ).toMatchObject({ status: 201, body: { properties: { isDefault: true, lastFourDigits: '1881' } } })
    expect((await links(contoso)).map((one: { name: string }) => one.name).toSorted()).toEqual(
      [transfer.name, second].toSorted(),
    )
    expect(await client.get(`${contoso.profileId}/paymentMethodLinks/${first}?${v2024}`)).toMatchObject({
      status: 404,
      body: { error: { code: 'PaymentMethodNotFound' } },
    })
    // What is not the default goes at once, and the second time there is nothing to do.
    const path = `${contoso.profileId}/paymentMethodLinks/${transfer.name}?${v2024}`
    expect((await client.delete(path)).status).toBe(204)
    expect((await client.delete(path)).status).toBe(204)
    expect(await statusOf(contoso)).toBe('Active')
    expect(await put(client, contoso.profileId, second, card({ lastFourDigits: '9999' }))).toMatchObject({
      status: 409,
      body: { error: { code: 'PaymentMethodExists' } },
    })
    // The account keeps all three, and a new profile pays as the account may.
    const methods = await client.get(`${contoso.accountId}/paymentMethods?${v2024}`)
    expect(methods.body.value).toHaveLength(3)
    const made = expectSuccess(
      await client.put(`${contoso.accountId}/billingProfiles/PAYS-${randomUUID().slice(0, 8)}?${v2020}`, {
        properties: {},
      }),
    )
    expect(await links(contoso, made.body.id)).toMatchObject([{ name: transfer.name, properties: { isDefault: true } }])
  })

  test('BIL-22: what is another account’s is found by nobody', async () => {
    const contoso = await world.customer()
    const fabrikam = await world.customer()
    const [transfer] = await links(contoso)
    const { client } = fabrikam.owner
    expect(await client.get(`${fabrikam.accountId}/paymentMethods/${transfer.name}?${v2024}`)).toMatchObject({
      status: 404,
    })
    expect(await client.get(`/providers/Microsoft.Billing/paymentMethods/${transfer.name}?${v2024}`)).toMatchObject({
      status: 404,
    })
    expect(await client.get(`${contoso.accountId}/paymentMethods?${v2024}`)).toMatchObject({ status: 404 })
    expect(await put(client, fabrikam.profileId, transfer.name, { properties: {} })).toMatchObject({ status: 400 })
    expect(await put(client, fabrikam.profileId, transfer.name)).toMatchObject({
      status: 409,
      body: { error: { code: 'PaymentMethodNameTaken' } },
    })
  })
})

describe('detaching', () => {
  test('BIL-11: the default stays while something is active, pending or due, and all of it is said', async () => {
    const contoso = await world.customer()
    const { client } = contoso.owner
    const [transfer] = await links(contoso)
    const subscriptionId = await world.subscription(contoso)
    const tenant = await world.linkedTenant(contoso, subscriptionId)
    await world.signIns(tenant, ['a', 'b', 'c'], '2026-10-01T00:00:00Z')
    const path = `${contoso.profileId}/paymentMethodLinks/${transfer.name}?${v2024}`
    const refused = await client.delete(path)
    expect(refused).toMatchObject({ status: 409, body: { error: { code: 'PaymentMethodNotEligibleForDetach' } } })
    const details = refused.body.error.details as { code: string; message: string }[]
    expect(details.map(({ code }) => code)).toEqual(['AzureSubscriptions', 'PendingCharges'])
    expect(details[0]?.message).toContain(subscriptionId)
    expect(details[1]?.message).toContain('0.15 USD')
    expect(await links(contoso)).toHaveLength(1)
    // Replacing is always allowed.
    const name = randomUUID()
    expect(await put(client, contoso.profileId, name, card({ replaces: transfer.name }))).toMatchObject({
      status: 201,
      body: { properties: { isDefault: true } },
    })
    expect(await statusOf(contoso)).toBe('Active')
  })

  test('BIL-11: detached from a profile that owes nothing, the default leaves it inactive for good', async () => {
    const contoso = await world.customer()
    const { client } = contoso.owner
    const [transfer] = await links(contoso)
    const path = `${contoso.profileId}/paymentMethodLinks/${transfer.name}?${v2024}`
    expect((await client.delete(path)).status).toBe(204)
    expect(await statusOf(contoso)).toBe('Disabled')
    expect(await put(client, contoso.profileId, transfer.name, { properties: {} })).toMatchObject({
      status: 409,
      body: { error: { code: 'BillingProfileInactive' } },
    })
    expect(await statusOf(contoso)).toBe('Disabled')
    expect(
      await client.put(`/providers/Microsoft.Subscription/aliases/${randomUUID()}?api-version=2021-10-01`, {
        properties: { displayName: 'New', workload: 'Production', billingScope: contoso.sectionId },
      }),
    ).toMatchObject({ status: 409, body: { error: { code: 'BillingProfileInactive' } } })
  })

  test('BIL-11: only who the account was opened for deletes a card, and none that a profile has', async () => {
    const contoso = await world.customer()
    const other = await holder(world, contoso, 'BPO')
    const name = randomUUID()
    expectSuccess(await put(other.client, contoso.profileId, name))
    const path = `/providers/Microsoft.Billing/paymentMethods/${name}?${v2024}`
    expect(await other.client.get(path)).toMatchObject({
      status: 200,
      body: { properties: { lastFourDigits: '4242' } },
    })
    expect(await other.client.delete(path)).toMatchObject({
      status: 403,
      body: { error: { code: 'AuthorizationFailed', details: [{ code: 'AccountCreatorRequired' }] } },
    })
    expect(await contoso.owner.client.delete(path)).toMatchObject({
      status: 409,
      body: { error: { code: 'PaymentMethodNotEligibleForDetach', details: [{ code: 'AttachedToBillingProfile' }] } },
    })
    expect((await contoso.owner.client.delete(`${contoso.profileId}/paymentMethodLinks/${name}?${v2024}`)).status).toBe(
      204,
    )
    expect((await contoso.owner.client.delete(path)).status).toBe(200)
    expect((await contoso.owner.client.delete(path)).status).toBe(204)
    expect((await contoso.owner.client.get(path)).status).toBe(404)
  })

  test('BIL-16: P15 lets readers look and P16 lets owners and contributors change, and nobody else', async () => {
    const contoso = await world.customer()
    for (const [role, looks, changes] of [
      ['BPR', 200, 403],
      ['IM', 200, 403],
      ['BPC', 200, 201],
      ['BAC', 200, 201],
      ['ISO', 403, 403],
    ] as const) {
      const { client } = await holder(world, contoso, role)
      expect((await client.get(`${contoso.profileId}/paymentMethodLinks?${v2024}`)).status, role).toBe(looks)
      expect((await put(client, contoso.profileId, randomUUID())).status, role).toBe(changes)
    }
  })
})
