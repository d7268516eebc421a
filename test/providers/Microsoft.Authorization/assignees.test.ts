import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Client, startTestCloud, type TestCloud } from '../../support/cloud.ts'
import { accessFixture, roles, start } from './access-fixture.ts'

let cloud: TestCloud
let make: ReturnType<typeof accessFixture>
let tenantId: string
let scope: string
let owner: Client

beforeAll(async () => {
  cloud = await startTestCloud({ now: start })
  make = accessFixture(cloud)
  tenantId = await make.tenant()
  const ownerId = await make.user(tenantId, 'olga')
  scope = `/subscriptions/${await make.subscription(tenantId, ownerId)}`
  owner = await make.client(tenantId, ownerId)
}, 60_000)
afterAll(() => cloud?.stop())

const assign = (principalId: string) =>
  owner.put(`${scope}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}?api-version=2022-04-01`, {
    properties: { roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${roles.reader}`, principalId },
  })
const home = async () => {
  const elsewhere = await make.tenant()
  return { tenantId: elsewhere, objectId: await make.user(elsewhere, 'gustav') }
}

test('ACC-12: members, accepted guests and groups of the tenant may hold a role, and nobody else does', async () => {
  const { db } = cloud.running
  const person = await home()
  const members = [
    await make.user(tenantId, 'mona'),
    await make.user(tenantId, 'gustav', { home: person, state: 'Accepted' }),
    await make.group(tenantId),
  ]
  for (const id of members) expect((await assign(id)).status).toBe(201)

  const [deleted, consumer] = [await make.user(tenantId, 'gone'), await make.user(tenantId, 'consumer')]
  await db
    .updateTable('principal')
    .set({ deleted_at: new Date(start) })
    .where('id', '=', deleted)
    .execute()
  await db.updateTable('user_account').set({ account_class: 'consumer' }).where('id', '=', consumer).execute()
  const others: [string, string][] = [
    [await make.user(tenantId, 'pia', { home: await home(), state: 'PendingAcceptance' }), 'InvitationNotAccepted'],
    [person.objectId, 'PrincipalNotInServiceTenant'],
    [await make.group(person.tenantId), 'PrincipalNotInServiceTenant'],
    [deleted, 'PrincipalNotInServiceTenant'],
    [consumer, 'PrincipalNotInServiceTenant'],
    [randomUUID(), 'PrincipalNotInServiceTenant'],
  ]
  for (const [id, code] of others)
    expect(await assign(id)).toMatchObject({
      status: 400,
      body: { error: { code: 'PrincipalNotFound', details: [{ code }] } },
    })
})

test('ACC-14: a guest without a role gets the words that a member without one gets, and what to look at', async () => {
  const member = await make.user(tenantId, 'mona')
  const guest = await make.user(tenantId, 'gustav', { home: await home(), state: 'Accepted' })
  const answers = []
  for (const id of [member, guest]) {
    const reply = await (await make.client(tenantId, id)).get(`${scope}/resourcegroups/any?api-version=2021-04-01`)
    expect(reply).toMatchObject({ status: 403, body: { error: { code: 'AuthorizationFailed' } } })
    answers.push(
      JSON.stringify(reply.body)
        .replaceAll(id, 'id')
        .replace(/The client '[^']+'/, 'The client'),
    )
  }
  expect(answers[0]).toBe(answers[1])
  for (const question of ['right role is assigned', 'invitation is accepted', 'right tenant'])
    expect(answers[1]).toContain(question)
})
