import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { api, buildWorld, type World } from '../../http/world.ts'
import { type Client, type Reply, startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { duringTransaction } from '../../support/in-transaction.ts'
import { helpdeskAdministrator, password, reference, userAdministrator } from './new-tenant.ts'

const reader = '/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7'
const deleted = '/v1.0/directory/deletedItems'
const absent = { status: 404, body: { error: { code: 'Request_ResourceNotFound' } } }
const denied = { status: 403, body: { error: { code: 'Authorization_RequestDenied' } } }
const refused = { status: 400, body: { error: { code: 'Request_BadRequest' } } }

let cloud: TestCloud
let world: World
let tenantId: string
let subscription: string
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-03-01T09:00:00Z' })
  world = await buildWorld(cloud)
  tenantId = world.parameters.tenant ?? ''
  subscription = `/subscriptions/${world.parameters.subscriptionId}`
}, 60_000)
afterAll(() => cloud.stop())

async function newUser(name: string): Promise<{ id: string; client: Client; name: string }> {
  const userPrincipalName = `${name}@canary-contoso.onmicrosoft.com`
  const reply = await world.owner.post('/v1.0/users', {
    accountEnabled: true,
    displayName: name,
    mailNickname: name,
    userPrincipalName,
    passwordProfile: { password },
  })
  expect(reply.status).toBe(201)
  return {
    id: reply.body.id,
    name: userPrincipalName,
    client: cloud.as(await cloud.userToken(tenantId, reply.body.id)),
  }
}

async function newGroup(name: string, members: string[]): Promise<string> {
  const reply = await world.owner.post('/v1.0/groups', {
    displayName: name,
    mailNickname: name,
    mailEnabled: false,
    securityEnabled: true,
    'members@odata.bind': members.map((id) => reference(id)['@odata.id']),
  })
  expect(reply.status).toBe(201)
  return reply.body.id
}

let count = 0
async function giveReader(principalId: string): Promise<string> {
  count += 1
  const id = `${subscription}/providers/Microsoft.Authorization/roleAssignments/aaaaaaaa-0000-4000-8000-${String(count).padStart(12, '0')}?api-version=2022-04-01`
  const given = await world.owner.put(id, { properties: { roleDefinitionId: reader, principalId } })
  expect(given.status).toBe(201)
  return id
}

const look = (client: Client): Promise<Reply> => client.get(`${subscription}?api-version=2022-12-01`)
const idsOf = (reply: Reply): string[] => reply.body.value.map((item: { id: string }) => item.id)
const dayAfter = (days: number): string => new Date(Date.UTC(2026, 2, 1 + days, 9)).toISOString()

describe('within thirty days', () => {
  test('TEN-22: a user comes back with object id, name, groups, directory roles and resource roles', async () => {
    const ann = await newUser('ann')
    const group = await newGroup('with-ann', [ann.id])
    await giveReader(group)
    await giveReader(ann.id)
    await world.owner.post(`/v1.0/directoryRoles/${helpdeskAdministrator}/members/$ref`, reference(ann.id))
    expect((await look(ann.client)).status).toBe(200)

    expect((await world.owner.delete(`/v1.0/users/${ann.id}`)).status).toBe(204)
    expect((await look(ann.client)).status).toBe(401)
    expect((await world.owner.get(`/v1.0/groups/${group}/members`)).body.value).toEqual([])
    const listed = await world.owner.get(`${deleted}/microsoft.graph.user`)
    expect(listed.body.value).toContainEqual(
      expect.objectContaining({
        '@odata.type': '#microsoft.graph.user',
        id: ann.id,
        displayName: 'ann',
        deletedDateTime: '2026-03-01T09:00:00.000Z',
        userPrincipalName: `${ann.id.replaceAll('-', '')}${ann.name}`,
      }),
    )
    expect((await world.owner.get(`${deleted}/${ann.id}`)).status).toBe(200)

    const restored = await world.owner.post(`${deleted}/${ann.id}/restore`)
    expect(restored).toMatchObject({ status: 200, body: { id: ann.id, userPrincipalName: ann.name } })
    expect((await look(ann.client)).status).toBe(200)
    expect((await ann.client.get('/v1.0/me')).body).toMatchObject({ id: ann.id, userPrincipalName: ann.name })
    expect(idsOf(await ann.client.get('/v1.0/me/memberOf')).sort()).toEqual([group, helpdeskAdministrator].sort())
    expect(await world.owner.post(`${deleted}/${ann.id}/restore`)).toMatchObject(absent)
    expect(idsOf(await world.owner.get(`${deleted}/microsoft.graph.user`))).not.toContain(ann.id)
  })

  test('TEN-22: a name that was taken meanwhile is a clear refusal, and another name brings the user back', async () => {
    const first = await newUser('ben')
    await world.owner.delete(`/v1.0/users/${first.id}`)
    const second = await newUser('ben')
    expect(second.id).not.toBe(first.id)
    const refusal = await world.owner.post(`${deleted}/${first.id}/restore`)
    expect(refusal).toMatchObject(refused)
    expect(refusal.body.error.message).toContain('newUserPrincipalName')
    expect((await world.owner.get(`${deleted}/${first.id}`)).status).toBe(200)
    const other = { newUserPrincipalName: 'benny@canary-contoso.onmicrosoft.com' }
    expect(await world.owner.post(`${deleted}/${first.id}/restore`, other)).toMatchObject({
      status: 200,
      body: { id: first.id, userPrincipalName: other.newUserPrincipalName },
    })
    expect((await world.owner.get(`/v1.0/users/${second.id}`)).body.userPrincipalName).toBe(second.name)
    await world.owner.delete(`/v1.0/users/${first.id}`)
    const elsewhere = { newUserPrincipalName: 'ben@fabrikam.onmicrosoft.com' }
    expect(await world.owner.post(`${deleted}/${first.id}/restore`, elsewhere)).toMatchObject(refused)
  })

  test('TEN-22: a group reaches nobody while it is deleted, and its members again when it is restored', async () => {
    const cia = await newUser('cia')
    const inner = await newGroup('inner', [cia.id])
    const outer = await newGroup('outer', [inner])
    await giveReader(outer)
    expect((await look(cia.client)).status).toBe(200)
    expect((await world.owner.delete(`/v1.0/groups/${inner}`)).status).toBe(204)
    expect((await look(cia.client)).status).toBe(403)
    expect(idsOf(await world.owner.get(`${deleted}/microsoft.graph.group`))).toEqual([inner])
    expect((await world.owner.post(`${deleted}/${inner}/restore`)).status).toBe(200)
    expect((await look(cia.client)).status).toBe(200)
  })

  test('TEN-22: an application comes back with its secrets, and its service principal by itself', async () => {
    const application = await world.owner.post('/v1.0/applications', { displayName: 'robot' })
    const { id, appId } = application.body
    const secret = (await world.owner.post(`/v1.0/applications/${id}/addPassword`, {})).body.secretText
    const principal = (await world.owner.post('/v1.0/servicePrincipals', { appId })).body.id
    const signIn = () => cloud.applicationToken(tenantId, appId, secret)
    await giveReader(principal)
    expect((await look(cloud.as(await signIn()))).status).toBe(200)

    expect((await world.owner.delete(`/v1.0/applications/${id}`)).status).toBe(204)
    await expect(signIn()).rejects.toThrow('no token')
    expect(idsOf(await world.owner.get(`${deleted}/microsoft.graph.application`))).toEqual([id])
    expect(idsOf(await world.owner.get(`${deleted}/microsoft.graph.servicePrincipal`))).toEqual([principal])
    expect(await world.owner.post(`${deleted}/${principal}/restore`)).toMatchObject(refused)
    expect((await world.owner.post(`${deleted}/${id}/restore`)).status).toBe(200)
    await expect(signIn()).rejects.toThrow('no token')
    expect((await world.owner.post(`${deleted}/${principal}/restore`)).status).toBe(200)
    expect((await look(cloud.as(await signIn()))).status).toBe(200)

    await world.owner.delete(`/v1.0/servicePrincipals/${principal}`)
    const anew = (await world.owner.post('/v1.0/servicePrincipals', { appId })).body.id
    expect(anew).not.toBe(principal)
    expect((await look(cloud.as(await signIn()))).status).toBe(403)
    expect(await world.owner.post(`${deleted}/${principal}/restore`)).toMatchObject(refused)
  })
})

describe('who may', () => {
  test('TEN-22, ACC-6: a User administrator restores users and groups, and neither administrators nor for good', async () => {
    const manager = await newUser('manager')
    await world.owner.post(`/v1.0/directoryRoles/${userAdministrator}/members/$ref`, reference(manager.id))
    const member = await newUser('dag')
    const administrator = await newUser('eva')
    await world.owner.post(`/v1.0/directoryRoles/${helpdeskAdministrator}/members/$ref`, reference(administrator.id))
    await world.owner.delete(`/v1.0/users/${member.id}`)
    await world.owner.delete(`/v1.0/users/${administrator.id}`)
    const robot = (await world.owner.post('/v1.0/applications', { displayName: 'robot' })).body.id
    await world.owner.delete(`/v1.0/applications/${robot}`)
    expect((await manager.client.get(`${deleted}/microsoft.graph.user`)).status).toBe(200)
    expect(await manager.client.delete(`${deleted}/${member.id}`)).toMatchObject(denied)
    expect(await manager.client.post(`${deleted}/${administrator.id}/restore`)).toMatchObject(denied)
    expect(await manager.client.post(`${deleted}/${robot}/restore`)).toMatchObject(denied)
    expect((await manager.client.post(`${deleted}/${member.id}/restore`)).status).toBe(200)
    expect(await world.member.get(`${deleted}/microsoft.graph.user`)).toMatchObject(denied)
    expect(await world.stranger.get(`${deleted}/${administrator.id}`)).toMatchObject(denied)
  })
})

describe('for good', () => {
  test('TEN-22, DEC-22: after thirty days nothing is restored, the role is an entry without effect, and a successor inherits nothing', async () => {
    const fia = await newUser('fia')
    const group = await newGroup('with-fia', [fia.id])
    const assignment = await giveReader(fia.id)
    await world.owner.delete(`/v1.0/users/${fia.id}`)
    await cloud.clock.set(dayAfter(29))
    expect((await world.owner.get(`${deleted}/${fia.id}`)).status).toBe(200)
    await cloud.clock.set(dayAfter(30))
    expect(await world.owner.get(`${deleted}/${fia.id}`)).toMatchObject(absent)
    expect(await world.owner.post(`${deleted}/${fia.id}/restore`)).toMatchObject(absent)
    expect(idsOf(await world.owner.get(`${deleted}/microsoft.graph.user`))).not.toContain(fia.id)

    const kept = await cloud.running.db
      .selectFrom('user_account as u')
      .innerJoin('principal as p', 'p.id', 'u.id')
      .select(['p.display_name', 'u.user_principal_name', 'u.password_hash', 'p.purged_at'])
      .where('u.id', '=', fia.id)
      .executeTakeFirstOrThrow()
    expect(kept).toEqual({
      display_name: '',
      user_principal_name: fia.id.replaceAll('-', ''),
      password_hash: null,
      purged_at: new Date(dayAfter(30)),
    })
    const entry = await world.owner.get(assignment)
    expect(entry).toMatchObject({ status: 200, body: { properties: { principalId: fia.id } } })
    const successor = await newUser('fia')
    expect(successor.id).not.toBe(fia.id)
    expect((await look(successor.client)).status).toBe(403)
    expect((await world.owner.get(`/v1.0/groups/${group}/members`)).body.value).toEqual([])
    expect((await world.owner.delete(assignment)).status).toBe(200)
  })

  test('TEN-22: a restored user who is deleted again has thirty days of their own', async () => {
    const gun = await newUser('gun')
    await world.owner.delete(`/v1.0/users/${gun.id}`)
    await cloud.clock.set(dayAfter(50))
    await world.owner.post(`${deleted}/${gun.id}/restore`)
    await world.owner.delete(`/v1.0/users/${gun.id}`)
    await cloud.clock.set(dayAfter(70))
    expect((await world.owner.post(`${deleted}/${gun.id}/restore`)).status).toBe(200)
    await cloud.clock.set(dayAfter(90))
    expect((await gun.client.get('/v1.0/me')).status).toBe(200)
  })

  test('TEN-22: a Global administrator makes a deletion final at once, on the record', async () => {
    const hal = await newUser('hal')
    await giveReader(hal.id)
    await world.owner.delete(`/v1.0/users/${hal.id}`)
    expect((await world.owner.delete(`${deleted}/${hal.id}`)).status).toBe(204)
    expect(await world.owner.post(`${deleted}/${hal.id}/restore`)).toMatchObject(absent)
    const records = await cloud.running.db
      .selectFrom('audit_record')
      .select('action')
      .where('scope', '=', `/tenants/${tenantId}/directory/deletedItems/${hal.id}`)
      .execute()
    expect(records).toEqual([{ action: 'deletedItems/delete' }])
    const again = await world.owner.put(
      `${subscription}/providers/Microsoft.Authorization/roleAssignments/bbbbbbbb-0000-4000-8000-000000000001?api-version=2022-04-01`,
      { properties: { roleDefinitionId: reader, principalId: hal.id } },
    )
    expect(again).toMatchObject({ status: 400, body: { error: { code: 'PrincipalNotFound' } } })
  })
})

test('TEN-22: what is deleted for good at this moment is not restored', async () => {
  const ivo = await newUser('ivo')
  expect((await world.owner.delete(`/v1.0/users/${ivo.id}`)).status).toBe(204)
  const finalDeletion = [
    ['select from tenant where id = $1 for update', tenantId],
    [`update principal set purged_at = deleted_at, display_name = '' where id = $1`, ivo.id],
  ] as const
  const restore = () => world.owner.post(`${deleted}/${ivo.id}/restore`)
  expect(await duringTransaction(cloud, finalDeletion, restore)).toMatchObject(absent)
  expect(await world.owner.get(`/v1.0/users/${ivo.id}`)).toMatchObject(absent)
})

test('TEN-22: of a restoration and a final deletion at once one finds nothing', async () => {
  const items = await Promise.all(['jan', 'kai', 'leo', 'max'].map(newUser))
  for (const { id } of items) await world.owner.delete(`/v1.0/users/${id}`)
  await Promise.all(
    items.map(async ({ id }) => {
      const replies = await Promise.all([
        world.owner.post(`${deleted}/${id}/restore`),
        world.owner.delete(`${deleted}/${id}`),
      ])
      const statuses = replies.map((reply) => reply.status)
      expect([
        [200, 404],
        [404, 204],
      ]).toContainEqual(statuses)
      expect((await world.owner.get(`/v1.0/users/${id}`)).status).toBe(statuses[0])
    }),
  )
})

test('what is not there is answered like what is another tenant’s', async () => {
  const stranger = await world.stranger.get(`/v1.0/users?$top=1`)
  const unknown = `${deleted}/${stranger.body.value[0].id}`
  expect(await world.owner.get(unknown)).toMatchObject(absent)
  expect(await world.owner.delete(unknown)).toMatchObject(absent)
  expect((await world.owner.get(`/providers/Tenantry.Directory/tenants?${api}`)).status).toBe(403)
})
