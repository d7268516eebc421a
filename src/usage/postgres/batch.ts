import type { ItemRefusal, UsageEvent } from '../../domain/metering/usage-event.ts'
import type { ItemOutcome, Reporter } from '../usage-store.ts'
import type { Origin, Route } from './dimension.ts'
import { contentBytes, keyBytes, type PreparedEvents } from './prepared-events.ts'

export const batchEventsMax = 2 ** 20

const indexRange = batchEventsMax
const accepted: ItemOutcome = { status: 'accepted' }
const duplicate: ItemOutcome = { status: 'duplicate' }

/** The events of the requests that share a transaction, side by side, each with what is known of it so far. */
export class Batch {
  readonly requests: readonly PreparedEvents[]
  readonly size: number
  readonly events: UsageEvent[] = []
  readonly reporters: Reporter[] = []
  readonly keys: Uint8Array
  readonly contents: Uint8Array
  readonly outcomes: ItemOutcome[]
  readonly origins: Origin[] = []
  readonly routes: Route[] = []
  /** Of what conflicts, the hash of the content that is kept. */
  readonly conflicts = new Map<number, bigint>()
  /** Indexes in the order of keys, in which an index of keys is written cheapest. */
  private order: Float64Array = new Float64Array(0)

  constructor(requests: readonly PreparedEvents[]) {
    this.requests = requests
    const [only] = requests
    this.size = requests.reduce((sum, request) => sum + request.events.length, 0)
    if (only && requests.length === 1) {
      this.keys = only.keys
      this.contents = only.contents
    } else {
      this.keys = new Uint8Array(this.size * keyBytes)
      this.contents = new Uint8Array(this.size * contentBytes)
    }
    let at = 0
    for (const request of requests) {
      if (requests.length > 1) {
        this.keys.set(request.keys, at * keyBytes)
        this.contents.set(request.contents, at * contentBytes)
      }
      for (const event of request.events) {
        this.events.push(event)
        this.reporters.push(request.reporter)
      }
      at += request.events.length
    }
    this.outcomes = new Array<ItemOutcome>(this.size).fill(accepted)
  }

  reject(index: number, refusal: ItemRefusal): void {
    this.outcomes[index] = { status: 'rejected', code: refusal.code, message: refusal.message }
  }

  isNew(index: number): boolean {
    return this.outcomes[index] === accepted
  }

  /** Sorts by key, and finds ids that came more than once in the batch: the first that is not rejected stands. */
  sortAndDeduplicate(): void {
    const order = new Float64Array(this.size)
    for (let index = 0; index < this.size; index++) order[index] = this.prefixOf(index) * indexRange + index
    order.sort()
    this.order = order
    for (let at = 1; at < order.length; at++) {
      const index = this.indexAt(at)
      if (!this.isNew(index)) continue
      const prefix = this.prefixOf(index)
      for (let before = at - 1; before >= 0; before--) {
        const other = this.indexAt(before)
        if (this.prefixOf(other) !== prefix) break
        if (!this.isNew(other) || !this.hasSameKey(index, other)) continue
        this.repeat(index, this.contents, other)
        break
      }
    }
  }

  /** Indexes of what is still new, by key. */
  *newInKeyOrder(): Generator<number> {
    for (let at = 0; at < this.order.length; at++) {
      const index = this.indexAt(at)
      if (this.isNew(index)) yield index
    }
  }

  countNew(): number {
    let count = 0
    for (let index = 0; index < this.size; index++) if (this.isNew(index)) count++
    return count
  }

  /** Marks what a stored event makes a repetition; the others of the batch with this key are marked already. */
  markStored(key: Uint8Array, content: Uint8Array): void {
    const prefix = readPrefix(key, 0)
    for (let at = this.firstAt(prefix); at < this.order.length; at++) {
      const index = this.indexAt(at)
      if (this.prefixOf(index) !== prefix) return
      if (!hasSameBytes(this.keys, index, key, 0, keyBytes)) continue
      // What repeated another of this batch is measured again, by what is really kept.
      if (this.outcomes[index]?.status === 'rejected') continue
      this.repeat(index, content, 0)
    }
  }

  private repeat(index: number, kept: Uint8Array, keptIndex: number): void {
    if (hasSameBytes(this.contents, index, kept, keptIndex, contentBytes)) {
      this.outcomes[index] = duplicate
      this.conflicts.delete(index)
      return
    }
    this.conflicts.set(index, readContent(kept, keptIndex))
    const { id } = this.events[index]!
    this.outcomes[index] = {
      status: 'conflict',
      code: 'IdConflict',
      message:
        `The id ${JSON.stringify(id)} was reported before with other content. The first is kept; ` +
        'send a different event with an id of its own.',
    }
  }

  private hasSameKey(a: number, b: number): boolean {
    return hasSameBytes(this.keys, a, this.keys, b, keyBytes)
  }

  private prefixOf(index: number): number {
    return readPrefix(this.keys, index * keyBytes)
  }

  private indexAt(at: number): number {
    return this.order[at]! % indexRange
  }

  private firstAt(prefix: number): number {
    const wanted = prefix * indexRange
    let low = 0
    let high = this.order.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.order[middle]! < wanted) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** A content's hash as PostgreSQL's bigint. */
export function readContent(contents: Uint8Array, index: number): bigint {
  return new DataView(contents.buffer, contents.byteOffset).getBigInt64(index * contentBytes)
}

export function keyText(keys: Uint8Array, index: number): string {
  let hex = ''
  for (let at = index * keyBytes; at < (index + 1) * keyBytes; at++) hex += hexOfByte[keys[at]!]
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

const hexOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

// 32 bits of prefix and 20 of index are 52, which a double holds exactly and sorts natively.
function readPrefix(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
}

function hasSameBytes(a: Uint8Array, aIndex: number, b: Uint8Array, bIndex: number, length: number): boolean {
  for (let at = 0; at < length; at++) if (a[aIndex * length + at] !== b[bIndex * length + at]) return false
  return true
}
