/* oxlint-disable unicorn/no-thenable -- rules of policies have a member of that name */
import { randomUUID } from 'node:crypto'
import { PolicyClient } from '@azure/arm-policy'
import { PolicyClient as PolicyClient6 } from 'arm-policy-6'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { enforcePolicies } from '../../../src/operations/enforce-policies.ts'
import { startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { accessFixture, roles, start } from './access-fixture.ts'

let cloud: TestCloud
let make: ReturnType<typeof accessFixture>
let tenantId: string
let ada: string
let subscriptionId: string
let scope: string

beforeAll(async () => {
  cloud = await startTestCloud({ now: start })
  make = accessFixture(cloud)
  tenantId = await make.tenant()
  ada = await make.user(tenantId, 'ada')
  subscriptionId = await make.subscription(tenantId, ada)
  scope = `/subscriptions/${subscriptionId}`
}, 60_000)
afterAll(() => cloud?.stop())

const version = 'api-version=2021-06-01'
const allowedLocations = '/providers/Microsoft.Authorization/policyDefinitions/e56962a6-4747-49cd-b67b-bf8b01975c4c'
const definitionPath = (name: string, at = scope) =>
  `${at}/providers/Microsoft.Authorization/policyDefinitions/${name}?${version}`
const assignmentPath = (name: string, at = scope) =>
  `${at}/providers/Microsoft.Authorization/policyAssignments/${name}?${version}`
const inEurope = {
  properties: {
    policyDefinitionId: allowedLocations,
    parameters: { listOfAllowedLocations: { value: ['westeurope'] } },
  },
}
const noWest = {
  properties: {
    mode: 'All',
    policyRule: { if: { field: 'location', equals: 'westus' }, then: { effect: 'deny' } },
  },
}
const as = (user: string) => make.client(tenantId, user)

async function collect<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of pages) items.push(item)
  return items
}

describe.each([
  ['6', (token: string) => new PolicyClient6(cloud.credential(token), subscriptionId, { endpoint: cloud.baseUrl })],
  ['7', (token: string) => new PolicyClient(cloud.credential(token), subscriptionId, { endpoint: cloud.baseUrl })],
] as const)('the unchanged SDK, generation %s', (generation, connect) => {
  test('SUB-10: an Owner defines, assigns, replaces and lists policies, and takes them away', async () => {
    // The two generations differ in types and agree in what is called here.
    const client = connect(await cloud.userToken(tenantId, ada)) as PolicyClient
    const name = `tagged-${generation}`
    const rule = { if: { field: "tags['owner']", exists: 'false' }, then: { effect: "[parameters('effect')]" } }
    for (const displayName of ['Owned', 'Owned resources']) {
      const saved = await client.policyDefinitions.createOrUpdate(name, {
        policyType: 'Custom',
        mode: 'Indexed',
        displayName,
        policyRule: rule,
        parameters: { effect: { type: 'String', allowedValues: ['audit', 'deny'] } },
      })
      expect(saved).toMatchObject({ name, displayName, policyType: 'Custom', policyRule: rule })
    }
    const definition = await client.policyDefinitions.get(name)
    const group = await make.resourceGroup(subscriptionId, `sdk${generation}`)
    const assigned = `owned-${generation}`
    for (const enforcementMode of ['Default', 'DoNotEnforce']) {
      const saved = await client.policyAssignments.create(group, assigned, {
        policyDefinitionId: definition.id ?? '',
        parameters: { effect: { value: 'audit' } },
        enforcementMode,
        notScopes: [`${group}/providers/Microsoft.Web/sites/free`],
      })
      expect(saved).toMatchObject({ name: assigned, scope: group, enforcementMode })
    }
    expect(await client.policyAssignments.get(group, assigned)).toMatchObject({ policyDefinitionId: definition.id })
    expect(await client.policyAssignments.update(group, assigned, { location: 'westeurope' })).toMatchObject({
      location: 'westeurope',
    })
    const names = (await collect(client.policyAssignments.listForResourceGroup(`sdk${generation}`))).map(
      (one) => one.name,
    )
    expect(names).toContain(assigned)
    const all = (await collect(client.policyDefinitions.list())).map((one) => one.name)
    expect(all).toEqual(expect.arrayContaining([name, 'e56962a6-4747-49cd-b67b-bf8b01975c4c']))
    await client.policyAssignments.delete(group, assigned)
    await client.policyDefinitions.delete(name)
    await client.policyDefinitions.delete(name)
    await expect(client.policyDefinitions.get(name)).rejects.toMatchObject({
      statusCode: 404,
      code: 'PolicyDefinitionNotFound',
    })
  })

  test('SUB-14: the built-in definitions are listed to everybody who signed in, with their exemptions', async () => {
    const stranger = await make.user(await make.tenant(), 'stranger')
    const home = await cloud.running.db
      .selectFrom('principal')
      .select('tenant_id')
      .where('id', '=', stranger)
      .executeTakeFirstOrThrow()
    const client = connect(await cloud.userToken(home.tenant_id, stranger)) as PolicyClient
    const builtIn = await client.policyDefinitions.getBuiltIn('e56962a6-4747-49cd-b67b-bf8b01975c4c')
    expect(builtIn).toMatchObject({ displayName: 'Allowed locations', policyType: 'BuiltIn', mode: 'Indexed' })
    expect(builtIn.policyRule.if.allOf).toContainEqual({
      field: 'type',
      notEquals: 'Microsoft.AzureActiveDirectory/b2cDirectories',
    })
    const first = await collect(client.policyDefinitions.listBuiltIn({ top: 2 }))
    expect(first.map((one) => one.displayName)).toContain('Allowed locations for resource groups')
  })

  test('SUB-12: a location outside the list is refused with the documented error', async () => {
    const client = connect(await cloud.userToken(tenantId, ada)) as PolicyClient
    const group = await make.resourceGroup(subscriptionId, `region${generation}`)
    await client.policyAssignments.create(group, 'europe', inEurope.properties)
    await expect(create(`${group}/providers/Microsoft.Compute/disks/d1`, 'westus')).rejects.toMatchObject({
      kind: 'forbidden',
      code: 'RequestDisallowedByPolicy',
      target: 'd1',
      details: [{ code: 'LocationNotAllowed' }],
    })
    await create(`${group}/providers/Microsoft.Compute/disks/d1`, 'westeurope')
    await client.policyAssignments.delete(group, 'europe')
    await create(`${group}/providers/Microsoft.Compute/disks/d1`, 'westus')
  })
})

function create(id: string, location: string, exemptIdentityLinksFromPolicy = false, type = 'Microsoft.Compute/disks') {
  const settings = { ...settingsOfTest, exemptIdentityLinksFromPolicy }
  const name = id.slice(id.lastIndexOf('/') + 1)
  return enforcePolicies({ db: cloud.running.db, settings }, { id, type, name, location, tags: {} })
}
const settingsOfTest = {
  domainSuffix: 'onmicrosoft.com',
  mauEffectiveFrom: new Date(start),
  graceHours: 72,
  transferExpiryDays: 15,
  overdueDisableDays: 30,
  billingRolesEdition: '2021' as const,
  isSandbox: true,
  baseUrl: '',
}

describe('enforcement', () => {
  test('SUB-13, DEC-14: a custom rule blocks an identity link, unless the installation exempts identity links', async () => {
    const owner = await as(ada)
    const group = await make.resourceGroup(subscriptionId, 'links')
    const rule = {
      properties: { policyRule: { if: { field: 'location', notIn: ['Europe'] }, then: { effect: 'deny' } } },
    }
    expect((await owner.put(definitionPath('no-links'), rule)).status).toBe(201)
    const { id } = (await owner.get(definitionPath('no-links'))).body
    const assigned = await owner.put(assignmentPath('no-links', group), { properties: { policyDefinitionId: id } })
    expect(assigned.status).toBe(201)
    const link = `${group}/providers/Microsoft.AzureActiveDirectory/b2cDirectories/contoso.onmicrosoft.com`
    const type = 'Microsoft.AzureActiveDirectory/b2cDirectories'
    await expect(create(link, 'United States', false, type)).rejects.toThrow(
      /allowed: 'europe'.*have the restriction relaxed/,
    )
    await create(link, 'United States', true, type)
    await expect(create(`${group}/providers/Microsoft.Compute/disks/d`, 'westus', true)).rejects.toThrow(
      'disallowed by policy',
    )
  })

  test('SUB-10: an assignment on another group or on an excluded scope does not reach here', async () => {
    const owner = await as(ada)
    const [one, two] = [
      await make.resourceGroup(subscriptionId, 'one'),
      await make.resourceGroup(subscriptionId, 'two'),
    ]
    await owner.put(assignmentPath('europe', one), inEurope)
    await create(`${two}/providers/Microsoft.Compute/disks/d`, 'westus')
    const outside = await owner.put(assignmentPath('wrong', one), {
      properties: { ...inEurope.properties, notScopes: [two] },
    })
    expect([outside.status, outside.body.error.code]).toEqual([400, 'InvalidPolicyAssignmentNotScopes'])
  })
})

describe('who may', () => {
  test('SUB-10: Contributor and User Access Administrator read policies and cannot change them; Resource Policy Contributor can', async () => {
    const owner = await as(ada)
    await owner.put(definitionPath('seen'), noWest)
    await owner.put(assignmentPath('seen'), inEurope)
    for (const role of [roles.contributor, roles.userAccessAdministrator, roles.reader]) {
      const user = await make.user(tenantId, 'other')
      await make.assign(tenantId, scope, role, user)
      const client = await as(user)
      expect((await client.get(definitionPath('seen'))).status).toBe(200)
      expect((await client.get(assignmentPath('seen'))).status).toBe(200)
      for (const reply of [
        await client.put(definitionPath('mine'), noWest),
        await client.put(assignmentPath('mine'), inEurope),
        await client.patch(assignmentPath('seen'), { location: 'x' }),
        await client.delete(definitionPath('seen')),
        await client.delete(assignmentPath('seen')),
      ])
        expect([reply.status, reply.body.error.code]).toEqual([403, 'AuthorizationFailed'])
    }
    const policy = await make.user(tenantId, 'policy')
    await make.assign(tenantId, scope, roles.resourcePolicyContributor, policy)
    const client = await as(policy)
    expect((await client.put(definitionPath('mine'), noWest)).status).toBe(201)
    expect((await client.delete(assignmentPath('seen'))).status).toBe(200)
    expect((await client.delete(definitionPath('mine'))).status).toBe(200)
  })

  test('SUB-10: whoever holds any role in scope reads the policies that govern it, a Usage Publisher too', async () => {
    const owner = await as(ada)
    await owner.put(assignmentPath('governs'), inEurope)
    const user = await make.user(tenantId, 'publisher')
    await make.assign(tenantId, scope, roles.usagePublisher, user)
    const client = await as(user)
    expect((await client.get(assignmentPath('governs'))).status).toBe(200)
    expect((await client.get(`${scope}/providers/Microsoft.Authorization/policyAssignments?${version}`)).status).toBe(
      200,
    )
    expect(
      (await client.get(`${scope}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01`)).status,
    ).toBe(403)
  })

  test('SUB-10: without a role nothing is answered, from another tenant the subscription does not exist, and without a token it is 401', async () => {
    const stranger = await as(await make.user(tenantId, 'stranger'))
    const elsewhere = await make.tenant()
    const foreigner = await make.client(elsewhere, await make.user(elsewhere, 'foreigner'))
    const authorization = `${scope}/providers/Microsoft.Authorization`
    for (const [client, status] of [
      [stranger, 403],
      [foreigner, 404],
      [cloud.as(undefined), 401],
    ] as const) {
      const replies = [
        await client.put(definitionPath('x'), noWest),
        await client.get(definitionPath('x')),
        await client.delete(definitionPath('x')),
        await client.get(`${authorization}/policyDefinitions?${version}`),
        await client.put(assignmentPath('x'), inEurope),
        await client.get(assignmentPath('x')),
        await client.patch(assignmentPath('x'), {}),
        await client.delete(assignmentPath('x')),
        await client.get(`${authorization}/policyAssignments?${version}`),
      ]
      expect(replies.map((reply) => reply.status)).toEqual(replies.map(() => status))
    }
    for (const path of ['policyDefinitions', 'policyDefinitions/e56962a6-4747-49cd-b67b-bf8b01975c4c'])
      expect((await cloud.as(undefined).get(`/providers/Microsoft.Authorization/${path}?${version}`)).status).toBe(401)
  })

  test('SUB-5: in a disabled subscription no policy is written', async () => {
    const other = await make.subscription(tenantId, ada)
    await make.setState(other, 'Disabled')
    const reply = await (await as(ada)).put(assignmentPath('late', `/subscriptions/${other}`), inEurope)
    expect([reply.status, reply.body.error.code]).toEqual([409, 'ReadOnlyDisabledSubscription'])
  })
})

describe('refusals', () => {
  test('SUB-10: an assignment without a definition, or of one that does not exist, has the recorded errors', async () => {
    const owner = await as(ada)
    const without = await owner.put(assignmentPath('bad'), { properties: {} })
    expect([without.status, without.body.error.code]).toEqual([400, 'InvalidRequestContent'])
    const missing = `${scope}/providers/Microsoft.Authorization/policyDefinitions/none`
    const elsewhere = `/subscriptions/${randomUUID()}/providers/Microsoft.Authorization/policyDefinitions/none`
    for (const policyDefinitionId of [missing, elsewhere, 'nonsense', `${allowedLocations}0`]) {
      const reply = await owner.put(assignmentPath('bad'), { properties: { policyDefinitionId } })
      expect([reply.status, reply.body.error.code]).toEqual([400, 'PolicyDefinitionNotFound'])
      expect(reply.body.error.message).toBe(
        `The policy assignment create request is invalid. The policy definition '${policyDefinitionId}' could not be found.`,
      )
    }
    const set = await owner.put(assignmentPath('bad'), {
      properties: { policyDefinitionId: '/providers/Microsoft.Authorization/policySetDefinitions/1' },
    })
    expect(set.body.error.code).toBe('PolicySetDefinitionNotSupported')
    const group = await owner.put(assignmentPath('bad', `${scope}/resourceGroups/none`), inEurope)
    expect([group.status, group.body.error.code]).toEqual([404, 'ResourceGroupNotFound'])
    expect((await owner.get(assignmentPath('bad'))).body.error.code).toBe('PolicyAssignmentNotFound')
    expect((await owner.patch(assignmentPath('bad'), {})).status).toBe(404)
  })

  test('SUB-12: what this server does not carry out is refused by name, not ignored', async () => {
    const owner = await as(ada)
    const effect = { properties: { policyRule: { if: { field: 'name', like: '*' }, then: { effect: 'modify' } } } }
    const modify = await owner.put(definitionPath('unsupported'), effect)
    expect([modify.status, modify.body.error.code]).toEqual([400, 'InvalidPolicyRule'])
    expect(modify.body.error.message).toContain("'modify'")
    for (const extra of [
      { overrides: [{ kind: 'x' }] },
      { resourceSelectors: [{ name: 'x' }] },
      { definitionVersion: '1.*.*' },
    ]) {
      const reply = await owner.put(assignmentPath('unsupported'), { properties: { ...inEurope.properties, ...extra } })
      expect(reply.status).toBe(400)
      expect(reply.body.error.message).toContain(Object.keys(extra)[0])
    }
    const identity = await owner.put(assignmentPath('unsupported'), {
      ...inEurope,
      identity: { type: 'SystemAssigned' },
    })
    expect(identity.status).toBe(400)
    const filter = await owner.get(
      `${scope}/providers/Microsoft.Authorization/policyAssignments?${version}&$filter=other()`,
    )
    expect([filter.status, filter.body.error.code]).toEqual([400, 'InvalidFilter'])
    const name = await owner.put(assignmentPath('a%3Cb'), inEurope)
    expect([name.status, name.body.error.code]).toEqual([400, 'InvalidResourceName'])
  })

  test('SUB-10: a definition that is assigned stays; a deleted one is answered with its old content', async () => {
    const owner = await as(ada)
    const made = await owner.put(definitionPath('used'), noWest)
    await owner.put(assignmentPath('used'), { properties: { policyDefinitionId: made.body.id.toUpperCase() } })
    const inUse = await owner.delete(definitionPath('used'))
    expect([inUse.status, inUse.body.error.code]).toEqual([409, 'PolicyDefinitionInUse'])
    expect((await owner.delete(assignmentPath('used'))).body.properties.policyDefinitionId).toBe(made.body.id)
    // Generation 7 of the SDK reads a body here that a 204 does not have, so this is asked without it.
    expect((await owner.delete(assignmentPath('used'))).status).toBe(204)
    const deleted = await owner.delete(definitionPath('used'))
    expect([deleted.status, deleted.body]).toEqual([200, made.body])
    expect((await owner.delete(definitionPath('used'))).status).toBe(204)
  })

  test('SUB-10: lists reach above and below; filters narrow them; pages go on by an absolute link', async () => {
    const owner = await as(ada)
    const group = await make.resourceGroup(subscriptionId, 'pages')
    await owner.put(assignmentPath('above'), inEurope)
    await owner.put(assignmentPath('below', group), inEurope)
    const list = async (at: string, query: string): Promise<string[]> => {
      const reply = await owner.get(`${at}/providers/Microsoft.Authorization/policyAssignments?${version}${query}`)
      return reply.body.value.map((one: { name: string }) => one.name)
    }
    expect(await list(scope, '')).toEqual(expect.arrayContaining(['above', 'below']))
    expect(await list(scope, '&$filter=atExactScope()')).not.toContain('below')
    expect(await list(group, '&$filter=atScope()')).toEqual(expect.arrayContaining(['above', 'below']))
    expect(await list(group, '&$filter=atExactScope()')).toEqual(['below'])
    const page = await owner.get(`${scope}/providers/Microsoft.Authorization/policyAssignments?${version}&$top=1`)
    expect(page.body.value).toHaveLength(1)
    const next = new URL(page.body.nextLink)
    const second = await owner.get(`${next.pathname}${next.search}`)
    expect(second.body.value[0].id).not.toBe(page.body.value[0].id)
  })
})
