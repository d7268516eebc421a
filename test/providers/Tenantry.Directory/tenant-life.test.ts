import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { linkPath } from '../Microsoft.AzureActiveDirectory/identity-cloud.ts'
import { BillingWorld, expectSuccess, names, ours } from '../Tenantry.Billing/billing-world.ts'
import { globalAdministrator, type NewTenant, newTenant } from '../graph/new-tenant.ts'
import { type Client, type Reply, startTestCloud, type TestCloud } from '../../support/cloud.ts'

let cloud: TestCloud
let contoso: NewTenant
let fabrikam: NewTenant
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-03-01T09:00:00Z' })
  contoso = await newTenant(cloud, 'contoso')
  fabrikam = await newTenant(cloud, 'fabrikam')
}, 60_000)
afterAll(() => cloud.stop())

const forbidden = { status: 403, body: { error: { code: 'AuthorizationFailed' } } }
const absent = { status: 404, body: { error: { code: 'TenantNotFound' } } }
const tenantPath = (id: string, action = '') => `/providers/Tenantry.Directory/tenants/${id}${action}?${ours}`
const create = (client: Client, label: string, properties: Record<string, unknown> = {}): Promise<Reply> =>
  client.post(`/providers/Tenantry.Directory/createTenant?${ours}`, {
    properties: {
      displayName: label,
      initialDomainLabel: label,
      countryCode: 'SE',
      kind: 'workforce',
      ...properties,
    },
  })
const codesOf = (reply: Reply): string[] => reply.body.obstacles.map((obstacle: { code: string }) => obstacle.code)

describe('creation', () => {
  test('TEN-3, TEN-25: a member creates a tenant and is its first Global administrator, as an external member', async () => {
    const ann = await contoso.newUser('ann', { mail: 'ann@mail.example' })
    const reply = await create(ann.client, 'of-ann')
    expect(reply).toMatchObject({
      status: 201,
      body: {
        properties: {
          kind: 'workforce',
          initialDomain: 'of-ann.onmicrosoft.com',
          administrator: { kind: 'user', userPrincipalName: 'ann_mail.example#EXT#@of-ann.onmicrosoft.com' },
        },
      },
    })
    const { tenantId, administrator } = reply.body.properties
    const inside = cloud.as(await cloud.userToken(tenantId, administrator.objectId))
    expect((await inside.get('/v1.0/me')).body).toMatchObject({ userType: 'Member', id: administrator.objectId })
    expect((await inside.get('/v1.0/me/memberOf')).body.value).toMatchObject([{ roleTemplateId: globalAdministrator }])
    expect((await inside.get('/v1.0/users')).body.value).toHaveLength(1)
    expect((await create(ann.client, 'of-ann')).body.error.code).toBe('DomainAlreadyInUse')
  })

  test('TEN-25: a guest, a consumer and an application without a role create no tenant', async () => {
    const guest = await contoso.newUser('guest', { userType: 'Guest' })
    const application = (await contoso.administrator.post('/v1.0/applications', { displayName: 'robot' })).body
    await contoso.administrator.post('/v1.0/servicePrincipals', { appId: application.appId })
    const secret = await contoso.administrator.post(`/v1.0/applications/${application.id}/addPassword`, {})
    const robot = cloud.as(await cloud.applicationToken(contoso.id, application.appId, secret.body.secretText))
    for (const client of [guest.client, robot]) expect(await create(client, 'not-made')).toMatchObject(forbidden)
    expect((await create(cloud.as(undefined), 'not-made')).status).toBe(401)
    expect((await create(contoso.administrator, 'not-made', { countryCode: undefined })).status).toBe(400)
    expect((await create(contoso.administrator, 'made-now')).status).toBe(201)
  })

  test('TEN-1, TEN-3: a tenant is renamed by its Global administrator, and by nobody else', async () => {
    const member = await fabrikam.newUser('member')
    const path = `/v1.0/organization/${fabrikam.id}`
    expect((await member.client.patch(path, { displayName: 'Mine' })).status).toBe(403)
    expect((await contoso.administrator.patch(path, { displayName: 'Mine' })).status).toBe(404)
    expect((await fabrikam.administrator.patch(path, { displayName: 'Fabrikam AB' })).status).toBe(204)
    expect((await member.client.get(path)).body).toMatchObject({ id: fabrikam.id, displayName: 'Fabrikam AB' })
    expect((await fabrikam.administrator.patch(path, { countryLetterCode: 'NO' })).status).toBe(400)
  })
})

describe('where somebody is', () => {
  test('TEN-7: home and every tenant where one is a guest are listed, from whichever directory the token is for', async () => {
    const bo = await contoso.newUser('bo')
    const own = (await create(bo.client, 'of-bo')).body.properties
    const guest = await fabrikam.newUser('bo-as-guest', { userType: 'Guest', mail: 'bo@contoso.onmicrosoft.com' })
    await cloud.running.db
      .updateTable('user_account')
      .set({ external_user_state: 'PendingAcceptance' })
      .where('id', '=', guest.id)
      .execute()
    const listOf = async (client: Client) =>
      (await client.get(`/providers/Tenantry.Directory/tenantMemberships?${ours}`)).body.value.map(
        ({ properties }: { properties: Record<string, string> }) => [
          properties.tenantId,
          properties.relationship,
          properties.state,
          properties.objectId,
        ],
      )
    const home = [contoso.id, 'home', 'Accepted', bo.id]
    const made = [own.tenantId, 'externalMember', 'Accepted', own.administrator.objectId]
    const invited = [fabrikam.id, 'guest', 'PendingAcceptance', guest.id]
    const pending = await listOf(bo.client)
    expect(pending[0]).toEqual(home)
    expect(pending.slice(1).sort()).toEqual([invited, made].sort())
    const categories = async (client: Client) =>
      Object.fromEntries(
        (await client.get('/tenants?api-version=2022-12-01')).body.value.map(
          (tenant: { tenantId: string; tenantCategory: string }) => [tenant.tenantId, tenant.tenantCategory],
        ),
      )
    expect(await categories(bo.client)).toEqual({ [contoso.id]: 'Home', [own.tenantId]: 'ProjectedBy' })

    await cloud.running.db
      .updateTable('user_account')
      .set({
        external_user_state: 'Accepted',
        home_tenant_id: contoso.id,
        home_object_id: bo.id,
        account_class: 'guest',
      })
      .where('id', '=', guest.id)
      .execute()
    const inFabrikam = cloud.as(await cloud.userToken(fabrikam.id, guest.id))
    for (const client of [bo.client, inFabrikam]) {
      const accepted = await listOf(client)
      expect(accepted[0]).toEqual(home)
      expect(accepted.slice(1).sort()).toEqual([[fabrikam.id, 'guest', 'Accepted', guest.id], made].sort())
      expect(await categories(client)).toEqual({
        [contoso.id]: 'Home',
        [own.tenantId]: 'ProjectedBy',
        [fabrikam.id]: 'ProjectedBy',
      })
    }
    expect(await listOf(contoso.administrator)).toHaveLength(2)
  })
})

describe('deletion', () => {
  test('TEN-23: every failing condition is listed at once, each goes away by itself, and then nobody signs in there', async () => {
    const world = new BillingWorld(cloud)
    const customer = await world.customer()
    const { client } = customer.owner
    const id = customer.tenant.id
    const subscription = await world.subscription(customer)
    const identity = await world.linkedTenant(customer, subscription)
    await cloud.clock.set('2026-03-01T10:00:00Z')
    await world.signIns(identity, names('user', 3), '2026-03-01T09:30:00Z')
    const user = await client.post('/v1.0/users', {
      accountEnabled: true,
      displayName: 'Mona',
      mailNickname: 'mona',
      userPrincipalName: `mona@${customer.tenant.domain}`,
      passwordProfile: { password: 'correct horse battery' },
    })
    const application = (await client.post('/v1.0/applications', { displayName: 'robot' })).body.id
    const validate = () => client.post(tenantPath(id, '/validateDelete'))

    const all = await validate()
    expect(all).toMatchObject({ status: 200, body: { isDeletable: false } })
    expect(codesOf(all)).toEqual(['UnbilledUsage', 'OtherUsers', 'Applications', 'ActiveSubscriptions'])
    const refusal = await client.delete(tenantPath(id))
    expect(refusal).toMatchObject({ status: 409, body: { error: { code: 'TenantDeletionNotAllowed' } } })
    expect(refusal.body.error.details.map((detail: { code: string }) => detail.code)).toEqual(codesOf(all))
    expect(refusal.body.error.message).toContain(`mona@${customer.tenant.domain}`)

    const link = await customer.owner.client.post(tenantPath(identity.id, '/validateDelete'))
    expect(codesOf(link)).toEqual(['Applications', 'IdentityLink'])

    expectSuccess(await client.delete(`/v1.0/users/${user.body.id}`))
    expectSuccess(await client.delete(`/v1.0/applications/${application}`))
    expectSuccess(await client.delete(`${linkPath(subscription, identity.domain)}?api-version=2021-04-01`))
    expectSuccess(
      await client.post(
        `/subscriptions/${subscription}/providers/Microsoft.Subscription/cancel?api-version=2021-10-01`,
      ),
    )
    expect(codesOf(await validate())).toEqual(['UnbilledUsage', 'CancelledSubscriptions'])
    await cloud.clock.set('2026-04-05T00:00:00Z')
    expectSuccess(await world.run('2026-03'))
    expect(codesOf(await validate())).toEqual(['UnpaidInvoices', 'CancelledSubscriptions'])
    const [document] = await world.documents(customer)
    expectSuccess(
      await cloud.operator.post(`/providers/Tenantry.Billing/invoices/${document?.name}/creditNotes?${ours}`, {
        properties: { reason: 'paid otherwise' },
      }),
    )
    expect(codesOf(await validate())).toEqual(['CancelledSubscriptions'])
    await cloud.clock.set('2026-08-01T00:00:00Z')
    expect((await validate()).body).toEqual({ isDeletable: true, obstacles: [] })

    expect((await client.delete(tenantPath(id))).status).toBe(204)
    expect((await client.get('/v1.0/me')).status).toBe(401)
    await expect(cloud.userToken(id, customer.owner.objectId)).rejects.toThrow('no token')
    expect(await cloud.operator.get(tenantPath(id))).toMatchObject(absent)
    expect(
      (await cloud.as(undefined).get(`/${customer.tenant.domain}/v2.0/.well-known/openid-configuration`)).status,
    ).not.toBe(200)
    const record = await cloud.running.db
      .selectFrom('audit_record')
      .select(['principal_id', 'occurred_at'])
      .where('action', '=', 'Tenantry.Directory/tenants/delete')
      .executeTakeFirstOrThrow()
    expect(record).toEqual({ principal_id: customer.owner.objectId, occurred_at: new Date('2026-08-01T00:00:00Z') })
  })

  test('TEN-23: its custom domains are free afterwards, and its initial domain stays reserved', async () => {
    const reply = await create(contoso.administrator, 'short-lived')
    const { tenantId, administrator } = reply.body.properties
    const inside = cloud.as(await cloud.userToken(tenantId, administrator.objectId))
    await inside.post('/v1.0/domains', { id: 'short.example' })
    await inside.post('/v1.0/domains/short.example/verify')
    expect((await inside.patch('/v1.0/domains/short.example', { isDefault: true })).status).toBe(204)
    expect((await contoso.administrator.post('/v1.0/domains', { id: 'short.example' })).status).toBe(409)
    // From the home directory, by the same person.
    expect((await contoso.administrator.delete(tenantPath(tenantId))).status).toBe(204)
    expect((await inside.get('/v1.0/me')).status).toBe(401)
    expect(await contoso.administrator.delete(tenantPath(tenantId))).toMatchObject(absent)
    expect((await contoso.administrator.post('/v1.0/domains', { id: 'short.example' })).status).toBe(201)
    expect((await contoso.administrator.post('/v1.0/domains/short.example/verify')).status).toBe(200)
    expect((await create(contoso.administrator, 'short-lived')).body.error.code).toBe('DomainAlreadyInUse')
    const memberships = await contoso.administrator.get(`/providers/Tenantry.Directory/tenantMemberships?${ours}`)
    expect(JSON.stringify(memberships.body)).not.toContain(tenantId)
  })

  test('TEN-23: nobody but a Global administrator of the tenant deletes it, the operator neither', async () => {
    const member = await fabrikam.newUser('plain')
    expect(await member.client.delete(tenantPath(fabrikam.id))).toMatchObject(forbidden)
    expect(await member.client.post(tenantPath(fabrikam.id, '/validateDelete'))).toMatchObject(forbidden)
    for (const client of [contoso.administrator, cloud.operator])
      expect(await client.delete(tenantPath(fabrikam.id))).toMatchObject(absent)
    const { tenantId } = cloud.running.operator
    expect(codesOf(await cloud.operator.post(tenantPath(tenantId, '/validateDelete')))).toEqual(['OperatorTenant'])
    expect((await cloud.operator.delete(tenantPath(tenantId))).status).toBe(409)
  })
})
