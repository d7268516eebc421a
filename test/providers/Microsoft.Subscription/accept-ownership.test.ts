import { randomUUID } from 'node:crypto'
import { SubscriptionClient } from '@azure/arm-subscriptions'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Client, startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { globalAdministrator, roles } from '../Microsoft.Authorization/access-fixture.ts'
import { type Company, resourceFixture } from '../Microsoft.Resources/resource-fixture.ts'

let cloud: TestCloud
let make: ReturnType<typeof resourceFixture>
let contoso: Company
let fabrikam: Company
let olga: Client
let fiona: Client

beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-10-01T00:00:00Z' })
  make = resourceFixture(cloud)
  contoso = await make.company()
  fabrikam = await make.company()
  olga = await make.client(contoso.tenantId, contoso.owner)
  fiona = await make.client(fabrikam.tenantId, fabrikam.owner)
  await cloud.running.db
    .updateTable('user_account')
    .set({ mail: 'fiona@fabrikam.example' })
    .where('id', '=', fabrikam.owner)
    .execute()
  await allow('Allowed')
}, 60_000)
afterAll(() => cloud?.stop())

const policyPath = (company: Company) =>
  `/providers/Microsoft.Billing/billingAccounts/${company.billingAccount}/providers/Tenantry.Billing/creationPolicy/default?api-version=2026-11-01`
const allow = (creationInOtherTenants: 'Allowed' | 'NotAllowed') =>
  olga.put(policyPath(contoso), { properties: { creationInOtherTenants } })
const aliasPath = (alias: string) => `/providers/Microsoft.Subscription/aliases/${alias}?api-version=2021-10-01`
const statusPath = (id: string) =>
  `/providers/Microsoft.Subscription/subscriptions/${id}/acceptOwnershipStatus?api-version=2021-10-01`
const acceptPath = (id: string) =>
  `/providers/Microsoft.Subscription/subscriptions/${id}/acceptOwnership?api-version=2021-10-01`
const accepting = { properties: { displayName: 'Taken over', tags: { team: 'fabrikam' } } }
const wanted = (more: object = {}) => ({
  properties: {
    displayName: 'For Fabrikam',
    workload: 'Production',
    billingScope: contoso.sectionScope,
    additionalProperties: { subscriptionTenantId: fabrikam.tenantId, subscriptionOwnerId: fabrikam.owner, ...more },
  },
})
const ask = async (): Promise<{ id: string; alias: string }> => {
  const alias = `for-${randomUUID()}`
  const reply = await olga.put(aliasPath(alias), wanted())
  expect(reply.status).toBe(201)
  return { id: reply.body.properties.subscriptionId as string, alias }
}
const codeOf = (reply: { body: { error: { code: string } } }) => reply.body.error.code

test('SUB-4: the unchanged SDK asks, and the owner named accepts; the subscription comes to be in the other tenant, paid for by who asked', async () => {
  const client = new SubscriptionClient(cloud.credential(olga.token), { endpoint: cloud.baseUrl })
  const name = `sdk-${randomUUID()}`
  const alias = await client.alias.beginCreateAndWait(name, wanted(), { updateIntervalInMs: 10 })
  const id = alias.properties?.subscriptionId ?? ''
  expect(alias.properties).toMatchObject({
    acceptOwnershipState: 'Pending',
    acceptOwnershipUrl: `${cloud.baseUrl}${acceptPath(id)}`,
    subscriptionOwnerId: fabrikam.owner,
    displayName: 'For Fabrikam',
  })
  // Until it is accepted there is no subscription, and nobody pays.
  const rows = () => cloud.running.db.selectFrom('subscription').select('id').where('id', '=', id).execute()
  expect(await rows()).toEqual([])
  expect(codeOf(await fiona.get(`/subscriptions/${id}?api-version=2022-12-01`))).toBe('SubscriptionNotFound')

  const theirs = new SubscriptionClient(cloud.credential(fiona.token), { endpoint: cloud.baseUrl })
  expect(await theirs.subscription.acceptOwnershipStatus(id)).toMatchObject({
    subscriptionId: id,
    acceptOwnershipState: 'Pending',
    provisioningState: 'Pending',
    billingOwner: contoso.owner,
    subscriptionTenantId: fabrikam.tenantId,
    displayName: 'For Fabrikam',
  })
  await theirs.subscription.beginAcceptOwnershipAndWait(id, accepting, { updateIntervalInMs: 10 })
  expect(await theirs.subscription.acceptOwnershipStatus(id)).toMatchObject({
    acceptOwnershipState: 'Completed',
    provisioningState: 'Succeeded',
  })
  const seen = await fiona.get(`/subscriptions/${id}?api-version=2022-12-01`)
  expect(seen.body).toMatchObject({
    tenantId: fabrikam.tenantId,
    displayName: 'Taken over',
    tags: { team: 'fabrikam' },
  })
  const granted = await fiona.get(
    `/subscriptions/${id}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01`,
  )
  expect(granted.body.value).toMatchObject([
    { properties: { principalId: fabrikam.owner, roleDefinitionId: expect.stringContaining(roles.owner) } },
  ])
  const [profile, section] = contoso.sectionScope.split('/').filter((_, index) => index === 6 || index === 8)
  const payers = await cloud.running.db
    .selectFrom('billing_placement')
    .selectAll()
    .where('subscription_id', '=', id)
    .execute()
  expect(payers).toMatchObject([{ billing_profile_name: profile, invoice_section_name: section }])
  expect((await olga.get(`/subscriptions/${id}?api-version=2022-12-01`)).status).toBe(404)
  // Who asked sees what was asked for, and not what has become of it.
  expect((await client.alias.get(name)).properties).toMatchObject({
    acceptOwnershipState: 'Completed',
    displayName: 'For Fabrikam',
  })
  const tenants = await client.billingAccount.getPolicy(contoso.billingAccount)
  expect(tenants.properties?.serviceTenants?.map((tenant) => tenant.tenantId)).toEqual([
    contoso.tenantId,
    fabrikam.tenantId,
  ])
  expect(codeOf(await fiona.post(acceptPath(id), accepting))).toBe('CreationRequestNotPending')
})

test('SUB-4: accepting answers with an operation that only the acceptor reads', async () => {
  const { id } = await ask()
  const accepted = await fiona.post(acceptPath(id), accepting)
  expect(accepted).toMatchObject({ status: 202, body: undefined })
  const { pathname, search } = new URL(accepted.headers.location ?? '')
  expect(pathname).toContain('/providers/Microsoft.Subscription/subscriptionOperations/')
  expect(await fiona.get(pathname + search)).toMatchObject({
    status: 200,
    body: { subscriptionLink: `/subscriptions/${id}` },
  })
  expect((await olga.get(pathname + search)).status).toBe(404)
})

test('SUB-4: the owner to be is told by mail, with the address at which to accept', async () => {
  const { id } = await ask()
  const message = await cloud.running.db
    .selectFrom('outbox_message')
    .selectAll()
    .where('related_to', '=', `/subscriptions/${id}`)
    .executeTakeFirstOrThrow()
  expect(message).toMatchObject({ recipients: ['fiona@fabrikam.example'] })
  expect(message.subject).toContain('For Fabrikam')
  expect(message.text_body).toContain(acceptPath(id))
  expect(message.text_body).toContain('2026-10-08T00:00:00.000Z')
})

test('SUB-4: creation in another tenant is off until the account allows it, and off again it stops what is pending', async () => {
  const theirs = await make.company()
  const theirOwner = await make.client(theirs.tenantId, theirs.owner)
  expect((await theirOwner.get(policyPath(theirs))).body.properties).toEqual({ creationInOtherTenants: 'NotAllowed' })
  const body = wanted()
  body.properties.billingScope = theirs.sectionScope
  const refused = await theirOwner.put(aliasPath(randomUUID()), body)
  expect(refused).toMatchObject({ status: 400, body: { error: { code: 'UnsupportedProperty' } } })
  const reader = await make.user(theirs.tenantId, 'rita')
  const account = `/providers/Microsoft.Billing/billingAccounts/${theirs.billingAccount}`
  await make.billingRole(theirs.billingAccount, account, 'BAR', theirs.tenantId, reader)
  const rita = await make.client(theirs.tenantId, reader)
  expect((await rita.get(policyPath(theirs))).status).toBe(200)
  const on = { properties: { creationInOtherTenants: 'Allowed' } }
  expect((await rita.put(policyPath(theirs), on)).status).toBe(403)
  expect((await fiona.put(policyPath(theirs), on)).status).toBe(404)

  const { id } = await ask()
  expect((await allow('NotAllowed')).status).toBe(200)
  expect(codeOf(await fiona.post(acceptPath(id), accepting))).toBe('CreationRequestNotEntitled')
  expect((await allow('Allowed')).status).toBe(200)
  expect((await fiona.post(acceptPath(id), accepting)).status).toBe(202)
})

test('SUB-4: who asked and the Global administrators of the source tenant see the request, nobody else does', async () => {
  const { id, alias } = await ask()
  const colleague = await make.client(contoso.tenantId, await make.user(contoso.tenantId, 'carl'))
  const adminId = await make.user(contoso.tenantId, 'ada')
  await make.directoryRole(contoso.tenantId, globalAdministrator, adminId)
  const ada = await make.client(contoso.tenantId, adminId)
  const list = '/providers/Microsoft.Subscription/aliases?api-version=2021-10-01'
  const namesOf = async (client: Client) =>
    (await client.get(list)).body.value.map((one: { name: string }) => one.name) as string[]
  for (const client of [olga, ada]) {
    expect((await client.get(aliasPath(alias))).status).toBe(200)
    expect((await client.get(statusPath(id))).status).toBe(200)
    expect(await namesOf(client)).toContain(alias)
  }
  const otherId = await make.user(fabrikam.tenantId, 'frank')
  await make.directoryRole(fabrikam.tenantId, globalAdministrator, otherId)
  const frank = await make.client(fabrikam.tenantId, otherId)
  for (const client of [colleague, frank]) {
    expect((await client.get(aliasPath(alias))).status).toBe(404)
    expect(codeOf(await client.get(statusPath(id)))).toBe('SubscriptionNotFound')
    expect(await namesOf(client)).not.toContain(alias)
    expect(codeOf(await client.post(acceptPath(id), accepting))).toBe('SubscriptionNotFound')
    expect((await client.delete(aliasPath(alias))).status).toBe(204)
  }
  expect((await ada.get(aliasPath(alias))).status).toBe(200)
})

test('SUB-4: the same request finds the first; withdrawn it can not be accepted, and its alias is free', async () => {
  const { id, alias } = await ask()
  const again = await olga.put(aliasPath(alias.toUpperCase()), wanted())
  expect(again).toMatchObject({ status: 200, body: { properties: { subscriptionId: id } } })
  const other = await olga.put(aliasPath(alias), wanted({ subscriptionOwnerId: randomUUID() }))
  expect(codeOf(other)).toBe('AliasInUse')
  expect((await olga.delete(aliasPath(alias))).status).toBe(200)
  expect(codeOf(await fiona.post(acceptPath(id), accepting))).toBe('CreationRequestNotPending')
  const anew = await olga.put(aliasPath(alias), wanted())
  expect(anew.status).toBe(201)
  expect(anew.body.properties.subscriptionId).not.toBe(id)
})

test('SUB-4, SUB-23: who lost the right to ask, and a policy against entering, stop it at the acceptance', async () => {
  const sven = await make.user(contoso.tenantId, 'sven')
  const { billingAccount, sectionScope, tenantId } = contoso
  await make.billingRole(billingAccount, sectionScope, 'SC', tenantId, sven)
  const alias = `for-${randomUUID()}`
  const asked = await (await make.client(tenantId, sven)).put(aliasPath(alias), wanted())
  expect(asked.status).toBe(201)
  const id = asked.body.properties.subscriptionId as string
  await cloud.running.db.deleteFrom('billing_role_assignment').where('principal_id', '=', sven).execute()
  expect(codeOf(await fiona.post(acceptPath(id), accepting))).toBe('CreationRequestNotEntitled')

  const open = await ask()
  const admin = await make.user(fabrikam.tenantId, 'ada')
  await make.directoryRole(fabrikam.tenantId, globalAdministrator, admin)
  const ada = await make.client(fabrikam.tenantId, admin)
  await ada.post('/providers/Microsoft.Authorization/elevateAccess?api-version=2015-07-01')
  const setting = '/providers/Microsoft.Subscription/policies/default?api-version=2021-10-01'
  expect((await ada.put(setting, { blockSubscriptionsIntoTenant: true })).status).toBe(200)
  expect(codeOf(await fiona.post(acceptPath(open.id), accepting))).toBe('SubscriptionPolicyForbidsEntering')
  // Who asks learns neither the other tenant's setting nor whom it exempts.
  expect((await olga.put(aliasPath(randomUUID()), wanted())).status).toBe(201)
  expect((await ada.put(setting, {})).status).toBe(200)
  expect((await fiona.post(acceptPath(open.id), accepting)).status).toBe(202)
})

test('SUB-4: two acceptances at once make one subscription', async () => {
  const { id } = await ask()
  const replies = await Promise.all([1, 2, 3].map(() => fiona.post(acceptPath(id), accepting)))
  expect(replies.map((reply) => reply.status).sort()).toEqual([202, 409, 409])
})

test('SUB-4: after seven days the request has expired, and not a moment before', async () => {
  const [early, late] = [await ask(), await ask()]
  await cloud.clock.set('2026-10-07T23:59:59.999Z')
  expect((await fiona.post(acceptPath(early.id), accepting)).status).toBe(202)
  await cloud.clock.set('2026-10-08T00:00:00Z')
  expect(codeOf(await fiona.post(acceptPath(late.id), accepting))).toBe('CreationRequestExpired')
  expect((await fiona.get(statusPath(late.id))).body.acceptOwnershipState).toBe('Expired')
  expect((await olga.get(aliasPath(late.alias))).body.properties.acceptOwnershipState).toBe('Expired')
})
