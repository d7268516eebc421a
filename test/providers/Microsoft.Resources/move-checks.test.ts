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

test('SUB-16: four hours after a move began both groups are free, and its resource is in one place', async () => {
  const { source, target } = await twoGroups()
  await make.put(owner, machine(source, 'one'))
  // The move waits for this row, as it would for a slow resource.
  const slow = await cloud.running.db.startTransaction().execute()
  await slow.selectFrom('resource').select('uid').where('subscription_id', '=', left).forUpdate().execute()
  const moving = await ask('moveResources', source, [machine(source, 'one')], target)
  expect(moving.status).toBe(202)
  await cloud.clock.set('2026-10-01T04:00:00Z')
  const written = () => owner.put(`${machine(target, 'two')}?${version}`, { location: 'westeurope' })
  expect(await written()).toMatchObject({ status: 409, body: { error: { code: 'ResourceGroupLocked' } } })
  await cloud.clock.set('2026-10-01T04:00:00.001Z')
  expect((await written()).status).toBe(201)
  await slow.rollback().execute()
  await owner.finish(moving)
  const places = await Promise.all(
    [source, target].map(async (group) => (await owner.get(`${machine(group, 'one')}?${version}`)).status),
  )
  expect([...places].sort()).toEqual([200, 404])
})
