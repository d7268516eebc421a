import { expect, test } from 'vitest'
import { readSourceFiles } from '../../tools/source-files.ts'
import { findImportCycles, findUntidyFiles } from '../../tools/tidiness.ts'

const ours = ['src', 'test', 'tools', 'bench', 'bridge', 'portal', 'specs', 'examples', 'docs', '.ci']
const programs = /\.(ts|tsx|mjs|js)$/
// The words of this test and of what it tests are the planted cases themselves.
const aboutTidiness = new Set(['tools/tidiness.ts', 'test/house/tidy.test.ts'])

test.each([
  ['src/a.ts', 'x\n'.repeat(451), 'src/a.ts has more than 450 lines: make it two nouns'],
  ['src/store/paging-utils.ts', '', 'src/store/paging-utils.ts: name it for the thing it holds'],
  ['src/operations/billing-service.ts', '', 'src/operations/billing-service.ts: name it for the thing it holds'],
  ['src/helpers.ts', '', 'src/helpers.ts: name it for the thing it holds'],
  ['src/a.ts', '\n// TODO later', 'src/a.ts:2 is unfinished: finish it or leave it out'],
  ['src/a.ts', `const folder = '/home/someone/data'`, 'src/a.ts:1 names a folder of one machine'],
])('the check catches an untidy file: %s', (path, text, expected) => {
  expect(findUntidyFiles([{ path, text }])).toEqual([expected])
})

test.each([
  ['src/a.ts', 'x\n'.repeat(450)],
  ['src/providers/Microsoft.Commerce/usage-aggregate.ts', `app.get('/providers/work')`],
  ['src/store/service-principal.ts', ''],
  ['src/store/tenant-service.ts', ''],
  ['src/providers/Microsoft.Support/service.routes.ts', ''],
  ['src/a.ts', 'const home = `${dataDir}/home/x`'],
  ['src/a.ts', '/** A name, XXXX-XXX-XXX. */'],
])('the check allows a tidy file: %s', (path, text) => {
  expect(findUntidyFiles([{ path, text }])).toEqual([])
})

test('the check catches files that need each other, and lets types point both ways', () => {
  const a = { path: 'src/a.ts', text: `import { b } from './b.ts'` }
  const b = { path: 'src/b.ts', text: `import { c } from './deep/c.ts'` }
  const c = { path: 'src/deep/c.ts', text: `export { a } from '../a.ts'` }
  const typed = { path: 'src/deep/c.ts', text: `import type { a } from '../a.ts'` }

  expect(findImportCycles([a, b, c])).toEqual(['src/a.ts → src/b.ts → src/deep/c.ts → src/a.ts'])
  expect(findImportCycles([a, b, typed])).toEqual([])
})

test('every file is short, finished and named for what it holds', () => {
  const files = readSourceFiles(ours, /\.(ts|tsx|mjs|js|sql|md|sh|jsonl|html|css)$|\.ci\/[\w-]+$/)
  const untidy = findUntidyFiles(files.filter((file) => !aboutTidiness.has(file.path)))
  // Tables, texts and tests may be as long as what they list.
  expect(untidy.filter((line) => line.startsWith('src/') || !line.includes(' lines: '))).toEqual([])
})

test('no two files need each other', () => {
  expect(findImportCycles(readSourceFiles(['src', 'test', 'tools', 'bench', 'bridge'], programs))).toEqual([])
})
