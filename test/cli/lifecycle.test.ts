import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, expect, test } from 'vitest'
import { findEmbeddedPostgres } from '../../src/store/embedded/embedded-postgres.ts'
import { newFolder, run, type Started, start } from './process.ts'

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean()
})

async function newDataDir(): Promise<{ dataDir: string; env: Record<string, string> }> {
  const folder = await newFolder()
  cleanups.push(() => folder.remove())
  const dataDir = join(folder.path, 'data')
  return { dataDir, env: { TENANTRY_DATA_DIR: dataDir } }
}

function serve(env: Record<string, string>): Started {
  const server = start(['serve'], env)
  cleanups.push(async () => {
    server.signal('SIGKILL')
    await server.ended
  })
  return server
}

const isRunning = (pid: number): boolean => existsSync(`/proc/${pid}`)

async function postmasterPid(dataDir: string): Promise<number> {
  const [pid = ''] = (await readFile(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8')).split('\n')
  return Number(pid)
}

test('a second server on the same directory is refused with the pid of the first, which goes on', async () => {
  const { dataDir, env } = await newDataDir()
  const first = serve(env)
  await first.untilSaid('Serving at')

  const second = await run(['serve'], env)

  expect(second.code).toBe(1)
  expect(second.stderr).toContain(`in use by Tenantry, process ${first.pid}`)
  expect(second.stderr).not.toContain('    at ')
  const database = findEmbeddedPostgres(dataDir)
  expect(database?.ownerPid).toBe(first.pid)
})

test('SIGTERM ends the server and its database within ten seconds, with exit code 0', async () => {
  const { dataDir, env } = await newDataDir()
  const server = serve(env)
  await server.untilSaid('Serving at')
  const database = await postmasterPid(dataDir)
  expect(isRunning(database)).toBe(true)

  const askedAt = performance.now()
  server.signal('SIGTERM')
  const { code } = await server.ended

  expect(performance.now() - askedAt).toBeLessThan(10_000)
  expect(code).toBe(0)
  expect(isRunning(database)).toBe(false)
})

test('SIGTERM while the server starts leaves no database behind', async () => {
  const { dataDir, env } = await newDataDir()
  const server = serve(env)
  await server.untilSaid('Preparing the schema')
  const database = await postmasterPid(dataDir)

  server.signal('SIGTERM')
  await server.ended

  await expect.poll(() => isRunning(database), { timeout: 10_000 }).toBe(false)
})

test('migrate brings a new directory to the schema, a second time changes nothing, and audit finds it clean', async () => {
  const { dataDir, env } = await newDataDir()

  const first = await run(['migrate'], env)
  const second = await run(['migrate'], env)
  const audit = await run(['audit'], env)

  expect(first).toMatchObject({ code: 0, stdout: 'The schema is up to date.\n' })
  expect(second).toMatchObject({ code: 0, stdout: 'The schema is up to date.\n' })
  expect(audit.code).toBe(0)
  expect(audit.stdout).toContain('Conservation audit: clean.')
  expect(findEmbeddedPostgres(dataDir)).toBeUndefined()
  const operator = await stat(join(dataDir, 'operator.json'))
  expect(operator.mode & 0o777).toBe(0o600)
})

test('D11: audit ends with exit code 3 and names the invariant when a sum has no events behind it', async () => {
  const { dataDir, env } = await newDataDir()
  const server = serve(env)
  await server.untilSaid('Serving at')
  const client = new pg.Client(findEmbeddedPostgres(dataDir)?.poolConfig)
  await client.connect()
  await client.query(
    `insert into usage_sum (placement_id, subscription_id, meter_id, grouping_key, usage_day, quantity, event_count)
     values (null, gen_random_uuid(), 'authentications', gen_random_uuid()::text, '2026-03-01', 1, 1)`,
  )
  await client.end()

  const { code, stdout } = await run(['audit'], env)

  expect(code).toBe(3)
  expect(stdout).toContain('BROKEN')
  expect(stdout).toContain('Conservation audit: BROKEN.')
})
