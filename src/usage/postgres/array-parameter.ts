const types = {
  uuid: { oid: 2950 },
  timestamptz: { oid: 1184 },
  int4: { oid: 23 },
  text: { oid: 25 },
  date: { oid: 1082 },
}
const epochOffsetMs = Date.UTC(2000, 0, 1)

/** An array as a parameter in PostgreSQL's binary form: as text each element would be quoted here and parsed there. */
export class ArrayParameter {
  private bytes: Buffer
  private at = 20

  constructor(type: keyof typeof types, count: number, bytesEach: number) {
    this.bytes = Buffer.allocUnsafe(20 + count * (bytesEach + 4))
    this.bytes.writeInt32BE(1, 0)
    this.bytes.writeInt32BE(1, 4)
    this.bytes.writeInt32BE(types[type].oid, 8)
    this.bytes.writeInt32BE(count, 12)
    this.bytes.writeInt32BE(1, 16)
  }

  raw(source: Uint8Array, from: number, length: number): void {
    this.room(length)
    this.bytes.writeInt32BE(length, this.at)
    const start = this.at + 4
    for (let index = 0; index < length; index++) this.bytes[start + index] = source[from + index]!
    this.at = start + length
  }

  /** 16 characters below 256, as `hashText` gives them. */
  latin1(text: string): void {
    this.room(text.length)
    this.bytes.writeInt32BE(text.length, this.at)
    this.bytes.write(text, this.at + 4, 'latin1')
    this.at += 4 + text.length
  }

  uuid(text: string): void {
    this.room(16)
    this.bytes.writeInt32BE(16, this.at)
    this.bytes.write(text.replaceAll('-', ''), this.at + 4, 'hex')
    this.at += 20
  }

  text(value: string): void {
    this.room(value.length * 3)
    const length = this.bytes.write(value, this.at + 4)
    this.bytes.writeInt32BE(length, this.at)
    this.at += 4 + length
  }

  int4(value: number): void {
    this.room(4)
    this.bytes.writeInt32BE(4, this.at)
    this.bytes.writeInt32BE(value, this.at + 4)
    this.at += 8
  }

  instant(ms: number): void {
    this.room(8)
    this.bytes.writeInt32BE(8, this.at)
    this.bytes.writeBigInt64BE(BigInt(ms - epochOffsetMs) * 1000n, this.at + 4)
    this.at += 12
  }

  absent(): void {
    this.room(0)
    this.bytes.writeInt32BE(-1, this.at)
    this.at += 4
  }

  get value(): Buffer {
    return this.bytes.subarray(0, this.at)
  }

  private room(length: number): void {
    if (this.at + 4 + length <= this.bytes.length) return
    const larger = Buffer.allocUnsafe((this.at + 4 + length) * 2)
    this.bytes.copy(larger, 0, 0, this.at)
    this.bytes = larger
  }
}
