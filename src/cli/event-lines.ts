import type { Readable } from 'node:stream'
import { parse } from 'csv-parse'
import { eventTextOf } from './event-columns.ts'

export const eventFormats = ['ndjson', 'json', 'csv'] as const
export type EventFormat = (typeof eventFormats)[number]

/** One event of a file as JSON on one line, or what makes it unreadable. Lines count from 1. */
export type EventLine =
  | { readonly lineNumber: number; readonly text: string }
  | { readonly lineNumber: number; readonly problem: string; readonly original: string }

/** No event is longer; a line that is has most likely lost its end. */
const lineBytesMax = 1024 * 1024

const lineFeed = 0x0a

/** Reads as a stream: memory does not grow with the file, and what is unreadable is given back in its place. */
export function readEventLines(input: Readable, format: EventFormat): AsyncIterable<EventLine> {
  if (format === 'csv') return readCsv(input)
  return format === 'json' ? readJsonValues(input) : readLines(input)
}

/** By the ending of the name; without one that says it, by the first character of the content. */
export function guessFormat(fileName: string, firstCharacter: string | undefined): EventFormat {
  if (/\.csv$/i.test(fileName)) return 'csv'
  if (/\.(ndjson|jsonl)$/i.test(fileName)) return 'ndjson'
  if (/\.json$/i.test(fileName) || firstCharacter === '[') return 'json'
  return firstCharacter === '{' ? 'ndjson' : 'csv'
}

async function* readLines(input: Readable): AsyncIterable<EventLine> {
  let lineNumber = 0
  let open: Buffer[] = []
  let openBytes = 0
  const ended = function* (): Iterable<EventLine> {
    lineNumber++
    if (openBytes > lineBytesMax) yield tooLong(lineNumber)
    else yield* decoded(Buffer.concat(open), lineNumber)
    open = []
    openBytes = 0
  }
  const keep = (part: Buffer): void => {
    openBytes += part.length
    if (openBytes <= lineBytesMax) open.push(part)
  }
  for await (const chunk of input as AsyncIterable<Buffer>) {
    let start = 0
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      keep(chunk.subarray(start, end))
      start = end + 1
      yield* ended()
    }
    keep(chunk.subarray(start))
  }
  if (openBytes > 0) yield* ended()
}

/** The objects of an array, or objects one after another, told apart by brackets and quotes alone. */
async function* readJsonValues(input: Readable): AsyncIterable<EventLine> {
  let lineNumber = 1
  let startLine = 1
  let depth = 0
  let isInText = false
  let isEscaped = false
  let open: Buffer[] = []
  let openBytes = 0
  const keep = (part: Buffer): void => {
    openBytes += part.length
    if (openBytes <= lineBytesMax) open.push(part)
  }
  const ended = function* (): Iterable<EventLine> {
    if (openBytes > lineBytesMax) yield tooLong(startLine)
    else yield* decoded(Buffer.concat(open), startLine)
    open = []
    openBytes = 0
  }
  for await (const chunk of input as AsyncIterable<Buffer>) {
    let start = depth > 0 || openBytes > 0 ? 0 : -1
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] as number
      if (byte === lineFeed) lineNumber++
      if (isInText) {
        if (isEscaped) isEscaped = false
        else if (byte === 0x5c) isEscaped = true
        else if (byte === 0x22) isInText = false
        continue
      }
      // Between the objects there is only space, commas and the brackets of the array.
      const isBetween = depth === 0 && (byte <= 0x20 || byte === 0x2c || byte === 0x5b || byte === 0x5d || byte >= 0xef)
      if (start < 0) {
        if (isBetween) continue
        start = at
        startLine = lineNumber
      } else if (isBetween) {
        keep(chunk.subarray(start, at))
        start = -1
        yield* ended()
        continue
      }
      if (byte === 0x22) isInText = true
      else if (byte === 0x7b || byte === 0x5b) depth++
      else if ((byte === 0x7d || byte === 0x5d) && depth > 0) {
        depth--
        if (depth > 0) continue
        keep(chunk.subarray(start, at + 1))
        start = -1
        yield* ended()
      }
    }
    if (start >= 0) keep(chunk.subarray(start))
  }
  if (openBytes > 0) yield* ended()
}

function* decoded(bytes: Buffer, lineNumber: number): Iterable<EventLine> {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    yield { lineNumber, problem: 'This is not UTF-8. Save the file as UTF-8.', original: bytes.toString('latin1') }
    return
  }
  // A line feed inside an object of several lines is only space; inside a text it would be no JSON anyway.
  const oneLine = text.replace(/[\r\n]+/g, ' ').trim()
  if (oneLine !== '') yield { lineNumber, text: oneLine }
}

const tooLong = (lineNumber: number): EventLine => ({
  lineNumber,
  problem: `An event may have at most ${lineBytesMax} bytes.`,
  original: '',
})

export class CsvHeaderError extends Error {}

async function* readCsv(input: Readable): AsyncIterable<EventLine> {
  const skipped: EventLine[] = []
  const records = input.pipe(
    parse({
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      max_record_size: lineBytesMax,
      on_skip: (error, raw) => {
        const lineNumber = (error as { lines?: number } | undefined)?.lines ?? 0
        skipped.push({ lineNumber, problem: `This is not CSV: ${error?.message ?? 'unreadable'}`, original: raw ?? '' })
        return undefined
      },
    }),
  )
  input.once('error', (error) => records.destroy(error))
  let columns: readonly string[] | undefined
  for await (const { record, info } of records as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
    yield* skipped.splice(0)
    if (!columns) {
      columns = record.map((name) => name.trim())
      checkColumns(columns)
      continue
    }
    // The reader counts the lines that it has passed; a record without line feeds in its cells stands on that line.
    const lineNumber = info.lines - record.reduce((count, cell) => count + (cell.match(/\n/g)?.length ?? 0), 0)
    const original = record.join(',')
    if (record.length > columns.length)
      yield { lineNumber, problem: `There are ${record.length} cells for ${columns.length} columns.`, original }
    else yield { lineNumber, ...eventTextOf(columns, record), original }
  }
  yield* skipped
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
