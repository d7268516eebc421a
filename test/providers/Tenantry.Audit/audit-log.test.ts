import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildWorld, expectStatus, type World } from '../../http/world.ts'
import type { Client, Reply, TestCloud } from '../../support/cloud.ts'
import { startTestCloud } from '../../support/cloud.ts'

const ours = 'api-version=2026-11-01'
const reportsReader = '4a5d8f65-41da-4de4-8968-e035b65339cf'
let cloud: TestCloud
let world: World
let subscription: string
let account: string

beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-01-01T00:00:00Z' })
  world = await buildWorld(cloud)
  subscription = `/subscriptions/${world.parameters.subscriptionId}`
  account = `/providers/Microsoft.Billing/billingAccounts/${world.parameters.billingAccountName}`
  await cloud.clock.set('2026-02-01T00:00:00Z')
  await expectStatus(
    world.owner.patch(`${subscription}/resourceGroups/canary?api-version=2021-04-01`, { tags: { cost: 'low' } }),
    200,
  )
  await expectStatus(
    world.owner.patch(`${account}?api-version=2020-05-01`, { properties: { notificationEmailAddress: 'a@b.example' } }),
    200,
  )
})
afterAll(() => cloud?.stop())

const log = (client: Client, filter: string, more = ''): Promise<Reply> =>
  client.get(
    `${subscription}/providers/Microsoft.Insights/eventtypes/management/values?api-version=2015-04-01&$filter=${encodeURIComponent(filter)}${more}`,
  )
const since = "eventTimestamp ge '2025-12-01T00:00:00Z'"
interface Wire {
  readonly operationName: { readonly value: string }
  readonly properties: Readonly<Record<string, string>>
}
const operationsOf = (reply: Reply): string[] =>
  (reply.body.value as Wire[]).map(({ operationName }) => operationName.value)

test('I-17: the activity log of a subscription tells who did what there, with before and after, the newest first', async () => {
  const reply = await expectStatus(log(world.owner, since), 200)
  const [newest] = reply.body.value
  expect(newest).toMatchObject({
    caller: expect.stringContaining('canary-contoso'),
    operationName: { value: 'Microsoft.Resources/subscriptions/resourceGroups/write' },
    resourceGroupName: 'canary',
    eventTimestamp: '2026-02-01T00:00:00.000Z',
    status: { value: 'Succeeded' },
    subscriptionId: world.parameters.subscriptionId,
    tenantId: world.parameters.tenant,
    claims: { 'http://schemas.microsoft.com/identity/claims/objectidentifier': world.parameters.id },
  })
  expect(JSON.parse(newest.properties.before).tags).toEqual({})
  expect(JSON.parse(newest.properties.after).tags).toEqual({ cost: 'low' })
  expect(newest.properties.hash).toMatch(/^[0-9a-f]{64}$/)
  expect(operationsOf(reply)).toEqual(
    expect.arrayContaining(['Microsoft.Subscription/subscriptions/write', 'Microsoft.Compute/virtualMachines/write']),
  )
})

test('I-17: it is filtered by time, group, resource, provider, caller and operation, and by nothing else', async () => {
  const count = async (filter: string) => (await expectStatus(log(world.owner, filter), 200)).body.value.length
  const all = await count(since)
  expect(await count("eventTimestamp ge '2026-01-15T00:00:00Z'")).toBe(1)
  expect(await count(`${since} and eventTimestamp le '2026-01-15T00:00:00Z'`)).toBe(all - 1)
  expect(await count(`${since} and resourceGroupName eq 'CANARY'`)).toBe(4)
  expect(await count(`${since} and resourceGroupName eq 'can_ry'`)).toBe(0)
  const machine = `${subscription}/resourceGroups/canary/providers/Microsoft.Compute/virtualMachines/canary`
  expect(await count(`${since} and resourceUri eq '${machine}'`)).toBe(1)
  expect(await count(`${since} and resourceProvider eq 'Microsoft.Compute'`)).toBe(1)
  expect(await count(`${since} and resourceProvider eq 'Microsoft.Comp'`)).toBe(0)
  expect(await count(`${since} and caller eq '${world.parameters.id}'`)).toBe(all)
  expect(await count(`${since} and caller eq 'somebody else'`)).toBe(0)
  expect(await count(`${since} and operationName eq 'microsoft.compute/virtualmachines/WRITE'`)).toBe(1)
  for (const filter of [
    "resourceGroupName eq 'canary'",
    `${since} or true`,
    `${since} and level eq 'Error'`,
    "x eq '1'",
  ])
    expect(await log(world.owner, filter), filter).toMatchObject({
      status: 400,
      body: { error: { code: 'BadRequest' } },
    })
})

test('I-17: it is read in pages, and only the properties that are selected', async () => {
  const first = await expectStatus(log(world.owner, since, '&$top=2&$select=operationName,eventDataId'), 200)
  expect(Object.keys(first.body.value[0]).toSorted()).toEqual(['eventDataId', 'operationName'])
  const seen = [...first.body.value]
  let next = first.body.nextLink as string | undefined
  while (next !== undefined) {
    const url = new URL(next)
    const page = await expectStatus(world.owner.get(`${url.pathname}${url.search}`), 200)
    seen.push(...page.body.value)
    next = page.body.nextLink
  }
  expect(seen.map((event) => event.operationName.value)).toEqual(operationsOf(await log(world.owner, since)))
  expect((await log(world.owner, since, '&$select=secrets')).status).toBe(400)
})

test('I-12: nobody reads the activity log of a subscription without a role there', async () => {
  expect(await log(world.member, since)).toMatchObject({
    status: 403,
    body: { error: { code: 'AuthorizationFailed' } },
  })
  expect((await log(world.stranger, since)).status).toBe(404)
  expect((await log(cloud.operator, since)).status).toBe(404)
})

test('I-12: what was done before the subscription trusted this tenant stays with the former one', async () => {
  const { db, pool } = cloud.running
  const id = world.parameters.subscriptionId
  const before = operationsOf(await log(world.owner, since))
  const client = await pool.connect()
  try {
    // As if it had come on the 15th from the stranger's tenant.
    await client.query(
      `update subscription_directory set during = tstzrange('2026-01-15', null) where subscription_id = $1`,
      [id],
    )
    await client.query(
      `insert into subscription_directory (subscription_id, during, tenant_id) values ($1, tstzrange('2026-01-01', '2026-01-15'), '5b1d2c30-0000-4000-8000-000000000003')`,
      [id],
    )
    expect(operationsOf(await log(world.owner, since))).toEqual(before.slice(0, 1))
  } finally {
    await db
      .deleteFrom('subscription_directory')
      .where('tenant_id', '=', '5b1d2c30-0000-4000-8000-000000000003')
      .execute()
    await client.query(
      `update subscription_directory set during = tstzrange('2026-01-01', null) where subscription_id = $1`,
      [id],
    )
    client.release()
  }
  expect(operationsOf(await log(world.owner, since))).toEqual(before)
})

test('I-17, ACC-6: a directory tells its Global administrator and its Reports reader who changed what', async () => {
  const read = (client: Client, filter = '') =>
    client.get(`/v1.0/auditLogs/directoryAudits${filter === '' ? '' : `?$filter=${encodeURIComponent(filter)}`}`)
  const group = await expectStatus(
    world.owner.post('/v1.0/groups', {
      displayName: 'Canaries',
      mailNickname: 'canaries',
      mailEnabled: false,
      securityEnabled: true,
    }),
    201,
  )
  await expectStatus(world.owner.patch(`/v1.0/groups/${group.body.id}`, { displayName: 'Finches' }), 204)
  const reply = await expectStatus(read(world.owner), 200)
  expect(reply.body['@odata.context']).toContain('$metadata#auditLogs/directoryAudits')
  expect(reply.body.value[0]).toMatchObject({
    activityDisplayName: 'groups/update',
    category: 'GroupManagement',
    operationType: 'Update',
    result: 'success',
    initiatedBy: { user: { id: world.parameters.id }, app: null },
    targetResources: [
      {
        id: group.body.id,
        type: 'Group',
        modifiedProperties: expect.arrayContaining([
          { displayName: 'displayName', oldValue: '"Canaries"', newValue: '"Finches"' },
        ]),
      },
    ],
  })
  const ofGroups = await expectStatus(read(world.owner, "activityDisplayName eq 'groups/create'"), 200)
  expect(ofGroups.body.value).toHaveLength(1)
  expect((await expectStatus(read(world.owner, 'activityDateTime ge 2026-03-01T00:00:00Z'), 200)).body.value).toEqual(
    [],
  )
  expect((await expectStatus(read(world.owner, "initiatedBy/user/id eq 'nobody'"), 200)).body.value).toEqual([])
  expect((await read(world.owner, "result eq 'success'")).status).toBe(400)

  expect(await read(world.member)).toMatchObject({
    status: 403,
    body: { error: { code: 'Authorization_RequestDenied' } },
  })
  const member = await memberId()
  await expectStatus(
    world.owner.post(`/v1.0/directoryRoles/roleTemplateId=${reportsReader}/members/$ref`, {
      '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${member}`,
    }),
    204,
  )
  expect((await read(world.member)).status).toBe(200)
  // Whoever reads the log reads nothing else by it.
  expect((await world.member.get(`${account}?api-version=2020-05-01`)).status).toBe(403)
  await expectStatus(
    world.owner.delete(`/v1.0/directoryRoles/roleTemplateId=${reportsReader}/members/${member}/$ref`),
    204,
  )
  expect((await read(world.member)).status).toBe(403)
})

async function memberId(): Promise<string> {
  const users = await expectStatus(world.owner.get('/v1.0/users'), 200)
  return (users.body.value as { id: string; displayName: string }[]).find((user) => user.displayName === 'Mona Member')
    ?.id as string
}

test('I-12: a directory shows nothing of another one, of subscriptions, or of billing accounts', async () => {
  const reply = await expectStatus(world.owner.get('/v1.0/auditLogs/directoryAudits?$top=999'), 200)
  const text = JSON.stringify(reply.body)
  expect(text).not.toContain('fabrikam')
  expect(text).not.toContain('Microsoft.Compute')
  expect(text).not.toContain('Microsoft.Billing/')
})

test('BIL-16 A3, P3, S3: who may see an account, a profile or a section may see what was done to it', async () => {
  const records = `providers/Tenantry.Audit/auditRecords?${ours}`
  const profile = `${account}/billingProfiles/${world.parameters.billingProfileName}`
  const section = `${profile}/invoiceSections/${world.parameters.invoiceSectionName}`
  const reply = await expectStatus(world.owner.get(`${account}/${records}`), 200)
  expect(reply.body.value[0].properties).toMatchObject({
    action: 'Microsoft.Billing/billingAccounts/write',
    scope: account,
    caller: { tenantId: world.parameters.tenant, objectId: world.parameters.id },
    before: expect.objectContaining({ notificationEmail: null }),
    after: expect.objectContaining({ notificationEmail: 'a@b.example' }),
  })
  for (const place of [account, profile, section]) {
    expect((await world.member.get(`${place}/${records}`)).status, place).toBe(403)
    expect((await world.stranger.get(`${place}/${records}`)).status, place).toBe(404)
    expect((await world.owner.get(`${place}/${records}`)).status, place).toBe(200)
  }
  const member = await memberId()
  await expectStatus(
    world.owner.post(`${profile}/createBillingRoleAssignment?api-version=2024-04-01`, {
      principalId: member,
      roleDefinitionId: `${profile}/billingRoleDefinitions/40000000-aaaa-bbbb-cccc-100000000002`,
    }),
    200,
  )
  expect((await world.member.get(`${account}/${records}`)).status).toBe(403)
  const ofProfile = await expectStatus(world.member.get(`${profile}/${records}`), 200)
  expect(ofProfile.body.value.map((record: { properties: { action: string } }) => record.properties.action)).toEqual([
    'Microsoft.Billing/billingRoleAssignments/write',
  ])
  const filtered = await expectStatus(
    world.owner.get(
      `${account}/${records}&$filter=${encodeURIComponent(`scope eq '${profile}' and at ge 2026-02-01`)}`,
    ),
    200,
  )
  expect(filtered.body.value).toHaveLength(1)
})

test('I-12: the operator reads what it did itself, and nobody else reads that', async () => {
  const path = `/providers/Tenantry.Audit/auditRecords?${ours}`
  const reply = await expectStatus(cloud.operator.get(path), 200)
  const callers = new Set(
    (reply.body.value as { properties: { caller: { tenantId: string | null } } }[]).map(
      ({ properties }) => properties.caller.tenantId,
    ),
  )
  expect([...callers].filter((tenantId) => tenantId !== null)).toEqual([cloud.running.operator.tenantId])
  expect(JSON.stringify(reply.body)).toContain('Tenantry.Directory/tenants')
  for (const client of [world.owner, world.member, world.stranger]) {
    expect((await client.get(path)).status).toBe(403)
    expect((await client.get(`/providers/Tenantry.Audit/checkpoint?${ours}`)).status).toBe(403)
  }
})
