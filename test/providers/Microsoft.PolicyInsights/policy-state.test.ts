/* oxlint-disable unicorn/no-thenable -- rules of policies have a member of that name */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { accessFixture, roles, start } from '../Microsoft.Authorization/access-fixture.ts'

let cloud: TestCloud
let make: ReturnType<typeof accessFixture>
let tenantId: string
let scope: string
let owner: Client

beforeAll(async () => {
  cloud = await startTestCloud({ now: start })
  make = accessFixture(cloud)
  tenantId = await make.tenant()
  const ada = await make.user(tenantId, 'ada')
  scope = `/subscriptions/${await make.subscription(tenantId, ada)}`
  owner = await make.client(tenantId, ada)
}, 60_000)
afterAll(() => cloud?.stop())

const builtIn = (name: string) => `/providers/Microsoft.Authorization/policyDefinitions/${name}`
const groupPath = (name: string) => `${scope}/resourcegroups/${name}?api-version=2021-04-01`
const diskPath = (group: string, name: string) =>
  `${scope}/resourceGroups/${group}/providers/Microsoft.Compute/disks/${name}?api-version=2021-04-01`
const assignmentPath = (at: string, name: string) =>
  `${at}/providers/Microsoft.Authorization/policyAssignments/${name}?api-version=2021-06-01`
const statesPath = (at: string, query = '') =>
  `${at}/providers/Microsoft.PolicyInsights/policyStates/latest/queryResults?api-version=2019-10-01${query}`
const inEurope = (policyDefinitionId: string) => ({
  properties: { policyDefinitionId, parameters: { listOfAllowedLocations: { value: ['westeurope'] } } },
})

describe('creating and updating under a policy', () => {
  test('SUB-11: an Owner is refused as well, on creation and on update, and existing resources stay and are reported', async () => {
    expect((await owner.put(groupPath('app'), { location: 'westus' })).status).toBe(201)
    expect((await owner.put(diskPath('app', 'before'), { location: 'westus', properties: {} })).status).toBeLessThan(
      300,
    )
    const assigned = await owner.put(
      assignmentPath(scope, 'locations'),
      inEurope(builtIn('e56962a6-4747-49cd-b67b-bf8b01975c4c')),
    )
    expect(assigned.status).toBe(201)
    for (const name of ['after', 'before']) {
      const refused = await owner.put(diskPath('app', name), { location: 'westus', properties: {} })
      expect([refused.status, refused.body.error.code, refused.body.error.target]).toEqual([
        403,
        'RequestDisallowedByPolicy',
        name,
      ])
      expect(refused.body.error.message).toContain(assigned.body.id)
      expect(refused.body.error.message).toContain("in location 'westus' is refused; allowed: 'westeurope', 'global'")
      expect(refused.body.error.additionalInfo[0]).toMatchObject({
        type: 'PolicyViolation',
        info: {
          policyAssignmentId: assigned.body.id,
          evaluationDetails: { evaluatedExpressions: [{ operator: 'NotIn' }, {}, {}] },
        },
      })
    }
    expect((await owner.get(diskPath('app', 'before'))).status).toBe(200)
    expect((await owner.get(diskPath('app', 'after'))).status).toBe(404)
    expect((await owner.put(diskPath('app', 'fine'), { location: 'West Europe', properties: {} })).status).toBeLessThan(
      300,
    )
    const states = await owner.post(
      statesPath(scope, `&$filter=${encodeURIComponent("complianceState eq 'NonCompliant'")}`),
    )
    expect(states.status).toBe(200)
    expect(states.body.value).toMatchObject([
      {
        resourceId: `${scope}/resourceGroups/app/providers/Microsoft.Compute/disks/before`,
        policyDefinitionAction: 'deny',
        isCompliant: false,
      },
    ])
    const all = await owner.post(statesPath(`${scope}/resourceGroups/app`))
    expect(all.body.value.map((state: { complianceState: string }) => state.complianceState).toSorted()).toEqual([
      'Compliant',
      'NonCompliant',
    ])
    expect((await owner.delete(assignmentPath(scope, 'locations'))).status).toBe(200)
    expect((await owner.post(statesPath(scope))).body.value).toEqual([])
    expect((await owner.put(diskPath('app', 'after'), { location: 'westus', properties: {} })).status).toBeLessThan(300)
  })

  test('SUB-11: whoever may not create is told of the missing permission, and of no policy', async () => {
    await owner.put(groupPath('judged'), { location: 'westeurope' })
    const at = `${scope}/resourceGroups/judged`
    const policy = builtIn('e56962a6-4747-49cd-b67b-bf8b01975c4c')
    expect((await owner.put(assignmentPath(at, 'judged'), inEurope(policy))).status).toBe(201)
    const user = await make.user(tenantId, 'rita')
    await make.assign(tenantId, at, roles.reader, user)
    const attempt = async (client: Client) =>
      (await client.put(diskPath('judged', 'd'), { location: 'westus', properties: {} })).body.error
    const reader = await make.client(tenantId, user)
    const refused = await attempt(reader)
    expect(refused.code).toBe('AuthorizationFailed')
    expect(JSON.stringify(refused)).not.toContain('policy')
    await make.assign(tenantId, at, roles.contributor, user)
    expect((await attempt(reader)).code).toBe('RequestDisallowedByPolicy')
    expect((await attempt(owner)).code).toBe('RequestDisallowedByPolicy')
  })

  test('SUB-11: a change of a resource that was there before is judged as well, by PATCH and of its tags', async () => {
    await owner.put(groupPath('older'), { location: 'westeurope' })
    const at = `${scope}/resourceGroups/older`
    await owner.put(diskPath('older', 'd'), { location: 'westeurope', properties: {}, tags: { owner: 'ada' } })
    await owner.put(assignmentPath(at, 'tags'), {
      properties: {
        policyDefinitionId: builtIn('871b6d14-10aa-478d-b590-94f262ecfa99'),
        parameters: { tagName: { value: 'owner' } },
      },
    })
    const tags = `${at}/providers/Microsoft.Compute/disks/d/providers/Microsoft.Resources/tags/default?api-version=2021-04-01`
    for (const refused of [
      await owner.patch(diskPath('older', 'd'), { tags: { other: 'x' } }),
      await owner.put(tags, { properties: { tags: { other: 'x' } } }),
      await owner.patch(tags, { operation: 'Delete', properties: { tags: { owner: 'ada' } } }),
    ])
      expect([refused.status, refused.body.error.code]).toEqual([403, 'RequestDisallowedByPolicy'])
    expect((await owner.get(diskPath('older', 'd'))).body.tags).toEqual({ owner: 'ada' })
    expect((await owner.patch(diskPath('older', 'd'), { tags: { owner: 'bob' } })).status).toBe(200)
  })

  test('SUB-12: the refusal names the action and every policy that refuses, and none of the others', async () => {
    await owner.put(groupPath('many'), { location: 'westeurope' })
    const at = `${scope}/resourceGroups/many`
    const locations = builtIn('e56962a6-4747-49cd-b67b-bf8b01975c4c')
    const tags = builtIn('871b6d14-10aa-478d-b590-94f262ecfa99')
    const tagged = { properties: { policyDefinitionId: tags, parameters: { tagName: { value: 'owner' } } } }
    await owner.put(assignmentPath(at, 'europe'), inEurope(locations))
    await owner.put(assignmentPath(at, 'owned'), tagged)
    await owner.put(assignmentPath(at, 'reported'), {
      properties: { ...tagged.properties, enforcementMode: 'DoNotEnforce' },
    })
    const refusalOf = async (body: object) => {
      const { status, body: answer } = await owner.put(diskPath('many', 'd'), { properties: {}, ...body })
      expect([status, answer.error.code]).toEqual([403, 'RequestDisallowedByPolicy'])
      const named = JSON.parse(/Policy identifiers: '(\[.*?\}\}\])'/.exec(answer.error.message)?.[1] ?? '[]')
      return {
        message: answer.error.message as string,
        named: named.map((one: { policyAssignment: { id: string }; policyDefinition: { id: string } }) => [
          one.policyAssignment.id.split('/').at(-1),
          one.policyDefinition.id,
        ]),
      }
    }
    const both = await refusalOf({ location: 'westus' })
    expect(both.named).toEqual([
      ['europe', locations],
      ['owned', tags],
    ])
    expect(both.message).toContain("'Microsoft.Compute/disks/write'")
    expect((await refusalOf({ location: 'westeurope' })).named).toEqual([['owned', tags]])
    expect((await refusalOf({ location: 'westus', tags: { owner: 'ada' } })).named).toEqual([['europe', locations]])
  })

  test('SUB-10: what a policy excludes is left alone with everything below, and the rest is not', async () => {
    for (const name of ['inside', 'excluded']) await owner.put(groupPath(name), { location: 'westeurope' })
    const excluded = `${scope}/resourceGroups/EXCLUDED`
    const policy = inEurope(builtIn('e56962a6-4747-49cd-b67b-bf8b01975c4c'))
    await owner.put(assignmentPath(scope, 'but-one'), { properties: { ...policy.properties, notScopes: [excluded] } })
    const west = { location: 'westus', properties: {} }
    expect((await owner.put(diskPath('inside', 'd'), west)).status).toBe(403)
    expect((await owner.put(diskPath('excluded', 'd'), west)).status).toBe(201)
    // On a resource it governs that resource, and what lies below it, alone.
    const one = `${excluded}/providers/Microsoft.Compute/disks/d`
    await owner.put(assignmentPath(one, 'on-one'), policy)
    expect((await owner.put(diskPath('excluded', 'd'), west)).status).toBe(403)
    expect((await owner.put(diskPath('excluded', 'd/parts/p'), west)).status).toBe(403)
    expect((await owner.put(diskPath('excluded', 'e'), west)).status).toBe(201)
    await owner.delete(assignmentPath(scope, 'but-one'))
  })

  test('SUB-14: the rule for resource groups refuses a group, the rule for resources does not', async () => {
    await owner.put(assignmentPath(scope, 'resources'), inEurope(builtIn('e56962a6-4747-49cd-b67b-bf8b01975c4c')))
    expect((await owner.put(groupPath('anywhere'), { location: 'eastus' })).status).toBe(201)
    await owner.put(assignmentPath(scope, 'groups'), inEurope(builtIn('e765b5de-1225-4ba3-bd56-1ac6695af988')))
    const refused = await owner.put(groupPath('elsewhere'), { location: 'eastus' })
    expect([refused.status, refused.body.error.code]).toEqual([403, 'RequestDisallowedByPolicy'])
    expect((await owner.put(groupPath('elsewhere'), { location: 'westeurope' })).status).toBe(201)
    for (const name of ['resources', 'groups']) await owner.delete(assignmentPath(scope, name))
  })

  test('SUB-10: a policy on one group leaves the others alone', async () => {
    await owner.put(groupPath('strict'), { location: 'westeurope' })
    await owner.put(assignmentPath(`${scope}/resourceGroups/strict`, 'tags'), {
      properties: {
        policyDefinitionId: builtIn('871b6d14-10aa-478d-b590-94f262ecfa99'),
        parameters: { tagName: { value: 'owner' } },
      },
    })
    const body = { location: 'westeurope', properties: {} }
    expect((await owner.put(diskPath('strict', 'd'), body)).status).toBe(403)
    expect((await owner.put(diskPath('strict', 'd'), { ...body, tags: { Owner: 'ada' } })).status).toBeLessThan(300)
    expect((await owner.put(diskPath('app', 'd'), body)).status).toBeLessThan(300)
  })
})

describe('compliance', () => {
  test('SUB-11: without a role it is not told, from another tenant the subscription does not exist, without a token it is 401', async () => {
    const stranger = await make.client(tenantId, await make.user(tenantId, 'stranger'))
    const elsewhere = await make.tenant()
    const foreigner = await make.client(elsewhere, await make.user(elsewhere, 'foreigner'))
    for (const at of [scope, `${scope}/resourceGroups/app`]) {
      expect((await stranger.post(statesPath(at))).body.error.code).toBe('AuthorizationFailed')
      expect((await foreigner.post(statesPath(at))).body.error.code).toBe('SubscriptionNotFound')
      expect((await cloud.as(undefined).post(statesPath(at))).status).toBe(401)
    }
  })

  test('SUB-11: pages go through groups and then resources without losing or repeating any', async () => {
    const definition = `${scope}/providers/Microsoft.Authorization/policyDefinitions/everything?api-version=2021-06-01`
    const made = await owner.put(definition, {
      properties: { mode: 'All', policyRule: { if: { field: 'name', like: '*' }, then: { effect: 'audit' } } },
    })
    await owner.put(assignmentPath(scope, 'everything'), { properties: { policyDefinitionId: made.body.id } })
    const whole = await owner.post(statesPath(scope))
    const ids: string[] = []
    let path = statesPath(scope, '&$top=2')
    for (let page = 0; page < 20; page++) {
      const reply = await owner.post(path)
      ids.push(...reply.body.value.map((state: { resourceId: string }) => state.resourceId))
      const next = reply.body['@odata.nextLink']
      if (next === undefined) break
      const url = new URL(next)
      path = `${url.pathname}${url.search}`
    }
    const expected = whole.body.value.flatMap((state: { policyAssignmentName: string; resourceId: string }) =>
      state.policyAssignmentName === 'everything' ? [state.resourceId] : [],
    )
    expect(expected.length).toBeGreaterThan(5)
    expect([...new Set(ids)].toSorted()).toEqual(expected.toSorted())
  })
})
