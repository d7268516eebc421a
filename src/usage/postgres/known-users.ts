const textMax = 64
const emptyMs = Infinity
/** Ids can be chosen so that they collide; then they are not remembered, instead of being searched for long. */
const probesMax = 64
const monthsMax = 200_000

/**
 * Users whose month is known to need no write: with a first authentication at or before a remembered instant, another
 * one after it changes nothing.
 *
 * Remembering is safe because a month's first instants only ever fall. What is remembered was committed, by this
 * process, so the database has that instant or an earlier one, whatever other processes have added since; and an event
 * after the later of two bounds is after the earlier. Only `reattribute` can raise them, and it moves
 * `attribution_version`, on which everything here is forgotten. A user is compared by the whole id, never by a hash
 * alone. Kept in typed arrays: a million users are then one object to the garbage collector, and 80 MB.
 */
export class KnownUsers {
  private readonly usersMax: number
  private count = 0
  private textEnd = 0
  /** Open addressing: 0 is empty, else the number of the user plus 1. */
  private slots = new Int32Array(0)
  private monthOf = new Int32Array(0)
  private hashOf = new Int32Array(0)
  private textAt = new Int32Array(0)
  private lengthOf = new Uint8Array(0)
  private paidMs = new Float64Array(0)
  private countedMs = new Float64Array(0)
  private texts = new Uint8Array(0)
  private readonly months = new Map<string, number>()
  private lastMonth = 0

  constructor(usersMax = 1_000_000) {
    this.usersMax = usersMax
    this.forget()
  }

  forget(): void {
    this.months.clear()
    this.count = 0
    this.textEnd = 0
    this.allocate(1024)
    this.texts = new Uint8Array(1024 * 40)
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
    const user = this.find(month, userId, hash(month, userId))
    if (user < 0) return false
    return (isPaid ? this.paidMs[user]! : this.countedMs[user]!) < atMs
  }

  /** To be called after the commit that wrote them. */
  remember(month: number, userId: string, paidMs: number | undefined, countedMs: number | undefined): void {
    if (!isPlain(userId)) return
    const hashed = hash(month, userId)
    let user = this.find(month, userId, hashed)
    if (user < 0) user = this.add(month, userId, hashed)
    if (paidMs !== undefined && paidMs < this.paidMs[user]!) this.paidMs[user] = paidMs
    if (countedMs !== undefined && countedMs < this.countedMs[user]!) this.countedMs[user] = countedMs
  }

  private find(month: number, userId: string, hashed: number): number {
    const mask = this.slots.length - 1
    for (let slot = hashed & mask, probe = 0; probe < probesMax; slot = (slot + 1) & mask, probe++) {
      const user = this.slots[slot]! - 1
      if (user < 0) return -1
      if (this.hashOf[user] === hashed && this.monthOf[user] === month && this.hasText(user, userId)) return user
    }
    return -1
  }

  private hasText(user: number, userId: string): boolean {
    const { length } = userId
    if (this.lengthOf[user] !== length) return false
    const from = this.textAt[user]!
    for (let at = 0; at < length; at++) if (this.texts[from + at] !== userId.charCodeAt(at)) return false
    return true
  }

  private add(month: number, userId: string, hashed: number): number {
    if (this.count === this.usersMax) this.forgetUsers()
    if (this.count === this.monthOf.length) this.grow()
    const { length } = userId
    if (this.textEnd + length > this.texts.length) {
      const texts = new Uint8Array(this.texts.length * 2)
      texts.set(this.texts)
      this.texts = texts
    }
    const user = this.count++
    for (let at = 0; at < length; at++) this.texts[this.textEnd + at] = userId.charCodeAt(at)
    this.monthOf[user] = month
    this.hashOf[user] = hashed
    this.textAt[user] = this.textEnd
    this.lengthOf[user] = length
    this.paidMs[user] = emptyMs
    this.countedMs[user] = emptyMs
    this.textEnd += length
    this.place(user, hashed)
    return user
  }

  /** Months keep their numbers, and no number is used twice, for a batch in hand may have asked for them already. */
  private forgetUsers(): void {
    this.count = 0
    this.textEnd = 0
    this.slots.fill(0)
  }

  private grow(): void {
    const { count, monthOf, hashOf, textAt, lengthOf, paidMs, countedMs } = this
    this.allocate(monthOf.length * 2)
    this.monthOf.set(monthOf)
    this.hashOf.set(hashOf)
    this.textAt.set(textAt)
    this.lengthOf.set(lengthOf)
    this.paidMs.set(paidMs)
    this.countedMs.set(countedMs)
    for (let user = 0; user < count; user++) this.place(user, hashOf[user]!)
  }

  private allocate(users: number): void {
    this.slots = new Int32Array(users * 2)
    this.monthOf = new Int32Array(users)
    this.hashOf = new Int32Array(users)
    this.textAt = new Int32Array(users)
    this.lengthOf = new Uint8Array(users)
    this.paidMs = new Float64Array(users)
    this.countedMs = new Float64Array(users)
  }

  private place(user: number, hashed: number): void {
    const mask = this.slots.length - 1
    for (let slot = hashed & mask, probe = 0; probe < probesMax; slot = (slot + 1) & mask, probe++) {
      if (this.slots[slot] !== 0) continue
      this.slots[slot] = user + 1
      return
    }
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
