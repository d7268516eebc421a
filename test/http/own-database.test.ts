import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemRandom } from '../../src/adapters/random.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/store/embedded/embedded-postgres.ts'
import { startTestCloud, type TestCloud } from '../support/cloud.ts'

let folder: string
let server: EmbeddedPostgres
const clouds: TestCloud[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenantry-own-database-'))
  server = await startEmbeddedPostgres({
    dataDir: folder,
    log: () => undefined,
    randomSecret: () => systemRandom.secret(),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    settings: { shared_buffers: '64MB' },
  })
  // Both at once: the schema is made by one, and they agree on one operator and one key.
  clouds.push(
    ...(await Promise.all([1, 2].map(() => startTestCloud({ env: { DATABASE_URL: server.connectionString } })))),
  )
})
afterAll(async () => {
  await Promise.all(clouds.map((cloud) => cloud.stop()))
  await server.stop()
  await rm(folder, { recursive: true, force: true })
})

test('D2, D13: with DATABASE_URL two processes serve one PostgreSQL; what one writes and signs, the other reads and knows', async () => {
  const [one, other] = clouds as [TestCloud, TestCloud]
  expect(one.running.embeddedPid).toBeUndefined()
  expect(one.running.operator.tenantId).toBe(other.running.operator.tenantId)
  const id = '7a000000-0000-4000-8000-000000000001'
  const put = await one.operator.put(`/providers/Tenantry.Directory/tenants/${id}?api-version=2026-11-01`, {
    properties: { displayName: 'Contoso', initialDomainLabel: 'contoso', countryCode: 'SE', kind: 'workforce' },
  })
  expect(put.status).toBe(201)
  const read = await other.operator.get(`/providers/Tenantry.Directory/tenants/${id}?api-version=2026-11-01`)
  expect(read).toMatchObject({ status: 200, body: { properties: { displayName: 'Contoso' } } })
})
