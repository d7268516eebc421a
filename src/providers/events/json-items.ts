import { jsonDepthMax } from '../../domain/metering/strict-json.ts'
import { invalid, Refusal } from '../../domain/refusal.ts'

export const itemsMax = 10_000

/** Where the values of a body are: of an array its items, else the one value. Offsets in pairs, end exclusive. */
export interface JsonItems {
  readonly isArray: boolean
  readonly offsets: readonly number[]
}

/**
 * Finds the items of a JSON array by its brackets and quotes alone, so that each can be read strictly by itself. Depth
 * and number of items are bounded here, before anything is built.
 */
export function splitJsonItems(bytes: Uint8Array): JsonItems {
  const start = skipSpace(bytes, 0)
  if (start === bytes.length) throw malformed('the body is empty')
  if (bytes[start] !== 0x5b) {
    const end = trimEnd(bytes)
    assertDepth(bytes, start, end)
    return { isArray: false, offsets: [start, end] }
  }
  const offsets: number[] = []
  let at = skipSpace(bytes, start + 1)
  if (bytes[at] === 0x5d) return ended(bytes, at, offsets)
  for (;;) {
    const itemStart = skipSpace(bytes, at)
    const itemEnd = findItemEnd(bytes, itemStart)
    if (itemEnd === itemStart) throw malformed('an item of the array is missing')
    if (offsets.length === itemsMax * 2) {
      throw new Refusal('too_large', 'TooManyEvents', `A batch may hold at most ${itemsMax} events. Send it in parts.`)
    }
    offsets.push(itemStart, trimEnd(bytes, itemEnd))
    at = itemEnd + 1
    if (bytes[itemEnd] === 0x5d) return ended(bytes, itemEnd, offsets)
  }
}

function ended(bytes: Uint8Array, at: number, offsets: readonly number[]): JsonItems {
  if (skipSpace(bytes, at + 1) < bytes.length) throw malformed('something follows the array')
  return { isArray: true, offsets }
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

function trimEnd(bytes: Uint8Array, from: number = bytes.length): number {
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
