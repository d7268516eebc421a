import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { roleIds } from '../../../src/domain/access/built-in-roles.ts'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import type { Person, TestTenant } from '../Microsoft.AzureActiveDirectory/identity-cloud.ts'
import { BillingWorld, expectSuccess, ours } from '../Tenantry.Billing/billing-world.ts'
import { PartnerWorld, type TestPartner } from './partner-world.ts'

let cloud: TestCloud
let direct: BillingWorld
let world: PartnerWorld
let partner: TestPartner
let agent: Person
let helper: Person
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-01-01T00:00:00Z' })
  direct = new BillingWorld(cloud)
  world = new PartnerWorld(cloud, direct.identities)
  partner = await world.partner()
  agent = await world.agent(partner, 'adminAgents')
  helper = await world.agent(partner, 'helpdeskAgents')
})
afterAll(() => cloud?.stop())

const requests = `/providers/Tenantry.Partner/relationshipRequests?${ours}`
const myPartners = `/providers/Tenantry.Partner/myPartners?${ours}`

async function ask(properties: object = {}): Promise<{ id: string; path: string; code: string }> {
  const { body } = expectSuccess(await agent.client.post(requests, { properties }))
  const { pathname, search, hash } = new URL(body.properties.link)
  return { id: body.name, path: `${pathname}${search}`, code: hash.slice(1) }
}

const accept = (by: Person, { path, code }: { path: string; code: string }) =>
  by.client.post(path, { properties: { code } })

/** Everything that is not the relationship itself, to show that accepting leaves it alone. */
async function rest(tenant: TestTenant): Promise<unknown> {
  const { pool } = cloud.running
  const rows = async (text: string) => (await pool.query(text, [tenant.id])).rows
  return [
    await rows('select * from role_assignment where tenant_id = $1 order by id'),
    await rows('select * from directory_role_member where tenant_id = $1 order by principal_id'),
    await rows('select * from principal where tenant_id = $1 order by id'),
    await rows(`select p.* from billing_placement p join subscription_directory d using (subscription_id)
      where d.tenant_id = $1 order by p.id`),
  ]
}

test('PAR-5, PAR-6: only a Global administrator of the customer accepts, with the code of the link, and once', async () => {
  const { tenant, administrator } = await world.identities.workforce()
  const member = await world.identities.user(administrator, 'member', tenant)
  const request = await ask()
  const byMember = await accept(member, request)
  expect([byMember.status, byMember.body.error.details[0].code]).toEqual([403, 'GlobalAdministratorRequired'])
  const guessed = await accept(administrator, { ...request, code: 'guessed' })
  expect([guessed.status, guessed.body.error.code]).toEqual([404, 'RelationshipRequestNotFound'])
  expect((await agent.client.get(`/v1/customers/${tenant.id}`)).status).toBe(404)
  expectSuccess(await accept(administrator, request))
  expect((await agent.client.get(`/v1/customers/${tenant.id}`)).body).toMatchObject({
    id: tenant.id,
    relationshipToPartner: 'reseller',
    allowDelegatedAccess: true,
  })
  expect((await accept(administrator, request)).status).toBe(200)
  const second = await world.identities.workforce()
  const used = await accept(second.administrator, request)
  expect([used.status, used.body.error.code]).toEqual([409, 'RelationshipRequestUsed'])
  const kept = await cloud.running.pool.query('select * from relationship_request where id = $1', [request.id])
  expect(JSON.stringify(kept.rows)).not.toContain(request.code)
  const records = await cloud.running.pool.query('select * from audit_record')
  expect(
    JSON.stringify(records.rows, (_key, value) => (typeof value === 'bigint' ? String(value) : value)),
  ).not.toContain(request.code)
})

test('PAR-6: an agent with delegated privileges is no administrator who could accept another partner', async () => {
  const { tenant, administrator } = await world.identities.workforce()
  await world.relate(agent, administrator)
  const other = await world.partner()
  const stranger = await world.agent(other, 'adminAgents')
  const made = expectSuccess(await stranger.client.post(requests, { properties: {} }))
  const { pathname, search, hash } = new URL(made.body.properties.link)
  const reply = await accept(agent, { path: `${pathname}${search}`, code: hash.slice(1) })
  expect(reply.status).toBe(403)
  expect((await stranger.client.get(`/v1/customers/${tenant.id}`)).status).toBe(404)
})

test('DEC-16: a request that has expired cannot be accepted, whatever its day', async () => {
  const { administrator } = await world.identities.workforce()
  const request = await ask()
  await cloud.clock.set('2026-04-01T00:00:00Z')
  const late = await accept(administrator, request)
  expect([late.status, late.body.error.code]).toEqual([409, 'RelationshipRequestExpired'])
  const seen = await agent.client.get(`/providers/Tenantry.Partner/relationshipRequests/${request.id}?${ours}`)
  expect(seen.body.properties).toMatchObject({ state: 'expired', expiresAt: '2026-04-01T00:00:00.000Z' })
})

test('PAR-4, PAR-8: accepting changes nothing of what is there, and gives no access to its subscriptions', async () => {
  const customer = await direct.customer()
  const id = await direct.subscription(customer)
  const before = await rest(customer.tenant)
  await world.relate(agent, customer.owner)
  const other = await world.partner()
  await world.relate(await world.agent(other, 'adminAgents'), customer.owner)
  expect(await rest(customer.tenant)).toEqual(before)
  expect((await agent.client.get(`/subscriptions/${id}?api-version=2022-12-01`)).status).toBe(404)
  expect((await agent.client.get(`/v1/customers/${customer.tenant.id}/subscriptions`)).body.items).toEqual([])
  const partners = await customer.owner.client.get(myPartners)
  expect(partners.body.value.map((one: { name: string }) => one.name).toSorted()).toEqual(
    [partner.id, other.id].toSorted(),
  )
})

test("PAR-7, PAR-13: delegated privileges let Admin and Helpdesk agents into the customer's directory, and are no users there", async () => {
  const { tenant, administrator } = await world.identities.workforce()
  await world.relate(agent, administrator)
  const seller = await world.agent(partner, 'salesAgents')
  const users = `/v1/customers/${tenant.id}/users`
  for (const { client } of [agent, helper]) {
    const reply = await client.get(users)
    expect(reply.body.items.map((one: { id: string }) => one.id)).toEqual([administrator.objectId])
  }
  // Sales agents get nothing in the customer's tenant, and the message says what is missing (PAR-20).
  const refused = await seller.client.get(users)
  expect([refused.status, refused.body.data[0]]).toEqual([403, 'DelegatedPrivilegesMissing'])
  expect(refused.body.description).toContain('Request a relationship')
  const own = await administrator.client.get('/v1.0/users')
  expect(own.body.value.map((one: { id: string }) => one.id)).toEqual([administrator.objectId])
  const [listed] = (await administrator.client.get(myPartners)).body.value
  expect(listed.properties).toMatchObject({ partnerId: partner.id, delegatedAdminPrivileges: true })
  expect(listed.properties.directoryRoles).toHaveLength(2)
})

test("PAR-7, TEN-15: an agent of the partner neither sees nor ends the customer's invitations", async () => {
  const { tenant, administrator } = await world.identities.workforce()
  await world.relate(agent, administrator)
  const invited = await administrator.client.post('/v1.0/invitations', {
    invitedUserEmailAddress: 'gwen@elsewhere.example',
    inviteRedirectUrl: 'https://portal.example/',
  })
  expect(invited.status).toBe(201)
  const invitations = `/providers/Tenantry.Directory/tenants/${tenant.id}/invitations`
  const one = `${invitations}/${invited.body.id}`
  expect((await agent.client.get(`${invitations}?${ours}`)).status).toBe(404)
  expect((await agent.client.get(`${one}?${ours}`)).status).toBe(404)
  for (const action of ['resend', 'revoke'])
    expect((await agent.client.post(`${one}/${action}?${ours}`, {})).status).toBe(404)
  expect((await administrator.client.get(`${one}?${ours}`)).body.properties.state).toBe('Pending')
})

test('DEC-39, PAR-20: a relationship without delegated privileges gives no way into the directory', async () => {
  const { tenant, administrator } = await world.identities.workforce()
  await world.relate(agent, administrator, false)
  expect((await agent.client.get(`/v1/customers/${tenant.id}`)).body.allowDelegatedAccess).toBe(false)
  expect((await agent.client.get(`/v1/customers/${tenant.id}/users`)).status).toBe(403)
})

test('PAR-10: privileges that are taken back are gone at once, and the Owner role on subscriptions stays', async () => {
  const customer = await world.customer(agent)
  await world.attest(agent, customer)
  const order = expectSuccess(
    await agent.client.post(`/v1/customers/${customer.id}/orders`, { LineItems: [{ OfferId: 'MS-AZR-0145P' }] }),
  )
  const subscription = `/subscriptions/${order.body.lineItems[0].subscriptionId}?api-version=2022-12-01`
  expect((await agent.client.get(`/v1/customers/${customer.id}/users`)).status).toBe(200)
  const remove = `/providers/Tenantry.Partner/myPartners/${partner.id}/removeDelegatedPrivileges?${ours}`
  const member = await world.identities.user(customer.administrator, 'member', customer)
  expect((await member.client.post(remove)).status).toBe(403)
  expect((await agent.client.post(remove)).status).toBe(403)
  const removed = expectSuccess(await customer.administrator.client.post(remove))
  expect(removed.body.properties.delegatedAdminPrivileges).toBe(false)
  expect((await agent.client.get(`/v1/customers/${customer.id}/users`)).status).toBe(403)
  expect((await agent.client.get(subscription)).status).toBe(200)
})

test('PAR-14: a relationship is removed by a Global administrator of the partner, and not while something is active', async () => {
  const customer = await world.customer(agent)
  await world.attest(agent, customer)
  const order = expectSuccess(
    await agent.client.post(`/v1/customers/${customer.id}/orders`, { LineItems: [{ OfferId: 'MS-AZR-0145P' }] }),
  )
  const id = order.body.lineItems[0].subscriptionId as string
  const path = `/v1/customers/${customer.id}`
  const none = { RelationshipToPartner: 'none' }
  expect((await agent.client.patch(path, none)).status).toBe(403)
  const { client } = partner.administrator
  const refused = await client.patch(path, none)
  expect([refused.status, refused.body.data[0]]).toEqual([409, 'ActiveSubscriptions'])
  expect(refused.body.description).toContain(id)
  expectSuccess(await agent.client.patch(`${path}/subscriptions/${id}`, { Status: 'suspended' }, { 'if-match': '*' }))
  const removed = await client.patch(path, none)
  expect([removed.status, removed.body.relationshipToPartner, removed.body.allowDelegatedAccess]).toEqual([
    200,
    'none',
    false,
  ])
  expect((await agent.client.get(path)).status).toBe(404)
  const sale = await agent.client.post(`${path}/orders`, { LineItems: [{ OfferId: 'MS-AZR-0145P' }] })
  expect(sale.status).toBe(404)
  expect((await customer.administrator.client.get(myPartners)).body.value).toEqual([])
})

test('PAR-12, ACC-12: the customer gives a role back to the agents as a foreign group, while they are its partner', async () => {
  const customer = await direct.customer()
  const id = await direct.subscription(customer)
  const assign = (principalType: string) =>
    customer.owner.client.put(
      `/subscriptions/${id}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}?api-version=2022-04-01`,
      {
        properties: {
          principalId: partner.groups.adminAgents,
          principalType,
          roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${roleIds.owner}`,
        },
      },
    )
  const early = await assign('ForeignGroup')
  expect([early.status, early.body.error.code]).toEqual([400, 'PrincipalNotFound'])
  await world.relate(agent, customer.owner, false)
  expect((await assign('Group')).status).toBe(400)
  const made = await assign('ForeignGroup')
  expect([made.status, made.body.properties.principalType]).toEqual([201, 'ForeignGroup'])
  expect((await agent.client.get(`/subscriptions/${id}?api-version=2022-12-01`)).status).toBe(200)
  expect((await helper.client.get(`/subscriptions/${id}?api-version=2022-12-01`)).status).toBe(404)
})

test('PAR-5: the message goes to whom it is for, with the link in it and the words of the partner', async () => {
  const request = await ask({ recipientEmail: 'boss@customer.example', message: 'Let us work together.' })
  const mails = await cloud.running.pool.query('select to_jsonb(m) as mail from outbox_message m')
  const text = JSON.stringify(mails.rows)
  expect(text).toContain('boss@customer.example')
  expect(text).toContain('Let us work together.')
  expect(text).not.toContain(request.code)
})
