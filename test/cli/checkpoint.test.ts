import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findEmbeddedPostgres } from '../../src/store/embedded/embedded-postgres.ts'
import { identityScenario, tenantId, toFile } from './identity-scenario.ts'
import { type Ended, newFolder, run, type Started, start } from './process.ts'

let folder: Awaited<ReturnType<typeof newFolder>>
let server: Started
let env: Record<string, string>

const inFolder = (name: string): string => join(folder.path, name)

async function play(name: string, lines: readonly unknown[]): Promise<void> {
  await writeFile(inFolder(name), toFile(lines))
  const { code, stderr } = await run(['replay', inFolder(name)], env)
  if (code !== 0) throw new Error(stderr)
}

const audit = (...files: readonly string[]): Promise<Ended> =>
  run(['audit', ...files.flatMap((file) => ['--checkpoint', inFolder(file)])], env)

beforeAll(async () => {
  folder = await newFolder()
  env = { TENANTRY_DATA_DIR: inFolder('data') }
  server = start(['serve', '--sandbox'], env)
  await server.untilSaid('Serving at')
  await play('identity.scenario.jsonl', identityScenario)
})

afterAll(async () => {
  server?.signal('SIGTERM')
  await server?.ended
  await folder?.remove()
})

test('S52: the heads of the audit log are written to a file, and the audit finds them again while the log grows', async () => {
  const written = await run(['export', 'checkpoint', '--out', inFolder('first.jws')], env)
  expect(written).toMatchObject({ code: 0 })
  expect(written.stdout).toContain(`tenantry audit --checkpoint ${inFolder('first.jws')}`)
  const [, payload = ''] = (await readFile(inFolder('first.jws'), 'utf8')).trim().split('.')
  const { heads } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { heads: { chain: string }[] }
  expect(heads.map(({ chain }) => chain)).toContain(tenantId)

  await play('later.scenario.jsonl', [
    {
      do: 'PUT /providers/Tenantry.Directory/tenants/5f7a3f0e-52a4-4c52-9d8e-0b8a2f5a1c02?api-version=2026-11-01',
      body: {
        properties: {
          displayName: 'Later',
          kind: 'workforce',
          countryCode: 'SE',
          initialDomainLabel: 'later',
          administrator: { displayName: 'Bo' },
        },
      },
      expect: { status: 201 },
    },
  ])
  expect(await run(['export', 'checkpoint', '--out', inFolder('second.jws')], env)).toMatchObject({ code: 0 })

  const both = await audit('first.jws', 'second.jws')
  expect(both).toMatchObject({ code: 0 })
  expect(both.stdout.match(/each chain of the audit log still holds what the checkpoint of/g)).toHaveLength(2)
  expect(both.stdout).toContain('Conservation audit: clean.')
})

test('S52: a file that was changed, or that is no checkpoint or not there, does not pass for one', async () => {
  const [header = '', payload = '', signature = ''] = (await readFile(inFolder('first.jws'), 'utf8')).split('.')
  const said = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object
  const changed = Buffer.from(JSON.stringify({ ...said, heads: [] })).toString('base64url')
  await writeFile(inFolder('changed.jws'), `${header}.${changed}.${signature}`)
  await writeFile(inFolder('other.jws'), 'heads: none\n')
  const found = await audit('changed.jws', 'other.jws')
  expect(found).toMatchObject({ code: 3 })
  expect(found.stdout).toContain('the checkpoint was changed after it was signed')
  expect(found.stdout).toContain('is not one of this installation')
  const missing = await audit('missing.jws')
  expect(missing).toMatchObject({ code: 1 })
  expect(missing.stderr).toContain('missing.jws')
  expect(missing.stderr).not.toContain('    at ')
})

test('S52: a checkpoint that cannot be written is a failure that names the file', async () => {
  const { code, stderr } = await run(['export', 'checkpoint', '--out', inFolder('nowhere/first.jws')], env)
  expect(code).toBe(1)
  expect(stderr).toContain('nowhere/first.jws')
  expect(stderr).not.toContain('    at ')
})

test('S52: when the end of the log was cut off the audit alone sees nothing, and with the checkpoint ends with 3', async () => {
  const client = new pg.Client(findEmbeddedPostgres(inFolder('data'))?.poolConfig)
  await client.connect()
  try {
    await client.query(`
      begin;
      alter table audit_record disable trigger user;
      alter table audit_link disable trigger user;
      delete from audit_link where chain = '${tenantId}'
        and position = (select max(position) from audit_link where chain = '${tenantId}');
      alter table audit_link enable trigger user;
      delete from audit_record r where not exists (select from audit_link where record_sequence = r.sequence);
      alter table audit_record enable trigger user;
      commit`)
  } finally {
    await client.end()
  }
  const [alone, found] = await Promise.all([audit(), audit('first.jws')])
  expect(alone).toMatchObject({ code: 0 })
  expect(found).toMatchObject({ code: 3 })
  expect(found.stdout).toMatch(new RegExp(`chain ${tenantId} had \\d+ records then and has lost its end`))
  expect(found.stdout).toContain('Conservation audit: BROKEN.')
})
