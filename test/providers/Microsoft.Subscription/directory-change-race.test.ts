import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Client, startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { roles } from '../Microsoft.Authorization/access-fixture.ts'
import { type Company, resourceFixture } from '../Microsoft.Resources/resource-fixture.ts'

let cloud: TestCloud
let make: ReturnType<typeof resourceFixture>
let contoso: Company
let fabrikam: Company
/** Owner in Contoso, and the same person as an accepted guest of Fabrikam. */
let olga: Client
/** The Fabrikam account that takes subscriptions over. */
let fiona: Client

beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-10-01T00:00:00Z' })
  make = resourceFixture(cloud)
  contoso = await make.company()
  fabrikam = await make.company()
  olga = await make.client(contoso.tenantId, contoso.owner)
  const home = { tenantId: contoso.tenantId, objectId: contoso.owner }
  await make.user(fabrikam.tenantId, 'olga', { home, state: 'Accepted' })
  fiona = await make.client(fabrikam.tenantId, fabrikam.owner)
}, 60_000)
afterAll(() => cloud?.stop())

const preview = 'api-version=2025-11-01-preview'

/** A subscription that Fabrikam is asked to take. */
async function leaving(): Promise<string> {
  const reply = await olga.put(`/providers/Microsoft.Subscription/aliases/${randomUUID()}?api-version=2021-10-01`, {
    properties: { displayName: 'Production', workload: 'Production', billingScope: contoso.sectionScope },
  })
  const id = reply.body.properties.subscriptionId as string
  const asked = await olga.put(
    `/subscriptions/${id}/providers/Microsoft.Subscription/changeTenantRequest/default?${preview}`,
    { properties: { destinationTenantId: fabrikam.tenantId, destinationOwnerId: fabrikam.owner } },
  )
  expect(asked.status).toBe(200)
  return id
}
const accept = (id: string) =>
  fiona.post(`/providers/Microsoft.Subscription/subscriptions/${id}/acceptChangeTenant?${preview}`)

const give = (id: string, principalId: string) =>
  olga.put(
    `/subscriptions/${id}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}?api-version=2022-04-01`,
    {
      properties: {
        roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${roles.owner}`,
        principalId,
      },
    },
  )

/** Keeps the rows that a statement locks or writes for as long as `during` runs, and undoes it. */
async function holding(query: string, parameters: string[], during: () => Promise<void>): Promise<void> {
  const client = await cloud.running.pool.connect()
  try {
    await client.query('begin')
    await client.query(query, parameters)
    await during()
  } finally {
    await client.query('rollback')
    client.release()
  }
}

/** Until as many requests wait for a row, or one that should have waited has been answered. */
async function waiting(count: number, answered: () => boolean): Promise<void> {
  for (let poll = 0; poll < 2_000 && !answered(); poll++) {
    const { rows } = await cloud.running.pool.query("select from pg_stat_activity where wait_event_type = 'Lock'")
    if (rows.length >= count) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  if (!answered()) throw new Error(`${count} requests should wait by now`)
}

const tenantsOfRoles = async (id: string): Promise<unknown> => {
  const { rows } = await cloud.running.pool.query('select tenant_id from role_assignment where subscription_id = $1', [
    id,
  ])
  return rows
}

test('SUB-19: a role that is given while the subscription leaves goes with it when it was first, though the acceptance comes before it is written', async () => {
  const rita = await make.user(contoso.tenantId, 'rita')
  const id = await leaving()
  let isAccepted = false
  const requests: Promise<{ status: number }>[] = []
  // The role is judged already, and written once it is known that it is not there yet.
  const same = `insert into role_assignment (id, tenant_id, scope, scope_key, subscription_id, role_definition_id,
    principal_id, principal_type, created_at, created_by, updated_at, updated_by)
    values (gen_random_uuid(), $1, $2, $2, $3, $4, $5, 'User', now(), $5, now(), $5)`
  const values = [contoso.tenantId, `/subscriptions/${id}`, id, roles.owner, rita]
  await holding(same, values, async () => {
    requests.push(give(id, rita))
    await waiting(1, () => false)
    requests.push(accept(id).finally(() => (isAccepted = true)))
    await waiting(2, () => isAccepted)
  })
  expect((await Promise.all(requests)).map((reply) => reply.status)).toEqual([201, 204])
  expect(await tenantsOfRoles(id)).toEqual([{ tenant_id: fabrikam.tenantId }])
  const { rows } = await cloud.running.pool.query(
    "select before from audit_record where scope = $1 and tenant_id = $2 and action like '%hangeTenant%'",
    [`/subscriptions/${id}`, contoso.tenantId],
  )
  // What was lost is on record, with the role that nobody could see beforehand.
  expect(JSON.stringify(rows)).toContain(rita)
})

test('SUB-19: a role that is given while the subscription leaves is refused when the acceptance was first, though it is not committed yet', async () => {
  const rita = await make.user(contoso.tenantId, 'rita')
  const id = await leaving()
  let isGiven = false
  const requests: Promise<{ status: number }>[] = []
  // Roles are deleted by now, and the directory is changed once its row is free.
  await holding('select from subscription_directory where subscription_id = $1 for update', [id], async () => {
    requests.push(accept(id))
    await waiting(1, () => false)
    requests.push(give(id, rita).finally(() => (isGiven = true)))
    await waiting(2, () => isGiven)
  })
  expect((await Promise.all(requests)).map((reply) => reply.status)).toEqual([204, 404])
  expect(await tenantsOfRoles(id)).toEqual([{ tenant_id: fabrikam.tenantId }])
})
