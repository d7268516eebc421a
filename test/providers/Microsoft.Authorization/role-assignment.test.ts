import { randomUUID } from 'node:crypto'
import { AuthorizationManagementClient } from '@azure/arm-authorization'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { accessFixture, globalAdministrator, roles, start } from './access-fixture.ts'

let cloud: TestCloud
let make: ReturnType<typeof accessFixture>
let tenantId: string
let ada: string
let bob: string
let subscriptionId: string
let scope: string

beforeAll(async () => {
  cloud = await startTestCloud({ now: start })
  make = accessFixture(cloud)
  tenantId = await make.tenant()
  ada = await make.user(tenantId, 'ada')
  bob = await make.user(tenantId, 'bob')
  subscriptionId = await make.subscription(tenantId, ada)
  scope = `/subscriptions/${subscriptionId}`
}, 60_000)
afterAll(() => cloud?.stop())

const version = 'api-version=2022-04-01'
const pathOf = (at: string, id: string) => `${at}/providers/Microsoft.Authorization/roleAssignments/${id}?${version}`
const body = (roleDefinitionId: string, principalId: string, more: object = {}) => ({
  properties: {
    roleDefinitionId: `${scope}/providers/Microsoft.Authorization/roleDefinitions/${roleDefinitionId}`,
    principalId,
    ...more,
  },
})
const as = (user: string) => make.client(tenantId, user)

async function sdk(user: string): Promise<AuthorizationManagementClient> {
  const token = await cloud.userToken(tenantId, user)
  return new AuthorizationManagementClient(cloud.credential(token), subscriptionId, { endpoint: cloud.baseUrl })
}

describe('the unchanged SDK', () => {
  test('ACC-3: an Owner assigns, reads, lists and takes away a role, also by id with a leading slash', async () => {
    const client = await sdk(ada)
    const id = randomUUID()
    const made = await client.roleAssignments.create(scope, id, {
      roleDefinitionId: `${scope}/providers/Microsoft.Authorization/roleDefinitions/${roles.reader}`,
      principalId: bob,
      principalType: 'User',
      description: 'looks only',
    })
    expect(made).toMatchObject({
      name: id,
      principalId: bob,
      principalType: 'User',
      scope,
      createdBy: ada,
      description: 'looks only',
    })
    expect(made.createdOn).toEqual(new Date(start))
    expect(await client.roleAssignments.getById(made.id ?? '')).toMatchObject({ id: made.id })
    const listed = []
    for await (const one of client.roleAssignments.listForSubscription({ filter: `principalId eq '${bob}'` }))
      listed.push(one.name)
    expect(listed).toEqual([id])
    expect((await client.roleAssignments.deleteById(made.id ?? ''))?.name).toBe(id)
    expect(await client.roleAssignments.delete(scope, id)).not.toHaveProperty('name')
  })

  test('ACC-2: built-in roles are listed and found by name, and say what they allow', async () => {
    const client = await sdk(ada)
    const found = []
    for await (const role of client.roleDefinitions.list(scope, { filter: "roleName eq 'Usage Publisher'" }))
      found.push(role)
    expect(found).toMatchObject([{ name: roles.usagePublisher, roleType: 'BuiltInRole' }])
    expect(found[0]?.permissions?.[0]?.dataActions).toEqual(['Tenantry.Metering/events/write'])
    const owner = await client.roleDefinitions.getById(
      `/providers/Microsoft.Authorization/roleDefinitions/${roles.owner}`,
    )
    expect(owner.roleName).toBe('Owner')
  })

  test('ACC-4: permissions of a resource group are those that the caller inherits there', async () => {
    await make.resourceGroup(subscriptionId, 'inherits')
    const client = await sdk(ada)
    const permissions = []
    for await (const one of client.permissions.listForResourceGroup('inherits')) permissions.push(one.actions)
    expect(permissions).toEqual([['*']])
  })

  test('classic administrators and deny assignments are empty lists, and what this server can do is listed', async () => {
    const client = await sdk(ada)
    for await (const one of client.classicAdministrators.list()) expect(one).toBeUndefined()
    for await (const one of client.denyAssignments.list()) expect(one).toBeUndefined()
    const names: (string | undefined)[] = []
    for await (const one of client.providerOperationsMetadataOperations.list()) names.push(one.name)
    expect(names).toContain('Microsoft.Authorization')
    const own = await client.providerOperationsMetadataOperations.get('microsoft.authorization')
    const types = own.resourceTypes?.map((type) => type.name)
    expect(types).toContain('roleAssignments')
  })
})

describe('who may assign', () => {
  test('ACC-3: without Owner or User Access Administrator the refusal names principal, action and scope', async () => {
    const reader = await make.user(tenantId, 'reader')
    await make.assign(tenantId, scope, roles.contributor, reader)
    for (const send of [
      (await as(reader)).put(pathOf(scope, randomUUID()), body(roles.reader, bob)),
      (await as(reader)).delete(pathOf(scope, randomUUID())),
    ]) {
      const reply = await send
      expect(reply.status).toBe(403)
      expect(reply.body.error.code).toBe('AuthorizationFailed')
      expect(reply.body.error.message).toMatch(
        new RegExp(
          `^The client 'reader-.*@contoso\\.example' with object id '${reader}' does not have authorization to perform action 'Microsoft\\.Authorization/roleAssignments/(write|delete)' over scope '${scope}' or the scope is invalid\\. If access was recently granted, please refresh your credentials\\.$`,
        ),
      )
      expect(reply.body.error.details[0].message).toContain("'Owner', 'User Access Administrator'")
    }
    const administrator = await make.user(tenantId, 'uaa')
    await make.assign(tenantId, scope, roles.userAccessAdministrator, administrator)
    const reply = await (await as(administrator)).put(pathOf(scope, randomUUID()), body(roles.reader, reader))
    expect(reply.status).toBe(201)
  })

  test('ACC-3: without a role no operation answers, whether what it names exists or not', async () => {
    const stranger = await as(await make.user(tenantId, 'stranger'))
    const existing = await make.resourceGroup(subscriptionId, 'exists')
    const authorization = '/providers/Microsoft.Authorization'
    const definition = { properties: { roleName: 'x', permissions: [{ actions: ['*'] }], assignableScopes: [scope] } }
    for (const at of [scope, existing, `${scope}/resourceGroups/none`, `${existing}/providers/Any.Kind/things/x`]) {
      const replies = await Promise.all([
        stranger.put(pathOf(at, randomUUID()), body(roles.reader, bob)),
        stranger.get(pathOf(at, randomUUID())),
        stranger.delete(pathOf(at, randomUUID())),
        stranger.get(`${at}${authorization}/roleAssignments?${version}`),
        stranger.get(`${at}${authorization}/roleDefinitions?${version}`),
        stranger.get(`${at}${authorization}/roleDefinitions/${roles.owner}?${version}`),
        stranger.put(`${at}${authorization}/roleDefinitions/${randomUUID()}?${version}`, definition),
        stranger.delete(`${at}${authorization}/roleDefinitions/${randomUUID()}?${version}`),
        stranger.get(`${at}${authorization}/denyAssignments?${version}`),
        stranger.get(`${at}${authorization}/denyAssignments/${randomUUID()}?${version}`),
      ])
      for (const reply of replies) expect([reply.status, reply.body.error.code]).toEqual([403, 'AuthorizationFailed'])
    }
    const classic = await stranger.get(`${scope}${authorization}/classicAdministrators?api-version=2015-07-01`)
    expect(classic.status).toBe(403)
    const permissions = await stranger.get(`${scope}${authorization}/permissions?${version}`)
    expect(permissions.body.value).toEqual([])
  })

  test('ACC-3: without a token every operation is refused', async () => {
    const nobody = cloud.as(undefined)
    for (const path of ['roleAssignments', 'roleDefinitions', 'permissions', 'denyAssignments', 'providerOperations'])
      expect((await nobody.get(`/providers/Microsoft.Authorization/${path}?${version}`)).status).toBe(401)
    expect((await nobody.post('/providers/Microsoft.Authorization/elevateAccess?api-version=2015-07-01')).status).toBe(
      401,
    )
  })

  test('TEN-2: a foreign subscription looks like one that does not exist', async () => {
    const elsewhere = await make.tenant()
    const mallory = await make.user(elsewhere, 'mallory')
    const foreign = await make.client(elsewhere, mallory)
    const messages = []
    for (const id of [subscriptionId, randomUUID()]) {
      const reply = await foreign.get(
        `/subscriptions/${id}/providers/Microsoft.Authorization/roleAssignments?${version}`,
      )
      expect([reply.status, reply.body.error.code]).toEqual([404, 'SubscriptionNotFound'])
      messages.push(reply.body.error.message.replace(id, ''))
      const permissions = await foreign.get(
        `/subscriptions/${id}/providers/Microsoft.Authorization/permissions?${version}`,
      )
      expect(permissions.status).toBe(404)
    }
    expect(messages[0]).toBe(messages[1])
  })

  test('ACC-1: the operator has no access to resources', async () => {
    const reply = await cloud.operator.get(`${scope}/providers/Microsoft.Authorization/roleAssignments?${version}`)
    expect(reply.status).toBe(404)
  })
})

describe('to whom', () => {
  test('ACC-12: a principal outside the service tenant is refused, and so is a guest who has not accepted', async () => {
    const owner = await as(ada)
    const elsewhere = await make.tenant()
    const outsider = await make.user(elsewhere, 'outsider')
    const home = { tenantId: elsewhere, objectId: outsider }
    for (const principal of [outsider, randomUUID()]) {
      const reply = await owner.put(pathOf(scope, randomUUID()), body(roles.reader, principal))
      expect([reply.status, reply.body.error.code]).toEqual([400, 'PrincipalNotFound'])
      expect(reply.body.error.details[0].code).toBe('PrincipalNotInServiceTenant')
    }
    const guest = await make.user(tenantId, 'guest', { home, state: 'PendingAcceptance' })
    const pending = await owner.put(pathOf(scope, randomUUID()), body(roles.reader, guest))
    expect([pending.status, pending.body.error.details[0].code]).toEqual([400, 'InvitationNotAccepted'])
    await cloud.running.db
      .updateTable('user_account')
      .set({ external_user_state: 'Accepted' })
      .where('id', '=', guest)
      .execute()
    expect((await owner.put(pathOf(scope, randomUUID()), body(roles.reader, guest))).status).toBe(201)
  })

  test('TEN-14: a pending guest gets nothing from a role it was given, until it accepts', async () => {
    const home = await make.tenant()
    const person = await make.user(home, 'person')
    const guest = await make.user(tenantId, 'guest', { home: { tenantId: home, objectId: person }, state: 'Accepted' })
    await make.assign(tenantId, scope, roles.reader, guest)
    const client = await as(guest)
    const list = `${scope}/providers/Microsoft.Authorization/roleAssignments?${version}`
    expect((await client.get(list)).status).toBe(200)
    await cloud.running.db
      .updateTable('user_account')
      .set({ external_user_state: 'PendingAcceptance' })
      .where('id', '=', guest)
      .execute()
    expect((await client.get(list)).status).not.toBe(200)
  })

  test('TEN-21: a role of a group reaches its members through groups in groups, and ends with the next request', async () => {
    const member = await make.user(tenantId, 'member')
    const inner = await make.group(tenantId, member)
    const outer = await make.group(tenantId, inner)
    const client = await as(member)
    const list = `${scope}/providers/Microsoft.Authorization/roleAssignments?${version}`
    expect((await client.get(list)).status).toBe(403)
    const owner = await as(ada)
    const id = randomUUID()
    const made = await owner.put(pathOf(scope, id), body(roles.reader, outer, { principalType: 'Group' }))
    expect(made.body.properties.principalType).toBe('Group')
    expect((await client.get(list)).status).toBe(200)
    const assigned = await owner.get(`${list}&$filter=assignedTo('${member}')`)
    expect(assigned.body.value.map((one: { name: string }) => one.name)).toEqual([id])
    await owner.delete(pathOf(scope, id))
    expect((await client.get(list)).status).toBe(403)
  })

  test('PAR-12: a foreign group that holds a role reaches the subscription from its own tenant', async () => {
    const partner = await make.tenant()
    const agent = await make.user(partner, 'agent')
    const agents = await make.group(partner, agent)
    const path = `${scope}/providers/Microsoft.Authorization/roleAssignments?${version}`
    const client = await make.client(partner, agent)
    expect((await client.get(path)).status).toBe(404)
    const id = await make.assign(tenantId, scope, roles.reader, agents, 'ForeignGroup')
    expect((await client.get(path)).status).toBe(200)
    await (await as(ada)).delete(pathOf(scope, id))
    expect((await client.get(path)).status).toBe(404)
  })
})

describe('what may be assigned', () => {
  test('ACC-3: the same assignment again is 200 and changes nothing; under another id it exists; another content is refused', async () => {
    const owner = await as(ada)
    const someone = await make.user(tenantId, 'someone')
    const id = randomUUID()
    const first = await owner.put(pathOf(scope, id), body(roles.reader, someone))
    expect(first.status).toBe(201)
    await cloud.clock.set('2026-10-02T00:00:00Z')
    const again = await owner.put(pathOf(scope, id), body(roles.reader, someone))
    expect([again.status, again.body]).toEqual([200, first.body])
    const other = await owner.put(pathOf(scope, randomUUID()), body(roles.reader, someone))
    expect([other.status, other.body.error]).toMatchObject([
      409,
      { code: 'RoleAssignmentExists', message: 'The role assignment already exists.' },
    ])
    for (const changed of [body(roles.contributor, someone), body(roles.reader, bob)]) {
      const reply = await owner.put(pathOf(scope, id), changed)
      expect([reply.status, reply.body.error.code]).toEqual([400, 'RoleAssignmentUpdateNotPermitted'])
    }
    const described = await owner.put(pathOf(scope, id), body(roles.reader, someone, { description: 'why' }))
    expect([described.status, described.body.properties.description]).toEqual([200, 'why'])
    expect(described.body.properties.updatedOn).toBe('2026-10-02T00:00:00.000Z')
  })

  test('ACC-3: unknown roles, wrong types, conditions and malformed ids are refused by name', async () => {
    const owner = await as(ada)
    const cases: [string, object, string][] = [
      [randomUUID(), body(randomUUID(), bob), 'RoleDefinitionDoesNotExist'],
      [randomUUID(), body(roles.tag, bob, { principalType: 'Group' }), 'UnmatchedPrincipalType'],
      [randomUUID(), body(roles.reader, bob, { condition: 'x' }), 'InvalidRequestContent'],
      ['not-a-guid', body(roles.reader, bob), 'InvalidRoleAssignmentId'],
      [randomUUID(), { properties: {} }, 'InvalidRequestContent'],
    ]
    for (const [id, content, code] of cases) {
      const reply = await owner.put(pathOf(scope, id), content)
      expect([reply.status, reply.body.error.code]).toEqual([400, code])
    }
    const missing = await owner.put(pathOf(`${scope}/resourceGroups/none`, randomUUID()), body(roles.reader, bob))
    expect([missing.status, missing.body.error.code]).toEqual([404, 'ResourceGroupNotFound'])
  })

  test('ACC-3: a filter that is not known is refused instead of ignored', async () => {
    const owner = await as(ada)
    const list = `${scope}/providers/Microsoft.Authorization/roleAssignments?${version}`
    const reply = await owner.get(`${list}&$filter=${encodeURIComponent("roleName eq 'x'")}`)
    expect([reply.status, reply.body.error.code]).toEqual([400, 'InvalidFilter'])
  })

  test('ACC-4: lists show what is at, above and below the scope; atScope() leaves out what is below', async () => {
    const owner = await as(ada)
    const group = await make.resourceGroup(subscriptionId, 'listing')
    const someone = await make.user(tenantId, 'below')
    const id = randomUUID()
    expect((await owner.put(pathOf(group, id), body(roles.reader, someone))).status).toBe(201)
    const names = async (at: string, filter: string): Promise<string[]> => {
      const reply = await owner.get(
        `${at}/providers/Microsoft.Authorization/roleAssignments?${version}&$filter=${encodeURIComponent(filter)}`,
      )
      return reply.body.value.map((one: { name: string }) => one.name)
    }
    expect(await names(scope, '')).toContain(id)
    expect(await names(scope, 'atScope()')).not.toContain(id)
    expect(await names(group, `atScope() and principalId eq '${someone}'`)).toEqual([id])
    expect(await names(group, `principalId eq '${ada}'`)).toHaveLength(1)
  })
})

describe('state and orphaning', () => {
  test('ACC-5: the last Owner of a subscription stays, unless the Global administrator of the tenant removes it', async () => {
    const only = await make.user(tenantId, 'only')
    const other = await make.subscription(tenantId)
    const at = `/subscriptions/${other}`
    const last = await make.assign(tenantId, at, roles.owner, only)
    const owner = await as(only)
    const refused = await owner.delete(pathOf(at, last))
    expect([refused.status, refused.body.error.code]).toEqual([409, 'LastOwner'])
    expect(refused.body.error.message).toContain('orphaned')
    expect((await owner.get(pathOf(at, last))).status).toBe(200)
    const second = randomUUID()
    expect((await owner.put(pathOf(at, second), body(roles.owner, bob))).status).toBe(201)
    expect((await owner.delete(pathOf(at, second))).status).toBe(200)
    await make.directoryRole(tenantId, globalAdministrator, only)
    expect((await owner.delete(pathOf(at, last))).status).toBe(200)
  })

  test('ACC-5: two owners who remove each other at once leave one', async () => {
    const [one, two] = [await make.user(tenantId, 'one'), await make.user(tenantId, 'two')]
    const at = `/subscriptions/${await make.subscription(tenantId)}`
    const [ofOne, ofTwo] = [
      await make.assign(tenantId, at, roles.owner, one),
      await make.assign(tenantId, at, roles.owner, two),
    ]
    const replies = await Promise.all([
      (await as(one)).delete(pathOf(at, ofTwo)),
      (await as(two)).delete(pathOf(at, ofOne)),
    ])
    expect(replies.filter((reply) => reply.status === 200)).toHaveLength(1)
  })

  test('SUB-5: a disabled subscription is read and deleted from, not written to; a deleted one is gone', async () => {
    const at = `/subscriptions/${await make.subscription(tenantId, ada)}`
    const id = at.split('/')[2] ?? ''
    const owner = await as(ada)
    const assignment = await make.assign(tenantId, at, roles.reader, bob)
    for (const state of ['Disabled', 'Expired'] as const) {
      await make.setState(id, state)
      const write = await owner.put(pathOf(at, randomUUID()), body(roles.contributor, bob))
      expect([write.status, write.body.error.code]).toEqual([409, 'ReadOnlyDisabledSubscription'])
      expect((await owner.get(pathOf(at, assignment))).status).toBe(200)
    }
    expect((await owner.delete(pathOf(at, assignment))).status).toBe(200)
    await make.setState(id, 'Suspended')
    expect((await owner.get(pathOf(at, assignment))).body.error.code).toBe('SubscriptionSuspended')
    await make.setState(id, 'Deleted')
    expect((await owner.get(pathOf(at, assignment))).body.error.code).toBe('SubscriptionNotFound')
    await make.setState(id, 'Warned')
    expect((await owner.put(pathOf(at, randomUUID()), body(roles.contributor, bob))).status).toBe(201)
  })

  test('ACC-7: a Global administrator has no access to resources until access is elevated, on the record', async () => {
    const admin = await make.user(tenantId, 'global')
    await make.directoryRole(tenantId, globalAdministrator, admin)
    const client = await as(admin)
    const list = `${scope}/providers/Microsoft.Authorization/roleAssignments?${version}`
    expect((await client.get(list)).status).toBe(403)
    const elevate = '/providers/Microsoft.Authorization/elevateAccess?api-version=2015-07-01'
    expect((await (await as(bob)).post(elevate)).status).toBe(403)
    expect((await client.post(elevate)).status).toBe(200)
    expect((await client.post(elevate)).status).toBe(200)
    expect((await client.put(pathOf(scope, randomUUID()), body(roles.contributor, admin))).status).toBe(201)
    const audited = await cloud.running.db
      .selectFrom('audit_record')
      .select('scope')
      .where('action', '=', 'Microsoft.Authorization/elevateAccess/action')
      .where('principal_id', '=', admin)
      .execute()
    expect(audited).toHaveLength(2)
    const mine = await client.get(
      `/providers/Microsoft.Authorization/roleAssignments?${version}&$filter=principalId%20eq%20%27${admin}%27`,
    )
    const root = mine.body.value.find((one: { properties: { scope: string } }) => one.properties.scope === '/')
    expect((await client.delete(`${root.id}?${version}`)).status).toBe(200)
  })
})
