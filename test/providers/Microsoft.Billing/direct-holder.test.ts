import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { billingRoleId } from '../../../src/domain/access/billing-roles.ts'
import { directoryRoleIds } from '../../../src/domain/access/directory-roles.ts'
import { type Client, startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { BillingWorld, type Customer, expectSuccess } from '../Tenantry.Billing/billing-world.ts'
import { give, holder, v2020, v2024 } from './role-holders.ts'

let cloud: TestCloud
let world: BillingWorld

beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-10-01T00:00:00Z' })
  world = new BillingWorld(cloud)
}, 60_000)
afterAll(() => cloud?.stop())

interface Assignment {
  readonly name: string
  readonly properties: { readonly principalId: string }
}
const assignmentsAt = async (by: Client, scope: string): Promise<Assignment[]> =>
  expectSuccess(await by.get(`${scope}/billingRoleAssignments?${v2020}`)).body.value
const take = (by: Client, scope: string, name = '') => by.delete(`${scope}/billingRoleAssignments/${name}?${v2020}`)
const offer = (by: Client, scope: string, role: 'BAO' | 'BAR' | 'BPR' | 'ISR', principalId: string) =>
  by.post(`${scope}/createBillingRoleAssignment?${v2024}`, { principalId, roleDefinitionId: billingRoleId(role) })

const kinds = {
  account: { owner: 'BAO', reader: 'BAR', scopeOf: ({ accountId }: Customer) => accountId },
  profile: { owner: 'BPO', reader: 'BPR', scopeOf: ({ profileId }: Customer) => profileId },
  section: { owner: 'ISO', reader: 'ISR', scopeOf: ({ sectionId }: Customer) => sectionId },
} as const

test.each(Object.entries(kinds))(
  'ACC-10: the last direct holder of the %s stays, whoever has a role above, until there is another one',
  async (kind, { owner, reader, scopeOf }) => {
    const customer = await world.customer()
    const scope = scopeOf(customer)
    const { client, objectId } = await holder(world, customer)
    await give(customer, owner, objectId, scope)
    for (const { name, properties } of await assignmentsAt(client, scope))
      if (properties.principalId !== objectId) expectSuccess(await take(client, scope, name))
    const [only, ...others] = await assignmentsAt(client, scope)
    expect([only?.properties.principalId, others]).toEqual([objectId, []])

    // The account's owner inherits everything below and is no direct holder there; at the account that one is gone.
    const tries = kind === 'account' ? [client] : [client, customer.owner.client]
    for (const by of tries) expect((await take(by, scope, only?.name)).status).toBe(409)
    expect(await assignmentsAt(client, scope)).toEqual([only])
    expect((await client.get(`${scope}?${v2020}`)).status).toBe(200)

    const second = await holder(world, customer)
    expectSuccess(await offer(client, scope, reader, second.objectId))
    expect((await take(client, scope, only?.name)).status).toBe(200)
    expect((await client.get(`${scope}?${v2020}`)).status).toBe(403)
    expect((await second.client.get(`${scope}?${v2020}`)).status).toBe(200)
  },
)

describe('who administers the tenant', () => {
  test('ACC-8: a Global administrator reads every account, changes none, and may after an audited step of their own', async () => {
    const first = await world.customer({ displayName: 'First' })
    const second = await world.signUp(first.tenant, first.owner, { displayName: 'Second' })
    const foreign = await world.customer({ displayName: 'Foreign' })
    const administrator = await holder(world, first)
    const { client, objectId } = administrator
    const list = async (): Promise<string[]> =>
      expectSuccess(await client.get(`/providers/Microsoft.Billing/billingAccounts?${v2020}`)).body.value.map(
        (account: { name: string }) => account.name,
      )
    expect(await list()).toEqual([])
    expectSuccess(
      await first.owner.client.post(
        `/v1.0/directoryRoles/roleTemplateId=${directoryRoleIds.globalAdministrator}/members/$ref`,
        { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${objectId}` },
      ),
    )
    expect((await list()).toSorted()).toEqual([first.account, second.account].toSorted())

    for (const { accountId, profileId, sectionId } of [first, second]) {
      for (const path of [accountId, profileId, sectionId, `${accountId}/billingSubscriptions`])
        expect((await client.get(`${path}?${v2020}`)).status, path).toBe(200)
      for (const scope of [accountId, profileId, sectionId])
        expect((await client.get(`${scope}/billingRoleAssignments?${v2020}`)).status).toBe(200)
    }
    const writes = (of: Customer): readonly (readonly [string, string, unknown])[] => [
      ['PATCH', `${of.accountId}?${v2020}`, { properties: { notificationEmailAddress: 'ga@contoso.example' } }],
      ['PUT', `${of.accountId}/billingProfiles/MINE?${v2020}`, { properties: {} }],
      ['PUT', `${of.profileId}/invoiceSections/MINE?${v2020}`, { properties: { displayName: 'Mine' } }],
      [
        'PUT',
        `/providers/Microsoft.Subscription/aliases/mine-${of.section}?api-version=2021-10-01`,
        { properties: { displayName: 'Mine', workload: 'Production', billingScope: of.sectionId } },
      ],
    ]
    for (const of of [first, second])
      for (const [method, path, body] of writes(of))
        expect((await client.send(method, path, body)).status, path).toBe(403)
    for (const path of [foreign.accountId, foreign.profileId])
      expect((await client.get(`${path}?${v2020}`)).status).toBe(404)
    expect((await offer(client, foreign.accountId, 'BAO', objectId)).status).toBe(404)

    expectSuccess(await offer(client, second.accountId, 'BAO', objectId))
    for (const [method, path, body] of writes(second)) expectSuccess(await client.send(method, path, body))
    for (const [method, path, body] of writes(first))
      expect((await client.send(method, path, body)).status, path).toBe(403)
    const log = expectSuccess(
      await client.get(`${second.accountId}/providers/Tenantry.Audit/auditRecords?api-version=2026-11-01`),
    )
    const steps = (log.body.value as { properties: Record<string, unknown> }[])
      .map(({ properties }) => properties)
      .filter(({ action }) => action === 'Microsoft.Billing/billingRoleAssignments/write')
    expect(steps).toMatchObject([
      { caller: { objectId }, after: { principalId: objectId, role: 'Billing account owner' } },
    ])
  })
})
