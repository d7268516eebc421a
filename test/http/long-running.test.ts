import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { systemRandom } from '../../src/adapters/random.ts'
import { operationKinds } from '../../src/domain/resource/group-lock.ts'
import { insertLongRunningOperation } from '../../src/store/long-running-operation.ts'
import { startTestCloud, type TestCloud } from '../support/cloud.ts'
import { buildWorld, type World } from './world.ts'

const folder = await mkdtemp(join(tmpdir(), 'tenantry-long-running-'))
afterAll(() => rm(folder, { recursive: true, force: true }))

const claimsOf = (token: string): { tid: string; oid: string } =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { tid: string; oid: string }

/** What the answer to a DELETE of the group leaves behind, with nobody having begun the work. */
async function acceptDeletion(
  cloud: TestCloud,
  world: World,
  principal: { tid: string; oid: string },
): Promise<string> {
  const subscriptionId = world.parameters.subscriptionId ?? ''
  const id = systemRandom.secret()
  await insertLongRunningOperation(cloud.running.db, {
    id,
    kind: operationKinds.deleteGroup,
    tenantId: principal.tid,
    principalId: principal.oid,
    scope: `/subscriptions/${subscriptionId}/resourceGroups/canary`,
    input: { subscriptionId, resourceGroupName: 'canary' },
    createdAt: new Date('2026-01-01T00:00:00Z'),
  })
  return id
}

test('I-14: an accepted operation goes on after a restart, under the same address, to one end', async () => {
  const before = await startTestCloud({ now: '2026-01-01T00:00:00Z', dataDir: folder })
  const world = await buildWorld(before)
  const { token } = world.owner
  const id = await acceptDeletion(before, world, claimsOf(token))
  await before.stop()

  const cloud = await startTestCloud({ dataDir: folder, port: new URL(before.baseUrl).port })
  try {
    const subscription = `/subscriptions/${world.parameters.subscriptionId}`
    const poll = `${subscription}/operationresults/${id}?api-version=2021-04-01`
    const owner = cloud.as(token)
    let reply = await owner.get(poll)
    for (let attempt = 0; attempt < 200 && reply.status === 202; attempt++) {
      await new Promise((resolve) => setTimeout(resolve, 50))
      reply = await owner.get(poll)
    }
    expect([200, 204]).toContain(reply.status)
    expect((await owner.head(`${subscription}/resourcegroups/canary?api-version=2021-04-01`)).status).toBe(404)
    expect((await owner.get(poll)).status).toBe(reply.status)
    // The address is a secret of whoever asked: for anybody else there is nothing there.
    expect((await cloud.operator.get(poll)).status).toBe(404)
  } finally {
    await cloud.stop()
  }
})

test('I-14: an operation whose author is gone ends as failed instead of being tried for ever', async () => {
  const cloud = await startTestCloud({ now: '2026-01-01T00:00:00Z' })
  try {
    const world = await buildWorld(cloud)
    const id = await acceptDeletion(cloud, world, { tid: claimsOf(world.owner.token).tid, oid: systemRandom.uuid() })
    const stateOf = async (): Promise<string> => {
      const row = await cloud.running.db
        .selectFrom('long_running_operation')
        .select('state')
        .where('id', '=', id)
        .executeTakeFirstOrThrow()
      return row.state
    }
    for (let attempt = 0; attempt < 100 && (await stateOf()) === 'Accepted'; attempt++)
      await new Promise((resolve) => setTimeout(resolve, 50))
    expect(await stateOf()).toBe('Failed')
  } finally {
    await cloud.stop()
  }
})
