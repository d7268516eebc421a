import { Readable } from 'node:stream'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readCsvRecords } from '../../src/cli/csv.ts'
import { guessFormat, readEventLines } from '../../src/cli/event-lines.ts'
import { readTextLines } from '../../src/cli/text-lines.ts'

/** In chunks of a few bytes, so that every boundary falls everywhere. */
const inChunks = (bytes: Buffer, size: number): Readable =>
  Readable.from(
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    ),
  )

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

const readCsv = (text: string): Promise<unknown[]> =>
  all(readCsvRecords(readTextLines(Readable.from([Buffer.from(text)]))))

test('CSV: what is quoted by the rule is read back, whatever the cells hold and wherever the chunks end', async () => {
  const cell = fc.stringMatching(/^[a-zåß😀",;\t \r\n]{0,12}$/u)
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom('\n', '\r\n'),
      async (rows, chunk, lineEnd) => {
        const text = [
          'a,b,',
          ...rows.map((row) => [...row, 'end'].map((value) => `"${value.replaceAll('"', '""')}"`).join(',')),
        ]
        const records = await all(readCsvRecords(readTextLines(inChunks(Buffer.from(text.join(lineEnd)), chunk))))
        expect(records.slice(1).map((record) => ('cells' in record ? record.cells.slice(0, 2) : record))).toEqual(rows)
      },
    ),
    { numRuns: 300, seed: 20261105 },
  )
})

test('CSV: a quote too many costs its own line and no other', async () => {
  const records = await readCsv('a,b\n1,"open\n2,fine\n3,"x" y\n4,fine\n5,"last')

  expect(records).toMatchObject([
    { lineNumber: 1, cells: ['a', 'b'] },
    { lineNumber: 2, problem: 'Something follows the closing quote of a cell. Double the quote.', original: '1,"open' },
    { lineNumber: 3, cells: ['2', 'fine'] },
    { lineNumber: 4, problem: 'Something follows the closing quote of a cell. Double the quote.' },
    { lineNumber: 5, cells: ['4', 'fine'] },
    { lineNumber: 6, problem: 'A quoted cell has no end.' },
  ])
})

test('CSV: a record is named by the line that it begins on, also after cells of several lines', async () => {
  const records = await readCsv('a;b\r\n"x\r\n\r\ny";1\r\n\r\nz;2\r\n')

  expect(records).toMatchObject([
    { lineNumber: 1, cells: ['a', 'b'] },
    { lineNumber: 2, cells: ['x\r\n\r\ny', '1'] },
    { lineNumber: 6, cells: ['z', '2'] },
  ])
})

test('CSV: columns are attributes and members of data; empty cells are left out', async () => {
  const csv = [
    'id,source,type,subject,Quantity,data.location,tags.team,partitionkey,data',
    'a,/m,tenantry.usage.v1,/subscriptions/x,0.10,,blue,p,"{""meterId"":""cpu""}"',
    'b,/m,tenantry.usage.v1,,,,,,not json',
  ].join('\n')
  const [first, second] = await all(readEventLines(Readable.from([Buffer.from(csv)]), 'csv'))

  expect(JSON.parse((first as { text: string }).text)).toEqual({
    specversion: '1.0',
    id: 'a',
    source: '/m',
    type: 'tenantry.usage.v1',
    subject: '/subscriptions/x',
    partitionkey: 'p',
    data: { quantity: '0.10', meterId: 'cpu', tags: { team: 'blue' } },
  })
  expect(second).toMatchObject({ lineNumber: 3, problem: "The cell 'data' must be a JSON object." })
})

test('JSON: objects are found by brackets and quotes, wherever the chunks end, and named by their first line', async () => {
  const values = [{ a: '}],[{"\\' }, { b: [1, [2]], c: { d: 'åß😀\n' } }, {}]
  const text = `\ufeff${JSON.stringify(values, null, 1)}`
  for (const size of [1, 2, 3, 7, 1000]) {
    const lines = await all(readEventLines(inChunks(Buffer.from(text), size), 'json'))
    expect(lines.map((line) => JSON.parse((line as { text: string }).text) as unknown)).toEqual(values)
    expect(lines.map(({ lineNumber }) => lineNumber)).toEqual([2, 5, 16])
  }
})

test('NDJSON: a line that is too long or is not UTF-8 is given back as such, and the next is read', async () => {
  const long = `{"a":"${'x'.repeat(1024 * 1024)}"}`
  const bytes = Buffer.concat([
    Buffer.from(`\ufeff{"first":1}\r\n${long}\n  \n`),
    Buffer.from([0xc3, 0x28, 0x0a]),
    Buffer.from('{}'),
  ])
  const lines = await all(readEventLines(inChunks(bytes, 65_536), 'ndjson'))

  expect(lines).toMatchObject([
    { lineNumber: 1, text: '{"first":1}' },
    { lineNumber: 2, problem: 'An event may have at most 1048576 bytes.' },
    { lineNumber: 4, problem: 'This is not UTF-8. Save the file as UTF-8.' },
    { lineNumber: 5, text: '{}' },
  ])
})

test.each([
  ['usage.csv', '{', 'csv'],
  ['usage.jsonl', '[', 'ndjson'],
  ['usage.JSON', '{', 'json'],
  ['-', '[', 'json'],
  ['-', '{', 'ndjson'],
  ['-', 'i', 'csv'],
  ['usage', undefined, 'csv'],
])('the format of %s that begins with %s is %s', (name, first, format) => {
  expect(guessFormat(name, first)).toBe(format)
})
