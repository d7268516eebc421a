import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { EmbeddedPostgresError, explainFileFailure } from './embedded-postgres-error.ts'
import { findProcessStart } from './process-table.ts'

export interface DataDirectoryLock {
  release(): void
}

interface Holder {
  readonly pid: number
  readonly startedAt: string
  readonly host: string
}

/**
 * One Tenantry owns a data directory at a time; a second is refused by the pid of the first and changes nothing.
 *
 * Two guards, because each has a hole. `tenantry.lock` is held by the kernel, so no race and no recycled pid can fool
 * it and it ends with its process, but not every network file system honours it. `tenantry.pid` says who, and holds
 * where the other does not.
 */
export function lockDataDirectory(dataDir: string): DataDirectoryLock {
  createDataDirectory(dataDir)
  const pidFile = join(dataDir, 'tenantry.pid')
  refuseLiveHolder(dataDir, findHolder(pidFile))

  const kernelLock = takeKernelLock(join(dataDir, 'tenantry.lock'))
  if (!kernelLock) throw inUse(dataDir, findHolder(pidFile))
  try {
    refuseLiveHolder(dataDir, findHolder(pidFile))
    const own: Holder = { pid: process.pid, startedAt: findProcessStart(process.pid) ?? '', host: hostname() }
    writeFileSync(`${pidFile}.new`, `${JSON.stringify(own)}\n`, { mode: 0o600 })
    renameSync(`${pidFile}.new`, pidFile)
  } catch (error) {
    kernelLock.close()
    throw explainFileFailure(dataDir, error)
  }
  const release = () => {
    process.off('exit', release)
    if (!kernelLock.isOpen) return
    rmSync(pidFile, { force: true })
    kernelLock.close()
  }
  process.once('exit', release)
  return { release }
}

/** The pid of the living Tenantry that owns the data directory. */
export function findDataDirectoryOwner(dataDir: string): number | undefined {
  const holder = findHolder(join(dataDir, 'tenantry.pid'))
  return holder && isAlive(holder) ? holder.pid : undefined
}

function createDataDirectory(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    const owner = statSync(dataDir, { throwIfNoEntry: false })?.uid
    const us = process.getuid?.()
    if (owner !== undefined && us !== undefined && us !== 0 && owner !== us) {
      throw new EmbeddedPostgresError(
        'data_dir_wrong_owner',
        `The data directory ${dataDir} belongs to uid ${owner}, but Tenantry runs as uid ${us}. ` +
          'Start it as that user, change the owner of the directory, or choose another TENANTRY_DATA_DIR.',
        { cause: error },
      )
    }
    throw explainFileFailure(dataDir, error)
  }
}

/** SQLite is here for its file lock only: Node has no other that the kernel takes back when a process is killed. */
function takeKernelLock(path: string): DatabaseSync | undefined {
  // Closing any handle on a locked file would drop the lock of this very process, so an existing file is not touched.
  if (!existsSync(path)) createEmpty(path)
  const database = openDatabase(path)
  try {
    // Nothing is ever written to it, so it needs no journal, which would be a second file and need room on the disk.
    database.exec('pragma journal_mode = memory')
    database.exec('begin exclusive')
    chmodSync(path, 0o600)
    return database
  } catch (error) {
    database.close()
    if (error instanceof Error && /locked/.test(error.message)) return undefined
    throw notLockable(path, error)
  }
}

function createEmpty(path: string): void {
  try {
    writeFileSync(path, '', { flag: 'a', mode: 0o600 })
  } catch (error) {
    throw explainFileFailure(path, error)
  }
}

function openDatabase(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path)
  } catch (error) {
    throw notLockable(path, error)
  }
}

function notLockable(path: string, cause: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'data_dir_not_writable',
    `${path} cannot be locked by this user (${cause instanceof Error ? cause.message : String(cause)}). ` +
      'Give the whole data directory to the user that starts Tenantry, or choose another TENANTRY_DATA_DIR.',
    { cause },
  )
}

function findHolder(pidFile: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(pidFile, 'utf8'))
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('startedAt' in value)) return undefined
    return {
      pid: Number(value.pid),
      startedAt: String(value.startedAt),
      host: 'host' in value ? String(value.host) : '',
    }
  } catch {
    return undefined
  }
}

function isAlive(holder: Holder): boolean {
  return findProcessStart(holder.pid) === holder.startedAt
}

function refuseLiveHolder(dataDir: string, holder: Holder | undefined): void {
  if (holder && isAlive(holder)) throw inUse(dataDir, holder)
}

function inUse(dataDir: string, holder: Holder | undefined): EmbeddedPostgresError {
  const who = holder
    ? `process ${holder.pid}${holder.host === hostname() ? '' : ` on ${holder.host}`}`
    : 'another process'
  return new EmbeddedPostgresError(
    'data_dir_in_use',
    `The data directory ${dataDir} is in use by Tenantry, ${who}. ` +
      'Stop that one first, or start this one with another TENANTRY_DATA_DIR. Nothing was changed.',
  )
}
