const textMax = 64
/** Ids can be chosen so that they collide; then they are not remembered, instead of being searched for long. */
const probesMax = 64
const monthsMax = 200_000

// A record begins at a multiple of 8 bytes: two instants, then hash, month and length, then the id.
const hashAt = 4
const monthAt = 5
const lengthAt = 6
const textAt = 28
const firstBytes = 64 * 1024

/**
 * Users whose month is known to need no write: with a first authentication at or before a remembered instant, another
 * one after it changes nothing.
 *
 * Remembering is safe because a month's first instants only ever fall. What is remembered was committed, by this
 * process, so the database has that instant or an earlier one, whatever other processes have added since; and an event
 * after the later of two bounds is after the earlier. Only `reattribute` can raise them, and it moves
 * `attribution_version`, on which everything here is forgotten. A user is compared by the whole id, never by a hash
 * alone. All records are one block of memory: it is nothing to the garbage collector, and a user with a GUID for an id
 * is one line of the processor's cache.
 */
export class KnownUsers {
  private readonly bytesMax: number
  private readonly months = new Map<string, number>()
  private lastMonth = 0
  private count = 0
  private end = 0
  /** Open addressing: 0 is empty, else where the record begins, in units of 8 bytes, plus 1. */
  private slots = new Int32Array(0)
  private bytes = new Uint8Array(0)
  private integers = new Int32Array(0)
  private instants = new Float64Array(0)

  constructor(bytesMax = 64 * 1024 * 1024) {
    this.bytesMax = bytesMax
    this.forget()
  }

  forget(): void {
    this.months.clear()
    this.slots = new Int32Array(2048)
    this.count = 0
    this.end = 0
    this.view(new ArrayBuffer(Math.min(firstBytes, this.bytesMax)))
  }

  /** The number of a tenant's month, by which its users are asked for. */
  month(identityTenantId: string, month: string): number {
    const key = month + identityTenantId
    let number = this.months.get(key)
    if (number !== undefined) return number
    if (this.months.size === monthsMax) {
      this.months.clear()
      this.forgetUsers()
    }
    number = ++this.lastMonth
    this.months.set(key, number)
    return number
  }

  /** Whether an authentication at that instant changes nothing for the user's month. */
  covers(month: number, userId: string, isPaid: boolean, atMs: number): boolean {
    const record = this.find(month, userId, hash(month, userId))
    return record >= 0 && this.instants[record + (isPaid ? 0 : 1)]! < atMs
  }

  /** To be called after the commit that wrote them. */
  remember(month: number, userId: string, paidMs: number | undefined, countedMs: number | undefined): void {
    if (!isPlain(userId)) return
    const hashed = hash(month, userId)
    let record = this.find(month, userId, hashed)
    if (record < 0) record = this.add(month, userId, hashed)
    if (paidMs !== undefined && paidMs < this.instants[record]!) this.instants[record] = paidMs
    if (countedMs !== undefined && countedMs < this.instants[record + 1]!) this.instants[record + 1] = countedMs
  }

  /** Where the record begins, in units of 8 bytes; -1 where there is none. */
  private find(month: number, userId: string, hashed: number): number {
    const { slots, integers } = this
    const mask = slots.length - 1
    for (let slot = hashed & mask, probe = 0; probe < probesMax; slot = (slot + 1) & mask, probe++) {
      const record = slots[slot]! - 1
      if (record < 0) return -1
      const at = record * 2
      if (integers[at + hashAt] === hashed && integers[at + monthAt] === month && this.hasText(record, userId)) {
        return record
      }
    }
    return -1
  }

  private hasText(record: number, userId: string): boolean {
    const { length } = userId
    if (this.integers[record * 2 + lengthAt] !== length) return false
    const { bytes } = this
    const from = record * 8 + textAt
    for (let at = 0; at < length; at++) if (bytes[from + at] !== userId.charCodeAt(at)) return false
    return true
  }

  private add(month: number, userId: string, hashed: number): number {
    const { length } = userId
    const size = (textAt + length + 7) & ~7
    if (this.end + size > this.bytes.length) this.makeRoom()
    if (this.count * 2 >= this.slots.length) this.growSlots()
    const record = this.end / 8
    this.end += size
    this.count++
    this.instants[record] = Infinity
    this.instants[record + 1] = Infinity
    this.integers[record * 2 + hashAt] = hashed
    this.integers[record * 2 + monthAt] = month
    this.integers[record * 2 + lengthAt] = length
    for (let at = 0; at < length; at++) this.bytes[record * 8 + textAt + at] = userId.charCodeAt(at)
    this.place(record, hashed)
    return record
  }

  private makeRoom(): void {
    if (this.bytes.length * 2 > this.bytesMax) {
      this.forgetUsers()
      return
    }
    const { bytes } = this
    this.view(new ArrayBuffer(bytes.length * 2))
    this.bytes.set(bytes)
  }

  /** Months keep their numbers, and no number is used twice, for a batch in hand may have asked for them already. */
  private forgetUsers(): void {
    this.count = 0
    this.end = 0
    this.slots.fill(0)
  }

  private growSlots(): void {
    this.slots = new Int32Array(this.slots.length * 2)
    for (let record = 0; record * 8 < this.end; ) {
      this.place(record, this.integers[record * 2 + hashAt]!)
      record += ((textAt + this.integers[record * 2 + lengthAt]! + 7) & ~7) / 8
    }
  }

  private place(record: number, hashed: number): void {
    const mask = this.slots.length - 1
    for (let slot = hashed & mask, probe = 0; probe < probesMax; slot = (slot + 1) & mask, probe++) {
      if (this.slots[slot] !== 0) continue
      this.slots[slot] = record + 1
      return
    }
  }

  private view(buffer: ArrayBuffer): void {
    this.bytes = new Uint8Array(buffer)
    this.integers = new Int32Array(buffer)
    this.instants = new Float64Array(buffer)
  }
}

function isPlain(userId: string): boolean {
  if (userId.length > textMax) return false
  for (let at = 0; at < userId.length; at++) if (userId.charCodeAt(at) > 0x7f) return false
  return true
}

/** FNV-1a with a last mix, because the low bits choose the slot. */
function hash(month: number, userId: string): number {
  let value = (0x811c9dc5 ^ month) | 0
  for (let at = 0; at < userId.length; at++) value = Math.imul(value ^ userId.charCodeAt(at), 0x01000193)
  value ^= value >>> 15
  value = Math.imul(value, 0x2c1b3c6d)
  return value ^ (value >>> 13)
}
