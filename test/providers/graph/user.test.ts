import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import {
  globalAdministrator,
  helpdeskAdministrator,
  type NewTenant,
  newTenant,
  password,
  userAdministrator,
} from './new-tenant.ts'

let cloud: TestCloud
let contoso: NewTenant
let fans: NewTenant
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-03-01T09:00:00Z' })
  contoso = await newTenant(cloud, 'contoso')
  fans = await newTenant(cloud, 'fans', 'identity')
}, 60_000)
afterAll(() => cloud.stop())

const denied = { status: 403, body: { error: { code: 'Authorization_RequestDenied' } } }
const refusedRequest = { status: 400, body: { error: { code: 'Request_BadRequest' } } }

describe('accounts', () => {
  test('TEN-1: a tenant holds users, found by object id and by name in any case', async () => {
    const created = await contoso.administrator.post('/v1.0/users', {
      accountEnabled: true,
      displayName: 'Eva Ek',
      mailNickname: 'eva',
      userPrincipalName: 'Eva@contoso.onmicrosoft.com',
      mail: 'eva@contoso.example',
      passwordProfile: { password, forceChangePasswordNextSignIn: true },
    })
    expect(created).toMatchObject({
      status: 201,
      body: {
        '@odata.context': `${cloud.baseUrl}/v1.0/$metadata#users/$entity`,
        displayName: 'Eva Ek',
        userType: 'Member',
        accountEnabled: true,
        createdDateTime: '2026-03-01T09:00:00.000Z',
      },
    })
    for (const key of [created.body.id, 'eva@CONTOSO.onmicrosoft.com']) {
      const read = await contoso.administrator.get(`/v1.0/users/${key}`)
      expect(read).toMatchObject({ status: 200, body: { id: created.body.id, mail: 'eva@contoso.example' } })
    }
    expect(JSON.stringify(created.body)).not.toContain(password)
  })

  test('TEN-8: user type is one thing and where somebody comes from is another, so there are four shapes', async () => {
    await contoso.newUser('internal-member')
    await contoso.newUser('internal-guest', { userType: 'Guest' })
    const home = await newTenant(cloud, 'home-of-externals')
    const person = await home.newUser('bo', { mail: 'bo@home.example' })
    const abroad = await cloud.operator.put(
      '/providers/Tenantry.Directory/tenants/33333333-aaaa-4aaa-8aaa-000000000001?api-version=2026-11-01',
      {
        properties: {
          displayName: 'Abroad',
          initialDomainLabel: 'abroad',
          countryCode: 'SE',
          kind: 'workforce',
          administrator: { homeTenantId: home.id, homeObjectId: person.id },
        },
      },
    )
    const boAbroad = abroad.body.properties.administrator.objectId
    const bo = cloud.as(await cloud.userToken('33333333-aaaa-4aaa-8aaa-000000000001', boAbroad))
    expect(await bo.get('/v1.0/me')).toMatchObject({
      body: { userType: 'Member', externalUserState: 'Accepted', userPrincipalName: expect.stringContaining('#EXT#') },
    })
    expect(await bo.patch(`/v1.0/users/${boAbroad}`, { userType: 'Guest' })).toMatchObject({ status: 204 })
    // User type does not say which role they hold: the external guest is still Global administrator.
    expect(await bo.get('/v1.0/users')).toMatchObject({ status: 200, body: { value: [{ userType: 'Guest' }] } })
    const rows = await cloud.running.db
      .selectFrom('user_account')
      .select(['user_principal_name', 'user_type', 'home_tenant_id'])
      .where('user_principal_name', 'like', 'internal-%')
      .orderBy('user_principal_name')
      .execute()
    expect(rows).toEqual([
      { user_principal_name: 'internal-guest@contoso.onmicrosoft.com', user_type: 'Guest', home_tenant_id: null },
      { user_principal_name: 'internal-member@contoso.onmicrosoft.com', user_type: 'Member', home_tenant_id: null },
    ])
  })

  test('TEN-4: a user is named in a domain of the tenant and in no other', async () => {
    for (const userPrincipalName of [
      'x@fans.onmicrosoft.com',
      'x@microsoft.com',
      'nobody',
      '@contoso.onmicrosoft.com',
    ]) {
      const reply = await contoso.administrator.post('/v1.0/users', {
        accountEnabled: true,
        displayName: 'X',
        mailNickname: 'x',
        userPrincipalName,
        passwordProfile: { password },
      })
      expect(reply).toMatchObject(refusedRequest)
    }
  })

  test('TEN-6: a person has one account: the same name again is refused, in any case', async () => {
    await contoso.newUser('once')
    const again = await contoso.administrator.post('/v1.0/users', {
      accountEnabled: true,
      displayName: 'Once more',
      mailNickname: 'once',
      userPrincipalName: 'ONCE@contoso.onmicrosoft.com',
      passwordProfile: { password },
    })
    expect(again).toMatchObject(refusedRequest)
    const found = await contoso.administrator.get(
      `/v1.0/users?$filter=${encodeURIComponent("userPrincipalName eq 'once@contoso.onmicrosoft.com'")}`,
    )
    expect(found.body.value).toHaveLength(1)
  })

  test('TEN-22: a deleted user works for nothing at once, and a new one of the same name is somebody else', async () => {
    const leaver = await contoso.newUser('leaver')
    expect((await leaver.client.get('/v1.0/me')).status).toBe(200)
    expect((await contoso.administrator.delete(`/v1.0/users/${leaver.id}`)).status).toBe(204)
    expect((await leaver.client.get('/v1.0/me')).status).toBe(401)
    expect((await contoso.administrator.get(`/v1.0/users/${leaver.id}`)).status).toBe(404)
    expect((await contoso.administrator.delete(`/v1.0/users/${leaver.id}`)).status).toBe(404)
    const next = await contoso.newUser('leaver')
    expect(next.id).not.toBe(leaver.id)
  })

  test('a change names what changes and leaves the rest; null empties', async () => {
    const user = await contoso.newUser('changing', { mail: 'a@example.com', surname: 'Old' })
    const changed = await contoso.administrator.patch('/v1.0/users/changing@contoso.onmicrosoft.com', {
      surname: 'New',
      mail: null,
    })
    expect(changed.status).toBe(204)
    expect(await contoso.administrator.get(`/v1.0/users/${user.id}`)).toMatchObject({
      body: { displayName: 'changing', surname: 'New', mail: null, accountEnabled: true },
    })
    expect(await contoso.administrator.patch(`/v1.0/users/${user.id}`, { jobTitle: 'Smith' })).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining('jobTitle') } },
    })
    await contoso.administrator.patch(`/v1.0/users/${user.id}`, { accountEnabled: false })
    expect((await user.client.get('/v1.0/me')).status).toBe(401)
  })
})

describe('identity tenants', () => {
  const consumer = (name: string) => ({
    accountEnabled: true,
    displayName: name,
    identities: [
      { signInType: 'emailAddress', issuer: 'fans.onmicrosoft.com', issuerAssignedId: `${name}@mail.example` },
    ],
    passwordProfile: { password, forceChangePasswordNextSignIn: false },
    passwordPolicies: 'DisablePasswordExpiration',
  })

  test('TEN-9: an identity tenant has work accounts and consumers; a consumer sees only themself', async () => {
    const work = await fans.newUser('clerk')
    expect((await work.client.get('/v1.0/users')).status).toBe(200)
    const created = await fans.administrator.post('/v1.0/users', consumer('kim'))
    expect(created).toMatchObject({
      status: 201,
      body: {
        creationType: 'LocalAccount',
        userPrincipalName: `${created.body.id}@fans.onmicrosoft.com`,
        identities: [
          { signInType: 'emailAddress', issuerAssignedId: 'kim@mail.example' },
          { signInType: 'userPrincipalName' },
        ],
      },
    })
    const kim = cloud.as(await cloud.userToken(fans.id, created.body.id))
    expect(await kim.get('/v1.0/me')).toMatchObject({ status: 200, body: { displayName: 'kim' } })
    for (const path of [
      'users',
      'groups',
      `users/${fans.administratorId}`,
      'domains',
      'directoryRoles',
      'applications',
    ])
      expect(await kim.get(`/v1.0/${path}`)).toMatchObject(denied)
    expect(await kim.post('/v1.0/applications', { displayName: 'Mine' })).toMatchObject(denied)
    expect(
      await fans.administrator.post(`/v1.0/directoryRoles/${globalAdministrator}/members/$ref`, {
        '@odata.id': `${cloud.baseUrl}/v1.0/users/${created.body.id}`,
      }),
    ).toMatchObject(refusedRequest)
  })

  test('TEN-9: a sign-in name belongs to one consumer of the tenant', async () => {
    expect((await fans.administrator.post('/v1.0/users', consumer('robin'))).status).toBe(201)
    const again = { ...consumer('robin'), displayName: 'Another' }
    again.identities[0]!.issuerAssignedId = 'ROBIN@mail.example'
    expect(await fans.administrator.post('/v1.0/users', again)).toMatchObject(refusedRequest)
    const sisters = await Promise.all([1, 2, 3].map(() => fans.administrator.post('/v1.0/users', consumer('alex'))))
    expect(sisters.filter((reply) => reply.status === 400)).toHaveLength(2)
    const alex = sisters.find((reply) => reply.status === 201)?.body.id
    expect((await fans.administrator.delete(`/v1.0/users/${alex}`)).status).toBe(204)
    expect((await fans.administrator.post('/v1.0/users', consumer('alex'))).status).toBe(201)
  })

  test('TEN-5: consumers exist only in identity tenants', async () => {
    const reply = await contoso.administrator.post('/v1.0/users', {
      ...consumer('sam'),
      identities: [{ signInType: 'emailAddress', issuer: contoso.domain, issuerAssignedId: 'sam@mail.example' }],
    })
    expect(reply).toMatchObject(refusedRequest)
  })
})

describe('who may', () => {
  test('ACC-6: members read the directory and change nobody; a User administrator creates, changes and deletes', async () => {
    const member = await contoso.newUser('plain-member')
    const manager = await contoso.newUser('user-admin')
    await contoso.give(userAdministrator, manager.id)
    const somebody = {
      accountEnabled: true,
      displayName: 'Somebody',
      mailNickname: 'somebody',
      userPrincipalName: 'somebody@contoso.onmicrosoft.com',
      passwordProfile: { password },
    }
    expect((await member.client.get('/v1.0/users')).status).toBe(200)
    expect(await member.client.post('/v1.0/users', somebody)).toMatchObject(denied)
    expect(await member.client.patch(`/v1.0/users/${manager.id}`, { displayName: 'X' })).toMatchObject(denied)
    expect(await member.client.delete(`/v1.0/users/${manager.id}`)).toMatchObject(denied)
    const created = await manager.client.post('/v1.0/users', somebody)
    expect(created.status).toBe(201)
    expect((await manager.client.patch(`/v1.0/users/${created.body.id}`, { displayName: 'Y' })).status).toBe(204)
    expect((await manager.client.delete(`/v1.0/users/${created.body.id}`)).status).toBe(204)
  })

  test('ACC-6: helpdesk resets passwords of those without an administrator role, and does nothing else', async () => {
    const helper = await contoso.newUser('helper')
    const member = await contoso.newUser('forgetful')
    await contoso.give(helpdeskAdministrator, helper.id)
    const reset = { passwordProfile: { password: 'another good one', forceChangePasswordNextSignIn: true } }
    expect((await helper.client.patch(`/v1.0/users/${member.id}`, reset)).status).toBe(204)
    expect(await helper.client.patch(`/v1.0/users/${contoso.administratorId}`, reset)).toMatchObject(denied)
    expect(await helper.client.patch(`/v1.0/users/${member.id}`, { ...reset, displayName: 'X' })).toMatchObject(denied)
  })

  test('ACC-6: a User administrator cannot take over a Global administrator', async () => {
    const manager = await contoso.newUser('ambitious')
    await contoso.give(userAdministrator, manager.id)
    const target = `/v1.0/users/${contoso.administratorId}`
    expect(await manager.client.patch(target, { passwordProfile: { password: 'mine from now on' } })).toMatchObject(
      denied,
    )
    expect(await manager.client.patch(target, { accountEnabled: false })).toMatchObject(denied)
    expect(await manager.client.delete(target)).toMatchObject(denied)
  })

  test('ACC-6: the last Global administrator is neither deleted nor disabled', async () => {
    const tenant = await newTenant(cloud, 'one-admin')
    const target = `/v1.0/users/${tenant.administratorId}`
    expect(await tenant.administrator.delete(target)).toMatchObject(refusedRequest)
    expect(await tenant.administrator.patch(target, { accountEnabled: false })).toMatchObject(refusedRequest)
    const second = await tenant.newUser('second')
    await tenant.give(globalAdministrator, second.id)
    expect((await second.client.delete(target)).status).toBe(204)
    expect(await second.client.delete(`/v1.0/users/${second.id}`)).toMatchObject(refusedRequest)
  })
})

describe('lists', () => {
  const values = async (query: string): Promise<string[]> => {
    const reply = await contoso.administrator.get(`/v1.0/users?${query}`)
    expect(reply.status).toBe(200)
    return reply.body.value.map((user: { displayName: string }) => user.displayName).sort()
  }

  test('a filter finds what it says, and one that is not understood is refused', async () => {
    await contoso.newUser('list-a', { displayName: "List O'Hara", mail: 'list.a@mail.example' })
    await contoso.newUser('list-b', { displayName: 'List and more', userType: 'Guest' })
    const filter = (text: string) => `$filter=${encodeURIComponent(text)}`
    expect(await values(filter("startswith(displayName,'list')"))).toEqual(["List O'Hara", 'List and more'])
    expect(await values(filter("displayName eq 'list o''hara'"))).toEqual(["List O'Hara"])
    expect(await values(filter("displayName eq 'List and more' and userType eq 'Guest'"))).toEqual(['List and more'])
    expect(await values(filter("mail eq 'LIST.A@mail.example'"))).toEqual(["List O'Hara"])
    expect(await values(filter("displayName eq 'list%'"))).toEqual([])
    for (const text of ["jobTitle eq 'x'", "displayName ne 'x'", "displayName eq 'a' or mail eq 'b'", "id eq '5'", 'x'])
      expect((await contoso.administrator.get(`/v1.0/users?${filter(text)}`)).status).toBe(400)
    expect((await contoso.administrator.get('/v1.0/users?$orderby=displayName')).status).toBe(400)
  })

  test('pages follow each other by an absolute link and leave nobody out', async () => {
    const all = await contoso.administrator.get('/v1.0/users?$select=id')
    const ids: string[] = []
    let next: string | undefined = '/v1.0/users?$top=3&$select=id'
    while (next !== undefined) {
      const reply = await contoso.administrator.get(next)
      expect(reply.body.value.length).toBeLessThanOrEqual(3)
      ids.push(...reply.body.value.map((user: { id: string }) => user.id))
      const link: string | undefined = reply.body['@odata.nextLink']
      expect(link ?? `${cloud.baseUrl}/v1.0/users?`).toContain(`${cloud.baseUrl}/v1.0/users?`)
      next = link?.slice(cloud.baseUrl.length)
    }
    expect(ids).toEqual(all.body.value.map((user: { id: string }) => user.id))
    expect(ids.length).toBeGreaterThan(3)
  })

  test('$select answers what is named and refuses what does not exist', async () => {
    const reply = await contoso.administrator.get(`/v1.0/users/${contoso.administratorId}?$select=id,displayname`)
    expect(reply.body).toEqual({
      '@odata.context': `${cloud.baseUrl}/v1.0/$metadata#users(id,displayname)/$entity`,
      id: contoso.administratorId,
      displayName: 'Administrator of contoso',
    })
    expect((await contoso.administrator.get('/v1.0/users?$select=shoeSize')).status).toBe(400)
  })
})
