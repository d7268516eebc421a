import { existsSync, realpathSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Client } from 'pg'
import { type Binaries, findBinariesPackage, prepareBinaries } from './binaries.ts'
import {
  createCluster,
  database,
  findSecret,
  hasCluster,
  refuseForeignCluster,
  replacePassword,
  role,
  writeSecret,
  writeSettings,
} from './cluster.ts'
import { findDataDirectoryOwner, lockDataDirectory } from './data-directory-lock.ts'
import { EmbeddedPostgresError, explainFileFailure, explainServerFailure } from './embedded-postgres-error.ts'
import { giveTo, type Home, prepareHome } from './home.ts'
import { stopLeftoverServer } from './leftover-server.ts'
import {
  type Postmaster,
  readPostmasterFile,
  type ServerExit,
  spawnPostmaster,
  stopProcess,
  waitUntilReady,
} from './postmaster.ts'
import { openServerLog, type ServerLog } from './server-log.ts'
import { renderSettings } from './settings.ts'
import { prepareSocketDirectory, removeSocketDirectory } from './socket-directory.ts'

export interface EmbeddedPostgresOptions {
  /** `<dataDir>/postgres` is made inside. */
  readonly dataDir: string
  /** Told before each step that can take long. */
  readonly onProgress?: (step: string) => void
  readonly log: (line: string) => void
  /** At least 20 characters of base64url. */
  readonly randomSecret: () => string
  readonly sleep: (ms: number) => Promise<void>
  /** PostgreSQL settings; those that durability and privacy rest on are refused. */
  readonly settings?: Record<string, string>
  /** Where root puts the data when neither a user namespace nor another user can reach `dataDir`. */
  readonly elsewhere?: string
  /** The folder of an `@embedded-postgres` package, if not the installed one. */
  readonly binariesPackage?: string
}

/** For `new pg.Pool(…)`; a `host` that begins with a slash is the directory of the socket. */
export interface EmbeddedPostgresConnection {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
}

export interface EmbeddedPostgres {
  readonly poolConfig: EmbeddedPostgresConnection
  readonly connectionString: string
  readonly pid: number
  /** Settles when the server ends, asked to or not. After an end that was not asked for: `stop()`, then start again. */
  readonly exited: Promise<ServerExit>
  /** Ends sessions, writes everything to disk, and gives the data directory free. May be called more than once. */
  stop(): Promise<void>
}

/** Starts the PostgreSQL server that belongs to a data directory, and makes both at the first start. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir)
  const settings = options.settings ?? {}
  renderSettings('', settings)
  const lock = lockDataDirectory(dataDir)
  try {
    const elsewhere = options.elsewhere ?? '/var/lib/tenantry'
    const home = await prepareHome(realpathSync(dataDir), elsewhere, options.log)
    const binaries = await prepareBinaries(home, options.binariesPackage ?? findBinariesPackage())
    const secret = await prepareCluster(home, binaries, options)
    const server = await startServer(home, binaries, settings, options)
    const connection = { host: server.socketDirectory, port: 5432, user: role, password: secret, database }
    try {
      await assertConnects(connection, home)
    } catch (error) {
      await server.stop()
      throw error
    }
    let stopped: Promise<void> | undefined
    const stop = async () => {
      await server.stop()
      lock.release()
    }
    return {
      poolConfig: connection,
      connectionString: connectionStringOf(connection),
      pid: server.postmaster.pid,
      exited: server.postmaster.exited,
      stop: () => (stopped ??= stop()),
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

/** How to reach the server of a data directory that another Tenantry runs; undefined when none does. */
export function findEmbeddedPostgres(
  dataDir: string,
): { readonly ownerPid: number; readonly poolConfig: EmbeddedPostgresConnection } | undefined {
  const ownerPid = findDataDirectoryOwner(dataDir)
  const wanted = join(dataDir, 'postgres')
  if (ownerPid === undefined || !existsSync(wanted)) return undefined
  const path = realpathSync(wanted)
  const file = readPostmasterFile(join(path, 'data'))
  const password = findSecret({ path })
  if (file?.status !== 'ready' || password === undefined) return undefined
  return { ownerPid, poolConfig: { host: file.socketDirectory, port: 5432, user: role, password, database } }
}

async function prepareCluster(home: Home, binaries: Binaries, options: EmbeddedPostgresOptions): Promise<string> {
  const progress = options.onProgress ?? (() => undefined)
  let secret = findSecret(home)
  if (!hasCluster(home)) {
    progress('Creating the database')
    if (secret === undefined) {
      secret = acceptSecret(options.randomSecret())
      writeSecret(home, secret)
    }
    await createCluster(home, binaries, acceptSecret(secret), acceptSecret(options.randomSecret()))
    return secret
  }
  refuseForeignCluster(home)
  await stopLeftoverServer(home, options.sleep, (line) => {
    options.log(line)
    progress(line)
  })
  if (secret === undefined) {
    options.log(`${home.path}/secret is missing; the database gets a new password.`)
    secret = acceptSecret(options.randomSecret())
    await replacePassword(home, binaries, secret)
    writeSecret(home, secret)
  }
  return secret
}

async function startServer(
  home: Home,
  binaries: Binaries,
  settings: Record<string, string>,
  options: EmbeddedPostgresOptions,
): Promise<{ postmaster: Postmaster; socketDirectory: string; stop(): Promise<void> }> {
  const dataDirectory = join(home.path, 'data')
  const socketDirectory = prepareSocketDirectory(home)
  let serverLog: ServerLog | undefined
  let postmaster: Postmaster | undefined
  // An ordinary end of the program, even by an error that nobody catches, leaves no server behind.
  const onExit = () => postmaster?.signal('SIGINT')
  process.once('exit', onExit)
  const stop = async () => {
    if (postmaster && !(await stopProcess(postmaster, options.sleep))) {
      options.log(`PostgreSQL, process ${postmaster.pid}, did not stop.`)
    }
    process.off('exit', onExit)
    serverLog?.close()
    serverLog = undefined
    removeSocketDirectory(socketDirectory, home)
  }
  try {
    writeSettings(home, dataDirectory, renderSettings(socketDirectory, settings))
    serverLog = openLog(home, options.log)
    options.onProgress?.('Starting PostgreSQL')
    postmaster = await spawnPostmaster(home, binaries, serverLog.descriptor)
    const isReady = await waitUntilReady(postmaster, dataDirectory, options.sleep, (seconds) =>
      options.onProgress?.(`Starting PostgreSQL: it recovers from a sudden end (${seconds} s)`),
    )
    if (!isReady) throw explainServerFailure('PostgreSQL did not start', home.path, serverLog.readSinceOpened())
    return { postmaster, socketDirectory, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function openLog(home: Home, log: (line: string) => void): ServerLog {
  try {
    const serverLog = openServerLog(home.path, log)
    giveTo(home.account, join(home.path, 'server.log'))
    return serverLog
  } catch (error) {
    throw explainFileFailure(home.path, error)
  }
}

async function assertConnects(connection: EmbeddedPostgresConnection, home: Home): Promise<void> {
  const client = new Client(connection)
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.end()
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === '28P01') {
      throw new EmbeddedPostgresError(
        'secret_mismatch',
        `The password in ${home.path}/secret is not the database's. Restore the file that belongs to this database, ` +
          'or delete it: the next start then sets a new password.',
        { cause },
      )
    }
    throw new EmbeddedPostgresError(
      'start_failed',
      `PostgreSQL runs but refuses a connection; see ${home.path}/server.log. ${String(cause)}`,
      { cause },
    )
  }
}

/** The characters are limited so that the secret is the same in SQL, in a URL and in a file. */
function acceptSecret(secret: string): string {
  if (/^[A-Za-z0-9_-]{20,}$/.test(secret)) return secret
  throw new EmbeddedPostgresError('secret_refused', 'A database secret needs 20 or more characters of A-Z a-z 0-9 _ -.')
}

function connectionStringOf({ host, port, user, password, database: name }: EmbeddedPostgresConnection): string {
  return `postgresql://${user}:${password}@${encodeURIComponent(host)}:${port}/${name}`
}
