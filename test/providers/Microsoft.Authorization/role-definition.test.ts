import { randomUUID } from 'node:crypto'
import { AuthorizationManagementClient } from '@azure/arm-authorization'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { accessFixture, roles, start } from './access-fixture.ts'

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
const body = (roleDefinitionId: string, principalId: string) => ({
  properties: {
    roleDefinitionId: `${scope}/providers/Microsoft.Authorization/roleDefinitions/${roleDefinitionId}`,
    principalId,
  },
})
const as = (user: string) => make.client(tenantId, user)

async function sdk(user: string): Promise<AuthorizationManagementClient> {
  const token = await cloud.userToken(tenantId, user)
  return new AuthorizationManagementClient(cloud.credential(token), subscriptionId, { endpoint: cloud.baseUrl })
}

describe('roles of the tenant’s own', () => {
  const definition = (name: string, at: string, actions: string[], notActions: string[] = []) => ({
    properties: {
      roleName: name,
      description: 'own',
      type: 'CustomRole',
      permissions: [{ actions, notActions }],
      assignableScopes: [at],
    },
  })
  const rolePath = (id: string) => `${scope}/providers/Microsoft.Authorization/roleDefinitions/${id}?${version}`

  test('ACC-4: a custom role gives what it says less what it excludes, and counts from the next request', async () => {
    const client = await sdk(ada)
    const id = randomUUID()
    for (const name of ['Assigner', 'Assigner of roles']) {
      const saved = await client.roleDefinitions.createOrUpdate(scope, id, {
        roleName: name,
        permissions: [{ actions: ['Microsoft.Authorization/*'], notActions: ['*/delete'] }],
        assignableScopes: [scope],
      })
      expect(saved).toMatchObject({ roleName: name, roleType: 'CustomRole' })
    }
    const someone = await make.user(tenantId, 'custom')
    const owner = await as(ada)
    const assignment = randomUUID()
    expect((await owner.put(pathOf(scope, assignment), body(id, someone))).status).toBe(201)
    const holder = await as(someone)
    expect((await holder.put(pathOf(scope, randomUUID()), body(roles.reader, someone))).status).toBe(201)
    expect((await holder.delete(pathOf(scope, assignment))).status).toBe(403)
    const inUse = await owner.delete(rolePath(id))
    expect([inUse.status, inUse.body.error.code]).toEqual([409, 'RoleDefinitionHasAssignments'])
    await owner.delete(pathOf(scope, assignment))
    expect((await owner.delete(rolePath(id))).status).toBe(200)
    expect((await owner.delete(rolePath(id))).status).toBe(204)
    expect((await owner.get(rolePath(id))).status).toBe(404)
  })

  test('ACC-3: a role is defined only where its author may, never over a built-in one, and its name is its own', async () => {
    const owner = await as(ada)
    const other = await make.subscription(tenantId)
    const outside = await owner.put(rolePath(randomUUID()), definition('Outside', `/subscriptions/${other}`, ['*']))
    expect(outside.status).toBe(403)
    const root = await owner.put(rolePath(randomUUID()), definition('Root', '/', ['*']))
    expect(root.body.error.code).toBe('InvalidAssignableScope')
    const builtIn = await owner.put(rolePath(roles.reader), definition('Mine', scope, ['*']))
    expect([builtIn.status, builtIn.body.error.code]).toEqual([403, 'RoleDefinitionIsBuiltIn'])
    expect((await owner.put(rolePath(randomUUID()), definition('Once', scope, ['*/read']))).status).toBe(201)
    for (const name of ['once', 'Owner']) {
      const taken = await owner.put(rolePath(randomUUID()), definition(name, scope, ['*/read']))
      expect([taken.status, taken.body.error.code]).toEqual([409, 'RoleDefinitionWithSameNameExists'])
    }
  })

  test('ACC-4: a custom role is assignable only inside its scopes', async () => {
    const owner = await as(ada)
    const group = await make.resourceGroup(subscriptionId, 'narrow')
    const id = randomUUID()
    const path = `${group}/providers/Microsoft.Authorization/roleDefinitions/${id}?${version}`
    expect((await owner.put(path, definition('Narrow', group, ['*/read']))).status).toBe(201)
    const wide = await owner.put(pathOf(scope, randomUUID()), body(id, bob))
    expect([wide.status, wide.body.error.code]).toEqual([400, 'InvalidRoleAssignmentScope'])
    expect((await owner.put(pathOf(group, randomUUID()), body(id, bob))).status).toBe(201)
  })
})
