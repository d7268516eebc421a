import { SubscriptionClient } from '@azure/arm-resources-subscriptions'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Reply, startTestCloud, type TestCloud } from '../support/cloud.ts'

let cloud: TestCloud
beforeAll(async () => {
  cloud = await startTestCloud({ now: '2026-01-01T00:00:00Z', env: { TENANTRY_RATE_LIMIT: 'on' } })
})
afterAll(() => cloud.stop())

const path = '/subscriptions?api-version=2022-12-01'

async function memberOf(tenantId: string, label: string): Promise<string> {
  const reply = await cloud.operator.put(`/providers/Tenantry.Directory/tenants/${tenantId}?api-version=2026-11-01`, {
    properties: {
      displayName: label,
      initialDomainLabel: label,
      countryCode: 'SE',
      kind: 'workforce',
      administrator: { displayName: 'Admin' },
    },
  })
  expect(reply.status).toBe(201)
  return cloud.userToken(tenantId, reply.body.properties.administrator.objectId as string)
}

test('S44: who floods is held back with Retry-After, the neighbour is not, and an SDK waits and succeeds', async () => {
  const flooder = await memberOf('6d000000-0000-4000-8000-000000000001', 'flooder')
  const neighbour = cloud.as(await memberOf('6d000000-0000-4000-8000-000000000002', 'neighbour'))
  const first = await cloud.as(flooder).get(path)
  expect(first.headers['x-ms-ratelimit-remaining-tenant-reads']).toBe('249')
  // The bucket fills while it is emptied, so a slow machine needs more requests until somebody is held back.
  const replies: Reply[] = []
  while (replies.length < 20_000 && !replies.some((reply) => reply.status === 429))
    replies.push(...(await Promise.all(Array.from({ length: 200 }, () => cloud.as(flooder).get(path)))))
  const held = replies.filter((reply) => reply.status === 429)
  expect(held.length).toBeGreaterThan(0)
  expect(replies.filter((reply) => reply.status === 200).length).toBeGreaterThanOrEqual(249)
  expect(held[0]).toMatchObject({ body: { error: { code: 'SubscriptionRequestsThrottled' } } })
  expect(Number(held[0]?.headers['retry-after'])).toBeGreaterThan(0)
  expect((await neighbour.get(path)).status).toBe(200)

  const client = new SubscriptionClient(cloud.credential(flooder), {
    endpoint: cloud.baseUrl,
    credentials: { scopes: [`${cloud.baseUrl}/.default`] },
  })
  const listed = []
  for await (const subscription of client.subscriptions.list()) listed.push(subscription)
  expect(listed).toEqual([])
})
