import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Ended, newFolder, run } from './process.ts'

let folder: Awaited<ReturnType<typeof newFolder>>
let env: Record<string, string>
let first: Ended

/** Amounts are printed with spaces that do not break. */
const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ')

beforeAll(async () => {
  folder = await newFolder()
  env = { TENANTRY_DATA_DIR: join(folder.path, 'data') }
  first = await run(['demo', '--exit'], env)
})
afterAll(() => folder.remove())

test('the demo plays the examples, prints the statement of the month of the change, and ends with a clean audit', () => {
  expect(first.stderr).toContain('identity-tenant.scenario.jsonl: ')
  expect(first.stdout).toMatch(/Authentications, until 2019-11-10 09:30:15\.250.* 300 +0\.01 +USD\s3\.00/)
  expect(first.stdout).toMatch(/Monthly active users, from 2019-11-10 09:30:15\.250.* 150 +0\.05 +USD\s7\.50/)
  expect(first.stdout).toMatch(/Total +USD\s10\.50/)
  expect(first.stdout).toContain('Conservation audit: clean.')
  expect(first.code).toBe(0)
})

test('the statement that the README shows is the one that is printed', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')
  const shown = /```text\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''

  expect(shown).toContain('10.50')
  expect(plain(first.stdout)).toContain(plain(shown))
})

test('the second start finds the data of the first, and plays nothing again', async () => {
  const second = await run(['demo', '--exit'], env)

  expect(second.stderr).not.toContain('Playing the shipped scenarios')
  expect(second.stdout).toMatch(/Total +USD\s10\.50/)
  expect(second.stdout).toContain('Conservation audit: clean.')
  expect(second.code).toBe(0)
})

describe('export', () => {
  test('invoices: every document of the month in each kind, with the bytes that were issued', async () => {
    const out = join(folder.path, 'invoices')
    const { code, stdout } = await run(['export', 'invoices', '--period', '2019-11', '--out', out, '--json'], env)

    expect(code).toBe(0)
    const written = JSON.parse(stdout) as { file: string; documentType: string; sha256: string }[]
    expect(written.map(({ file }) => file.split('.').at(-1))).toEqual(expect.arrayContaining(['pdf', 'csv', 'json']))
    for (const { file, sha256 } of written)
      expect(
        createHash('sha256')
          .update(await readFile(file))
          .digest('hex'),
      ).toBe(sha256)
    const pdf = written.find(({ file }) => file.endsWith('.pdf'))?.file ?? ''
    expect((await readFile(pdf)).subarray(0, 5).toString()).toBe('%PDF-')
    const invoice = written.find(({ file, documentType }) => documentType === 'Invoice' && file.endsWith('.json'))
    expect(JSON.parse(await readFile(invoice?.file ?? '', 'utf8'))).toMatchObject({ summary: { total: '10.50' } })
  })

  test('invoices: the second time gives the same files', async () => {
    const out = join(folder.path, 'twice')
    const args = ['export', 'invoices', '--period', '2019-12', '--out', out, '--json']
    const before = (await run(args, env)).stdout

    expect((await run(args, env)).stdout).toBe(before)
    expect(await readdir(out)).toHaveLength((JSON.parse(before) as unknown[]).length)
  })

  test('events: one JSON object a line with the way it took, by usage time, from included, to not', async () => {
    const range = ['--from', '2019-11-03T08:00:00Z', '--to', '2019-11-07T08:00:00Z']
    const { code, stdout } = await run(['export', 'events', ...range], env)

    expect(code).toBe(0)
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { usageAt: string; route: object })
    expect(events).toHaveLength(200)
    expect(new Set(events.map(({ usageAt }) => usageAt))).toEqual(
      new Set(['2019-11-03T08:00:00.000Z', '2019-11-05T08:00:00.000Z']),
    )
    expect(events[0]).toMatchObject({ disposition: 'counted', quantity: '1', route: { model: 'perAuthentication' } })
  })

  test('events as CSV: a header and a row for each', async () => {
    const range = ['--from', '2019-11-01', '--to', '2019-12-01', '--format', 'csv']
    const csv = await run(['export', 'events', ...range], env)
    const lines = await run(['export', 'events', ...range.slice(0, 4)], env)

    const rows = csv.stdout.trimEnd().split('\r\n')
    expect(rows[0]).toMatch(/^reportedAt,batchId,reporterTenantId,source,id,type,subject,usageAt/)
    expect(rows).toHaveLength(1 + lines.stdout.trim().split('\n').length)
    expect(rows[1]?.split(',')).toHaveLength(rows[0]?.split(',').length ?? 0)
  })

  test('what is asked for wrongly is told and not guessed', async () => {
    const backwards = await run(['export', 'events', '--from', '2019-12-01', '--to', '2019-11-01'], env)
    const noMonth = await run(['export', 'invoices', '--period', 'November', '--out', folder.path], env)

    expect(backwards.code).toBe(2)
    expect(backwards.stderr).toContain('--to must be after --from')
    expect(noMonth.code).toBe(1)
    expect(noMonth.stderr).toContain('InvalidBillingPeriod')
    expect(noMonth.stderr).not.toContain('    at ')
  })
})
