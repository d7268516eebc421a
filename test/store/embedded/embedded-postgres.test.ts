import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { findEmbeddedPostgres } from '../../../src/store/embedded/embedded-postgres.ts'
import { cleanUp, connect, makeFolder, postgresProcesses, query, start } from './fixtures/servers.ts'

afterEach(cleanUp)

test('D2: the first start makes a PostgreSQL 18 that syncs every commit, checks its pages and has no TCP', async () => {
  const server = await start(makeFolder())

  const names = ['server_version_num', 'fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums']
  const more = ['listen_addresses', 'server_encoding', 'jit', 'TimeZone', 'wal_compression']
  const rows = await query<{ name: string; setting: string }>(
    server.poolConfig,
    `select name, setting from pg_settings where name in ('${[...names, ...more].join("','")}')`,
  )
  const settings = Object.fromEntries(rows.map((row) => [row.name, row.setting]))
  expect(settings).toMatchObject({
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    data_checksums: 'on',
    listen_addresses: '',
    server_encoding: 'UTF8',
    jit: 'off',
    TimeZone: 'UTC',
    wal_compression: 'off',
  })
  expect(settings['server_version_num']).toMatch(/^18\d{4}$/)
  expect(server.steps).toEqual(['Creating the database', 'Starting PostgreSQL'])
})

test('D2: the second start finds the data of the first', async () => {
  const dataDir = makeFolder()
  const first = await start(dataDir)
  await query(first.poolConfig, 'create table kept as select 42 as answer')
  await first.stop()

  const second = await start(dataDir)

  expect(await query(second.connectionString, 'select answer from kept')).toEqual([{ answer: 42 }])
  expect(second.steps).toEqual(['Starting PostgreSQL'])
  expect(second.poolConfig.password).toBe(first.poolConfig.password)
})

test('D2: stopping ends the server in order, frees the directory and may be repeated', async () => {
  const dataDir = makeFolder()
  const server = await start(dataDir)
  const session = await connect(server.poolConfig)
  const unfinished = session.query('select pg_sleep(60)').catch((error: unknown) => error)

  await Promise.all([server.stop(), server.stop()])

  expect(await server.exited).toEqual({ code: 0, signal: null })
  expect(await unfinished).toMatchObject({ code: '57P01' })
  expect(postgresProcesses(dataDir)).toEqual([])
  expect(readdirSync(dataDir)).toEqual(['postgres', 'tenantry.lock'])
  expect(readFileSync(join(dataDir, 'postgres/server.log'), 'utf8')).toContain('database system is shut down')
})

test('D3: the database itself refuses two facts that overlap in time (btree_gist, 23P01)', async () => {
  const { poolConfig } = await start(makeFolder())
  await query(poolConfig, 'create extension btree_gist')
  await query(
    poolConfig,
    'create table placement (id int, during tstzrange, primary key (id, during without overlaps))',
  )
  await query(poolConfig, "insert into placement values (1, '[2026-01-01,2026-02-01)'), (1, '[2026-02-01,)')")

  const overlap = query(poolConfig, "insert into placement values (1, '[2026-01-31,2026-02-02)')")

  await expect(overlap).rejects.toMatchObject({ code: '23P01' })
})

test('D2: everything in the data directory is closed to other users, in use and after', async () => {
  const dataDir = join(makeFolder({ mode: 0o755 }), 'data')
  const server = await start(dataDir)
  expect(findOpenFiles(dataDir)).toEqual([])
  await server.stop()
  expect(findOpenFiles(dataDir)).toEqual([])
})

test('S50: the password is random, in no argument and in one private file only', async () => {
  const dataDir = makeFolder()
  const first = await start(dataDir)
  const second = await start(makeFolder())
  const { password } = first.poolConfig

  expect(password).toMatch(/^[\w-]{43}$/)
  expect(second.poolConfig.password).not.toBe(password)
  expect(listFiles(dataDir).filter((path) => contains(path, password))).toEqual([join(dataDir, 'postgres/secret')])
  for (const pid of postgresProcesses(dataDir)) {
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8') + readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain(
      password,
    )
  }
})

test('S50: a wrong password is refused, and so is the superuser', async () => {
  const [one, other] = [await start(makeFolder()), await start(makeFolder())]

  const { password } = other.poolConfig
  await expect(query({ ...one.poolConfig, password }, 'select 1')).rejects.toMatchObject({ code: '28P01' })
  await expect(query({ ...one.poolConfig, user: 'postgres' }, 'select 1')).rejects.toMatchObject({ code: '28P01' })
})

test('S50: SQL of Tenantry reaches no program and no file of the machine', async () => {
  const { poolConfig } = await start(makeFolder())
  await query(poolConfig, 'create table line (text text)')

  await expect(query(poolConfig, "copy line from program 'id'")).rejects.toMatchObject({ code: '42501' })
  await expect(query(poolConfig, "copy line from '/etc/passwd'")).rejects.toMatchObject({ code: '42501' })
})

test('D2: settings may be chosen, but not those that durability and privacy rest on', async () => {
  const { poolConfig } = await start(makeFolder(), { settings: { shared_buffers: '24MB', work_mem: '5MB' } })
  expect(await query(poolConfig, 'show shared_buffers')).toEqual([{ shared_buffers: '24MB' }])
  expect(await query(poolConfig, 'show work_mem')).toEqual([{ work_mem: '5MB' }])

  for (const name of ['fsync', 'full_page_writes', 'synchronous_commit', 'listen_addresses']) {
    await expect(start(makeFolder(), { settings: { [name]: 'off' } })).rejects.toMatchObject({
      code: 'setting_refused',
      message: expect.stringContaining(name) as string,
    })
  }
  const injected = start(makeFolder(), { settings: { work_mem: "4MB'\nfsync = 'off" } })
  await expect(injected).rejects.toMatchObject({ code: 'setting_refused' })
})

test('D2: a path too long for a socket, and one with characters that have a meaning, work too', async () => {
  for (const name of ['d'.repeat(160), 'comma, "quotes" and: a space']) {
    const dataDir = join(makeFolder(), name)
    const server = await start(dataDir)
    const { host } = server.poolConfig

    expect(Buffer.byteLength(`${host}/.s.PGSQL.5432`)).toBeLessThanOrEqual(103)
    expect(lstatSync(host).mode & 0o777).toBe(0o700)
    expect(lstatSync(host).uid).toBe(process.getuid?.())
    expect(await query(server.connectionString, 'select 1 as one')).toEqual([{ one: 1 }])
    await server.stop()
    expect(() => lstatSync(host)).toThrow('ENOENT')
  }
})

test('D2: a directory below one that only its owner may enter works', async () => {
  const dataDir = join(makeFolder({ mode: 0o700 }), 'home/data')
  mkdirSync(join(dataDir, '..'), { mode: 0o700 })

  const server = await start(dataDir)

  expect(await query(server.poolConfig, 'select 1 as one')).toEqual([{ one: 1 }])
  expect(statSync(join(dataDir, 'postgres/data')).uid).toBe(process.getuid?.())
})

test('D2: a lost password file is replaced, a wrong one is named', async () => {
  const dataDir = makeFolder()
  const secret = join(dataDir, 'postgres/secret')
  const first = await start(dataDir)
  await query(first.poolConfig, 'create table kept as select 42 as answer')
  await first.stop()

  rmSync(secret)
  const second = await start(dataDir)
  expect(await query(second.poolConfig, 'select answer from kept')).toEqual([{ answer: 42 }])
  expect(second.poolConfig.password).not.toBe(first.poolConfig.password)
  await second.stop()

  writeFileSync(secret, `${first.poolConfig.password}\n`)
  await expect(start(dataDir)).rejects.toMatchObject({
    code: 'secret_mismatch',
    message: expect.stringContaining(secret) as string,
  })
  expect(postgresProcesses(dataDir)).toEqual([])
})

test('D2: another program of the same user finds the running server of a data directory', async () => {
  const dataDir = makeFolder()
  expect(findEmbeddedPostgres(dataDir)).toBeUndefined()
  const server = await start(dataDir)

  expect(findEmbeddedPostgres(dataDir)).toEqual({ ownerPid: process.pid, poolConfig: server.poolConfig })
  await server.stop()
  expect(findEmbeddedPostgres(dataDir)).toBeUndefined()
})

test('D2: the log is bounded, and holds no values of rows', async () => {
  const dataDir = makeFolder()
  await (await start(dataDir)).stop()
  const log = join(dataDir, 'postgres/server.log')
  writeFileSync(log, 'x'.repeat(17 * 2 ** 20))

  const server = await start(dataDir)
  await query(server.poolConfig, 'create table person (mail text unique)')
  await query(server.poolConfig, "insert into person values ('eva@contoso.example')")
  await expect(query(server.poolConfig, "insert into person values ('eva@contoso.example')")).rejects.toThrow(
    'duplicate key',
  )
  await server.stop()

  expect(statSync(`${log}.1`).size).toBe(17 * 2 ** 20)
  expect(statSync(log).size).toBeLessThan(100_000)
  expect(readFileSync(log, 'utf8')).toContain('duplicate key value')
  expect(readFileSync(log, 'utf8')).not.toContain('eva@contoso.example')
})

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))
}

function findOpenFiles(folder: string): string[] {
  return [folder, ...listFiles(folder)].filter((path) => {
    const found = lstatSync(path)
    return !found.isSymbolicLink() && (found.mode & 0o077) !== 0
  })
}

function contains(path: string, text: string): boolean {
  return lstatSync(path).isFile() && readFileSync(path).includes(text)
}
