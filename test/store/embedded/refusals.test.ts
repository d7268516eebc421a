import { spawn, spawnSync } from 'node:child_process'
import {
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { findBinariesPackage } from '../../../src/store/embedded/binaries.ts'
import { findProcessStart } from '../../../src/store/embedded/process-table.ts'
import {
  cleanUp,
  isRoot,
  makeFileSystem,
  makeFolder,
  nobody,
  postgresProcesses,
  Program,
  query,
  start,
} from './fixtures/servers.ts'

afterEach(cleanUp)

const saying = (...texts: (string | number)[]) =>
  expect.stringMatching(
    new RegExp(texts.map((text) => String(text).replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[^]*')),
  ) as string

describe('a data directory has one owner', () => {
  test("D2: a second server on the same directory is refused by naming the first one's pid (F08)", async () => {
    const dataDir = makeFolder()
    const first = new Program({ dataDir, settings: { shared_buffers: '16MB', autovacuum: 'off' } })
    const { poolConfig } = await first.hear('ready')
    await query(poolConfig, 'checkpoint')
    const before = describeFiles(dataDir)

    await expect(start(dataDir)).rejects.toMatchObject({
      code: 'data_dir_in_use',
      message: saying(dataDir, `process ${first.pid}`, 'TENANTRY_DATA_DIR'),
    })
    const second = new Program({ dataDir })
    expect(await second.hear('error')).toMatchObject({ code: 'data_dir_in_use', message: saying(first.pid) })

    expect(describeFiles(dataDir)).toEqual(before)
    expect(await query(poolConfig, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  test('D2: the same program cannot start a second server on its directory either, and may after it stopped', async () => {
    const dataDir = makeFolder()
    const first = await start(dataDir)
    await expect(start(dataDir)).rejects.toMatchObject({ code: 'data_dir_in_use', message: saying(process.pid) })
    expect(await query(first.poolConfig, 'select 1 as one')).toEqual([{ one: 1 }])

    await first.stop()
    const next = await start(dataDir)

    expect(await query(next.poolConfig, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  test('F08: of several that start at the same moment, exactly one gets the directory', async () => {
    const dataDir = makeFolder()
    const rivals = [1, 2, 3, 4].map(() => new Program({ dataDir }))

    const outcomes = await Promise.all(
      rivals.map((rival) =>
        Promise.race([rival.hear('ready'), rival.hear('error')]).then((said) =>
          'pid' in said ? 'started' : said.code,
        ),
      ),
    )

    expect(outcomes.toSorted()).toEqual(['data_dir_in_use', 'data_dir_in_use', 'data_dir_in_use', 'started'])
  })

  test('D2: the mark of a killed owner whose pid a stranger has now is cleaned away', async () => {
    const dataDir = makeFolder()
    const mark = { pid: process.ppid, startedAt: 'another boot:123', host: hostname() }
    writeFileSync(join(dataDir, 'tenantry.pid'), JSON.stringify(mark))

    await start(dataDir)

    expect(JSON.parse(readFileSync(join(dataDir, 'tenantry.pid'), 'utf8'))).toMatchObject({ pid: process.pid })
  })

  test('D2: where the file system has no locks, the mark of a living owner still holds', async () => {
    const dataDir = makeFolder()
    const owner = spawn('sleep', ['60'])
    const mark = { pid: owner.pid, startedAt: findProcessStart(owner.pid ?? 0), host: hostname() }
    writeFileSync(join(dataDir, 'tenantry.pid'), JSON.stringify(mark))

    await expect(start(dataDir)).rejects.toMatchObject({ code: 'data_dir_in_use', message: saying(owner.pid ?? '') })

    expect(readdirSync(dataDir)).toEqual(['tenantry.pid'])
    owner.kill()
  })
})

describe('a data directory that cannot be used is refused with what to do next', () => {
  test('F15: a file in its place', async () => {
    const dataDir = join(makeFolder(), 'data')
    writeFileSync(dataDir, '')
    await expect(start(dataDir)).rejects.toMatchObject({
      code: 'data_dir_not_writable',
      message: saying(dataDir, 'is not a directory'),
    })
  })

  test.skipIf(!isRoot)('F15: a read-only file system', async () => {
    const dataDir = makeFileSystem(64)
    spawnSync('mount', ['-o', 'remount,ro', dataDir])
    await expect(start(dataDir)).rejects.toMatchObject({
      code: 'data_dir_not_writable',
      message: saying(dataDir, 'read-only', 'TENANTRY_DATA_DIR'),
    })
  })

  test.skipIf(!isRoot)('F15: the directory of another user', async () => {
    const program = new Program({ dataDir: makeFolder({ mode: 0o755 }) }, { uid: nobody })
    expect(await program.hear('error')).toMatchObject({
      code: 'data_dir_wrong_owner',
      message: saying('belongs to uid 0', `runs as uid ${nobody}`),
    })
  })

  test.skipIf(!isRoot)('F15: a database that root made in it', async () => {
    const dataDir = makeFolder({ mode: 0o777 })
    await (await start(dataDir)).stop()
    rmSync(join(dataDir, 'tenantry.lock'))

    const program = new Program({ dataDir }, { uid: nobody })

    expect(await program.hear('error')).toMatchObject({
      code: 'data_dir_wrong_owner',
      message: saying('postgres belongs to uid 0', 'chown'),
    })
  })

  test.skipIf(!isRoot)('F13: a disk with too little room, before anything is made', async () => {
    const dataDir = makeFileSystem(20)
    await expect(start(dataDir)).rejects.toMatchObject({ code: 'no_space', message: saying('MB left', '128 MB') })
    expect(readdirSync(join(dataDir, 'postgres'))).not.toContain('data')
  })

  test.skipIf(!isRoot)('F13: a disk that is full when the server starts again', async () => {
    const dataDir = makeFileSystem(160)
    const first = await start(dataDir)
    await query(first.poolConfig, 'create table kept as select 42 as answer')
    await first.stop()
    spawnSync('dd', ['if=/dev/zero', `of=${join(dataDir, 'ballast')}`, 'bs=64k'])

    await expect(start(dataDir)).rejects.toMatchObject({ code: 'no_space', message: saying('Free some space') })
    rmSync(join(dataDir, 'ballast'))

    const next = await start(dataDir)
    expect(await query(next.poolConfig, 'select answer from kept')).toEqual([{ answer: 42 }])
  })

  test('F15: too few open files', async () => {
    const program = new Program(
      { dataDir: makeFolder() },
      { via: ['/bin/sh', '-c', 'ulimit -n 40 && exec "$@"', 'sh'] },
    )
    expect(await program.hear('error')).toMatchObject({ code: 'too_many_open_files', message: saying('ulimit -n') })
  })
})

describe('a damaged database is named and left as it is', () => {
  test('D2: lost control file, lost version, and a version that is not ours', async () => {
    const dataDir = makeFolder()
    await (await start(dataDir)).stop()
    const data = join(dataDir, 'postgres/data')
    const control = readFileSync(join(data, 'global/pg_control'))

    truncateSync(join(data, 'global/pg_control'), 100)
    await expect(start(dataDir)).rejects.toMatchObject({ code: 'cluster_damaged', message: saying('restore a backup') })
    rmSync(join(data, 'global/pg_control'))
    await expect(start(dataDir)).rejects.toMatchObject({ code: 'cluster_damaged', message: saying('restore a backup') })

    writeFileSync(join(data, 'PG_VERSION'), '17\n')
    await expect(start(dataDir)).rejects.toMatchObject({
      code: 'cluster_of_another_version',
      message: saying('PostgreSQL 17', 'pg_upgrade'),
    })
    rmSync(join(data, 'PG_VERSION'))
    await expect(start(dataDir)).rejects.toMatchObject({ code: 'cluster_damaged', message: saying('PG_VERSION') })

    writeFileSync(join(data, 'PG_VERSION'), '18\n')
    writeFileSync(join(data, 'global/pg_control'), control, { mode: 0o600 })
    const repaired = await start(dataDir)
    expect(await query(repaired.poolConfig, 'select 1 as one')).toEqual([{ one: 1 }])
    await repaired.stop()
    expect(postgresProcesses(dataDir)).toEqual([])
  })
})

describe('the programs of the package', () => {
  test('D2: without the links that its install script would make, and read-only, they work and stay as they are', async () => {
    const binariesPackage = copyPackage()
    const links = spawnSync('find', [binariesPackage, '-type', 'l', '-delete', '-print'])
    spawnSync('chmod', ['-R', 'a-w', binariesPackage])
    const before = describeFiles(binariesPackage)
    const dataDir = makeFolder()

    const server = await start(dataDir, { binariesPackage })
    await query(server.poolConfig, 'create extension btree_gist')
    await server.stop()

    expect(links.status).toBe(0)
    expect(describeFiles(binariesPackage)).toEqual(before)
    expect(readdirSync(join(dataDir, 'postgres'))).not.toContain('programs')
    spawnSync('chmod', ['-R', 'u+w', binariesPackage])
  })

  test('D2: missing and broken ones are refused with what to do next', async () => {
    const dataDir = makeFolder()
    const binariesPackage = copyPackage()

    truncateSync(join(binariesPackage, 'native/bin/postgres'), 1000)
    await expect(start(dataDir, { binariesPackage })).rejects.toMatchObject({
      code: 'binaries_broken',
      message: saying('npm ci', 'DATABASE_URL'),
    })
    writeFileSync(join(binariesPackage, 'native/bin/postgres'), '#!/bin/sh\necho "postgres (PostgreSQL) 17.6"\n')
    await expect(start(dataDir, { binariesPackage })).rejects.toMatchObject({
      code: 'binaries_broken',
      message: saying('17.6'),
    })
    rmSync(join(binariesPackage, 'native/bin/initdb'))
    await expect(start(dataDir, { binariesPackage })).rejects.toMatchObject({
      code: 'binaries_missing',
      message: saying('initdb', 'npm ci', 'DATABASE_URL'),
    })
    expect(readdirSync(join(dataDir, 'postgres'))).toEqual(['lib'])
  })
})

function copyPackage(): string {
  const folder = join(makeFolder(), 'package')
  mkdirSync(folder)
  cpSync(findBinariesPackage(), folder, { recursive: true, verbatimSymlinks: true })
  return folder
}

/** Every file with its size, mode and last change. */
function describeFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .toSorted()
    .map((name) => {
      const path = join(folder, name)
      const { mode, mtimeMs, size } = lstatSync(path).isSymbolicLink() ? lstatSync(path) : statSync(path)
      return `${name} ${size} ${mode.toString(8)} ${mtimeMs}`
    })
}
