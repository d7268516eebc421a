import type { TextLine } from './text-lines.ts'

/** A record's cells with the line that it begins on, or what is wrong with it. */
export type CsvRecord =
  | { readonly lineNumber: number; readonly cells: readonly string[]; readonly original: string }
  | { readonly lineNumber: number; readonly problem: string; readonly original: string }

/** A quote that is still open after so many lines was never meant to be one. */
const recordLinesMax = 100

/**
 * CSV as RFC 4180 has it; the separator is the one that the first line uses most of comma, semicolon and tab.
 *
 * Written here because readers of CSV lose the rest of a file after one quote too many, and count lines in cells
 * differently from editors. This one gives up the line alone and goes on with the next.
 */
export async function* readCsvRecords(lines: AsyncIterable<TextLine>): AsyncIterable<CsvRecord> {
  const iterator = lines[Symbol.asyncIterator]()
  const givenBack: TextLine[] = []
  const next = async (): Promise<TextLine | undefined> => {
    const given = givenBack.shift()
    if (given) return given
    const { done, value } = await iterator.next()
    return done ? undefined : value
  }
  let separator: string | undefined
  for (let line = await next(); line; line = await next()) {
    if ('problem' in line) {
      yield line
      continue
    }
    if (line.text.trim() === '') continue
    separator ??= separatorOf(line.text)
    const { lineNumber } = line
    const following: TextLine[] = []
    let text = line.text
    let cells = splitRecord(text, separator)
    while (cells === 'open') {
      const more = following.length < recordLinesMax ? await next() : undefined
      if (more) following.push(more)
      if (!more || 'problem' in more) break
      text += `\n${more.text}`
      cells = splitRecord(text, separator)
    }
    if (Array.isArray(cells)) {
      yield { lineNumber, cells, original: text }
      continue
    }
    givenBack.unshift(...following)
    const problem =
      cells === 'open'
        ? 'A quoted cell has no end.'
        : 'Something follows the closing quote of a cell. Double the quote.'
    yield { lineNumber, problem, original: line.text }
  }
}

function separatorOf(header: string): string {
  const counted = [',', ';', '\t'].map((separator) => ({ separator, count: header.split(separator).length }))
  return counted.reduce((most, other) => (other.count > most.count ? other : most)).separator
}

function splitRecord(text: string, separator: string): string[] | 'open' | 'misquoted' {
  const cells: string[] = []
  for (let at = 0; ; ) {
    if (text[at] !== '"') {
      const end = text.indexOf(separator, at)
      if (end < 0) return [...cells, withoutReturn(text.slice(at))]
      cells.push(text.slice(at, end))
      at = end + 1
      continue
    }
    let cell = ''
    for (at++; ; at++) {
      const quote = text.indexOf('"', at)
      if (quote < 0) return 'open'
      cell += text.slice(at, quote)
      at = quote + 1
      if (text[at] !== '"') break
      cell += '"'
    }
    cells.push(cell)
    if (withoutReturn(text.slice(at, at + 2)) === '' && at + 2 > text.length - 1) return cells
    if (text[at] !== separator) return 'misquoted'
    at++
  }
}

const withoutReturn = (text: string): string => (text.endsWith('\r') ? text.slice(0, -1) : text)
