import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { cleanUp, connect, makeFolder, postgresProcesses, Program, query, start, until } from './fixtures/servers.ts'

afterEach(cleanUp)

test('F02: a server whose Tenantry was killed is stopped by the next start; what was committed is there', async () => {
  const dataDir = makeFolder()
  const killed = new Program({ dataDir })
  const { pid, poolConfig } = await killed.hear('ready')
  await query(poolConfig, 'create table kept as select 42 as answer')
  const session = await connect(poolConfig)
  void session.query('begin; create table lost as select 1; select pg_sleep(60)').catch(() => undefined)
  await killed.kill()
  expect(postgresProcesses(dataDir)).toContain(pid)

  const next = await start(dataDir)

  expect(next.pid).not.toBe(pid)
  expect(next.lines).toContain(`Stopping PostgreSQL, process ${pid}, which an earlier run left behind`)
  expect(findServers(dataDir)).toEqual([next.pid])
  expect(await query(next.poolConfig, "select answer, to_regclass('lost') from kept")).toEqual([
    { answer: 42, to_regclass: null },
  ])
})

test('F02: a left-behind server that is stopped in its tracks is replaced too', { timeout: 120_000 }, async () => {
  const dataDir = makeFolder()
  const killed = new Program({ dataDir })
  const { pid, poolConfig } = await killed.hear('ready')
  await query(poolConfig, 'create table kept as select 42 as answer')
  await killed.kill()
  process.kill(pid, 'SIGSTOP')

  // Patience is counted in sleeps, so short ones make a short test.
  const next = await start(dataDir, { sleep: (ms) => sleep(ms / 20) })

  expect(findServers(dataDir)).toEqual([next.pid])
  expect(await query(next.poolConfig, 'select answer from kept')).toEqual([{ answer: 42 }])
})

test('F02: a killed PostgreSQL is noticed, and the next start recovers what was committed', async () => {
  const dataDir = makeFolder()
  const server = await start(dataDir)
  await query(server.poolConfig, 'create table kept as select 42 as answer')

  process.kill(server.pid, 'SIGKILL')
  expect(await server.exited).toEqual({ code: null, signal: 'SIGKILL' })
  await server.stop()
  const next = await start(dataDir)

  expect(await query(next.poolConfig, 'select answer from kept')).toEqual([{ answer: 42 }])
  await until('the recovery is reported', () => next.lines.some((line) => line.includes('not properly shut down')))
})

test('F02: a worker that outlives its killed server does not live beside the next one', async () => {
  const dataDir = makeFolder()
  const server = await start(dataDir)
  const session = await connect(server.poolConfig)
  const { rows } = await session.query<{ pid: number }>('select pg_backend_pid() as pid')
  const worker = rows[0]?.pid ?? 0
  process.kill(worker, 'SIGSTOP')
  process.kill(server.pid, 'SIGKILL')
  await server.stop()
  await until('only the worker is left', () => postgresProcesses(dataDir).length === 1)
  expect(postgresProcesses(dataDir)).toEqual([worker])

  const next = await start(dataDir)

  expect(postgresProcesses(dataDir)).not.toContain(worker)
  expect(await query(next.poolConfig, 'select 1 as one')).toEqual([{ one: 1 }])
})

test('F02: a crash of one session is reported and the server goes on', async () => {
  const server = await start(makeFolder())
  const session = await connect(server.poolConfig)
  const { rows } = await session.query<{ pid: number }>('select pg_backend_pid() as pid')

  process.kill(rows[0]?.pid ?? 0, 'SIGKILL')

  await until('the crash is reported', () => server.lines.some((line) => line.includes('terminated by signal 9')))
  await until('the recovery is reported', () => server.lines.some((line) => line.includes('not properly shut down')))
  await sleep(500)
  expect(await query(server.poolConfig, 'select 1 as one')).toEqual([{ one: 1 }])
})

test('F02: after a restart of the machine, a stranger that has the pid of the server is no obstacle and is not harmed', async () => {
  const dataDir = makeFolder()
  const server = await start(dataDir)
  const pidFile = join(dataDir, 'postgres/data/postmaster.pid')
  const socketLock = join(dataDir, 'postgres/socket/.s.PGSQL.5432.lock')
  const [left, leftBeside] = [readFileSync(pidFile, 'utf8'), readFileSync(socketLock, 'utf8')]
  await server.stop()
  const stranger = spawn('sleep', ['60'], { cwd: join(dataDir, 'postgres/data') })
  writeFileSync(pidFile, left.replace(/^\d+/, String(stranger.pid)), { mode: 0o600 })
  writeFileSync(socketLock, leftBeside.replace(/^\d+/, String(stranger.pid)), { mode: 0o600 })

  const next = await start(dataDir)

  expect(await query(next.poolConfig, 'select 1 as one')).toEqual([{ one: 1 }])
  expect(stranger.exitCode ?? stranger.signalCode).toBeNull()
  stranger.kill()
})

test('F02: a first start that was killed half-way leaves nothing in the way of the next', async () => {
  const dataDir = makeFolder()
  const killed = new Program({ dataDir })
  await killed.hear('progress')
  const home = join(dataDir, 'postgres')
  await until('files are being made', () => readdirSync(home).some((name) => findSize(join(home, name)) > 5))
  await killed.kill()
  expect(existsSync(join(home, 'data'))).toBe(false)

  const next = await start(dataDir)

  expect(await query(next.poolConfig, 'select 1 as one')).toEqual([{ one: 1 }])
  expect(readdirSync(home).toSorted()).toEqual(['data', 'lib', 'secret', 'server.log', 'socket'])
})

test('D2: Ctrl-C reaches Tenantry and not the server, which is stopped in order', async () => {
  const dataDir = makeFolder()
  const program = new Program({ dataDir })
  const { poolConfig } = await program.hear('ready')

  process.kill(-program.pid, 'SIGINT')
  await program.hear('interrupted')
  await sleep(200)
  expect(await query(poolConfig, 'select 1 as one')).toEqual([{ one: 1 }])
  await program.stop()

  expect(program.said.at(-1)).toEqual({ stopped: true })
  expect(postgresProcesses(dataDir)).toEqual([])
})

test('D2: a Tenantry that ends by an error leaves no server behind', async () => {
  const dataDir = makeFolder()
  const program = new Program({ dataDir, throwWhenReady: true })

  await program.hear('ready')
  await program.ended

  await until('the server is gone', () => postgresProcesses(dataDir).length === 0)
  expect(existsSync(join(dataDir, 'tenantry.pid'))).toBe(false)
})

/** A server is a process on the data directory whose parent is none. */
function findServers(dataDir: string): number[] {
  const pids = postgresProcesses(dataDir)
  return pids.filter((pid) => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return !pids.includes(Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
  })
}

function findSize(folder: string): number {
  return folder.includes('unfinished-') ? readdirSync(folder).length : 0
}
