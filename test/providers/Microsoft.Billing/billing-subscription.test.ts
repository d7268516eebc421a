import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { BillingWorld, type Customer, expectSuccess } from '../Tenantry.Billing/billing-world.ts'
import { give, holder, sdk, v2020 } from './role-holders.ts'

let cloud: TestCloud
let world: BillingWorld
let contoso: Customer
let fabrikam: Customer
let sibling: string
let otherProfile: string
let otherSection: string

beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-10-01T00:00:00Z' })
  world = new BillingWorld(cloud)
  contoso = await world.customer()
  fabrikam = await world.customer()
  const { client } = contoso.owner
  sibling = expectSuccess(
    await client.put(`${contoso.profileId}/invoiceSections/SIBLING?${v2020}`, {
      properties: { displayName: 'Sibling' },
    }),
  ).body.id
  const profile = expectSuccess(
    await client.put(`${contoso.accountId}/billingProfiles/OTHER?${v2020}`, { properties: {} }),
  )
  otherProfile = profile.body.id
  otherSection = profile.body.properties.invoiceSections.value[0].id
}, 60_000)
afterAll(() => cloud?.stop())

const pathOf = (id: string, customer = contoso) => `${customer.accountId}/billingSubscriptions/${id}`
const move = (id: string, destinationInvoiceSectionId: string, client = contoso.owner.client) =>
  client.post(`${pathOf(id)}/move?${v2020}`, { destinationInvoiceSectionId })
const validate = (id: string, destinationInvoiceSectionId: string, client = contoso.owner.client) =>
  client.post(`${pathOf(id)}/validateMoveEligibility?${v2020}`, { destinationInvoiceSectionId })

async function ids(pages: AsyncIterable<{ subscriptionId?: string }>): Promise<(string | undefined)[]> {
  const all: (string | undefined)[] = []
  for await (const one of pages) all.push(one.subscriptionId)
  return all
}

describe('the unchanged SDK', () => {
  test('BIL-1: a subscription is listed at its account, its profile and its section', async () => {
    const id = await world.subscription(contoso)
    const client = sdk(world, contoso.owner.client, id)
    for (const list of [
      client.billingSubscriptions.listByBillingAccount(contoso.account),
      client.billingSubscriptions.listByBillingProfile(contoso.account, contoso.profile),
      client.billingSubscriptions.listByInvoiceSection(contoso.account, contoso.profile, contoso.section),
    ])
      expect(await ids(list)).toContain(id)
    expect(
      await ids(client.billingSubscriptions.listByInvoiceSection(contoso.account, contoso.profile, 'sibling')),
    ).toEqual([])
    expect(await client.billingSubscriptions.get(contoso.account)).toMatchObject({
      id: `${contoso.accountId}/billingSubscriptions/${id}`,
      displayName: 'Production',
      subscriptionBillingStatus: 'Active',
      billingProfileId: contoso.profileId,
      invoiceSectionId: contoso.sectionId,
      skuId: '0001',
    })
  })

  test('BIL-9, DEC-46: a move bills the subscription to the other section from its instant on', async () => {
    const id = await world.subscription(contoso)
    await cloud.clock.set('2026-10-05T12:00:00Z')
    const client = sdk(world, contoso.owner.client, id)
    // Ids in bodies are compared without case.
    const destination = { destinationInvoiceSectionId: sibling.toLowerCase() }
    expect(await client.billingSubscriptions.validateMove(contoso.account, destination)).toMatchObject({
      isMoveEligible: true,
    })
    const moved = await client.billingSubscriptions.beginMoveAndWait(contoso.account, destination, {
      updateIntervalInMs: 10,
    })
    expect(moved).toMatchObject({ invoiceSectionId: sibling, invoiceSectionDisplayName: 'Sibling' })
    expect((await move(id, sibling)).status).toBe(200)
    const { rows } = await cloud.running.pool.query(
      `select invoice_section_name as section, upper(during) as until from billing_placement
       where subscription_id = $1 order by during`,
      [id],
    )
    expect(rows).toEqual([
      { section: contoso.section, until: new Date('2026-10-05T12:00:00Z') },
      { section: 'SIBLING', until: null },
    ])
  })

  test('BIL-16 U2: the cost centre is the payer’s note, shown in both places', async () => {
    const id = await world.subscription(contoso)
    const client = sdk(world, contoso.owner.client, id)
    expect((await client.billingSubscriptions.update(contoso.account, { costCenter: '4711' })).costCenter).toBe('4711')
    expect(await client.billingPropertyOperations.get()).toMatchObject({
      billingTenantId: contoso.tenant.id,
      billingAccountId: contoso.accountId,
      billingAccountDisplayName: 'Contoso',
      billingProfileId: contoso.profileId,
      invoiceSectionId: contoso.sectionId,
      costCenter: '4711',
      isAccountAdmin: true,
    })
    expect((await client.billingPropertyOperations.update({ costCenter: '4712' })).costCenter).toBe('4712')
    expect((await client.billingSubscriptions.get(contoso.account)).costCenter).toBe('4712')
    const reader = await holder(world, contoso, 'ISR')
    expect(await reader.client.patch(`${pathOf(id)}?${v2020}`, { properties: { costCenter: 'mine' } })).toMatchObject({
      status: 403,
    })
  })

  test('INV-4: the billing periods of a subscription are calendar months', async () => {
    const id = await world.subscription(contoso)
    const client = sdk(world, contoso.owner.client, id)
    const periods: (string | undefined)[] = []
    for await (const { name } of client.billingPeriods.list()) periods.push(name)
    expect(periods).toEqual(['202610-1'])
    expect(await client.billingPeriods.get('202610-1')).toMatchObject({
      billingPeriodStartDate: new Date('2026-10-01T00:00:00Z'),
      billingPeriodEndDate: new Date('2026-10-31T00:00:00Z'),
    })
    await expect(client.billingPeriods.get('201001-1')).rejects.toMatchObject({ statusCode: 404 })
  })
})

describe('who may move', () => {
  test('BIL-9: a move between sections needs owner or contributor at both ends; to look is not enough', async () => {
    const id = await world.subscription(contoso)
    const person = await holder(world, contoso, 'ISO')
    expect(await validate(id, sibling, person.client)).toMatchObject({
      status: 200,
      body: { isMoveEligible: false, errorDetails: { code: 'InsufficientPermissionOnDestination' } },
    })
    await give(contoso, 'ISR', person.objectId, sibling)
    const refused = await move(id, sibling, person.client)
    expect(refused).toMatchObject({ status: 403, body: { error: { code: 'AuthorizationFailed' } } })
    expect(refused.body.error.details).toMatchObject([{ code: 'InsufficientPermissionOnDestination' }])
    await give(contoso, 'ISC', person.objectId, sibling)
    expect((await move(id, sibling, person.client)).status).toBe(200)
    const arriving = await holder(world, contoso, 'ISR')
    await give(contoso, 'ISO', arriving.objectId, sibling)
    expect(await validate(id, contoso.sectionId, arriving.client)).toMatchObject({
      body: { isMoveEligible: false, errorDetails: { code: 'InsufficientPermissionOnDestination' } },
    })
  })

  test('BIL-9: a move to another profile needs a role of the profile or the account at both ends', async () => {
    const id = await world.subscription(contoso)
    const person = await holder(world, contoso, 'ISO')
    await give(contoso, 'BPO', person.objectId, otherProfile)
    expect(await validate(id, otherSection, person.client)).toMatchObject({
      body: { isMoveEligible: false, errorDetails: { code: 'InsufficientPermissionOnSource' } },
    })
    expect((await move(id, otherSection, person.client)).status).toBe(403)
    await give(contoso, 'BPC', person.objectId)
    const moved = await move(id, otherSection, person.client)
    expect(moved).toMatchObject({ status: 200, body: { properties: { billingProfileId: otherProfile } } })
  })

  test('BIL-9: what cannot be the destination is said in the answer to the question and refused in the move', async () => {
    const id = await world.subscription(contoso)
    const cases = [
      [fabrikam.sectionId, 'CrossBillingAccountNotAllowed', 409],
      [contoso.profileId, 'InvalidDestination', 400],
      [`${contoso.profileId}/invoiceSections/ABSENT`, 'DestinationInvoiceSectionNotFound', 404],
      [`${contoso.accountId}/billingProfiles/ABSENT/invoiceSections/A`, 'DestinationBillingProfileNotFound', 404],
    ] as const
    for (const [destination, code, status] of cases) {
      expect(await validate(id, destination), code).toMatchObject({
        status: 200,
        body: { isMoveEligible: false, errorDetails: { code } },
      })
      expect(await move(id, destination), code).toMatchObject({ status, body: { error: { code } } })
    }
    await world.identities.setState(id, 'Disabled')
    expect(await validate(id, sibling)).toMatchObject({ body: { errorDetails: { code: 'SubscriptionNotActive' } } })
    expect((await contoso.owner.client.get(`${pathOf(id)}?${v2020}`)).body.properties.subscriptionBillingStatus).toBe(
      'Inactive',
    )
  })

  test('BIL-3: whose subscription it is, a foreign account is not told', async () => {
    const id = await world.subscription(contoso)
    const there = await fabrikam.owner.client.get(`${pathOf(id, fabrikam)}?${v2020}`)
    const nowhere = await fabrikam.owner.client.get(`${pathOf(randomUUID(), fabrikam)}?${v2020}`)
    expect([there.status, there.body.error.code]).toEqual([404, 'BillingSubscriptionNotFound'])
    expect([nowhere.status, nowhere.body.error.code]).toEqual([404, 'BillingSubscriptionNotFound'])
    expect((await move(id, sibling, fabrikam.owner.client)).status).toBe(404)
    const property = `/subscriptions/${id}/providers/Microsoft.Billing/billingProperty/default?${v2020}`
    expect((await fabrikam.owner.client.get(property)).status).toBe(404)
    expect((await fabrikam.owner.client.patch(property, { properties: { costCenter: '1' } })).status).toBe(404)
  })
})
