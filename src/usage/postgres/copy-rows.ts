const chunkBytes = 64 * 1024
const epochOffsetMs = Date.UTC(2000, 0, 1)
const twoTo32 = 4_294_967_296

/** What every event has; sign-ins have no more. */
export const signInColumns = 'event_key, content_hash, usage_at, batch_id, origin_id, route_id, id, subject'
export const usageColumns = `${signInColumns}, quantity, usage_end_at, occurred_at, tags`

export function copyStatement(columns: string): string {
  return `copy usage_event (${columns}) from stdin (format binary)`
}

/**
 * Rows of usage_event in PostgreSQL's binary COPY format. Written byte by byte: this is the only part of the server
 * that touches every byte of every event, and text would cost the database the parsing of it.
 */
export class CopyRows {
  private chunks: Uint8Array[] = []
  private bytes: Uint8Array = Buffer.allocUnsafeSlow(chunkBytes)
  private at = 0
  private readonly columns: number

  constructor(columns: string) {
    this.columns = columns.split(',').length
    this.ascii('PGCOPY\n\u00ff\r\n\0')
    this.int32(0)
    this.int32(0)
  }

  /** Begins a row. When the rows before it fill a chunk, that is returned to be sent. */
  begin(longestTexts: number): Uint8Array | undefined {
    // A character is at most three bytes of UTF-8; a surrogate pair is four bytes of two.
    const needed = 256 + longestTexts * 3
    if (this.at + needed > this.bytes.length) this.flush(Math.max(chunkBytes, needed))
    this.int16(this.columns)
    return this.chunks.shift()
  }

  raw(source: Uint8Array, offset: number, length: number): void {
    this.int32(length)
    const { bytes, at } = this
    for (let index = 0; index < length; index++) bytes[at + index] = source[offset + index]!
    this.at = at + length
  }

  integer(value: number): void {
    this.int32(4)
    this.int32(value)
  }

  bigint(high: number, low: number): void {
    this.int32(8)
    this.int32(high)
    this.int32(low)
  }

  instant(ms: number): void {
    const since = ms - epochOffsetMs
    // Microseconds beyond the year 2285 are more than a double holds.
    if (Math.abs(since) < 9_000_000_000_000) {
      const micros = since * 1000
      const high = Math.floor(micros / twoTo32)
      this.bigint(high, micros - high * twoTo32)
      return
    }
    const micros = BigInt(since) * 1000n
    this.bigint(Number(micros >> 32n), Number(BigInt.asUintN(32, micros)))
  }

  text(value: string): void {
    const { bytes, at } = this
    const { length } = value
    for (let index = 0; index < length; index++) {
      const code = value.charCodeAt(index)
      if (code > 0x7f) {
        this.encoded(value)
        return
      }
      bytes[at + 4 + index] = code
    }
    this.int32(length)
    this.at = at + 4 + length
  }

  json(value: unknown): void {
    const text = new TextEncoder().encode(JSON.stringify(value))
    this.int32(text.length + 1)
    if (this.at + text.length + 256 > this.bytes.length) this.flush(Math.max(chunkBytes, text.length + 256))
    // The first byte is the version of the format.
    this.bytes[this.at] = 1
    this.bytes.set(text, this.at + 1)
    this.at += text.length + 1
  }

  /** Groups of four decimal digits, as `numeric` has them. */
  numeric(plain: string): void {
    const isNegative = plain.startsWith('-')
    const [whole = '', fraction = ''] = (isNegative ? plain.slice(1) : plain).split('.')
    const padded = whole.padStart(Math.ceil(whole.length / 4) * 4, '0')
    const digits = padded + fraction.padEnd(Math.ceil(fraction.length / 4) * 4, '0')
    const groups: number[] = []
    for (let index = 0; index < digits.length; index += 4) groups.push(Number(digits.slice(index, index + 4)))
    let weight = padded.length / 4 - 1
    while (groups.length > 0 && groups[0] === 0) {
      groups.shift()
      weight--
    }
    while (groups.at(-1) === 0) groups.pop()
    this.int32(8 + groups.length * 2)
    this.int16(groups.length)
    this.int16(groups.length > 0 ? weight : 0)
    this.int16(isNegative && groups.length > 0 ? 0x4000 : 0)
    this.int16(fraction.length)
    for (const group of groups) this.int16(group)
  }

  absent(): void {
    this.int32(-1)
  }

  end(): readonly Uint8Array[] {
    if (this.at + 2 > this.bytes.length) this.flush(chunkBytes)
    this.int16(-1)
    this.flush(0)
    return this.chunks
  }

  private encoded(value: string): void {
    const { written } = new TextEncoder().encodeInto(value, this.bytes.subarray(this.at + 4))
    this.int32(written)
    this.at += written
  }

  private flush(nextSize: number): void {
    if (this.at > 0) this.chunks.push(this.bytes.subarray(0, this.at))
    this.bytes = Buffer.allocUnsafeSlow(nextSize)
    this.at = 0
  }

  private int32(value: number): void {
    const { bytes, at } = this
    bytes[at] = value >>> 24
    bytes[at + 1] = value >>> 16
    bytes[at + 2] = value >>> 8
    bytes[at + 3] = value
    this.at = at + 4
  }

  private int16(value: number): void {
    const { bytes, at } = this
    bytes[at] = value >>> 8
    bytes[at + 1] = value
    this.at = at + 2
  }

  private ascii(text: string): void {
    for (let index = 0; index < text.length; index++) this.bytes[this.at++] = text.charCodeAt(index)
  }
}
