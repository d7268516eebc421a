import type { Readable } from 'node:stream'

/** A piece of a file as text, or what makes it unreadable. Lines count from 1. */
export type TextLine =
  | { readonly lineNumber: number; readonly text: string }
  | { readonly lineNumber: number; readonly problem: string; readonly original: string }

/** No event is longer; a line that is has most likely lost its end. */
const pieceBytesMax = 1024 * 1024
const lineFeed = 0x0a
const byteOrderMark = '\ufeff'

/** Collects the bytes of a piece over chunks, and forgets those of one that is too long. */
class OpenPiece {
  private parts: Buffer[] = []
  private bytes = 0

  get isEmpty(): boolean {
    return this.bytes === 0
  }

  keep(part: Buffer): void {
    this.bytes += part.length
    if (this.bytes <= pieceBytesMax) this.parts.push(part)
  }

  end(lineNumber: number): TextLine {
    const bytes = Buffer.concat(this.parts)
    const isTooLong = this.bytes > pieceBytesMax
    this.parts = []
    this.bytes = 0
    if (isTooLong) return { lineNumber, problem: `An event may have at most ${pieceBytesMax} bytes.`, original: '' }
    try {
      const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
      return { lineNumber, text: lineNumber === 1 && text.startsWith(byteOrderMark) ? text.slice(1) : text }
    } catch {
      return { lineNumber, problem: 'This is not UTF-8. Save the file as UTF-8.', original: bytes.toString('latin1') }
    }
  }
}

/** The lines of a file without their line feeds; a carriage return stays. Memory does not grow with the file. */
export async function* readTextLines(input: Readable): AsyncIterable<TextLine> {
  const open = new OpenPiece()
  let lineNumber = 1
  for await (const chunk of input as AsyncIterable<Buffer>) {
    let start = 0
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      open.keep(chunk.subarray(start, end))
      start = end + 1
      yield open.end(lineNumber++)
    }
    open.keep(chunk.subarray(start))
  }
  if (!open.isEmpty) yield open.end(lineNumber)
}

/** The objects of an array, or objects one after another, told apart by brackets and quotes alone. */
export async function* readJsonPieces(input: Readable): AsyncIterable<TextLine> {
  const open = new OpenPiece()
  let lineNumber = 1
  let startLine = 1
  let depth = 0
  let isInText = false
  let isEscaped = false
  let isInPiece = false
  for await (const chunk of input as AsyncIterable<Buffer>) {
    let start = 0
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] as number
      if (byte === lineFeed) lineNumber++
      if (isInText) {
        if (isEscaped) isEscaped = false
        else if (byte === 0x5c) isEscaped = true
        else if (byte === 0x22) isInText = false
        continue
      }
      if (depth === 0 && isBetweenPieces(byte)) {
        if (!isInPiece) continue
        isInPiece = false
        open.keep(chunk.subarray(start, at))
        yield open.end(startLine)
        continue
      }
      if (!isInPiece) {
        isInPiece = true
        start = at
        startLine = lineNumber
      }
      if (byte === 0x22) isInText = true
      else if (byte === 0x7b || byte === 0x5b) depth++
      else if ((byte === 0x7d || byte === 0x5d) && depth > 0) depth--
    }
    if (isInPiece) open.keep(chunk.subarray(start))
  }
  if (isInPiece) yield open.end(startLine)
}

/** Space, commas, the brackets of the array, and the bytes of a byte order mark. */
function isBetweenPieces(byte: number): boolean {
  return (
    byte <= 0x20 || byte === 0x2c || byte === 0x5b || byte === 0x5d || byte === 0xef || byte === 0xbb || byte === 0xbf
  )
}
