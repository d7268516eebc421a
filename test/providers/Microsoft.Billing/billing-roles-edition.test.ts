import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { roleIds } from '../../../src/domain/access/built-in-roles.ts'
import { type Client, startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { BillingWorld, type Customer, expectSuccess } from '../Tenantry.Billing/billing-world.ts'
import { holder } from './role-holders.ts'

const create = (client: Client, customer: Customer) =>
  client.put(`/providers/Microsoft.Subscription/aliases/${randomUUID()}?api-version=2021-10-01`, {
    properties: { displayName: 'New', workload: 'Production', billingScope: customer.sectionId },
  })
const cancel = (client: Client, id: string) =>
  client.post(`/subscriptions/${id}/providers/Microsoft.Subscription/cancel?api-version=2021-10-01`)

/** Takes away what creating gave: the role of Owner, after somebody else has it. */
async function takeOwnership(creator: Client, id: string, customer: Customer, creatorId: string): Promise<void> {
  const assignments = `/subscriptions/${id}/providers/Microsoft.Authorization/roleAssignments`
  const version = 'api-version=2022-04-01'
  const roleDefinitionId = `/providers/Microsoft.Authorization/roleDefinitions/${roleIds.owner}`
  expectSuccess(
    await creator.put(`${assignments}/${randomUUID()}?${version}`, {
      properties: { roleDefinitionId, principalId: customer.owner.objectId },
    }),
  )
  const { value } = expectSuccess(await creator.get(`${assignments}?${version}`)).body
  const own = value.find((one: { properties: { principalId: string } }) => one.properties.principalId === creatorId)
  expectSuccess(await customer.owner.client.delete(`${own.id}?${version}`))
}

describe.each(['2021', '2026'] as const)('the tables of %s', (edition) => {
  let cloud: TestCloud
  let world: BillingWorld
  let contoso: Customer
  beforeAll(async () => {
    cloud = await startTestCloud({
      now: '2026-10-01T00:00:00Z',
      env: edition === '2021' ? {} : { TENANTRY_BILLING_ROLES: edition },
    })
    world = new BillingWorld(cloud)
    contoso = await world.customer()
  }, 60_000)
  afterAll(() => cloud?.stop())

  test(`BIL-17, DEC-21: an invoice manager creates ${edition === '2021' ? 'no' : 'a'} subscription`, async () => {
    const manager = await holder(world, contoso, 'IM')
    expect((await create(manager.client, contoso)).status).toBe(edition === '2021' ? 403 : 201)
    const reader = await holder(world, contoso, 'BPR')
    expect((await create(reader.client, contoso)).status).toBe(403)
  })

  test(`BIL-17, BIL-14, SUB-7: a creator who is Owner no more cancels ${edition === '2021' ? 'nothing' : 'what it created, and nothing else'}`, async () => {
    const creator = await holder(world, contoso, 'SC')
    const id = expectSuccess(await create(creator.client, contoso)).body.properties.subscriptionId as string
    await takeOwnership(creator.client, id, contoso, creator.objectId)
    const other = await world.subscription(contoso)
    expect((await cancel(creator.client, other)).status).toBe(403)
    expect((await cancel(creator.client, id)).status).toBe(edition === '2021' ? 403 : 200)
  })
})
