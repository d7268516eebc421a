import { crc32 } from 'node:zlib'

export interface ArchivedFile {
  readonly name: string
  readonly bytes: Uint8Array
}

const utf8Names = 0x0800
const version = 20
/** 1 January 1980, the first date there is: the same files make the same archive. */
const noDate = 0x0021

/** A ZIP archive of files as they are; documents are small and mostly compressed already. */
export function zipArchive(files: readonly ArchivedFile[]): Uint8Array {
  const parts: Uint8Array[] = []
  const directory: Uint8Array[] = []
  let offset = 0
  for (const { name, bytes } of files) {
    const encodedName = new TextEncoder().encode(name)
    const facts = [
      [2, version],
      [2, utf8Names],
      [2, 0],
      [2, 0],
      [2, noDate],
      [4, crc32(bytes)],
      [4, bytes.length],
      [4, bytes.length],
      [2, encodedName.length],
      [2, 0],
    ] as const
    const header = fields([[4, 0x04034b50], ...facts])
    parts.push(header, encodedName, bytes)
    // Comment, disk, attributes and, last, where the file begins.
    const tail = [
      [2, 0],
      [2, 0],
      [2, 0],
      [4, 0],
      [4, offset],
    ] as const
    directory.push(fields([[4, 0x02014b50], [2, version], ...facts, ...tail]), encodedName)
    offset += header.length + encodedName.length + bytes.length
  }
  const directorySize = directory.reduce((sum, part) => sum + part.length, 0)
  const end = fields([
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, files.length],
    [2, files.length],
    [4, directorySize],
    [4, offset],
    [2, 0],
  ])
  return Buffer.concat([...parts, ...directory, end])
}

/** Little-endian numbers of the given sizes, one after the other. */
function fields(values: readonly (readonly [size: 2 | 4, value: number])[]): Uint8Array {
  const bytes = new Uint8Array(values.reduce((sum, [size]) => sum + size, 0))
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const [size, value] of values) {
    if (size === 2) view.setUint16(at, value, true)
    else view.setUint32(at, value, true)
    at += size
  }
  return bytes
}
