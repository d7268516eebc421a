import { describe, expect, test } from 'vitest'
import { findImportViolations } from '../../tools/import-map.ts'
import { readSourceFiles } from '../../tools/source-files.ts'

const planted: [what: string, path: string, text: string, expected: RegExp][] = [
  [
    'a rule that reads the database',
    'src/domain/billing/payer.ts',
    `import { findPayer } from '../../store/payer.ts'`,
    /payer\.ts:1 .*domain may not import src\/store\/payer\.ts; .*src\/operations\//,
  ],
  ['a rule with a package', 'src/domain/a.ts', `\nimport { z } from 'zod'`, /a\.ts:2 .*zod; .*src\/http\//],
  ['a rule that reads a file', 'src/domain/a.ts', `import { readFile } from 'node:fs'`, /free of this part of Node/],
  ['Node by its short name', 'src/domain/a.ts', `import { readFile } from 'fs'`, /free of this part of Node/],
  ['a rule that hashes', 'src/domain/a.ts', `import { createHash } from 'node:crypto'`, /free of this part of Node/],
  ['a type', 'src/domain/a.ts', `import type { Row } from '../store/schema.ts'`, /domain may not import/],
  ['a type in place', 'src/domain/a.ts', `type Row = import('../store/schema.ts').Row`, /domain may not import/],
  ['an export from', 'src/domain/a.ts', `export { insert } from '../store/b.ts'`, /domain may not import/],
  ['an export of everything', 'src/domain/a.ts', `export * from '../store/b.ts'`, /domain may not import/],
  ['an import at run time', 'src/domain/a.ts', `await import('../store/b.ts')`, /domain may not import/],
  ['an import for its effect', 'src/domain/a.ts', `import '../store/b.ts'`, /domain may not import/],
  ['settings that know the server', 'src/config/a.ts', `import { b } from '../http/b.ts'`, /config may not import/],
  ['a store that speaks HTTP', 'src/store/a.ts', `import { b } from '../http/b.ts'`, /store may not import/],
  ['a store with a web server', 'src/store/a.ts', `import fastify from 'fastify'`, /package fastify/],
  [
    'a usage implementation in a use case',
    'src/operations/a.ts',
    `import { b } from '../usage/postgres/b.ts'`,
    /operations may not import src\/usage\/postgres\/b\.ts/,
  ],
  [
    'a usage implementation that imports the other',
    'src/usage/postgres/a.ts',
    `import { b } from '../clickhouse/b.ts'`,
    /usage\/postgres may not import/,
  ],
  [
    'the usage contract with an implementation',
    'src/usage/usage-store.ts',
    `import { b } from './postgres/b.ts'`,
    /usage may not import/,
  ],
  [
    'a use case that speaks HTTP',
    'src/operations/a.ts',
    `import { b } from '../http/b.ts'`,
    /operations may not import/,
  ],
  ['a use case with SQL', 'src/operations/a.ts', `import { sql } from 'kysely'`, /package kysely; .*src\/store\//],
  ['a server that knows its API', 'src/http/a.ts', `import { b } from '../operations/b.ts'`, /http may not import/],
  [
    'a provider with SQL',
    'src/providers/Microsoft.Billing/a.ts',
    `import { b } from '../../store/b.ts'`,
    /providers\/Microsoft\.Billing may not import src\/store\/b\.ts; .*src\/operations\//,
  ],
  [
    'a provider that knows another',
    'src/providers/Microsoft.Billing/a.ts',
    `import { b } from '../graph/b.ts'`,
    /providers\/Microsoft\.Billing may not import src\/providers\/graph\/b\.ts/,
  ],
  ['a job with SQL', 'src/jobs/a.ts', `import { b } from '../store/b.ts'`, /jobs may not import/],
  ['a command with SQL', 'src/cli/a.ts', `import { b } from '../store/b.ts'`, /cli may not import/],
  ['a document that reads a file', 'src/documents/a.ts', `import { readFile } from 'node:fs'`, /part of Node/],
  [
    'an audit that shares code with what it checks',
    'src/audit/a.ts',
    `import { rate } from '../domain/rating/rate.ts'`,
    /audit may not import/,
  ],
  [
    'an adapter with a rule of its own',
    'src/adapters/a.ts',
    `import { b } from '../operations/b.ts'`,
    /may not import/,
  ],
  [
    'a portal with code of the server',
    'portal/src/a.ts',
    `import { b } from '../../src/providers/graph/user.wire.ts'`,
    /portal may not import/,
  ],
  ['a file outside every room', 'src/a.ts', '', /is in no room/],
]

const allowed: [what: string, path: string, text: string][] = [
  ['the composition root', 'src/app.ts', `import { a } from './store/a.ts'\nimport fastify from 'fastify'`],
  ['exact arithmetic in a rule', 'src/domain/a.ts', `import Big from 'big.js'\nimport { b } from './rating/b.ts'`],
  [
    'a use case',
    'src/operations/a.ts',
    `import { b } from '../usage/usage-store.ts'\nimport { c } from '../store/c.ts'`,
  ],
  ['a provider', 'src/providers/graph/a.ts', `import { b } from './b.ts'\nimport { c } from '../../operations/c.ts'`],
  [
    'a type of the wire in the portal',
    'portal/src/a.ts',
    `import type { User } from '../../src/providers/graph/user.wire.ts'`,
  ],
  ['an import in a comment or a string', 'src/domain/a.ts', `// import 'pg'\nexport const text = "import 'pg'"`],
]

describe('the import map catches', () => {
  test.each(planted)('%s', (_, path, text, expected) => {
    const violations = findImportViolations([{ path, text }])
    expect(violations).toHaveLength(1)
    expect(violations[0]).toMatch(expected)
  })
})

describe('the import map allows', () => {
  test.each(allowed)('%s', (_, path, text) => {
    expect(findImportViolations([{ path, text }])).toEqual([])
  })
})

test('no import of the project breaks the map', () => {
  const files = readSourceFiles(['src', 'portal', 'bridge'], /\.(ts|tsx|mts|mjs|js|jsx)$/)

  expect(files.length).toBeGreaterThan(20)
  expect(findImportViolations(files)).toEqual([])
})
