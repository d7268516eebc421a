import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { type NewTenant, newTenant, userAdministrator } from './new-tenant.ts'

const path = '/v1.0/identity/identityProviders'
const secret = 'a secret that nobody reads again'

let cloud: TestCloud
let shop: NewTenant
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-03-10T08:00:00Z' })
  shop = await newTenant(cloud, 'providershop', 'identity')
})
afterAll(() => cloud.stop())

const registration = (name: string, more: Record<string, unknown> = {}) => ({
  '@odata.type': '#microsoft.graph.openIdConnectIdentityProvider',
  displayName: name,
  clientId: 'tenantry',
  clientSecret: secret,
  metadataUrl: `https://${name}.example/.well-known/openid-configuration`,
  ...more,
})

test('D8: an administrator registers, changes and deletes a provider, each once on record, and its secret is read nowhere', async () => {
  const { administrator } = shop
  const made = await administrator.post(path, registration('woodgrove', { responseType: 'code' }))
  expect(made.status, JSON.stringify(made.body)).toBe(201)
  const one = `${path}/${made.body.id}`
  const shown = {
    displayName: 'woodgrove',
    clientId: 'tenantry',
    clientSecret: null,
    metadataUrl: 'https://woodgrove.example/.well-known/openid-configuration',
    scope: 'openid profile email',
    responseType: 'code',
    isSignUpAllowed: false,
  }
  expect(made.body).toMatchObject(shown)
  expect((await administrator.get(one)).body).toMatchObject(shown)
  expect((await administrator.get(path)).body.value).toEqual([expect.objectContaining(shown)])
  for (const change of [{ displayName: 'Woodgrove' }, { displayName: 'Woodgrove', clientSecret: secret }])
    expect((await administrator.patch(one, change)).status).toBe(204)
  expect((await administrator.patch(one, { clientSecret: `${secret} at all` })).status).toBe(204)
  expect((await administrator.delete(one)).status).toBe(204)
  expect((await administrator.get(one)).status).toBe(404)
  const { rows } = await cloud.running.pool.query(
    `select action, before, after from audit_record where scope like $1 order by sequence`,
    [`%/identityProviders/${made.body.id}`],
  )
  expect(rows.map((row) => row.action)).toEqual([
    'identityProviders/create',
    'identityProviders/update',
    'identityProviders/update',
    'identityProviders/delete',
  ])
  expect(JSON.stringify(rows)).not.toMatch(/a secret that|sealed/)
})

test('D8: the database holds the secret sealed', async () => {
  expect((await shop.administrator.post(path, registration('sealed'))).status).toBe(201)
  const { rows } = await cloud.running.pool.query('select to_jsonb(o) as row from outside_provider o')
  expect(JSON.stringify(rows)).not.toContain(secret)
})

test.each([
  ['http', { metadataUrl: 'http://a.example/.well-known/openid-configuration' }, 'metadataUrl'],
  ['another path', { metadataUrl: 'https://a.example/openid' }, 'metadataUrl'],
  ['a user in it', { metadataUrl: 'https://a@b.example/.well-known/openid-configuration' }, 'metadataUrl'],
  ['a query', { metadataUrl: 'https://a.example/?/.well-known/openid-configuration' }, 'metadataUrl'],
  ['no openid', { scope: 'profile' }, 'scope'],
  ['another kind', { '@odata.type': '#microsoft.graph.socialIdentityProvider' }, '@odata.type'],
  ['the implicit flow', { responseType: 'id_token' }, 'responseType'],
  ['mapped claims', { claimsMapping: { userId: 'oid' } }, 'claimsMapping'],
])('D8: a provider with %s is refused', async (_, more, property) => {
  const reply = await shop.administrator.post(path, registration('refused', more))
  expect(reply.status).toBe(400)
  expect(reply.body.error.code).toBe('Request_BadRequest')
  expect(JSON.stringify(reply.body)).toContain(property)
})

test('D8: a tenant has an issuer once', async () => {
  expect((await shop.administrator.post(path, registration('once'))).status).toBe(201)
  const again = await shop.administrator.post(path, registration('once'))
  expect(again.status).toBe(400)
  expect(again.body.error.message).toContain('already')
})

test('TEN-9: nobody signs up in a workforce tenant, by the rule and by the database', async () => {
  const work = await newTenant(cloud, 'providerwork')
  const reply = await work.administrator.post(path, registration('work', { isSignUpAllowed: true }))
  expect(reply.status).toBe(400)
  const made = await work.administrator.post(path, registration('work'))
  expect(made.status).toBe(201)
  expect((await work.administrator.patch(`${path}/${made.body.id}`, { isSignUpAllowed: true })).status).toBe(400)
  await expect(
    cloud.running.pool.query('update outside_provider set allows_sign_up = true where id = $1', [made.body.id]),
  ).rejects.toMatchObject({ code: '23514' })
})

test('TEN-2: a provider is its tenant administrators to change; others find nothing or may not', async () => {
  const made = await shop.administrator.post(path, registration('ours'))
  const one = `${path}/${made.body.id}`
  const other = await newTenant(cloud, 'providerother', 'identity')
  for (const reply of [
    await other.administrator.get(one),
    await other.administrator.patch(one, { displayName: 'x' }),
    await other.administrator.delete(one),
  ])
    expect(reply.status).toBe(404)
  expect((await other.administrator.get(path)).body.value).toEqual([])
  const helper = await shop.newUser('helper')
  await shop.give(userAdministrator, helper.id)
  expect((await helper.client.get(one)).status).toBe(200)
  expect((await helper.client.patch(one, { displayName: 'x' })).status).toBe(403)
  expect((await helper.client.post(path, registration('theirs'))).status).toBe(403)
})
