import { randomUUID } from 'node:crypto'
import { SubscriptionClient } from '@azure/arm-subscriptions'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { globalAdministrator, start } from '../Microsoft.Authorization/access-fixture.ts'
import { type Company, resourceFixture } from '../Microsoft.Resources/resource-fixture.ts'

let cloud: TestCloud
let make: ReturnType<typeof resourceFixture>

beforeAll(async () => {
  cloud = await startTestCloud({ now: start })
  make = resourceFixture(cloud)
}, 60_000)
afterAll(() => cloud?.stop())

const path = '/providers/Microsoft.Subscription/policies/default?api-version=2021-10-01'
const elevate = '/providers/Microsoft.Authorization/elevateAccess?api-version=2015-07-01'

/** A company with a Global administrator who has elevated access. */
async function governed(): Promise<{ company: Company; owner: Client; ada: Client; adaId: string }> {
  const company = await make.company()
  const adaId = await make.user(company.tenantId, 'ada')
  await make.directoryRole(company.tenantId, globalAdministrator, adaId)
  const ada = await make.client(company.tenantId, adaId)
  expect((await ada.post(elevate)).status).toBe(200)
  return { company, owner: await make.client(company.tenantId, company.owner), ada, adaId }
}

describe('the setting', () => {
  test('SUB-23: only a Global administrator with elevated access edits it and sees who is exempt; others read the rest', async () => {
    const { company, owner, ada, adaId } = await governed()
    const client = (of: Client) => new SubscriptionClient(cloud.credential(of.token), { endpoint: cloud.baseUrl })
    const open = { blockSubscriptionsLeavingTenant: false, blockSubscriptionsIntoTenant: false }
    expect((await client(owner).subscriptionPolicy.getPolicyForTenant()).properties).toMatchObject(open)
    const wanted = {
      blockSubscriptionsLeavingTenant: true,
      blockSubscriptionsIntoTenant: true,
      exemptedPrincipals: [company.owner],
    }
    const put = await client(ada).subscriptionPolicy.addUpdatePolicyForTenant(wanted)
    expect(put).toMatchObject({
      id: '/providers/Microsoft.Subscription/policies/default',
      name: 'default',
      properties: { policyId: company.tenantId, ...wanted },
    })
    expect((await client(ada).subscriptionPolicy.getPolicyForTenant()).properties).toMatchObject(wanted)
    const listed = []
    for await (const policy of client(ada).subscriptionPolicy.listPolicyForTenant()) listed.push(policy.properties)
    expect(listed).toMatchObject([wanted])

    const read = await owner.get(path)
    expect(read.body.properties).toEqual({
      policyId: company.tenantId,
      blockSubscriptionsLeavingTenant: true,
      blockSubscriptionsIntoTenant: true,
    })
    const resting = await make.user(company.tenantId, 'gail')
    await make.directoryRole(company.tenantId, globalAdministrator, resting)
    const elevatedOnly = await make.user(company.tenantId, 'uma')
    await make.assign(company.tenantId, '/', '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9', elevatedOnly)
    for (const id of [company.owner, resting, elevatedOnly]) {
      const one = await make.client(company.tenantId, id)
      expect(await one.put(path, {})).toMatchObject({
        status: 403,
        body: {
          code: 'AuthorizationFailed',
          error: { code: 'AuthorizationFailed', details: [{ code: 'ElevatedGlobalAdministratorRequired' }] },
        },
      })
      expect((await one.get(path)).body.properties).not.toHaveProperty('exemptedPrincipals')
    }
    // The other tenant hears of nothing.
    const { owner: stranger } = await governed()
    expect((await stranger.get(path)).body.properties).toMatchObject(open)

    expect((await ada.put(path, wanted)).status).toBe(200)
    expect(await ada.put(path, { exemptedPrincipals: [randomUUID()] })).toMatchObject({
      status: 400,
      body: { error: { code: 'PrincipalNotFound' } },
    })
    const audit = await cloud.running.db
      .selectFrom('audit_record')
      .select(['principal_id', 'before', 'after'])
      .where('tenant_id', '=', company.tenantId)
      .where('action', '=', 'Microsoft.Subscription/policies/write')
      .execute()
    expect(audit).toEqual([
      {
        principal_id: adaId,
        before: { blocksLeaving: false, blocksEntering: false, exemptPrincipals: [] },
        after: { blocksLeaving: true, blocksEntering: true, exemptPrincipals: [company.owner] },
      },
    ])
  })

  test('SUB-2: an account tells in which tenants its subscriptions live, to who may see the account', async () => {
    const { company, owner } = await governed()
    const client = new SubscriptionClient(cloud.credential(owner.token), { endpoint: cloud.baseUrl })
    expect(await client.billingAccount.getPolicy(company.billingAccount)).toMatchObject({
      name: 'default',
      properties: { serviceTenants: [{ tenantId: company.tenantId, tenantName: 'Contoso' }], allowTransfers: true },
    })
    const stranger = await governed()
    const foreign = `/providers/Microsoft.Billing/billingAccounts/${company.billingAccount}/providers/Microsoft.Subscription/policies/default?api-version=2021-10-01`
    expect((await stranger.owner.get(foreign)).status).toBe(404)
  })
})

describe('a change of directory under the setting', () => {
  const requestPath = (id: string) =>
    `/subscriptions/${id}/providers/Microsoft.Subscription/changeTenantRequest/default?api-version=2025-11-01-preview`
  const acceptPath = (id: string) =>
    `/providers/Microsoft.Subscription/subscriptions/${id}/acceptChangeTenant?api-version=2025-11-01-preview`

  test.each([
    ['SubscriptionPolicyForbidsLeaving', 'source', { blockSubscriptionsLeavingTenant: true }],
    ['SubscriptionPolicyForbidsEntering', 'target', { blockSubscriptionsIntoTenant: true }],
  ] as const)(
    'SUB-23: %s says who can change it, at the request and at the acceptance, and the exempt pass',
    async (code, side, block) => {
      const [source, target] = [await governed(), await governed()]
      const home = { tenantId: source.company.tenantId, objectId: source.company.owner }
      await make.user(target.company.tenantId, 'olga', { home, state: 'Accepted' })
      const id = await make.subscription(source.company.tenantId, source.company.owner)
      const body = {
        properties: { destinationTenantId: target.company.tenantId, destinationOwnerId: target.company.owner },
      }
      const { ada, company } = side === 'source' ? source : target
      const forbids = { status: 403, body: { error: { code, message: expect.stringContaining(company.tenantId) } } }
      // Blocking the other direction is no obstacle.
      const other = side === 'source' ? 'blockSubscriptionsIntoTenant' : 'blockSubscriptionsLeavingTenant'
      expect((await ada.put(path, { [other]: true })).status).toBe(200)
      expect((await source.owner.put(requestPath(id), body)).status).toBe(200)
      expect((await ada.put(path, block)).status).toBe(200)
      const refused = await target.owner.post(acceptPath(id))
      expect(refused).toMatchObject(forbids)
      expect(refused.body.error.message).toContain('Global administrator')
      expect((await source.owner.delete(requestPath(id))).status).toBe(200)
      expect(await source.owner.put(requestPath(id), body)).toMatchObject(forbids)
      expect((await ada.put(path, { ...block, exemptedPrincipals: [company.owner] })).status).toBe(200)
      expect((await source.owner.put(requestPath(id), body)).status).toBe(200)
      expect((await target.owner.post(acceptPath(id))).status).toBe(204)
    },
  )
})
