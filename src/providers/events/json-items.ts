import { jsonDepthMax } from '../../domain/metering/strict-json.ts'
import { invalid, Refusal } from '../../domain/refusal.ts'

export const itemsMax = 10_000

export interface JsonItemReader {
  /** Reads an item by itself where it can, and says where it ends; -1 where it cannot. */
  readAt(start: number): number
  /** Is given the item from its first byte to the last that is no space. */
  read(start: number, end: number): void
}

/**
 * Walks over the items of a JSON array by its brackets and quotes alone, so that each can be read strictly by itself;
 * a body that is no array is its only item. Depth and number of items are bounded here, before anything is built.
 * Tells whether it was an array.
 */
export function readJsonItems(bytes: Uint8Array, reader: JsonItemReader): boolean {
  const start = skipSpace(bytes, 0)
  if (start === bytes.length) throw malformed('the body is empty')
  if (bytes[start] !== 0x5b) {
    const end = trimEnd(bytes, bytes.length)
    assertDepth(bytes, start, end)
    reader.read(start, end)
    return false
  }
  let at = skipSpace(bytes, start + 1)
  if (bytes[at] === 0x5d) return ended(bytes, at)
  for (let count = 1; ; count++) {
    if (count > itemsMax) {
      throw new Refusal('too_large', 'TooManyEvents', `A batch may hold at most ${itemsMax} events. Send it in parts.`)
    }
    at = skipSpace(bytes, readItem(bytes, skipSpace(bytes, at), reader))
    const next = bytes[at]
    if (next === 0x5d) return ended(bytes, at)
    if (next !== 0x2c) throw malformed(next === undefined ? 'the array has no end' : 'a comma between items is missing')
    at++
  }
}

function readItem(bytes: Uint8Array, start: number, reader: JsonItemReader): number {
  const end = reader.readAt(start)
  if (end >= 0) return end
  const found = findItemEnd(bytes, start)
  if (found === start) throw malformed('an item of the array is missing')
  reader.read(start, trimEnd(bytes, found))
  return found
}

function ended(bytes: Uint8Array, at: number): true {
  if (skipSpace(bytes, at + 1) < bytes.length) throw malformed('something follows the array')
  return true
}

/** The comma or bracket that ends the item. */
function findItemEnd(bytes: Uint8Array, from: number): number {
  let depth = 0
  const { length } = bytes
  for (let at = from; at < length; at++) {
    const byte = bytes[at]!
    if (byte === 0x22) {
      at = findStringEnd(bytes, at)
    } else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > jsonDepthMax) throw tooDeep()
    } else if (byte === 0x7d || byte === 0x5d) {
      if (depth === 0) {
        if (byte === 0x5d) return at
        throw malformed('a bracket has no beginning')
      }
      depth--
    } else if (byte === 0x2c && depth === 0) return at
  }
  throw malformed('the array has no end')
}

function findStringEnd(bytes: Uint8Array, from: number): number {
  const { length } = bytes
  for (let at = from + 1; at < length; at++) {
    const byte = bytes[at]!
    if (byte === 0x22) return at
    if (byte === 0x5c) at++
  }
  throw malformed('a text has no end')
}

function assertDepth(bytes: Uint8Array, from: number, to: number): void {
  let depth = 0
  for (let at = from; at < to; at++) {
    const byte = bytes[at]!
    if (byte === 0x22) at = findStringEnd(bytes, at)
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > jsonDepthMax) throw tooDeep()
    } else if (byte === 0x7d || byte === 0x5d) depth--
  }
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from
  while (isSpace(bytes[at])) at++
  return at
}

function trimEnd(bytes: Uint8Array, from: number): number {
  let at = from
  while (at > 0 && isSpace(bytes[at - 1])) at--
  return at
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

function malformed(what: string): Refusal {
  return invalid('InvalidJson', `The body is not JSON: ${what}.`)
}

function tooDeep(): Refusal {
  return invalid('JsonTooDeep', `JSON may be at most ${jsonDepthMax} levels deep.`)
}
