import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { type Company, resourceFixture } from '../Microsoft.Resources/resource-fixture.ts'
import { roles, start } from './access-fixture.ts'

let cloud: TestCloud
let make: ReturnType<typeof resourceFixture>
let contoso: Company
let owner: Client
let left: string
let right: string

beforeAll(async () => {
  cloud = await startTestCloud({ now: start })
  make = resourceFixture(cloud)
  contoso = await make.company()
  owner = await make.client(contoso.tenantId, contoso.owner)
  left = await make.subscription(contoso.tenantId, contoso.owner)
  right = await make.subscription(contoso.tenantId, contoso.owner)
}, 60_000)
afterAll(() => cloud?.stop())

let serial = 0
const newGroup = (subscription = left) => make.resourceGroup(subscription, `group${++serial}`)
const version = 'api-version=2021-04-01'
const machine = (group: string, name = 'one') => `${group}/providers/Contoso.Compute/machines/${name}`
const lockPath = (scope: string, name = 'keep') =>
  `${scope}/providers/Microsoft.Authorization/locks/${name}?api-version=2016-09-01`
const lock = async (scope: string, level: 'CanNotDelete' | 'ReadOnly', name = 'keep') => {
  const reply = await owner.put(lockPath(scope, name), { properties: { level } })
  expect(reply.status).toBe(201)
}
const locked = (scope: string) => ({
  status: 409,
  body: { error: { code: 'ScopeLocked', message: expect.stringContaining(`'${scope}'`) } },
})
const move = (source: string, resources: string[], target: string, verb = 'moveResources') =>
  owner.post(`${source}/${verb}?${version}`, { resources, targetResourceGroup: target })

describe('a lock', () => {
  test('ACC-4: is put, read, listed and taken away, and the same again changes nothing', async () => {
    const group = await newGroup()
    await make.put(owner, machine(group))
    const body = {
      properties: { level: 'CanNotDelete', notes: 'Pays the rent', owners: [{ applicationId: randomUUID() }] },
    }
    const made = await owner.put(lockPath(group, 'Keep'), body)
    expect(made).toMatchObject({
      status: 201,
      body: {
        id: `${group}/providers/Microsoft.Authorization/locks/Keep`,
        name: 'Keep',
        type: 'Microsoft.Authorization/locks',
        properties: body.properties,
      },
    })
    expect((await owner.put(lockPath(group, 'Keep'), body)).status).toBe(200)
    expect((await owner.get(lockPath(group, 'keep'))).body).toEqual(made.body)
    await lock(machine(group), 'ReadOnly', 'frozen')
    const list = (scope: string) => owner.get(`${scope}/providers/Microsoft.Authorization/locks?api-version=2020-05-01`)
    for (const scope of [group, machine(group)])
      expect((await list(scope)).body.value.map((one: { name: string }) => one.name)).toEqual(['Keep', 'frozen'])
    expect((await owner.delete(lockPath(group))).status).toBe(200)
    expect((await owner.delete(lockPath(group))).status).toBe(204)
    expect(await owner.get(lockPath(group))).toMatchObject({ status: 404, body: { error: { code: 'LockNotFound' } } })
    const audit = await cloud.running.db
      .selectFrom('audit_record')
      .select('action')
      .where('scope', '=', `${group}/providers/Microsoft.Authorization/locks/Keep`)
      .orderBy('sequence')
      .execute()
    expect(audit.map((record) => record.action.split('/').at(-1))).toEqual(['write', 'delete'])
  })

  test('ACC-4: Owner and User access administrator put locks, a Contributor does not; a stranger hears of nothing', async () => {
    const group = await newGroup()
    const body = { properties: { level: 'ReadOnly' } }
    for (const [role, status] of [
      [roles.contributor, 403],
      [roles.userAccessAdministrator, 201],
    ] as const) {
      const user = await make.user(contoso.tenantId, 'carl')
      await make.assign(contoso.tenantId, group, role, user)
      const carl = await make.client(contoso.tenantId, user)
      expect((await carl.put(lockPath(group, 'theirs'), body)).status).toBe(status)
    }
    const other = await make.company()
    const stranger = await make.client(other.tenantId, other.owner)
    expect((await stranger.put(lockPath(group), body)).status).toBe(404)
    for (const [scope, code] of [
      [`/subscriptions/${left}/resourceGroups/absent`, 'ResourceGroupNotFound'],
      [machine(group, 'absent'), 'ResourceNotFound'],
    ] as const)
      expect((await owner.put(lockPath(scope), body)).body.error.code).toBe(code)
    expect((await owner.put(lockPath(group), { properties: { level: 'Open' } })).status).toBe(400)
  })

  test('ACC-4: that forbids deletion holds for the Owner too, for what lies below it and for what takes it along', async () => {
    const group = await newGroup()
    for (const name of ['one', 'two']) await make.put(owner, machine(group, name))
    await lock(machine(group), 'CanNotDelete')
    expect(await owner.delete(`${machine(group)}?${version}`)).toMatchObject(locked(machine(group)))
    expect(await owner.delete(`${group}?${version}`)).toMatchObject(locked(machine(group)))
    expect((await owner.patch(`${machine(group)}?${version}`, { tags: { a: 'b' } })).status).toBe(200)
    expect((await owner.delete(`${machine(group, 'two')}?${version}`)).status).toBeLessThan(300)
    expect((await owner.delete(lockPath(machine(group)))).status).toBe(200)
    await lock(`/subscriptions/${left}`, 'CanNotDelete')
    try {
      expect(await owner.delete(`${machine(group)}?${version}`)).toMatchObject(locked(`/subscriptions/${left}`))
    } finally {
      expect((await owner.delete(lockPath(`/subscriptions/${left}`))).status).toBe(200)
    }
    expect((await owner.finish(await owner.delete(`${group}?${version}`))).status).toBe(200)
  })

  test('ACC-4: that makes read-only refuses every change and lets reading through', async () => {
    const group = await newGroup()
    await make.put(owner, machine(group))
    await lock(group, 'ReadOnly')
    const refused = [
      await owner.put(`${machine(group, 'new')}?${version}`, { location: 'westeurope' }),
      await owner.patch(`${machine(group)}?${version}`, { tags: {} }),
      await owner.delete(`${machine(group)}?${version}`),
      await owner.patch(`${group}?${version}`, { tags: {} }),
      await owner.put(`${group}/providers/Microsoft.Resources/tags/default?${version}`, { properties: { tags: {} } }),
      await owner.put(
        `${group}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}?api-version=2022-04-01`,
        { properties: { roleDefinitionId: roles.reader, principalId: contoso.owner } },
      ),
    ]
    for (const reply of refused) expect(reply).toMatchObject(locked(group))
    expect((await owner.get(`${machine(group)}?${version}`)).status).toBe(200)
    expect((await owner.delete(lockPath(group))).status).toBe(200)
    expect((await owner.patch(`${machine(group)}?${version}`, { tags: { free: 'again' } })).status).toBe(200)
  })
})

describe('moving under locks', () => {
  test('SUB-15: a read-only lock on the source or the target keeps resources from moving, and the validation says so too', async () => {
    const [source, target] = [await newGroup(), await newGroup(right)]
    await make.put(owner, machine(source))
    for (const scope of [source, target]) {
      await lock(scope, 'ReadOnly')
      for (const verb of ['moveResources', 'validateMoveResources'])
        expect(await move(source, [machine(source)], target, verb)).toMatchObject(locked(scope))
      expect((await owner.delete(lockPath(scope))).status).toBe(200)
    }
    await lock(machine(source), 'ReadOnly')
    for (const verb of ['moveResources', 'validateMoveResources'])
      expect(await owner.finish(await move(source, [machine(source)], target, verb))).toMatchObject({
        status: 409,
        body: { error: { details: [{ code: 'ScopeLocked', target: machine(source) }] } },
      })
  })

  test('SUB-17: a lock against deletion goes along with its resource; a policy on the resource itself does not', async () => {
    const [source, target] = [await newGroup(), await newGroup(right)]
    await make.put(owner, machine(source))
    const child = (group: string) => `${machine(group)}/disks/d`
    await make.put(owner, child(source), {})
    await lock(child(source), 'CanNotDelete')
    const policy = (group: string) =>
      `${child(group)}/providers/Microsoft.Authorization/policyAssignments/here?api-version=2023-04-01`
    const assigned = await owner.put(policy(source), {
      properties: {
        policyDefinitionId: '/providers/Microsoft.Authorization/policyDefinitions/e56962a6-4747-49cd-b67b-bf8b01975c4c',
        parameters: { listOfAllowedLocations: { value: ['westeurope'] } },
      },
    })
    expect(assigned.status).toBe(201)
    await owner.put(`${machine(source)}?${version}`, { location: 'westeurope', tags: { kept: 'yes' } })
    expect((await owner.finish(await move(source, [machine(source)], target))).status).toBe(204)
    expect(await owner.delete(`${machine(target)}?${version}`)).toMatchObject(locked(child(target)))
    expect((await owner.get(`${machine(target)}?${version}`)).body.tags).toEqual({ kept: 'yes' })
    for (const group of [source, target]) expect((await owner.get(policy(group))).status).toBe(404)
    const behind = await cloud.running.pool.query(
      `select scope_key from policy_assignment where scope_key like '%machines/one%' union all
       select scope_key from management_lock where scope_key like lower('${source}%')`,
    )
    expect(behind.rows).toEqual([])
    const record = await cloud.running.db
      .selectFrom('audit_record')
      .select('before')
      .where('action', '=', 'Microsoft.Resources/subscriptions/resourceGroups/moveResources/action')
      .where('scope', 'in', [machine(source), child(source)])
      .execute()
    expect(JSON.stringify(record)).toContain('policyAssignments/here')
  })
})
