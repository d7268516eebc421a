import { randomUUID } from 'node:crypto'
import { ResourceManagementClient } from '@azure/arm-resources'
import { ResourceManagementClient as OlderResourceManagementClient } from 'arm-resources-7'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { roles, start } from '../Microsoft.Authorization/access-fixture.ts'
import { resourceFixture } from './resource-fixture.ts'

let cloud: TestCloud
let make: ReturnType<typeof resourceFixture>
let tenantId: string
let ada: string
let owner: Client
let subscriptionId: string

beforeAll(async () => {
  cloud = await startTestCloud({ now: start })
  make = resourceFixture(cloud)
  tenantId = await make.tenant()
  ada = await make.user(tenantId, 'ada')
  subscriptionId = await make.subscription(tenantId, ada)
  owner = await make.client(tenantId, ada)
}, 60_000)
afterAll(() => cloud?.stop())

const version = 'api-version=2025-04-01'
const groupId = (name: string, id = subscriptionId) => `/subscriptions/${id}/resourceGroups/${name}`
const path = (name: string, id = subscriptionId) => `${groupId(name, id)}?${version}`
const options = () => ({ endpoint: cloud.baseUrl })

describe('the unchanged SDKs', () => {
  test('SUB-9: a group is created, read, changed, found and deleted with arm-resources 8', async () => {
    const { resourceGroups } = new ResourceManagementClient(cloud.credential(owner.token), subscriptionId, options())
    const made = await resourceGroups.createOrUpdate('Eight', { location: 'South Central US', tags: { team: 'a' } })
    expect(made).toMatchObject({
      id: groupId('Eight'),
      name: 'Eight',
      type: 'Microsoft.Resources/resourceGroups',
      location: 'southcentralus',
      tags: { team: 'a' },
      properties: { provisioningState: 'Succeeded' },
    })
    expect(await resourceGroups.update('eight', { tags: { team: 'b' } })).toMatchObject({ tags: { team: 'b' } })
    expect((await resourceGroups.get('EIGHT')).tags).toEqual({ team: 'b' })
    const found = []
    for await (const group of resourceGroups.list({ filter: "tagName eq 'TEAM' and tagValue eq 'b'" }))
      found.push(group.name)
    expect(found).toEqual(['Eight'])
    await resourceGroups.delete('Eight', { updateIntervalInMs: 10 })
    await expect(resourceGroups.get('Eight')).rejects.toMatchObject({ statusCode: 404, code: 'ResourceGroupNotFound' })
  })

  test('SUB-9: the same with arm-resources 7, which asks whether a group exists', async () => {
    const client = new OlderResourceManagementClient(cloud.credential(owner.token), subscriptionId, options())
    const { resourceGroups } = client
    expect((await resourceGroups.checkExistence('seven')).body).toBe(false)
    expect((await resourceGroups.createOrUpdate('seven', { location: 'westeurope' })).location).toBe('westeurope')
    expect((await resourceGroups.checkExistence('Seven')).body).toBe(true)
    await resourceGroups.beginDeleteAndWait('seven', { updateIntervalInMs: 10 })
    expect((await resourceGroups.checkExistence('seven')).body).toBe(false)
  })

  test('lists are paged, and a next link goes on where the page ended', async () => {
    const id = await make.subscription(tenantId, ada)
    for (const name of ['a', 'b', 'c', 'd', 'e']) await owner.put(path(name, id), { location: 'westeurope' })
    const { resourceGroups } = new ResourceManagementClient(cloud.credential(owner.token), id, options())
    const names = []
    for await (const group of resourceGroups.list({ top: 2 })) names.push(group.name)
    expect(names).toEqual(['a', 'b', 'c', 'd', 'e'])
    const first = await owner.get(`/subscriptions/${id}/resourcegroups?${version}&$top=2`)
    expect(first.body.value).toHaveLength(2)
    expect(first.body.nextLink).toMatch(/^https:\/\//)
  })

  test('namespaces are listed, registered and closed', async () => {
    const id = await make.subscription(tenantId, ada)
    const { providers } = new ResourceManagementClient(cloud.credential(owner.token), id, options())
    expect(await providers.get('microsoft.compute')).toMatchObject({
      namespace: 'Microsoft.Compute',
      registrationState: 'NotRegistered',
    })
    expect((await providers.register('Microsoft.Compute')).registrationState).toBe('Registered')
    expect((await providers.unregister('Microsoft.Compute')).registrationState).toBe('Unregistered')
    const listed = new Map()
    for await (const provider of providers.list()) listed.set(provider.namespace, provider.registrationState)
    expect(listed.get('Microsoft.Compute')).toBe('Unregistered')
    expect(listed.get('Microsoft.Resources')).toBe('Registered')
    await expect(providers.unregister('Microsoft.Resources')).rejects.toMatchObject({ statusCode: 409 })
    const everywhere = []
    for await (const provider of providers.listAtTenantScope()) everywhere.push(provider.namespace)
    expect(everywhere).toContain('Microsoft.AzureActiveDirectory')
  })
})

describe('a resource group', () => {
  test('is created once: 201, then 200 with the same etag', async () => {
    const body = { location: 'westeurope', tags: { a: '1' } }
    const first = await owner.put(path('once'), body)
    const second = await owner.put(path('ONCE'), { ...body, location: 'West Europe' })
    const third = await owner.put(path('ONCE'), body)
    expect([first.status, second.status]).toEqual([201, 200])
    expect(second.body.name).toBe('ONCE')
    expect(third.headers.etag).toBe(second.headers.etag)
  })

  test('SUB-9: never changes its location', async () => {
    await owner.put(path('stays'), { location: 'westeurope' })
    const reply = await owner.put(path('stays'), { location: 'eastus' })
    expect(reply).toMatchObject({ status: 409, body: { error: { code: 'InvalidResourceGroupLocation' } } })
    expect(reply.body.error.message).toContain("already exists in location 'westeurope'")
  })

  test('is replaced only by who has read what it is now', async () => {
    const body = { location: 'westeurope' }
    const { headers } = await owner.put(path('etag'), body)
    expect((await owner.put(path('etag'), body, { 'if-none-match': '*' })).status).toBe(412)
    const changed = await owner.patch(path('etag'), { tags: { a: 'b' } }, { 'if-match': headers.etag ?? '' })
    expect(changed.status).toBe(200)
    expect((await owner.patch(path('etag'), { tags: {} }, { 'if-match': headers.etag ?? '' })).status).toBe(412)
    expect((await owner.delete(path('etag'), { 'if-match': headers.etag ?? '' })).status).toBe(412)
  })

  const tooMany = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`tag${index}`, '']))
  test.each([
    ['bad name.', { location: 'westeurope' }, 'InvalidResourceGroupName'],
    ['fine', { location: '' }, 'LocationNotAvailableForResourceType'],
    ['fine', {}, 'InvalidRequestContent'],
    ['fine', { location: 'westeurope', tags: { a: '1', A: '2' } }, 'DuplicateTagNames'],
    ['fine', { location: 'westeurope', tags: tooMany }, 'InvalidTagNumber'],
  ])('a group %s is refused as $2', async (name, body, code) => {
    const reply = await owner.put(path(encodeURIComponent(name)), body)
    expect(reply).toMatchObject({ status: 400, body: { error: { code } } })
  })

  test('a filter that is not understood is refused, because an ignored one would show too much', async () => {
    const filter = encodeURIComponent("startswith(tagName, 'a')")
    const reply = await owner.get(`/subscriptions/${subscriptionId}/resourcegroups?${version}&$filter=${filter}`)
    expect(reply).toMatchObject({ status: 400, body: { error: { code: 'InvalidFilterInQueryString' } } })
  })

  test('templates are refused by name', async () => {
    await owner.put(path('template'), { location: 'westeurope' })
    const reply = await owner.post(`${groupId('template')}/exportTemplate?${version}`, { resources: ['*'] })
    expect(reply).toMatchObject({ status: 400, body: { error: { code: 'ExportTemplateNotSupported' } } })
  })

  test('goes with everything in it, and takes the roles on it along', async () => {
    const bob = await make.user(tenantId, 'bob')
    const vm = `${groupId('gone')}/providers/Contoso.Compute/machines/one`
    await owner.put(path('gone'), { location: 'westeurope' })
    await make.put(owner, vm)
    await make.assign(tenantId, groupId('gone'), roles.reader, bob)
    await make.assign(tenantId, vm, roles.reader, bob)
    const accepted = await owner.delete(path('gone'))
    expect(accepted.status).toBe(202)
    expect(accepted.headers.location).toContain(`/subscriptions/${subscriptionId}/operationresults/`)
    const finished = await owner.finish(accepted)
    expect(finished).toMatchObject({ status: 200, body: undefined })
    expect((await owner.delete(path('gone'))).status).toBe(204)
    await owner.put(path('gone'), { location: 'eastus' })
    expect((await owner.get(`${vm}?api-version=2021-04-01`)).body.error.code).toBe('ResourceNotFound')
    expect((await (await make.client(tenantId, bob)).get(path('gone'))).status).toBe(403)
    const placement = await cloud.running.db
      .selectFrom('resource_placement')
      .selectAll()
      .where('resource_group_key', '=', 'gone')
      .where('subscription_id', '=', subscriptionId)
      .execute()
    expect(placement).toEqual([])
  })

  test('SUB-10: takes the policies on it and in it along, so that a new one of its name starts without', async () => {
    const vm = `${groupId('ruled')}/providers/Contoso.Compute/machines/one`
    const policyOn = (scope: string) =>
      `${scope}/providers/Microsoft.Authorization/policyAssignments/nowhere?api-version=2021-06-01`
    const nowhere = {
      properties: {
        policyDefinitionId: '/providers/Microsoft.Authorization/policyDefinitions/e56962a6-4747-49cd-b67b-bf8b01975c4c',
        parameters: { listOfAllowedLocations: { value: ['northeurope'] } },
      },
    }
    const createVm = () => owner.put(`${vm}?api-version=2021-04-01`, { location: 'westeurope' })
    await owner.put(path('ruled'), { location: 'westeurope' })
    expect((await createVm()).status).toBe(201)
    expect((await owner.put(policyOn(vm), nowhere)).status).toBe(201)
    expect((await createVm()).body.error.code).toBe('RequestDisallowedByPolicy')
    expect((await owner.delete(`${vm}?api-version=2021-04-01`)).status).toBe(200)
    expect((await createVm()).status).toBe(201)
    for (const scope of [vm, groupId('ruled')]) expect((await owner.put(policyOn(scope), nowhere)).status).toBe(201)
    expect((await owner.finish(await owner.delete(path('ruled')))).status).toBe(200)
    await owner.put(path('ruled'), { location: 'westeurope' })
    expect((await createVm()).status).toBe(201)
    for (const scope of [vm, groupId('ruled')]) expect((await owner.get(policyOn(scope))).status).toBe(404)
  })

  test('the result of an operation is for who started it', async () => {
    await owner.put(path('private'), { location: 'westeurope' })
    const accepted = await owner.delete(path('private'))
    const { pathname, search } = new URL(accepted.headers.location ?? '')
    const colleague = await make.user(tenantId, 'carl')
    await make.assign(tenantId, `/subscriptions/${subscriptionId}`, roles.owner, colleague)
    expect((await (await make.client(tenantId, colleague)).get(`${pathname}${search}`)).status).toBe(404)
    expect((await owner.finish(accepted)).status).toBe(200)
  })
})

describe('who may do what', () => {
  test('a reader reads and is refused to write, whether the group exists or not', async () => {
    const rita = await make.user(tenantId, 'rita')
    await make.assign(tenantId, `/subscriptions/${subscriptionId}`, roles.reader, rita)
    const reader = await make.client(tenantId, rita)
    await owner.put(path('exists'), { location: 'westeurope' })
    expect((await reader.get(path('exists'))).status).toBe(200)
    expect((await reader.head(path('exists'))).status).toBe(204)
    for (const name of ['exists', 'absent']) {
      for (const reply of [
        await reader.put(path(name), { location: 'westeurope' }),
        await reader.patch(path(name), { tags: {} }),
        await reader.delete(path(name)),
      ])
        expect(reply).toMatchObject({ status: 403, body: { error: { code: 'AuthorizationFailed' } } })
    }
  })

  test('somebody of another tenant learns nothing', async () => {
    const other = await make.tenant()
    const stranger = await make.client(other, await make.user(other, 'mallory'))
    await owner.put(path('exists'), { location: 'westeurope' })
    for (const id of [subscriptionId, randomUUID()])
      for (const reply of [await stranger.get(path('exists', id)), await stranger.delete(path('exists', id))])
        expect(reply).toMatchObject({ status: 404, body: { error: { code: 'SubscriptionNotFound' } } })
  })

  test('a role on the group is enough for the group', async () => {
    const gina = await make.user(tenantId, 'gina')
    await owner.put(path('hers'), { location: 'westeurope' })
    await make.assign(tenantId, groupId('hers'), roles.contributor, gina)
    const contributor = await make.client(tenantId, gina)
    expect((await contributor.patch(path('hers'), { tags: { a: 'b' } })).status).toBe(200)
    expect((await contributor.get(`/subscriptions/${subscriptionId}/resourcegroups?${version}`)).status).toBe(403)
    const seen = await contributor.get('/subscriptions?api-version=2022-12-01')
    expect(seen.body.value).toMatchObject([{ subscriptionId }])
    expect((await contributor.get(`/subscriptions/${subscriptionId}?api-version=2022-12-01`)).status).toBe(200)
  })
})
