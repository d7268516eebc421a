import { randomUUID } from 'node:crypto'
import { ResourceManagementClient } from '@azure/arm-resources'
import { ResourceManagementClient as OlderResourceManagementClient } from 'arm-resources-7'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runAudit } from '../../../src/audit/audit.ts'
import { type Client, startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { roles, start } from '../Microsoft.Authorization/access-fixture.ts'
import { IdentityCloud, type Person, type TestTenant } from '../Microsoft.AzureActiveDirectory/identity-cloud.ts'
import { resourceFixture } from './resource-fixture.ts'

let cloud: TestCloud
let make: ReturnType<typeof resourceFixture>
let identities: IdentityCloud
let tenant: TestTenant
let ada: Person
let owner: Client
let left: string
let right: string

beforeAll(async () => {
  cloud = await startTestCloud({ now: start })
  make = resourceFixture(cloud)
  identities = new IdentityCloud(cloud)
  const workforce = await identities.workforce()
  tenant = workforce.tenant
  ada = workforce.administrator
  owner = ada.client
  left = await make.subscription(tenant.id, ada.objectId)
  right = await make.subscription(tenant.id, ada.objectId)
}, 60_000)
afterAll(() => cloud?.stop())

let serial = 0
/** Two new groups, one in each subscription. */
async function twoGroups(): Promise<{ source: string; target: string }> {
  serial++
  return {
    source: await make.resourceGroup(left, `Source${serial}`),
    target: await make.resourceGroup(right, `Target${serial}`),
  }
}
const version = 'api-version=2021-04-01'
const machine = (group: string, name: string) => `${group}/providers/Contoso.Compute/machines/${name}`
const move = (client: Client, source: string, resources: string[], target: string) =>
  client.post(`${source}/moveResources?${version}`, { resources, targetResourceGroup: target })
const validate = (client: Client, source: string, resources: string[], target: string) =>
  client.post(`${source}/validateMoveResources?${version}`, { resources, targetResourceGroup: target })
const nameOf = (group: string) => group.split('/').at(-1) ?? ''

/** Until so many statements wait for a resource group. */
async function waiting(count: number): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ count: number }>`select count(*)::int as count from pg_stat_activity
      where wait_event_type = 'Lock' and query like '%"resource_group"%for %'`.execute(cloud.running.db)
    if ((rows[0]?.count ?? 0) >= count) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

describe('the unchanged SDKs', () => {
  test('SUB-15, SUB-16: arm-resources 8 moves a resource with its children to another subscription, location kept', async () => {
    const { source, target } = await twoGroups()
    await make.put(owner, machine(source, 'One'), { location: 'japaneast' })
    await make.put(owner, `${machine(source, 'One')}/extensions/agent`, {})
    await make.put(owner, machine(source, 'stays'))
    const { resources } = new ResourceManagementClient(cloud.credential(owner.token), left, { endpoint: cloud.baseUrl })
    const info = { resources: [machine(source, 'ONE').toLowerCase()], targetResourceGroup: target.toUpperCase() }
    await resources.validateMoveResources(nameOf(source), info, { updateIntervalInMs: 10 })
    await resources.moveResources(nameOf(source), info, { updateIntervalInMs: 10 })
    const moved = await owner.get(`${machine(target, 'one')}?${version}`)
    expect(moved.body).toMatchObject({ id: machine(target, 'One'), location: 'japaneast' })
    expect((await owner.get(`${machine(target, 'One')}/extensions/agent?${version}`)).status).toBe(200)
    expect((await owner.get(`${machine(source, 'One')}?${version}`)).status).toBe(404)
    expect((await owner.get(`${machine(source, 'stays')}?${version}`)).status).toBe(200)
  })

  test('SUB-17: arm-resources 7 hears at the polled address why a move is not valid, and nothing has moved', async () => {
    const { source, target } = await twoGroups()
    const { resources } = new OlderResourceManagementClient(cloud.credential(owner.token), left, {
      endpoint: cloud.baseUrl,
    })
    await make.put(owner, machine(source, 'a'))
    await make.put(owner, machine(source, 'b'), { location: 'westeurope', managedBy: machine(source, 'a') })
    const info = { resources: [machine(source, 'a')], targetResourceGroup: target }
    const failed = resources.beginValidateMoveResourcesAndWait(nameOf(source), info, { updateIntervalInMs: 10 })
    await expect(failed).rejects.toMatchObject({ statusCode: 409, code: 'ResourceMoveProviderValidationFailed' })
    const both = { ...info, resources: [machine(source, 'a'), machine(source, 'b')] }
    await resources.beginValidateMoveResourcesAndWait(nameOf(source), both, { updateIntervalInMs: 10 })
    expect((await owner.get(`${machine(source, 'a')}?${version}`)).status).toBe(200)
    await resources.beginMoveResourcesAndWait(nameOf(source), both, { updateIntervalInMs: 10 })
    expect((await owner.get(`${machine(target, 'b')}?${version}`)).status).toBe(200)
  })
})

describe('a move', () => {
  test('SUB-17: gives the same verdict as its validation, with every reason in its details', async () => {
    const { source, target } = await twoGroups()
    await make.put(owner, machine(source, 'a'))
    await make.put(owner, machine(target, 'A'))
    for (const ask of [validate, move]) {
      const accepted = await ask(owner, source, [machine(source, 'a'), machine(source, 'missing')], target)
      expect(accepted).toMatchObject({ status: 202, body: undefined })
      expect(accepted.headers['retry-after']).toBe('1')
      const failed = await owner.finish(accepted)
      expect(failed).toMatchObject({
        status: 409,
        body: { error: { code: 'ResourceMoveProviderValidationFailed' } },
      })
      expect(failed.body.error.message).toMatch(/^Resource move validation failed\. Please see details\. Diagnostic/)
      expect(failed.body.error.details.map((detail: { code: string }) => detail.code)).toEqual([
        'ResourceNotFound',
        'ResourceExistsInTarget',
      ])
    }
    const again = await owner.patch(`${machine(source, 'a')}?${version}`, { tags: { free: 'again' } })
    expect(again.status).toBe(200)
  })

  test('SUB-16: holds both groups against writes and deletes for as long as it runs', async () => {
    const { source, target } = await twoGroups()
    await make.put(owner, machine(source, 'a'))
    // The move waits for this row, as it would for a slow resource.
    const slow = await cloud.running.db.startTransaction().execute()
    await slow
      .selectFrom('resource')
      .select('uid')
      .where('resource_group_key', '=', nameOf(source).toLowerCase())
      .forUpdate()
      .execute()
    const moving = await move(owner, source, [machine(source, 'a')], target)
    expect(moving.status).toBe(202)
    try {
      for (const reply of [
        await owner.put(`${machine(source, 'b')}?${version}`, { location: 'westeurope' }),
        await owner.patch(`${machine(source, 'a')}?${version}`, { tags: {} }),
        await owner.delete(`${machine(source, 'a')}?${version}`),
        await owner.put(`${machine(target, 'b')}?${version}`, { location: 'westeurope' }),
        await owner.patch(`${source}?${version}`, { tags: {} }),
        await owner.delete(`${target}?${version}`),
        await move(owner, source, [machine(source, 'a')], target),
      ])
        expect(reply).toMatchObject({ status: 409, body: { error: { code: 'ResourceGroupLocked' } } })
      expect((await owner.get(`${machine(source, 'a')}?${version}`)).status).toBe(200)
      const group = await owner.get(`${source}?${version}`)
      expect(group.body.properties.provisioningState).toBe('MovingResources')
    } finally {
      await slow.rollback().execute()
    }
    expect((await owner.finish(moving)).status).toBe(204)
    expect((await owner.put(`${machine(source, 'b')}?${version}`, { location: 'westeurope' })).status).toBe(201)
  })

  test('SUB-15: the caller needs the move action on the source and write on the target', async () => {
    const { source, target } = await twoGroups()
    await make.put(owner, machine(source, 'a'))
    const bob = await make.user(tenant.id, 'bob')
    const client = await make.client(tenant.id, bob)
    const attempt = () => move(client, source, [machine(source, 'a')], target)
    expect((await attempt()).status).toBe(403)
    await make.assign(tenant.id, source, roles.contributor, bob)
    const refused = await attempt()
    expect(refused).toMatchObject({ status: 403, body: { error: { code: 'AuthorizationFailed' } } })
    expect(refused.body.error.message).toContain(target)
    await make.assign(tenant.id, target, roles.contributor, bob)
    expect((await client.finish(await attempt())).status).toBe(204)
  })

  test('SUB-17: a role on the resource itself does not follow it', async () => {
    const { source, target } = await twoGroups()
    await make.put(owner, machine(source, 'a'))
    const bob = await make.user(tenant.id, 'bob')
    await make.assign(tenant.id, machine(source, 'a'), roles.reader, bob)
    const client = await make.client(tenant.id, bob)
    expect((await client.get(`${machine(source, 'a')}?${version}`)).status).toBe(200)
    expect((await owner.finish(await move(owner, source, [machine(source, 'a')], target))).status).toBe(204)
    expect((await client.get(`${machine(target, 'a')}?${version}`)).status).toBe(403)
    expect((await client.get(`${machine(source, 'a')}?${version}`)).status).toBe(403)
  })

  test('SUB-15: a subscription that is not Active gives and takes nothing', async () => {
    const { source, target } = await twoGroups()
    await make.put(owner, machine(source, 'a'))
    await make.setState(right, 'Warned')
    try {
      expect(await move(owner, source, [machine(source, 'a')], target)).toMatchObject({
        status: 409,
        body: { error: { code: 'SubscriptionNotActive', target: `/subscriptions/${right}` } },
      })
    } finally {
      await make.setState(right, 'Active')
    }
  })

  test('a target group that does not exist is refused at once', async () => {
    const { source } = await twoGroups()
    const target = `/subscriptions/${right}/resourceGroups/nowhere`
    expect(await validate(owner, source, [machine(source, 'a')], target)).toMatchObject({
      status: 400,
      body: { error: { code: 'ResourceGroupNotFound' } },
    })
  })

  test('SUB-15: moves in opposite directions at once end, each with a verdict', async () => {
    const { source, target } = await twoGroups()
    await make.put(owner, machine(source, 'a'))
    await make.put(owner, machine(target, 'b'))
    const replies = await Promise.all([
      move(owner, source, [machine(source, 'a')], target),
      move(owner, target, [machine(target, 'b')], source),
    ])
    const accepted = replies.filter((reply) => reply.status === 202)
    expect(accepted.length).toBeGreaterThan(0)
    const ends = await Promise.all(accepted.map((reply) => owner.finish(reply)))
    expect(ends.map((reply) => reply.status)).toEqual(accepted.map(() => 204))
    const places = await Promise.all([
      owner.get(`${machine(target, 'a')}?${version}`),
      owner.get(`${machine(source, 'b')}?${version}`),
    ])
    expect(places.filter((reply) => reply.status === 200)).toHaveLength(accepted.length)
  })

  test('SUB-16: a writer that waited for the request of a move is refused by it', async () => {
    const { source, target } = await twoGroups()
    await make.put(owner, machine(source, 'a'))
    const { db } = cloud.running
    const slow = await db.startTransaction().execute()
    await slow
      .selectFrom('resource')
      .select('uid')
      .where('resource_group_key', '=', nameOf(source).toLowerCase())
      .forUpdate()
      .execute()
    const gate = await db.startTransaction().execute()
    const group = gate.selectFrom('resource_group').select('name').where('name', '=', nameOf(source))
    await group.forUpdate().execute()
    const moving = move(owner, source, [machine(source, 'a')], target)
    await waiting(1)
    const writing = owner.put(`${machine(source, 'b')}?${version}`, { location: 'westeurope' })
    await waiting(2)
    await gate.rollback().execute()
    expect((await moving).status).toBe(202)
    expect(await writing).toMatchObject({ status: 409, body: { error: { code: 'ResourceGroupLocked' } } })
    await slow.rollback().execute()
    expect((await owner.finish(await moving)).status).toBe(204)
  })

  test('the namespace is registered in the target, and a closed one stays closed', async () => {
    const { source, target } = await twoGroups()
    const thing = `${source}/providers/Contoso.Closed/things/a`
    await make.put(owner, thing)
    await owner.post(`/subscriptions/${right}/providers/Contoso.Closed/unregister?${version}`)
    const failed = await owner.finish(await move(owner, source, [thing], target))
    expect(failed.body.error.details).toMatchObject([{ code: 'ResourceProviderNotRegistered' }])
    await owner.post(`/subscriptions/${right}/providers/Contoso.Closed/register?${version}`)
    expect((await owner.finish(await move(owner, source, [thing], target))).status).toBe(204)
  })
})

describe('an identity link', () => {
  const linkId = (group: string, domain: string) =>
    `${group}/providers/Microsoft.AzureActiveDirectory/b2cDirectories/${domain}`
  const linkVersion = 'api-version=2021-04-01'
  const link = async (group: string) => {
    const identity = await identities.identity(ada)
    const reply = await owner.put(`${linkId(group, identity.domain)}?${linkVersion}`, {
      location: 'Europe',
      sku: { name: 'Standard', tier: 'A0' },
      properties: {},
    })
    expect(reply.status).toBe(201)
    return identity
  }
  const periodsOf = (identityTenantId: string) =>
    cloud.running.db
      .selectFrom('identity_link')
      .where('identity_tenant_id', '=', identityTenantId)
      .orderBy(sql`lower(during)`)
      .select(['subscription_id', sql<Date>`lower(during)`.as('from'), sql<Date | null>`upper(during)`.as('to')])
      .execute()

  test('MAU-28: moves with the ordinary move; it is never absent and its model and instants stay', async () => {
    const { source, target } = await twoGroups()
    const identity = await link(source)
    const before = await owner.get(`${linkId(source, identity.domain)}?${linkVersion}`)
    await cloud.clock.set('2026-10-05T12:00:00Z')
    const moved = await move(owner, source, [linkId(source, identity.domain)], target)
    expect((await owner.finish(moved)).status).toBe(204)
    const after = await owner.get(`${linkId(target, identity.domain)}?${linkVersion}`)
    const { tenantId, billingConfig } = before.body.properties
    expect(after.body.properties).toMatchObject({ tenantId, billingConfig })
    expect(after.body).toMatchObject({ location: before.body.location, sku: before.body.sku })
    expect(await periodsOf(identity.id)).toEqual([
      { subscription_id: left, from: new Date(start), to: new Date('2026-10-05T12:00:00Z') },
      { subscription_id: right, from: new Date('2026-10-05T12:00:00Z'), to: null },
    ])
  })

  test('SUB-9: a link is listed with the other resources of its group, and asked for like them', async () => {
    const { source } = await twoGroups()
    const identity = await link(source)
    const { resources } = new OlderResourceManagementClient(cloud.credential(owner.token), left, {
      endpoint: cloud.baseUrl,
    })
    const listed = []
    for await (const one of resources.listByResourceGroup(nameOf(source))) listed.push(one)
    expect(listed).toMatchObject([{ id: linkId(source, identity.domain), location: 'Europe' }])
    expect((await resources.checkExistenceById(linkId(source, identity.domain), '2021-04-01')).body).toBe(true)
    expect((await resources.checkExistenceById(linkId(source, 'absent.example'), '2021-04-01')).body).toBe(false)
  })

  test('MAU-28: a move inside the subscription leaves the link alone', async () => {
    const { source } = await twoGroups()
    const target = await make.resourceGroup(left, 'Beside')
    const identity = await link(source)
    const before = await periodsOf(identity.id)
    expect((await owner.finish(await move(owner, source, [linkId(source, identity.domain)], target))).status).toBe(204)
    expect(await periodsOf(identity.id)).toEqual(before)
  })

  test('MAU-29: a move to another tenant is refused and points to unlink and relink, and names nothing it may not', async () => {
    const { source } = await twoGroups()
    const identity = await link(source)
    const other = await identities.workforce()
    const foreign = await make.subscription(other.tenant.id, other.administrator.objectId)
    await make.resourceGroup(foreign, 'theirs')
    for (const ask of [move, validate]) {
      const [toForeign, toUnknown] = await Promise.all(
        [foreign, randomUUID()].map((id) =>
          ask(owner, source, [linkId(source, identity.domain)], `/subscriptions/${id}/resourceGroups/theirs`),
        ),
      )
      expect(toForeign).toMatchObject({
        status: 403,
        body: {
          error: {
            code: 'LinkedAuthorizationFailed',
            details: [{ code: 'CrossTenantMoveNotSupported', target: linkId(source, identity.domain) }],
          },
        },
      })
      expect(toForeign?.body.error.details[0].message).toMatch(/unlink.*relink/s)
      const neutral = (body: unknown, id: string) => JSON.stringify(body).replaceAll(id, 'id')
      const unknownId = /linked subscription '([^']+)'/.exec(toUnknown?.body.error.message)?.[1] ?? ''
      expect(neutral(toForeign?.body, foreign)).toBe(neutral(toUnknown?.body, unknownId))
    }
  })

  test('MAU-2: deleting its group unlinks it, and the tenant can be linked again', async () => {
    const { source, target } = await twoGroups()
    const identity = await link(source)
    await cloud.clock.set('2026-10-06T00:00:00Z')
    expect((await owner.finish(await owner.delete(`${source}?${version}`))).status).toBe(200)
    expect((await periodsOf(identity.id)).map((period) => period.to)).toEqual([new Date('2026-10-06T00:00:00Z')])
    const again = await owner.put(`${linkId(target, identity.domain)}?${linkVersion}`, {
      location: 'Europe',
      sku: { name: 'Standard', tier: 'A0' },
      properties: {},
    })
    expect(again.status).toBe(201)
  })
})

test('DEC-5, MAU-28: usage of the very instant of a move is of the new subscription, though it was told before', async () => {
  const { source, target } = await twoGroups()
  for (const group of [source, target]) await make.assign(tenant.id, group, roles.usagePublisher, ada.objectId)
  const told = async (subject: string, ...instants: string[]) => {
    const events = instants.map((usageStart) => ({
      specversion: '1.0',
      type: 'tenantry.usage.v1',
      source: '/machines',
      id: randomUUID(),
      time: usageStart,
      subject,
      data: { meterId: 'cpu', quantity: '1', usageStart, usageEnd: usageStart },
    }))
    const reply = await owner.post('/events', events, { 'content-type': 'application/cloudevents-batch+json' })
    expect(reply.body).toMatchObject(instants.map(() => ({ status: 'accepted' })))
  }
  await cloud.clock.set('2026-10-07T00:00:00Z')
  await make.put(owner, machine(source, 'used'))
  const instant = '2026-10-07T12:00:00.000Z'
  await cloud.clock.set(instant)
  await make.put(owner, machine(source, 'new'))
  await told(machine(source, 'used'), '2026-10-07T11:59:59.999Z', instant, '2026-10-07T12:01:00.000Z')
  await told(machine(source, 'new'), instant)
  const moved = await move(owner, source, [machine(source, 'used'), machine(source, 'new')], target)
  expect((await owner.finish(moved)).status).toBe(204)
  await told(machine(target, 'used'), instant)
  const { rows } = await sql`select subscription_id, sum(quantity)::text as quantity from usage_sum
    where usage_day = '2026-10-07' group by 1`.execute(cloud.running.db)
  expect(new Set(rows)).toEqual(
    new Set([
      { subscription_id: left, quantity: '1' },
      { subscription_id: right, quantity: '4' },
    ]),
  )
  const audit = await runAudit({ connectionString: cloud.running.databaseUrl })
  // These subscriptions are written by the store alone, so nothing recorded their making.
  const checks = audit.checks.filter((check) => check.id !== 'I-17')
  expect(checks.flatMap((check) => check.violations)).toEqual([])
})
