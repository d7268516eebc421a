import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { findBinariesPackage } from '../../../src/store/embedded/binaries.ts'
import { cleanUp, isRoot, makeFolder, nobody, Program, query, start } from './fixtures/servers.ts'

afterEach(cleanUp)

test('D2: an ordinary user starts the server as itself', async () => {
  const dataDir = makeFolder(isRoot ? { owner: nobody } : {})
  const user = isRoot ? nobody : process.getuid?.()
  const program = new Program({ dataDir }, isRoot ? { uid: nobody } : {})

  const { pid, poolConfig } = await program.hear('ready')

  expect(await query(poolConfig, 'select 1 as one')).toEqual([{ one: 1 }])
  expect(findOwners(dataDir)).toEqual([user])
  expect(lstatSync(`/proc/${pid}`).uid).toBe(user)
})

describe.skipIf(!isRoot)('as root', () => {
  test('D2: where user namespaces are permitted, the files stay root’s and the server has no privilege', async () => {
    const dataDir = makeFolder({ mode: 0o700 })

    const server = await start(dataDir)

    expect(await query(server.poolConfig, 'select 1 as one')).toEqual([{ one: 1 }])
    expect(findOwners(dataDir)).toEqual([0])
    expect(readFileSync(`/proc/${server.pid}/status`, 'utf8')).toMatch(/^CapEff:\s0+$/m)
    expect(readFileSync(`/proc/${server.pid}/uid_map`, 'utf8').trim()).toMatch(/^\d+\s+0\s+1$/)
  })

  test('D2: where they are not, the server runs as an unprivileged user, in the data directory if it can', async () => {
    const dataDir = join(makeFolder({ mode: 0o755 }), 'data')
    mkdirSync(dataDir, { mode: 0o755 })
    const first = new Program({ dataDir }, { env: withoutNamespaces() })

    const { pid, poolConfig } = await first.hear('ready')

    expect(lstatSync(`/proc/${pid}`).uid).toBe(nobody)
    expect(findOwners(join(dataDir, 'postgres/data'))).toEqual([nobody])
    expect(lstatSync(join(dataDir, 'postgres/secret')).uid).toBe(0)
    expect(first.said.map(({ log }) => log).join()).toContain(`PostgreSQL runs as uid ${nobody}`)
    await query(poolConfig, 'create table kept as select 42 as answer')
    await first.stop()

    // Namespaces permitted again: who owns the cluster decides.
    const second = await start(dataDir)
    expect(await query(second.poolConfig, 'select answer from kept')).toEqual([{ answer: 42 }])
    expect(lstatSync(`/proc/${second.pid}`).uid).toBe(nobody)
  })

  test('D2: nor can that user enter the data directory or reach the programs: both are put where it can', async () => {
    const closed = makeFolder({ mode: 0o700 })
    const dataDir = join(closed, 'data')
    const binariesPackage = join(closed, 'package')
    cpSync(findBinariesPackage(), binariesPackage, { recursive: true, verbatimSymlinks: true })
    const elsewhere = join(makeFolder({ mode: 0o755 }), 'elsewhere')
    const options = { dataDir, binariesPackage, elsewhere }
    const first = new Program(options, { env: withoutNamespaces() })

    const { poolConfig } = await first.hear('ready')

    const home = realpathSync(join(dataDir, 'postgres'))
    expect(home.startsWith(`${elsewhere}/postgres-`)).toBe(true)
    expect(lstatSync(home).mode & 0o777).toBe(0o700)
    expect(readdirSync(home)).toContain('programs')
    expect(first.said.map(({ log }) => log).join()).toContain(`its data is in ${home}`)
    await query(poolConfig, 'create table kept as select 42 as answer')
    await first.kill()

    const second = new Program(options, { env: withoutNamespaces() })
    const again = await second.hear('ready')
    expect(await query(again.poolConfig, 'select answer from kept')).toEqual([{ answer: 42 }])
  })

  test('D2: a database that exists in a closed directory is not moved; the refusal says what to do', async () => {
    const dataDir = makeFolder({ mode: 0o700 })
    await (await start(dataDir)).stop()

    const refused = new Program({ dataDir }, { env: withoutNamespaces() })

    expect(await refused.hear('error')).toMatchObject({ code: 'data_dir_unreachable' })
    expect(findOwners(dataDir)).toEqual([0])
    await start(dataDir)
  })

  test('D2: the database of an ordinary user stays that user’s when root starts it', async () => {
    const dataDir = makeFolder({ owner: nobody })
    const user = new Program({ dataDir }, { uid: nobody })
    await user.hear('ready')
    await user.stop()

    const server = await start(dataDir)
    expect(lstatSync(`/proc/${server.pid}`).uid).toBe(nobody)
    await server.stop()
    expect(findOwners(dataDir)).toEqual([nobody])

    const again = new Program({ dataDir }, { uid: nobody })
    expect((await again.hear('ready')).pid).toBeGreaterThan(0)
  })

  test('S50: a socket directory that another user holds is refused', async () => {
    const dataDir = makeFolder()
    await (await start(dataDir)).stop()
    const socket = join(dataDir, 'postgres/socket')
    spawnSync('rm', ['-rf', socket])
    const trap = makeFolder({ owner: nobody })
    spawnSync('ln', ['-s', trap, socket])

    await expect(start(dataDir)).rejects.toMatchObject({ code: 'socket_directory_unsafe' })

    expect(lstatSync(trap).uid).toBe(nobody)
    expect(lstatSync(trap).mode & 0o777).toBe(0o700)
  })
})

/** A PATH on which `unshare` comes first that is refused, as in most containers. */
function withoutNamespaces(): Record<string, string> {
  const folder = makeFolder({ mode: 0o755 })
  const program = join(folder, 'unshare')
  writeFileSync(program, '#!/bin/sh\necho "unshare: unshare failed: Operation not permitted" >&2\nexit 1\n')
  chmodSync(program, 0o755)
  chownSync(program, 0, 0)
  return { PATH: `${folder}:${process.env['PATH']}` }
}

function findOwners(folder: string): number[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return [...new Set(names.map((name) => lstatSync(join(folder, name)).uid))]
}
