import {
  chmodSync,
  closeSync,
  copyFileSync,
  fstatSync,
  type FSWatcher,
  openSync,
  readSync,
  truncateSync,
  watch,
} from 'node:fs'
import { join } from 'node:path'

const sizeMax = 16 * 2 ** 20
const readMax = 256 * 2 ** 10

/** What someone who runs Tenantry should hear about; the rest is in the file. */
const important =
  /\b(?:WARNING|FATAL|PANIC):|not properly shut down|redo done|terminated by signal|all server processes terminated/

/**
 * The file that the server writes to. It is a file and not a pipe, so that a server that outlives us is never stopped
 * by a full pipe. When it grows too large, it becomes `server.log.1` and begins anew.
 */
export interface ServerLog {
  /** For the server's output. */
  readonly descriptor: number
  /** What was written since the log was opened, at most the last 256 kB. */
  readSinceOpened(): string
  close(): void
}

export function openServerLog(home: string, log: (line: string) => void): ServerLog {
  const path = join(home, 'server.log')
  const descriptor = openSync(path, 'a+', 0o600)
  chmodSync(path, 0o600)
  rotate(path, descriptor)
  const openedAt = fstatSync(descriptor).size
  let position = openedAt
  let unfinished = ''

  const passOn = () => {
    const size = fstatSync(descriptor).size
    if (size < position) position = 0
    const text = unfinished + readRange(descriptor, Math.max(position, size - readMax), size)
    position = size
    const lines = text.split('\n')
    unfinished = lines.pop() ?? ''
    for (const line of lines) if (important.test(line)) log(`postgres: ${line}`)
    if (rotate(path, descriptor)) position = 0
  }
  const watcher = watchQuietly(path, passOn)
  return {
    descriptor,
    readSinceOpened() {
      const size = fstatSync(descriptor).size
      return readRange(descriptor, Math.max(Math.min(openedAt, size), size - readMax), size)
    },
    close() {
      watcher?.close()
      passOn()
      closeSync(descriptor)
    },
  }
}

/** The server appends to the open file, so emptying it is enough; it need not be told. */
function rotate(path: string, descriptor: number): boolean {
  if (fstatSync(descriptor).size <= sizeMax) return false
  try {
    copyFileSync(path, `${path}.1`)
    chmodSync(`${path}.1`, 0o600)
  } catch {
    // On a full disk the room is needed more than the old lines.
  }
  truncateSync(path, 0)
  return true
}

function readRange(descriptor: number, from: number, to: number): string {
  const buffer = Buffer.alloc(Math.max(0, to - from))
  return buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, buffer.length, from))
}

/** Without a watcher (the system has few of them) the lines are passed on at the end only, and still are in the file. */
function watchQuietly(path: string, onChange: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(path, { persistent: false }, onChange)
    watcher.on('error', () => watcher.close())
    return watcher
  } catch {
    return undefined
  }
}
