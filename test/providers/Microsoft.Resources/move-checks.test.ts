import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Client, startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { start } from '../Microsoft.Authorization/access-fixture.ts'
import { type Company, resourceFixture } from './resource-fixture.ts'

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

const version = 'api-version=2021-04-01'
const idOf = (group: string, type: string, name: string) => `${group}/providers/${type}/${name}`
const machine = (group: string, name: string) => idOf(group, 'Contoso.Compute/machines', name)
const ask = (verb: 'moveResources' | 'validateMoveResources', source: string, resources: string[], target: string) =>
  owner.post(`${source}/${verb}?${version}`, { resources, targetResourceGroup: target })
let serial = 0
const twoGroups = async () => ({
  source: await make.resourceGroup(left, `Source${++serial}`),
  target: await make.resourceGroup(right, `Target${serial}`),
})

/** The code that the request is refused with at once, or the codes found in its resources, for both operations. */
async function verdicts(source: string, resources: string[], target: string): Promise<string[][]> {
  const found: string[][] = []
  for (const verb of ['validateMoveResources', 'moveResources'] as const) {
    const reply = await ask(verb, source, resources, target)
    const end = reply.status === 202 ? await owner.finish(reply) : reply
    const { error } = end.body ?? { error: undefined }
    const details: { code: string }[] = error?.code === 'ResourceMoveProviderValidationFailed' ? error.details : []
    found.push(
      details.length > 0 ? details.map((detail) => detail.code) : [`${end.status} ${error?.code ?? ''}`.trim()],
    )
  }
  return found
}
const both = (...codes: string[]) => [codes, codes]

test('SUB-15, SUB-17: what the request itself forbids is refused at once, by the validation in the same words', async () => {
  const { source, target } = await twoGroups()
  const one = machine(source, 'one')
  await make.put(owner, one)
  expect(await verdicts(source, [one], source.toUpperCase())).toEqual(both('400 SourceAndTargetResourceGroupsAreSame'))
  expect(await verdicts(source, [one], `${target}x`)).toEqual(both('400 ResourceGroupNotFound'))
  expect(await verdicts(source, [`${one}/disks/d`], target)).toEqual(both('400 CannotMoveChildResource'))
  expect(await verdicts(source, [machine(target, 'one')], target)).toEqual(both('400 InvalidResourceIds'))
  const many = Array.from({ length: 801 }, (_, index) => machine(source, `m${index}`))
  expect(await verdicts(source, many, target)).toEqual(both('400 TooManyResourcesInMove'))
  const elsewhere = await make.subscription(await make.tenant())
  for (const id of [elsewhere, randomUUID()])
    expect(await verdicts(source, [one], `/subscriptions/${id}/resourceGroups/g`)).toEqual(
      both('403 LinkedAuthorizationFailed'),
    )
})

test.each(['Warned', 'Disabled', 'Expired', 'Suspended'] as const)(
  'SUB-15: a target subscription that is %s takes nothing',
  async (state) => {
    const { source, target } = await twoGroups()
    await make.put(owner, machine(source, 'one'))
    await make.setState(right, state)
    try {
      expect(await verdicts(source, [machine(source, 'one')], target)).toEqual(both('409 SubscriptionNotActive'))
    } finally {
      await make.setState(right, 'Active')
    }
  },
)

test('SUB-15: what the resources forbid is found by looking at them, every reason at once', async () => {
  const { source, target } = await twoGroups()
  const cluster = idOf(source, 'Microsoft.ContainerService/managedClusters', 'kept')
  const circuit = idOf(source, 'Microsoft.Network/expressRouteCircuits', 'kept')
  await make.put(owner, cluster)
  await make.put(owner, circuit)
  await make.put(owner, machine(source, 'a'))
  await make.put(owner, machine(source, 'b'), {
    location: 'westeurope',
    properties: { needs: { id: machine(source, 'a') } },
  })
  expect(await verdicts(source, [cluster, circuit], target)).toEqual(both('MoveNotSupported', 'MoveNotSupported'))
  expect(await verdicts(source, [machine(source, 'a')], target)).toEqual(both('MissingMoveDependentResources'))
  expect(await verdicts(source, [machine(source, 'b')], target)).toEqual(both('MissingMoveDependentResources'))
  expect(await verdicts(source, [machine(source, 'absent')], target)).toEqual(both('ResourceNotFound'))
  await make.put(owner, machine(target, 'A'))
  expect(await verdicts(source, [machine(source, 'a'), machine(source, 'b')], target)).toEqual(
    both('ResourceExistsInTarget'),
  )
})

test('SUB-17: a resource on a stack is moved to no other group, of its subscription or another', async () => {
  const { source, target } = await twoGroups()
  const beside = await make.resourceGroup(left, `Beside${serial}`)
  const cluster = idOf(source, 'Microsoft.AzureStackHCI/clusters', 'edge')
  const linked = idOf(source, 'Microsoft.AzureStack/linkedSubscriptions', 'edge')
  await make.put(owner, cluster)
  // Nothing creates these yet, so it comes as a row.
  expect((await owner.put(`${linked}?${version}`, { location: 'global' })).status).toBe(404)
  await cloud.running.pool.query(
    `insert into resource (uid, subscription_id, resource_group_key, type, type_key, name, name_key, location,
       created_at, created_by, changed_at, changed_by)
     values ($1, $2, $3, 'Microsoft.AzureStack/linkedSubscriptions', 'microsoft.azurestack/linkedsubscriptions', 'edge',
       'edge', 'global', $4, '{}', $4, '{}')`,
    [randomUUID(), left, source.split('/').at(-1)?.toLowerCase(), start],
  )
  for (const to of [target, beside]) {
    expect(await verdicts(source, [cluster, linked], to)).toEqual(both('MoveNotSupported', 'MoveNotSupported'))
    const refused = await owner.finish(await ask('moveResources', source, [cluster], to))
    expect(refused.body.error.details[0].message).toContain(
      "'Microsoft.AzureStackHCI/clusters' is a resource on a stack",
    )
  }
  expect((await owner.get(`${cluster}?${version}`)).status).toBe(200)
})

test('SUB-15: the target takes no more resources of a type than its quota', async () => {
  const { source, target } = await twoGroups()
  await make.put(owner, machine(source, 'one'))
  await cloud.running.pool.query(
    `insert into resource (uid, subscription_id, resource_group_key, type, type_key, name, name_key, location,
       created_at, created_by, changed_at, changed_by)
     select gen_random_uuid(), $1, $2, 'Contoso.Compute/machines', 'contoso.compute/machines', 'full' || n, 'full' || n,
       'westeurope', $3, '{}', $3, '{}' from generate_series(1, 800) n`,
    [right, target.split('/').at(-1)?.toLowerCase(), start],
  )
  expect(await verdicts(source, [machine(source, 'one')], target)).toEqual(both('MoveQuotaExceeded'))
})

/** Until a statement waits for rows of the table. */
async function waiting(table: string): Promise<void> {
  const statements = `%"${table}"%for %`
  for (let poll = 0; poll < 2_000; poll++) {
    const { rows } = await cloud.running.pool.query(
      "select from pg_stat_activity where wait_event_type = 'Lock' and query like $1",
      [statements],
    )
    if (rows.length > 0) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`nothing waits for ${table}`)
}

/** Holds rows as a slow resource or a writer would, until it is let go. */
async function hold(table: 'resource' | 'resource_group', group: string): Promise<{ release(): Promise<void> }> {
  const key = group.split('/').at(-1)?.toLowerCase()
  const column = table === 'resource' ? 'resource_group_key' : 'name_key'
  const client = await cloud.running.pool.connect()
  await client.query('begin')
  await client.query(`select from ${table} where ${column} = $1 for ${table === 'resource' ? 'update' : 'share'}`, [
    key,
  ])
  return {
    async release() {
      await client.query('rollback')
      client.release()
    },
  }
}

test('SUB-16: a move that still runs after four hours gives both groups free and moves nothing any more', async () => {
  const { source, target } = await twoGroups()
  await make.put(owner, machine(source, 'one'))
  const slow = await hold('resource', source)
  const moving = await ask('moveResources', source, [machine(source, 'one')], target)
  expect(moving.status).toBe(202)
  await waiting('resource')
  const written = () => owner.put(`${machine(target, 'two')}?${version}`, { location: 'westeurope' })
  try {
    await cloud.clock.set('2026-10-01T04:00:00Z')
    expect(await written()).toMatchObject({ status: 409, body: { error: { code: 'ResourceGroupLocked' } } })
    await cloud.clock.set('2026-10-01T04:00:00.001Z')
    expect((await written()).status).toBe(201)
  } finally {
    await slow.release()
  }
  expect(await owner.finish(moving)).toMatchObject({ status: 409, body: { error: { code: 'ResourceMoveTimedOut' } } })
  expect(await placesOf(source, target)).toEqual([200, 404])
  const { rows } = await cloud.running.pool.query('select from audit_record where scope = $1 and action like $2', [
    machine(source, 'one'),
    '%moveResources%',
  ])
  expect(rows).toEqual([])
  expect((await owner.patch(`${machine(source, 'one')}?${version}`, { tags: { free: 'again' } })).status).toBe(200)
  // Repeated, it has its own four hours.
  const again = await ask('moveResources', source, [machine(source, 'one')], target)
  expect((await owner.finish(again)).status).toBe(204)
  expect(await placesOf(source, target)).toEqual([404, 200])
})

test('SUB-16: a move that is done waits for whoever writes in its groups, and ends as the time is by then', async () => {
  for (const [end, status, places] of [
    ['2026-10-02T04:00:00Z', 204, [404, 200]],
    ['2026-10-03T04:00:00.001Z', 409, [200, 404]],
  ] as const) {
    await cloud.clock.set(`${end.slice(0, 10)}T00:00:00Z`)
    const { source, target } = await twoGroups()
    await make.put(owner, machine(source, 'one'))
    const slow = await hold('resource', source)
    const moving = await ask('moveResources', source, [machine(source, 'one')], target)
    await waiting('resource')
    const writer = await hold('resource_group', target)
    await slow.release()
    await waiting('resource_group')
    await cloud.clock.set(end)
    await writer.release()
    expect((await owner.finish(moving)).status).toBe(status)
    expect(await placesOf(source, target)).toEqual(places)
  }
})

const placesOf = (...groups: string[]): Promise<number[]> =>
  Promise.all(groups.map(async (group) => (await owner.get(`${machine(group, 'one')}?${version}`)).status))
