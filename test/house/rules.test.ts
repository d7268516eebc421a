import { describe, expect, test } from 'vitest'
import { idsIn, listTests, readProofs, readRules } from '../../tools/rules.ts'

describe('the ids in the name of a test', () => {
  test.each([
    ['MAU-25: nobody is charged under both models', ['MAU-25']],
    ['MAU-25, MAU-26: nobody pays twice', ['MAU-25', 'MAU-26']],
    ['late usage stays with its payer (OWN-9, DEC-46)', ['OWN-9', 'DEC-46']],
    ['D6: only the adapters have a clock', ['D6']],
    ['F02, S50: a leftover server is stopped', ['F02', 'S50']],
    ['I-07 and OWN-9: one payer at each instant', ['I-07', 'OWN-9']],
    ['a price of tier S10 is not a security check', []],
    ['a client without the CA is refused', []],
  ])('%s', (name, expected) => {
    expect(idsIn(name).toSorted()).toEqual([...expected].toSorted())
  })
})

test('the tests of a file that run are found in every form, with the ids of the group around them', () => {
  const text = [
    `describe('MAU-3: one link', () => {`,
    `  test('a second is refused', () => {})`,
    `  test.each([1, 2])('MAU-4: for %s', () => {})`,
    `})`,
    `it.skipIf(slow)(\`TEN-1: \${kind} tenants\`, () => {})`,
    `test.skip('TEN-2: never run', () => {})`,
    `test.todo('TEN-3: some day')`,
    `expect('MAU-9: not a test')`,
  ].join('\n')

  expect(listTests({ path: 'a.test.ts', text })).toEqual([
    { ids: ['MAU-3'], name: 'a second is refused', path: 'a.test.ts', line: 2 },
    { ids: ['MAU-3', 'MAU-4'], name: 'MAU-4: for %s', path: 'a.test.ts', line: 3 },
    { ids: ['TEN-1'], name: 'TEN-1: … tenants', path: 'a.test.ts', line: 5 },
  ])
})

test('every rule has one id and one sentence', () => {
  const ids = readRules().map((rule) => rule.id)
  const count = (prefix: string) => ids.filter((id) => id.startsWith(`${prefix}-`)).length

  expect(new Set(ids).size).toBe(ids.length)
  expect(['TEN', 'SUB', 'ACC', 'BIL', 'OWN', 'MAU', 'STK', 'PAR', 'INV', 'DEC', 'I'].map(count)).toEqual([
    26, 26, 14, 24, 14, 35, 31, 29, 17, 48, 20,
  ])
})

test('every id that a test or a scenario bears is a rule', () => {
  const known = new Set(readRules().map((rule) => rule.id))
  const unknown = readProofs().flatMap((proof) =>
    proof.ids.filter((id) => !known.has(id)).map((id) => `${proof.path}:${proof.line} bears ${id}`),
  )

  expect(unknown).toEqual([])
})
