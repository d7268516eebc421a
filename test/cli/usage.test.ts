import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { newFolder, run } from './process.ts'

const commands = [
  ['serve'],
  ['demo'],
  ['replay'],
  ['migrate'],
  ['invoice'],
  ['import'],
  ['export'],
  ['export', 'invoices'],
  ['export', 'events'],
  ['export', 'checkpoint'],
  ['audit'],
  ['bench'],
]

test.each(commands)('--help of %s %s describes it and ends well', async (...command) => {
  const { code, stdout } = await run([...command, '--help'])

  expect(code).toBe(0)
  expect(stdout).toContain(`Usage: tenantry ${command.join(' ')}`)
})

test('the help of the program names the exit codes and where the configuration is described', async () => {
  const { code, stdout } = await run(['--help'])

  expect(code).toBe(0)
  expect(stdout).toContain('Exit codes: 0 done, 1 failed or refused, 2 wrong usage or configuration, 3 the audit')
  expect(stdout).toContain('docs/operating/configuration.md')
})

test.each([
  ['an unknown command', ['frobnicate']],
  ['an unknown option', ['serve', '--nonsense']],
  ['a missing argument', ['import']],
  ['a missing option', ['invoice']],
  ['no kind of export', ['export']],
  ['an unknown kind of export', ['export', 'secrets']],
  ['a missing option of an export', ['export', 'invoices']],
  ['an unknown benchmark', ['bench', 'everything']],
])('%s is wrong usage: exit code 2, and nothing on standard output', async (_what, args) => {
  const { code, stdout, stderr } = await run(args)

  expect(code).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).not.toBe('')
})

test.each([
  ['a port that is no number', { TENANTRY_PORT: 'https' }, 'TENANTRY_PORT'],
  ['an origin without https', { TENANTRY_BASE_URL: 'http://billing.example.com' }, 'TENANTRY_BASE_URL'],
  ['a schedule that does not exist', { TENANTRY_INVOICE_SCHEDULE: 'sometimes' }, 'TENANTRY_INVOICE_SCHEDULE'],
  ['a file that cannot be read', { DATABASE_URL_FILE: '/nonexistent/url' }, 'DATABASE_URL_FILE'],
])('%s is a configuration that is not usable: exit code 2, and the variable is named', async (_what, env, name) => {
  const { code, stderr } = await run(['serve'], env)

  expect(code).toBe(2)
  expect(stderr).toContain(name)
})

test('an import without credentials says which variables give them, and starts nothing', async () => {
  const folder = await newFolder()
  const file = join(folder.path, 'usage.ndjson')
  await writeFile(file, '{}\n')
  const { code, stderr } = await run(['import', file], { TENANTRY_DATA_DIR: join(folder.path, 'data') })
  await folder.remove()

  expect(code).toBe(2)
  expect(stderr).toContain('TENANTRY_CLIENT_SECRET_FILE')
  expect(stderr).not.toContain('Starting PostgreSQL')
})
