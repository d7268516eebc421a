import { describe, expect, test } from 'vitest'
import { findHiddenEffects } from '../../tools/hidden-effects.ts'
import { readSourceFiles } from '../../tools/source-files.ts'

const planted: [text: string, what: string][] = [
  ['const at = Date.now()', 'Date.now'],
  ['const now = Date.now', 'Date.now'],
  [`const at = Date['now']()`, 'Date.now'],
  ['const at = new Date()', 'new Date()'],
  ['const at = new Date', 'new Date()'],
  ['const at = Date()', 'Date()'],
  ['const share = Math.random()', 'Math.random'],
  ['setTimeout(run, 5)', 'setTimeout'],
  ['const later = setTimeout', 'setTimeout'],
  ['globalThis.setTimeout(run, 5)', 'globalThis.setTimeout'],
  ['setInterval(run, 5)', 'setInterval'],
  ['setImmediate(run)', 'setImmediate'],
  [`import * as timers from 'node:timers/promises'`, 'node:timers/promises'],
  [`import { setTimeout as sleep } from 'timers/promises'`, 'timers/promises'],
  [`import { randomUUID } from 'node:crypto'`, 'randomUUID'],
  [`import { randomUUID as id } from 'node:crypto'`, 'randomUUID'],
  ['const id = crypto.randomUUID()', 'crypto.randomUUID'],
  [`import { randomBytes } from 'node:crypto'`, 'randomBytes'],
  ['crypto.getRandomValues(bytes)', 'crypto.getRandomValues'],
  ['const at = performance.now()', 'performance.now'],
  [`import { performance as p } from 'node:perf_hooks'`, 'node:perf_hooks'],
  ['const at = Temporal.Now.instant()', 'Temporal.Now'],
  ['const at = process.hrtime.bigint()', 'process.hrtime'],
  ['await sql`update a set b = now() where c = ${d}`', 'SQL now()'],
  ['await sql`update a set b = ${c}, d = clock_timestamp()`', 'SQL clock_timestamp()'],
  [`await client.query('select current_timestamp')`, 'SQL current_timestamp'],
  [`await client.query("insert into a values (gen_random_uuid())")`, 'SQL gen_random_uuid('],
  ['await sql`select * from a order by random()`', 'SQL random()'],
  ["await sql`select 'now'::timestamptz`", "SQL 'now'::"],
]

const harmless: [what: string, text: string][] = [
  ['a date of a value', `const at = new Date(value)\nconst day = Date.UTC(2026, 0, 1)`],
  ['a comment', '// Date.now() and setTimeout() are forbidden\n/* now() */'],
  ['a sentence', `const text = 'Do it now (or later), at random.'`],
  ['the clock that was passed in', 'const at = context.clock.now()'],
  ['the limit of a socket', 'request.setTimeout(5000)'],
  ['a member of that name', 'const bytes = random.bytes(16)\nconst other = { setTimeout: 5 }'],
]

describe('D6: the check catches', () => {
  test.each(planted)('%s', (text, what) => {
    expect(findHiddenEffects({ path: 'src/operations/planted.ts', text: `\n${text}` })).toContain(
      `src/operations/planted.ts:2 uses ${what}; take it from src/domain/ports.ts instead`,
    )
  })

  test('a default of a column', () => {
    const text = `create table a (\n  -- never now()\n  at timestamptz not null default now(),\n  id uuid default gen_random_uuid()\n)`

    expect(findHiddenEffects({ path: 'src/store/migrations/1.sql', text }).map((line) => line.split(';')[0])).toEqual([
      'src/store/migrations/1.sql:3 uses SQL now()',
      'src/store/migrations/1.sql:4 uses SQL gen_random_uuid(',
    ])
  })
})

describe('D6: the check allows', () => {
  test.each(harmless)('%s', (_, text) => {
    expect(findHiddenEffects({ path: 'src/operations/planted.ts', text })).toEqual([])
  })
})

test('D6: only src/adapters asks the machine for time or chance', () => {
  const files = readSourceFiles(['src', 'bridge'], /\.(ts|mts|mjs|js|sql)$/)
  const others = files.filter(({ path }) => !path.startsWith('src/adapters/'))

  expect(others.length).toBeGreaterThan(20)
  expect(others.flatMap(findHiddenEffects)).toEqual([])
})
