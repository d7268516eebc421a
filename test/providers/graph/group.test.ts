import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Reply, startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { globalAdministrator, type NewTenant, newTenant, reference, userAdministrator } from './new-tenant.ts'

let cloud: TestCloud
let contoso: NewTenant
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-03-01T09:00:00Z' })
  contoso = await newTenant(cloud, 'contoso')
}, 60_000)
afterAll(() => cloud.stop())

const denied = { status: 403, body: { error: { code: 'Authorization_RequestDenied' } } }
const refusedRequest = { status: 400, body: { error: { code: 'Request_BadRequest' } } }
const absent = { status: 404, body: { error: { code: 'Request_ResourceNotFound' } } }

const wanted = (name: string) => ({ displayName: name, mailNickname: name, mailEnabled: false, securityEnabled: true })

async function newGroup(name: string, properties: Record<string, unknown> = {}): Promise<string> {
  const reply = await contoso.administrator.post('/v1.0/groups', { ...wanted(name), ...properties })
  expect(reply.status).toBe(201)
  return reply.body.id
}

const add = (groupId: string, id: string): Promise<Reply> =>
  contoso.administrator.post(`/v1.0/groups/${groupId}/members/$ref`, reference(id))

const namesOf = (reply: Reply): string[] =>
  reply.body.value.map((object: { displayName: string }) => object.displayName).sort()

describe('membership', () => {
  test('TEN-21: a group holds users, guests among them, service principals and groups; membership reaches through', async () => {
    const member = await contoso.newUser('member')
    const guest = await contoso.newUser('guest', { userType: 'Guest' })
    const application = await contoso.administrator.post('/v1.0/applications', { displayName: 'robot' })
    const robot = await contoso.administrator.post('/v1.0/servicePrincipals', { appId: application.body.appId })
    const [outer, middle, inner] = [await newGroup('outer'), await newGroup('middle'), await newGroup('inner')]
    for (const [group, id] of [
      [outer, middle],
      [outer, member.id],
      [middle, inner],
      [inner, guest.id],
      [inner, robot.body.id],
      [inner, member.id],
    ] as const)
      expect((await add(group, id)).status).toBe(204)

    const direct = await contoso.administrator.get(`/v1.0/groups/${outer}/members`)
    expect(namesOf(direct)).toEqual(['member', 'middle'])
    const through = await contoso.administrator.get(`/v1.0/groups/${outer}/transitiveMembers`)
    expect(namesOf(through)).toEqual(['guest', 'inner', 'member', 'middle', 'robot'])
    expect(through.body.value).toContainEqual({
      '@odata.type': '#microsoft.graph.servicePrincipal',
      id: robot.body.id,
      displayName: 'robot',
      appId: application.body.appId,
    })

    expect((await contoso.administrator.delete(`/v1.0/groups/${outer}/members/${middle}/$ref`)).status).toBe(204)
    expect(namesOf(await contoso.administrator.get(`/v1.0/groups/${outer}/transitiveMembers`))).toEqual(['member'])
  })

  test('TEN-21: groups that contain each other end, and a deleted group passes nothing on', async () => {
    const member = await contoso.newUser('in-circle')
    const [a, b, c] = [await newGroup('circle-a'), await newGroup('circle-b'), await newGroup('circle-c')]
    for (const [group, id] of [
      [a, b],
      [b, c],
      [c, a],
      [c, member.id],
    ] as const)
      expect((await add(group, id)).status).toBe(204)
    expect(namesOf(await contoso.administrator.get(`/v1.0/groups/${a}/transitiveMembers`))).toEqual([
      'circle-b',
      'circle-c',
      'in-circle',
    ])
    expect(await add(a, a)).toMatchObject(refusedRequest)
    expect((await contoso.administrator.delete(`/v1.0/groups/${b}`)).status).toBe(204)
    expect(namesOf(await contoso.administrator.get(`/v1.0/groups/${a}/transitiveMembers`))).toEqual([])
  })

  test("TEN-21: a user's list of groups and roles reaches as far as membership does", async () => {
    const member = await contoso.newUser('much-of-a-member')
    const [outer, inner] = [await newGroup('list-outer'), await newGroup('list-inner')]
    await add(outer, inner)
    await add(inner, member.id)
    await contoso.give(userAdministrator, member.id)
    const own = await member.client.get('/v1.0/me/memberOf')
    expect(namesOf(own)).toEqual(['User Administrator', 'list-inner'])
    const all = await contoso.administrator.get(`/v1.0/users/${member.id}/transitiveMemberOf?$top=2`)
    const rest = await contoso.administrator.get(all.body['@odata.nextLink'].slice(cloud.baseUrl.length))
    expect([...namesOf(all), ...namesOf(rest)].sort()).toEqual(['User Administrator', 'list-inner', 'list-outer'])
    const guest = await contoso.newUser('curious', { userType: 'Guest' })
    expect(await guest.client.get(`/v1.0/users/${member.id}/memberOf`)).toMatchObject(denied)
    expect((await guest.client.get('/v1.0/me/memberOf')).body.value).toEqual([])
  })

  test('a member is added once and must exist; who is no member cannot be removed', async () => {
    const member = await contoso.newUser('twice')
    const group = await newGroup('once-only')
    expect((await add(group, member.id)).status).toBe(204)
    expect(await add(group, member.id)).toMatchObject(refusedRequest)
    expect(await add(group, '99999999-aaaa-4aaa-8aaa-000000000000')).toMatchObject(absent)
    expect(await add('99999999-aaaa-4aaa-8aaa-000000000000', member.id)).toMatchObject(absent)
    expect(await contoso.administrator.post(`/v1.0/groups/${group}/members/$ref`, { '@odata.id': 'x' })).toMatchObject(
      refusedRequest,
    )
    const removal = `/v1.0/groups/${group}/members/${member.id}/$ref`
    expect((await contoso.administrator.delete(removal)).status).toBe(204)
    expect(await contoso.administrator.delete(removal)).toMatchObject(absent)
  })

  test('members named with the group or a change of it are added, all of them or none', async () => {
    const [one, two] = [await contoso.newUser('bound-one'), await contoso.newUser('bound-two')]
    const group = await newGroup('bound', { 'members@odata.bind': [reference(one.id)['@odata.id']] })
    const path = `/v1.0/groups/${group}`
    const changed = await contoso.administrator.patch(path, {
      description: 'both',
      'members@odata.bind': [reference(two.id)['@odata.id']],
    })
    expect(changed.status).toBe(204)
    expect(namesOf(await contoso.administrator.get(`${path}/members`))).toEqual(['bound-one', 'bound-two'])
    const three = await contoso.newUser('bound-three')
    const half = await contoso.administrator.patch(path, {
      description: 'not kept',
      'members@odata.bind': [reference(three.id)['@odata.id'], reference(two.id)['@odata.id']],
    })
    expect(half).toMatchObject(refusedRequest)
    expect(namesOf(await contoso.administrator.get(`${path}/members`))).toEqual(['bound-one', 'bound-two'])
    expect((await contoso.administrator.get(path)).body).toMatchObject({ description: 'both' })
  })
})

describe('who may', () => {
  test('TEN-21: an owner manages the membership of their own group and of no other', async () => {
    const owner = await contoso.newUser('owner')
    const friend = await contoso.newUser('friend')
    const own = await newGroup('own', { 'owners@odata.bind': [reference(owner.id)['@odata.id']] })
    const other = await newGroup('other')
    expect(namesOf(await owner.client.get(`/v1.0/groups/${own}/owners`))).toEqual(['owner'])
    expect((await owner.client.post(`/v1.0/groups/${own}/members/$ref`, reference(friend.id))).status).toBe(204)
    expect((await owner.client.delete(`/v1.0/groups/${own}/members/${friend.id}/$ref`)).status).toBe(204)
    expect(await owner.client.post(`/v1.0/groups/${other}/members/$ref`, reference(friend.id))).toMatchObject(denied)
    expect(await owner.client.post(`/v1.0/groups/${own}/owners/$ref`, reference(friend.id))).toMatchObject(denied)
    expect(await owner.client.patch(`/v1.0/groups/${own}`, { displayName: 'Mine' })).toMatchObject(denied)
    expect(await owner.client.delete(`/v1.0/groups/${own}`)).toMatchObject(denied)
  })

  test('ACC-6: members read groups; only Global and User administrators write those of others', async () => {
    const member = await contoso.newUser('reader')
    const manager = await contoso.newUser('manager')
    await contoso.give(userAdministrator, manager.id)
    const group = await newGroup('guarded')
    expect((await member.client.get(`/v1.0/groups/${group}`)).status).toBe(200)
    expect(await member.client.patch(`/v1.0/groups/${group}`, { displayName: 'Mine' })).toMatchObject(denied)
    expect(await member.client.delete(`/v1.0/groups/${group}`)).toMatchObject(denied)
    expect(await member.client.post(`/v1.0/groups/${group}/members/$ref`, reference(member.id))).toMatchObject(denied)
    expect((await manager.client.post('/v1.0/groups', wanted('managed'))).status).toBe(201)
  })

  test('ACC-6: a directory role is not given to a group, so that its owner cannot make an administrator', async () => {
    const group = await newGroup('would-be-admins')
    const path = `/v1.0/directoryRoles/${globalAdministrator}/members/$ref`
    expect(await contoso.administrator.post(path, reference(group))).toMatchObject(refusedRequest)
    const roleAssignable = await contoso.administrator.post('/v1.0/groups', {
      ...wanted('r'),
      isAssignableToRole: true,
    })
    expect(roleAssignable).toMatchObject(refusedRequest)
  })

  test('what is published and not kept is refused by name', async () => {
    for (const properties of [{ mailEnabled: true }, { groupTypes: ['Unified'] }, { visibility: 'Private' }])
      expect(await contoso.administrator.post('/v1.0/groups', { ...wanted('x'), ...properties })).toMatchObject({
        status: 400,
        body: { error: { message: expect.stringContaining(Object.keys(properties)[0] ?? '') } },
      })
  })
})
