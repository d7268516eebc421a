import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Reply, startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { duringTransaction } from '../../support/in-transaction.ts'
import { type DnsServer, startDnsServer } from '../../support/dns-server.ts'
import { type NewTenant, newTenant, password, userAdministrator } from './new-tenant.ts'

let cloud: TestCloud
let dns: DnsServer
let contoso: NewTenant
let fabrikam: NewTenant
beforeAll(async () => {
  dns = await startDnsServer()
  cloud = await startTestCloud({ now: '2026-03-01T09:00:00Z', env: { TENANTRY_DNS_SERVERS: dns.address } })
  contoso = await newTenant(cloud, 'contoso')
  fabrikam = await newTenant(cloud, 'fabrikam')
}, 60_000)
afterAll(async () => {
  await cloud.stop()
  await dns.stop()
})

const refused = { status: 400, body: { error: { code: 'Request_BadRequest' } } }
const taken = { status: 409, body: { error: { code: 'Request_MultipleObjectsWithSameKeyValue' } } }
const absent = { status: 404, body: { error: { code: 'Request_ResourceNotFound' } } }
const denied = { status: 403, body: { error: { code: 'Authorization_RequestDenied' } } }

const add = (tenant: NewTenant, id: string): Promise<Reply> => tenant.administrator.post('/v1.0/domains', { id })
const verify = (tenant: NewTenant, id: string): Promise<Reply> =>
  tenant.administrator.post(`/v1.0/domains/${id}/verify`)

async function recordOf(tenant: NewTenant, id: string): Promise<string> {
  const reply = await tenant.administrator.get(`/v1.0/domains/${id}/verificationDnsRecords`)
  expect(reply.status).toBe(200)
  return reply.body.value[0].text
}

/** A domain of the tenant, proved by the name server. */
async function own(tenant: NewTenant, id: string): Promise<void> {
  expect((await add(tenant, id)).status).toBe(201)
  dns.records.set(id, ['v=spf1 -all', await recordOf(tenant, id)])
  expect((await verify(tenant, id)).status).toBe(200)
}

const newUser = (tenant: NewTenant, userPrincipalName: string): Promise<Reply> =>
  tenant.administrator.post('/v1.0/users', {
    accountEnabled: true,
    displayName: userPrincipalName,
    mailNickname: 'x',
    userPrincipalName,
    passwordProfile: { password },
  })

describe('verification', () => {
  test('TEN-4: a claim is proved by the text record that was asked for, and names nobody before', async () => {
    const claim = await add(contoso, 'Contoso.com')
    expect(claim).toMatchObject({ status: 201, body: { id: 'contoso.com', isVerified: false, isDefault: false } })
    expect(await add(contoso, 'contoso.com')).toMatchObject(taken)
    const records = await contoso.administrator.get('/v1.0/domains/contoso.com/verificationDnsRecords')
    expect(records.body.value).toEqual([
      expect.objectContaining({
        '@odata.type': '#microsoft.graph.domainDnsTxtRecord',
        label: 'contoso.com',
        recordType: 'Txt',
        ttl: 3600,
        text: expect.stringMatching(/^MS=ms[0-9a-f]{32}$/),
      }),
    ])
    const { text } = records.body.value[0]

    expect(await verify(contoso, 'contoso.com')).toMatchObject(refused)
    dns.records.set('contoso.com', ['v=spf1 -all', `${text}x`])
    const wrong = await verify(contoso, 'contoso.com')
    expect(wrong).toMatchObject(refused)
    expect(wrong.body.error.message).toContain(text)
    expect(await newUser(contoso, 'ann@contoso.com')).toMatchObject(refused)
    const organization = await contoso.administrator.get('/v1.0/organization')
    expect(JSON.stringify(organization.body)).not.toContain('contoso.com"')

    dns.records.set('contoso.com', ['v=spf1 -all', text])
    expect(await verify(contoso, 'contoso.com')).toMatchObject({ status: 200, body: { isVerified: true } })
    expect(dns.asked).toContain('contoso.com')
    expect((await verify(contoso, 'contoso.com')).status).toBe(200)
    expect((await newUser(contoso, 'ann@contoso.com')).status).toBe(201)
    expect((await cloud.as(undefined).get('/contoso.com/v2.0/.well-known/openid-configuration')).body.issuer).toContain(
      contoso.id,
    )
  })

  test('TEN-4: two tenants may claim a name, the first proof wins, and the other hears that it must be removed there', async () => {
    expect((await add(contoso, 'shared.net')).status).toBe(201)
    expect((await add(fabrikam, 'shared.net')).status).toBe(201)
    const [ours, theirs] = [await recordOf(contoso, 'shared.net'), await recordOf(fabrikam, 'shared.net')]
    expect(ours).not.toBe(theirs)
    dns.records.set('shared.net', [theirs])
    expect(await verify(contoso, 'shared.net')).toMatchObject(refused)
    dns.records.set('shared.net', [ours, theirs])
    const both = await Promise.all([verify(contoso, 'shared.net'), verify(fabrikam, 'shared.net')])
    expect(both.map((reply) => reply.status).sort()).toEqual([200, 409])
    const [winner, loser] = both[0]?.status === 200 ? [contoso, fabrikam] : [fabrikam, contoso]
    const refusal = await verify(loser, 'shared.net')
    expect(refusal).toMatchObject(taken)
    expect(refusal.body.error.message).toContain('must first be removed there')
    expect(refusal.body.error.message).not.toContain(winner.id)

    expect((await loser.administrator.delete('/v1.0/domains/shared.net')).status).toBe(204)
    const again = await add(loser, 'shared.net')
    expect(again).toMatchObject(taken)
    expect(again.body.error.message).toContain('must first be removed there')
    expect((await winner.administrator.delete('/v1.0/domains/shared.net')).status).toBe(204)
    await own(loser, 'shared.net')
  })

  test('TEN-4: a name below a domain of the tenant is proved with it, and a claim below with the claim', async () => {
    expect((await add(contoso, 'mail.tree.org')).body).toMatchObject({ isVerified: false, isRoot: true })
    await own(contoso, 'tree.org')
    const below = await contoso.administrator.get('/v1.0/domains/mail.tree.org')
    expect(below.body).toMatchObject({ isVerified: true, isRoot: false })
    expect((await add(contoso, 'web.tree.org')).body).toMatchObject({ isVerified: true, isRoot: false })
    expect((await add(fabrikam, 'other.tree.org')).body).toMatchObject({ isVerified: false })
    const refusal = await contoso.administrator.delete('/v1.0/domains/tree.org')
    expect(refusal).toMatchObject(refused)
    expect(refusal.body.error.message).toContain('mail.tree.org')
  })

  test('TEN-4: a name server that gives no answer proves nothing', async () => {
    await add(contoso, 'silent.net')
    dns.broken.add('silent.net')
    expect(await verify(contoso, 'silent.net')).toMatchObject({ status: 503 })
    expect((await contoso.administrator.get('/v1.0/domains/silent.net')).body.isVerified).toBe(false)
  })

  test('TEN-4: in a sandbox a name that nobody owns on the Internet is verified without proof', async () => {
    expect((await add(contoso, 'play.example')).body.isVerified).toBe(false)
    expect((await verify(contoso, 'play.example')).status).toBe(200)
    expect(dns.asked).not.toContain('play.example')
    await add(fabrikam, 'play.example.com')
    expect(await verify(fabrikam, 'play.example.com')).toMatchObject(refused)
    expect(await add(fabrikam, 'play.example')).toMatchObject(taken)
  })

  test.each([
    'contoso',
    'a b.com',
    'hidden.onmicrosoft.com',
    'onmicrosoft.com',
    '-x.com',
    'å.se',
    `${'a'.repeat(64)}.com`,
  ])('TEN-4: %s is no name to claim', async (id) => {
    expect(await add(contoso, id)).toMatchObject(refused)
  })
})

describe('the domains of a tenant', () => {
  test('TEN-3: the initial domain is neither changed nor deleted, and another can become the default', async () => {
    const initial = `/v1.0/domains/${fabrikam.domain}`
    await own(fabrikam, 'fabrikam.com')
    await add(fabrikam, 'unproved.com')
    const set = (name: string, isDefault: boolean) =>
      fabrikam.administrator.patch(`/v1.0/domains/${name}`, { isDefault })
    expect(await set('unproved.com', true)).toMatchObject(refused)
    expect(await set(fabrikam.domain, false)).toMatchObject(refused)
    expect((await set('fabrikam.com', true)).status).toBe(204)
    const list = await fabrikam.administrator.get('/v1.0/domains')
    const defaults = list.body.value.filter((domain: { isDefault: boolean }) => domain.isDefault)
    expect(defaults).toMatchObject([{ id: 'fabrikam.com' }])
    const tenants = await fabrikam.administrator.get('/tenants?api-version=2022-12-01')
    expect(tenants.body.value[0]).toMatchObject({ defaultDomain: 'fabrikam.com' })
    expect(tenants.body.value[0].domains).toContain('fabrikam.com')
    expect(tenants.body.value[0].domains).not.toContain('unproved.com')
    expect(await fabrikam.administrator.delete('/v1.0/domains/fabrikam.com')).toMatchObject(refused)
    expect(await fabrikam.administrator.delete(initial)).toMatchObject(refused)
    expect((await fabrikam.administrator.get(initial)).body).toMatchObject({ isInitial: true, isVerified: true })
    expect((await set(fabrikam.domain, true)).status).toBe(204)
    expect((await fabrikam.administrator.delete('/v1.0/domains/fabrikam.com')).status).toBe(204)
  })

  test('TEN-4: a domain in use is not removed, and the refusal says by whom', async () => {
    await own(contoso, 'used.net')
    const user = await newUser(contoso, 'Ben@used.net')
    const refusal = await contoso.administrator.delete('/v1.0/domains/used.net')
    expect(refusal).toMatchObject(refused)
    expect(refusal.body.error.message).toContain("names 1 of the tenant's users: Ben@used.net")
    expect((await contoso.administrator.delete(`/v1.0/users/${user.body.id}`)).status).toBe(204)
    expect((await contoso.administrator.delete('/v1.0/domains/used.net')).status).toBe(204)
    expect(await contoso.administrator.get('/v1.0/domains/used.net')).toMatchObject(absent)
    const restored = await contoso.administrator.post(`/v1.0/directory/deletedItems/${user.body.id}/restore`)
    expect(restored).toMatchObject(refused)
    await own(fabrikam, 'used.net')
  })

  test('TEN-4: nobody is created, renamed or claimed into a domain that is removed at this moment', async () => {
    const { administrator } = contoso
    const removal = (name: string) =>
      [
        ['select from tenant where id = $1 for update', contoso.id],
        ['delete from tenant_domain where tenant_id = $1 and name = $2', contoso.id, name],
      ] as const
    await own(contoso, 'leaving.net')
    const created = await duringTransaction(cloud, removal('leaving.net'), () => newUser(contoso, 'cleo@leaving.net'))
    expect(created).toMatchObject(refused)
    await own(contoso, 'leaving.net')
    const { id } = await contoso.newUser('dan')
    const rename = () => administrator.patch(`/v1.0/users/${id}`, { userPrincipalName: 'dan@leaving.net' })
    expect(await duringTransaction(cloud, removal('leaving.net'), rename)).toMatchObject(refused)
    await own(contoso, 'leaving.net')
    const below = await duringTransaction(cloud, removal('leaving.net'), () => add(contoso, 'sub.leaving.net'))
    expect(below).toMatchObject({ status: 201, body: { isVerified: false } })
  })

  test('TEN-4, ACC-6: only a Global administrator adds, verifies and removes domains', async () => {
    await add(contoso, 'claim.net')
    const manager = await contoso.newUser('domain-manager')
    await contoso.give(userAdministrator, manager.id)
    expect((await manager.client.get('/v1.0/domains/claim.net')).status).toBe(200)
    expect(await manager.client.post('/v1.0/domains', { id: 'mine.net' })).toMatchObject(denied)
    expect(await manager.client.post('/v1.0/domains/claim.net/verify')).toMatchObject(denied)
    expect(await manager.client.patch('/v1.0/domains/claim.net', { isDefault: true })).toMatchObject(denied)
    expect(await manager.client.delete('/v1.0/domains/claim.net')).toMatchObject(denied)
    expect(await fabrikam.administrator.get('/v1.0/domains/claim.net')).toMatchObject(absent)
    expect(await fabrikam.administrator.delete('/v1.0/domains/claim.net')).toMatchObject(absent)
  })
})
