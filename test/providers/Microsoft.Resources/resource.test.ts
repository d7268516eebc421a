import { randomUUID } from 'node:crypto'
import { ResourceManagementClient } from '@azure/arm-resources'
import { ResourceManagementClient as OlderResourceManagementClient } from 'arm-resources-7'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { roles, start } from '../Microsoft.Authorization/access-fixture.ts'
import { resourceFixture } from './resource-fixture.ts'

let cloud: TestCloud
let make: ReturnType<typeof resourceFixture>
let tenantId: string
let owner: Client
let subscriptionId: string
let group: string

beforeAll(async () => {
  cloud = await startTestCloud({ now: start })
  make = resourceFixture(cloud)
  tenantId = await make.tenant()
  const ada = await make.user(tenantId, 'ada')
  subscriptionId = await make.subscription(tenantId, ada)
  owner = await make.client(tenantId, ada)
  group = await make.resourceGroup(subscriptionId, 'Main')
}, 60_000)
afterAll(() => cloud?.stop())

const at = (id: string, version = '2021-04-01') => `${id}?api-version=${version}`
const machine = (name: string) => `${group}/providers/Contoso.Compute/machines/${name}`
const options = () => ({ endpoint: cloud.baseUrl })
const wait = { updateIntervalInMs: 10 }

describe('the unchanged SDKs', () => {
  test('SUB-24: arm-resources 8 keeps a resource of any type, by its parts and by its id', async () => {
    const { resources } = new ResourceManagementClient(cloud.credential(owner.token), subscriptionId, options())
    const content = {
      location: 'Sweden Central',
      kind: 'large',
      sku: { name: 'L1', capacity: 3 },
      tags: { team: 'a' },
      properties: { size: 12345678901234567890n.toString(), nested: { list: [1, 2] } },
    }
    const version = '2019-05-01'
    const made = await resources.createOrUpdate(
      'main',
      'Contoso.Logic',
      '',
      'workflows',
      'Flow',
      version,
      content,
      wait,
    )
    const id = `${group}/providers/Contoso.Logic/workflows/Flow`
    expect(made).toMatchObject({
      ...content,
      location: 'swedencentral',
      id,
      name: 'Flow',
      type: 'Contoso.Logic/workflows',
    })
    expect(await resources.getById(id, '2099-01-01')).toMatchObject({ id, kind: 'large' })
    const patched = await resources.updateById(
      id,
      version,
      { tags: { b: 'c' }, properties: { nested: null, added: 1 } },
      wait,
    )
    expect(patched).toMatchObject({ tags: { b: 'c' }, properties: { added: 1, size: content.properties.size } })
    expect(patched.properties).not.toHaveProperty('nested')
    const listed = []
    for await (const one of resources.list({
      filter: "resourceType eq 'contoso.logic/WORKFLOWS'",
      expand: 'createdTime',
    }))
      listed.push(one)
    expect(listed).toMatchObject([{ id, createdTime: new Date(start) }])
    await resources.deleteById(id, version, wait)
    await expect(resources.getById(id, version)).rejects.toMatchObject({ statusCode: 404, code: 'ResourceNotFound' })
  })

  test('SUB-24: arm-resources 7 sends empty segments and a leading slash, and finds the same resource', async () => {
    const { resources } = new OlderResourceManagementClient(cloud.credential(owner.token), subscriptionId, options())
    const content = { location: 'westeurope', properties: {} }
    const version = '2021-04-01'
    await resources.beginCreateOrUpdateAndWait(
      'Main',
      'Contoso.Compute',
      '',
      'machines',
      'seven',
      version,
      content,
      wait,
    )
    expect(await resources.getById(machine('seven'), version)).toMatchObject({ id: machine('seven'), name: 'seven' })
    expect((await resources.checkExistenceById(machine('SEVEN'), version)).body).toBe(true)
    expect((await resources.checkExistenceById(machine('eight'), version)).body).toBe(false)
    const listed = []
    for await (const one of resources.listByResourceGroup('MAIN', { top: 1 })) listed.push(one.name)
    expect(listed).toContain('seven')
    await resources.beginDeleteByIdAndWait(machine('seven'), version, wait)
    expect((await resources.checkExistenceById(machine('seven'), version)).body).toBe(false)
  })

  test('tags of a subscription, group and resource are merged, replaced and deleted', async () => {
    const { tagsOperations } = new OlderResourceManagementClient(
      cloud.credential(owner.token),
      subscriptionId,
      options(),
    )
    await make.put(owner, machine('tagged'))
    for (const scope of [`/subscriptions/${subscriptionId}`, group, machine('tagged')]) {
      await tagsOperations.beginCreateOrUpdateAtScopeAndWait(scope, { properties: { tags: { a: '1' } } }, wait)
      const merge = { operation: 'Merge', properties: { tags: { A: '2', b: '3' } } }
      await tagsOperations.beginUpdateAtScopeAndWait(scope, merge, wait)
      expect((await tagsOperations.getAtScope(scope)).properties.tags).toEqual({ A: '2', b: '3' })
      await tagsOperations.beginDeleteAtScopeAndWait(scope, wait)
      expect((await tagsOperations.getAtScope(scope)).properties.tags).toEqual({})
    }
  })
})

describe('an inert resource', () => {
  test('is created with 201 and replaced with 200, and an equal PUT changes nothing', async () => {
    const path = at(machine('etag'))
    const body = { location: 'westeurope', properties: { b: 1, a: { d: 1, c: 2 } } }
    const first = await owner.put(path, body)
    const second = await owner.put(path, { properties: { a: { c: 2, d: 1 }, b: 1 }, location: 'West Europe' })
    expect([first.status, second.status]).toEqual([201, 200])
    expect(second.headers.etag).toBe(first.headers.etag)
    expect(second.body.properties.provisioningState).toBe('Succeeded')
    expect(second.body.systemData).toMatchObject({ createdByType: 'User', createdAt: new Date(start).toISOString() })
    expect((await owner.put(path, body, { 'if-none-match': '*' })).status).toBe(412)
    expect((await owner.put(path, { ...body, tags: { x: 'y' } }, { 'if-match': '"old"' })).status).toBe(412)
    expect((await owner.delete(path, { 'if-match': first.headers.etag ?? '' })).status).toBe(200)
    expect((await owner.delete(path)).status).toBe(204)
  })

  test('keeps the casing of its creator and answers to every other', async () => {
    await make.put(owner, machine('CamelCase'))
    const reply = await owner.get(at(machine('camelcase').toUpperCase().replace('SUBSCRIPTIONS', 'subscriptions')))
    expect(reply).toMatchObject({ status: 200, body: { name: 'CamelCase', id: machine('CamelCase') } })
    const slashes = machine('camelCASE').replaceAll('/', '//')
    expect((await owner.get(at(slashes))).body.id).toBe(machine('CamelCase'))
  })

  test('SUB-9: stays in its location', async () => {
    await make.put(owner, machine('placed'))
    expect(await owner.put(at(machine('placed')), { location: 'eastus' })).toMatchObject({
      status: 409,
      body: { error: { code: 'InvalidResourceLocation' } },
    })
    expect((await owner.put(at(machine('nowhere')), {})).body.error.code).toBe('LocationRequired')
  })

  test('SUB-9: the location of its group does not constrain it', async () => {
    expect((await owner.put(at(machine('abroad')), { location: 'japaneast' })).status).toBe(201)
  })

  test('a child needs its parent, is where that is, and goes with it', async () => {
    const child = `${machine('parent')}/extensions/agent`
    expect((await owner.put(at(child), {})).body.error.code).toBe('ParentResourceNotFound')
    await make.put(owner, machine('parent'), { location: 'northeurope' })
    expect(await owner.put(at(child), {})).toMatchObject({
      status: 201,
      body: { id: child, name: 'parent/agent', type: 'Contoso.Compute/machines/extensions', location: 'northeurope' },
    })
    await owner.delete(at(machine('parent')))
    expect((await owner.get(at(child))).status).toBe(404)
  })

  test('its type is listed in a group', async () => {
    await make.put(owner, `${group}/providers/Contoso.Lists/things/one`)
    const reply = await owner.get(at(`${group}/providers/contoso.lists/THINGS`))
    expect(reply.body.value).toMatchObject([{ name: 'one' }])
  })

  test.each([
    ['/providers/nonamespace/machines/a', 400, 'InvalidResourceNamespace'],
    ['/providers/Contoso.Compute/machines/a%3Ab', 400, 'InvalidResourceName'],
    ['/providers/Microsoft.AzureActiveDirectory/others/a', 404, 'InvalidResourceType'],
    ['/providers/Microsoft.Billing/anything/a', 404, 'InvalidResourceType'],
    ['/providers/Contoso.Compute/machines', 404, 'InvalidResourceType'],
  ])('%s is refused', async (below, status, code) => {
    const reply = await owner.put(at(`${group}${below}`), { location: 'westeurope' })
    expect(reply).toMatchObject({ status, body: { error: { code } } })
  })

  test('an api-version must be well-formed', async () => {
    expect((await owner.get(at(machine('x'), '1.0'))).body.error.code).toBe('InvalidApiVersionParameter')
    expect((await owner.get(machine('x'))).body.error.code).toBe('MissingApiVersionParameter')
  })

  test('a namespace that was closed takes nothing new until it is registered again', async () => {
    const id = await make.subscription(tenantId, (await make.company()).owner)
    const ada = await make.user(tenantId, 'ada2')
    await make.assign(tenantId, `/subscriptions/${id}`, roles.owner, ada)
    const client = await make.client(tenantId, ada)
    const scope = await make.resourceGroup(id, 'g')
    const post = (verb: string) =>
      client.post(`/subscriptions/${id}/providers/Contoso.Once/${verb}?api-version=2021-04-01`)
    const things = `${scope}/providers/Contoso.Once/things/a`
    expect((await client.put(at(things), { location: 'westeurope' })).status).toBe(201)
    expect((await post('unregister')).body.error.code).toBe('CannotUnregisterNamespaceWithResources')
    await client.delete(at(things))
    expect((await post('unregister')).body.registrationState).toBe('Unregistered')
    expect(await client.put(at(things), { location: 'westeurope' })).toMatchObject({
      status: 409,
      body: { error: { code: 'MissingSubscriptionRegistration' } },
    })
    expect((await post('register')).body.registrationState).toBe('Registered')
    expect((await client.put(at(things), { location: 'westeurope' })).status).toBe(201)
  })

  test('its placement is history: where it was and since when', async () => {
    await make.put(owner, machine('history'))
    await cloud.clock.set('2026-10-02T00:00:00Z')
    await owner.delete(at(machine('history')))
    await make.put(owner, machine('history'))
    const rows = await cloud.running.db
      .selectFrom('resource_placement as p')
      .innerJoin('resource as r', 'r.uid', 'p.resource_uid')
      .where('r.name_key', '=', 'history')
      .orderBy('r.created_at')
      .select([sql<Date>`lower(p.during)`.as('from'), sql<Date | null>`upper(p.during)`.as('to')])
      .execute()
    expect(rows).toEqual([
      { from: new Date(start), to: new Date('2026-10-02T00:00:00Z') },
      { from: new Date('2026-10-02T00:00:00Z'), to: null },
    ])
  })
})

describe('who may do what', () => {
  test('a role on one resource is enough for it, and for nothing beside it', async () => {
    await make.put(owner, machine('mine'))
    await make.put(owner, machine('yours'))
    const bob = await make.user(tenantId, 'bob')
    await make.assign(tenantId, machine('mine'), roles.contributor, bob)
    const contributor = await make.client(tenantId, bob)
    expect((await contributor.patch(at(machine('mine')), { tags: { a: 'b' } })).status).toBe(200)
    for (const name of ['yours', 'absent'])
      for (const reply of [
        await contributor.get(at(machine(name))),
        await contributor.put(at(machine(name)), { location: 'westeurope' }),
        await contributor.patch(at(machine(name)), {}),
        await contributor.delete(at(machine(name))),
      ])
        expect(reply).toMatchObject({ status: 403, body: { error: { code: 'AuthorizationFailed' } } })
    expect((await contributor.get(at(`${group}/resources`))).status).toBe(403)
  })

  test('somebody of another tenant learns nothing', async () => {
    await make.put(owner, machine('secret'))
    const other = await make.tenant()
    const stranger = await make.client(other, await make.user(other, 'mallory'))
    const unknown = machine('secret').replace(subscriptionId, randomUUID())
    for (const id of [machine('secret'), unknown])
      for (const reply of [await stranger.get(at(id)), await stranger.put(at(id), { location: 'westeurope' })])
        expect(reply).toMatchObject({ status: 404, body: { error: { code: 'SubscriptionNotFound' } } })
    expect((await stranger.head(at(machine('secret')))).status).toBe(404)
  })

  test('SUB-11: a deny policy binds the Owner too, whoever asks', async () => {
    const scope = await make.resourceGroup(subscriptionId, 'restricted')
    const assignment = `${scope}/providers/Microsoft.Authorization/policyAssignments/europe?api-version=2024-05-01`
    const allowedLocations = 'e56962a6-4747-49cd-b67b-bf8b01975c4c'
    const assigned = await owner.put(assignment, {
      properties: {
        policyDefinitionId: `/providers/Microsoft.Authorization/policyDefinitions/${allowedLocations}`,
        parameters: { listOfAllowedLocations: { value: ['westeurope'] } },
      },
    })
    expect(assigned.status).toBe(201)
    const resource = `${scope}/providers/Contoso.Compute/machines/one`
    expect(await owner.put(at(resource), { location: 'eastus' })).toMatchObject({
      status: 403,
      body: { error: { code: 'RequestDisallowedByPolicy' } },
    })
    expect((await owner.put(at(resource), { location: 'westeurope' })).status).toBe(201)
  })
})
