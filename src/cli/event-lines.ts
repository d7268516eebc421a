import type { Readable } from 'node:stream'
import { readCsvRecords } from './csv.ts'
import { eventTextOf } from './event-columns.ts'
import { readJsonPieces, readTextLines, type TextLine } from './text-lines.ts'

export const eventFormats = ['ndjson', 'json', 'csv'] as const
export type EventFormat = (typeof eventFormats)[number]

export class CsvHeaderError extends Error {}

/** The events of a file, each as JSON on one line; what is unreadable is given back in its place. */
export async function* readEventLines(input: Readable, format: EventFormat): AsyncIterable<TextLine> {
  if (format === 'csv') {
    yield* readCsvEvents(input)
    return
  }
  for await (const line of format === 'json' ? readJsonPieces(input) : readTextLines(input)) {
    if ('problem' in line) {
      yield line
      continue
    }
    // A line feed inside an object of several lines is only space; inside a text it would be no JSON anyway.
    const text = line.text.replace(/[\r\n]+/g, ' ').trim()
    if (text !== '') yield { lineNumber: line.lineNumber, text }
  }
}

/** By the ending of the name; without one that says it, by the first character of the content. */
export function guessFormat(fileName: string, firstCharacter: string | undefined): EventFormat {
  if (/\.csv$/i.test(fileName)) return 'csv'
  if (/\.(ndjson|jsonl)$/i.test(fileName)) return 'ndjson'
  if (/\.json$/i.test(fileName) || firstCharacter === '[') return 'json'
  return firstCharacter === '{' ? 'ndjson' : 'csv'
}

async function* readCsvEvents(input: Readable): AsyncIterable<TextLine> {
  let columns: readonly string[] | undefined
  for await (const record of readCsvRecords(readTextLines(input))) {
    if ('problem' in record) {
      if (!columns) throw new CsvHeaderError(`The first line does not name the columns: ${record.problem}`)
      yield record
      continue
    }
    const { lineNumber, cells, original } = record
    if (!columns) {
      columns = cells.map((name) => name.trim())
      checkColumns(columns)
      continue
    }
    if (cells.length === columns.length) yield { lineNumber, ...eventTextOf(columns, cells), original }
    else yield { lineNumber, problem: `There are ${cells.length} cells for ${columns.length} columns.`, original }
  }
}

function checkColumns(columns: readonly string[]): void {
  const repeated = columns.find((name, index) => columns.indexOf(name) !== index)
  if (repeated !== undefined) throw new CsvHeaderError(`The column '${repeated}' stands twice in the first line.`)
  const missing = ['id', 'source', 'type'].filter((name) => !columns.includes(name))
  if (missing.length > 0)
    throw new CsvHeaderError(
      `The first line of a CSV file names the columns; ${missing.join(', ')} is missing. See docs/guide/events.md.`,
    )
}
