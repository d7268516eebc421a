import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { roleIds } from '../../../src/domain/access/built-in-roles.ts'
import { insertRoleAssignment } from '../../../src/store/role-assignment.ts'
import { insertResourceGroup } from '../../../src/store/resource-group.ts'
import { insertSubscription } from '../../../src/store/subscription.ts'
import type { Client } from '../../support/cloud.ts'
import type { NewTenant } from '../graph/new-tenant.ts'
import { EventsCloud, signInJson } from './events-cloud.ts'

let cloud: EventsCloud
beforeAll(async () => {
  cloud = await EventsCloud.start()
})
afterAll(() => cloud.stop())

const codes = async (client: Client, events: readonly unknown[]): Promise<string[]> => {
  const reply = await client.post('/events', events)
  expect(reply.status).toBe(200)
  return reply.body.map((item: { status: string; code?: string }) => item.code ?? item.status)
}

test('without a token there is nothing to post to', async () => {
  const reply = await cloud.cloud.as(undefined).post('/events', [])
  expect([reply.status, reply.body.error.code]).toEqual([401, 'AuthenticationFailed'])
  expect(reply.headers['www-authenticate']).toContain('Bearer')
})

test('sign-ins of a tenant are reported by an application that holds the app role there, by nobody else', async () => {
  const tenant = await cloud.tenant('permitted')
  const { client, principalId } = await cloud.application(tenant)
  const event = signInJson(tenant.id)
  expect(await codes(client, [event])).toEqual(['AuthorizationFailed'])
  expect(await codes(tenant.administrator, [event])).toEqual(['AuthorizationFailed'])
  expect(await codes(cloud.cloud.operator, [event])).toEqual(['AuthorizationFailed'])
  expect(await cloud.stored(event.id)).toBe(0)
  const assignment = await cloud.permit(tenant, principalId)
  expect(await codes(client, [event])).toEqual(['accepted'])
  const removed = await tenant.administrator.delete(
    `/v1.0/servicePrincipals/${principalId}/appRoleAssignments/${assignment}`,
  )
  expect(removed.status).toBe(204)
  expect(await codes(client, [signInJson(tenant.id)])).toEqual(['AuthorizationFailed'])
})

test('an application that another tenant consented to reports for both, and for no third', async () => {
  const home = await cloud.tenant('home')
  const other = await cloud.tenant('other')
  const third = await cloud.tenant('third')
  const { client, appId, principalId } = await cloud.application(home)
  await cloud.permit(home, principalId)
  await cloud.permit(other, await cloud.consent(other, appId))
  const events = [signInJson(home.id), signInJson(third.id), signInJson(other.id), signInJson(randomUUID())]
  expect(await codes(client, events)).toEqual(['accepted', 'AuthorizationFailed', 'accepted', 'AuthorizationFailed'])
  expect(await Promise.all(events.map((event) => cloud.stored(event.id)))).toEqual([1, 0, 1, 0])
})

async function subscriptionOf(tenant: NewTenant): Promise<string> {
  const { db } = cloud.cloud.running
  const id = randomUUID()
  const createdAt = new Date('2020-01-01T00:00:00Z')
  await insertSubscription(db, {
    id,
    displayName: 'Production',
    offer: 'direct',
    workload: 'Production',
    tags: {},
    tenantId: tenant.id,
    createdAt,
    createdBy: randomUUID(),
  })
  for (const name of ['app', 'other']) {
    await insertResourceGroup(db, {
      subscriptionId: id,
      name,
      location: 'westeurope',
      managedBy: null,
      tags: {},
      createdAt,
    })
  }
  return id
}

async function addResource(subscriptionId: string, group: string, name: string): Promise<string> {
  const uid = randomUUID()
  await cloud.query(
    `insert into resource (uid, subscription_id, resource_group_key, type, type_key, name, name_key, location, created_at,
       created_by, changed_at, changed_by)
     values ($1, $2, $3, 'Contoso.Compute/machines', 'contoso.compute/machines', $4, $4, 'europe', '2020-01-01', '{}',
       '2020-01-01', '{}')`,
    [uid, subscriptionId, group, name],
  )
  await cloud.query(
    `insert into resource_placement (resource_uid, during, subscription_id, resource_group_key)
     values ($1, tstzrange('2020-01-01', null), $2, $3)`,
    [uid, subscriptionId, group],
  )
  return `/subscriptions/${subscriptionId}/resourceGroups/${group}/providers/Contoso.Compute/machines/${name}`
}

function usageJson(subject: string, quantity: unknown = '1.5') {
  return {
    specversion: '1.0',
    type: 'tenantry.usage.v1',
    source: 'urn:example:meters',
    id: randomUUID(),
    time: '2026-10-14T09:00:00Z',
    subject,
    data: { meterId: 'Cores', quantity, usageStart: '2026-10-14T08:00:00Z', usageEnd: '2026-10-14T09:00:00Z' },
  }
}

async function publisher(tenant: NewTenant, scope: string): Promise<Client> {
  const { client, principalId } = await cloud.application(tenant)
  await insertRoleAssignment(cloud.cloud.running.db, {
    id: randomUUID(),
    tenantId: tenant.id,
    scope,
    roleDefinitionId: roleIds.usagePublisher,
    principalId,
    principalType: 'ServicePrincipal',
    description: null,
    createdBy: randomUUID(),
    createdAt: new Date('2020-01-01T00:00:00Z'),
  })
  return client
}

test('usage of a resource is reported with the role Usage Publisher on it or above it', async () => {
  const tenant = await cloud.tenant('metered', 'workforce')
  const foreign = await cloud.tenant('foreign', 'workforce')
  const subscriptionId = await subscriptionOf(tenant)
  const [one, two] = [await addResource(subscriptionId, 'app', 'one'), await addResource(subscriptionId, 'app', 'two')]
  const elsewhere = await addResource(subscriptionId, 'other', 'one')
  const subscription = `/subscriptions/${subscriptionId}`
  const targets = [one, two, elsewhere, subscription]
  const reported = async (client: Client) =>
    codes(
      client,
      targets.map((target) => usageJson(target)),
    )

  const no = 'AuthorizationFailed'
  const yes = 'accepted'
  expect(await reported(await publisher(tenant, subscription))).toEqual([yes, yes, yes, yes])
  expect(await reported(await publisher(tenant, `${subscription}/resourceGroups/APP`))).toEqual([yes, yes, no, no])
  expect(await reported(await publisher(tenant, one))).toEqual([yes, no, no, no])
  expect(await reported(await publisher(foreign, subscription))).toEqual([no, no, no, no])
  expect(await reported(tenant.administrator)).toEqual([no, no, no, no])
})

test('F65: quantities are taken exactly as written, or refused', async () => {
  const tenant = await cloud.tenant('exact', 'workforce')
  const subscriptionId = await subscriptionOf(tenant)
  const resource = await addResource(subscriptionId, 'app', 'one')
  const client = await publisher(tenant, `/subscriptions/${subscriptionId}`)
  const send = async (quantity: string) => {
    const { data, ...rest } = usageJson(resource)
    const body = JSON.stringify({ ...rest, data: { ...data, quantity: '@' } }).replace('"@"', quantity)
    const reply = await client.send('POST', '/events', body, { 'content-type': 'application/cloudevents+json' })
    if (reply.body[0]?.status !== 'accepted') return `${reply.body[0]?.code ?? reply.body.error?.code}`
    const { rows } = await cloud.query<{ quantity: string }>('select quantity::text from usage_event where id = $1', [
      rest.id,
    ])
    return rows[0]?.quantity
  }
  const exact: readonly (readonly [string, string])[] = [
    ['9007199254740993', '9007199254740993'],
    ['0.1', '0.1'],
    ['1.50', '1.5'],
    ['-0', '0'],
    ['1e3', '1000'],
    ['"123456789012345678.123456789012"', '123456789012345678.123456789012'],
    ['1E-12', '0.000000000001'],
  ]
  for (const [written, stored] of exact) expect(await send(written), written).toBe(stored)
  for (const refused of ['1e400', '1e-40', '-1', '"1_000"', '"١٢"', '"1,5"', '"0x10"', '""', 'null', 'true', '"NaN"']) {
    expect(await send(refused), refused).toBe('InvalidEvent')
  }
  for (const malformed of ['01', '1.', '.5', '+1', 'NaN', 'Infinity', '0x10']) {
    expect(await send(malformed), malformed).toBe('InvalidJson')
  }
})

test('usage of a resource that does not exist is refused by name, for those who may report above it', async () => {
  const tenant = await cloud.tenant('absent', 'workforce')
  const subscriptionId = await subscriptionOf(tenant)
  const client = await publisher(tenant, `/subscriptions/${subscriptionId}`)
  const absent = `/subscriptions/${subscriptionId}/resourceGroups/app/providers/Contoso.Compute/machines/none`
  expect(
    await codes(client, [usageJson(absent), usageJson('machines/none'), usageJson(`/subscriptions/${randomUUID()}`)]),
  ).toEqual(['ResourceNotFound', 'AuthorizationFailed', 'AuthorizationFailed'])
})
