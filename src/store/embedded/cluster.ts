import {
  appendFileSync,
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { type Binaries, postgresMajor } from './binaries.ts'
import { EmbeddedPostgresError, explainFileFailure, explainServerFailure } from './embedded-postgres-error.ts'
import { giveTo, type Home } from './home.ts'
import { runAs } from './server-account.ts'

/** The role that Tenantry uses. It owns its database and is no superuser, so SQL cannot reach files or programs. */
export const role = 'tenantry'
export const database = 'tenantry'

const stagingPrefix = 'unfinished-'
const spaceForCluster = 128 * 2 ** 20

export function hasCluster(home: Home): boolean {
  return existsSync(join(home.path, 'data'))
}

/**
 * Makes a database cluster. It is made beside its place and moved there when it is whole and on disk, so a crash in
 * between leaves nothing that looks like one.
 */
export async function createCluster(
  home: Home,
  binaries: Binaries,
  secret: string,
  superuserSecret: string,
): Promise<void> {
  removeUnfinished(home)
  refuseFullDisk(home)
  let staging: string | undefined
  const passwordFile = join(home.path, 'superuser-password')
  try {
    staging = mkdtempSync(join(home.path, stagingPrefix))
    writeFileSync(passwordFile, `${superuserSecret}\n`, { mode: 0o600 })
    giveTo(home.account, staging)
    giveTo(home.account, passwordFile)
    await initialise(home, binaries, staging, passwordFile)
    appendFileSync(join(staging, 'postgresql.conf'), "\n# Written anew at each start.\ninclude 'tenantry.conf'\n")
    writeSettings(home, staging, '')
    await runStandalone(
      home,
      binaries,
      staging,
      `create role ${role} login createdb password '${secret}';
grant pg_monitor, pg_checkpoint to ${role};
create database ${database} owner ${role};`,
    )
    renameSync(staging, join(home.path, 'data'))
    syncDirectory(home.path)
  } catch (error) {
    throw explainFileFailure(home.path, error)
  } finally {
    // Nobody needs the superuser's password again: who owns the files can always use a stand-alone server.
    rmSync(passwordFile, { force: true })
    removeUnfinished(home)
  }
}

/** What a killed start left may still be written to, so no name is used twice. */
function removeUnfinished(home: Home): void {
  rmSync(join(home.path, 'superuser-password'), { force: true })
  for (const name of readdirSync(home.path).filter((entry) => entry.startsWith(stagingPrefix))) {
    rmSync(join(home.path, name), { recursive: true, force: true, maxRetries: 10 })
  }
}

/** Gives the role a new password; the server must not be running. */
export async function replacePassword(home: Home, binaries: Binaries, secret: string): Promise<void> {
  await runStandalone(home, binaries, join(home.path, 'data'), `alter role ${role} password '${secret}';`)
}

export function refuseForeignCluster(home: Home): void {
  let version: string
  try {
    version = readFileSync(join(home.path, 'data/PG_VERSION'), 'utf8').trim()
  } catch (error) {
    throw new EmbeddedPostgresError(
      'cluster_damaged',
      `${home.path}/data is not a PostgreSQL database: PG_VERSION cannot be read. Keep a copy of the folder, then ` +
        'restore a backup, or move it away to begin with an empty database.',
      { cause: error },
    )
  }
  if (version !== String(postgresMajor)) {
    throw new EmbeddedPostgresError(
      'cluster_of_another_version',
      `The data in ${home.path}/data was written by PostgreSQL ${version}; this Tenantry brings ${postgresMajor}. ` +
        `Upgrade the data with pg_upgrade, or start the Tenantry that brings PostgreSQL ${version}.`,
    )
  }
}

export function writeSettings(home: Home, dataDirectory: string, text: string): void {
  const path = join(dataDirectory, 'tenantry.conf')
  try {
    writeFileSync(path, text, { mode: 0o600 })
    giveTo(home.account, path)
  } catch (error) {
    throw explainFileFailure(path, error)
  }
}

export function writeSecret(home: Home, secret: string): void {
  const path = join(home.path, 'secret')
  try {
    writeFileSync(`${path}.new`, `${secret}\n`, { mode: 0o600, flush: true })
    renameSync(`${path}.new`, path)
    syncDirectory(home.path)
  } catch (error) {
    throw explainFileFailure(path, error)
  }
}

export function findSecret(home: Pick<Home, 'path'>): string | undefined {
  const path = join(home.path, 'secret')
  if (!existsSync(path)) return undefined
  chmodSync(path, 0o600)
  return readFileSync(path, 'utf8').trim() || undefined
}

async function initialise(home: Home, binaries: Binaries, staging: string, passwordFile: string): Promise<void> {
  const { ok, output } = await runAs(
    home.account,
    binaries.initdb,
    [
      `--pgdata=${staging}`,
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--data-checksums',
      '--encoding=UTF8',
      // The order and case of text come from PostgreSQL itself and not from the machine, so they never change under an index.
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-instructions',
    ],
    { env: binaries.env, cwd: home.path },
  )
  if (!ok) throw explainServerFailure('The database could not be created', home.path, output)
}

/** Runs statements in a server without network that ends with them; it is the superuser's only way in. */
async function runStandalone(home: Home, binaries: Binaries, dataDirectory: string, sql: string): Promise<void> {
  const statements = sql.split(';\n').map((statement) => statement.replace(/;$/, ''))
  const { ok, output } = await runAs(
    home.account,
    binaries.postgres,
    ['--single', '-j', '-D', dataDirectory, '-c', 'log_min_error_statement=panic', 'postgres'],
    // With -j a statement ends at a semicolon and an empty line.
    { env: binaries.env, cwd: home.path, input: statements.map((statement) => `${statement};\n\n`).join('') },
  )
  if (!ok || /(?:ERROR|FATAL|PANIC):/.test(output)) {
    throw explainServerFailure('The database could not be set up', home.path, output)
  }
}

function refuseFullDisk(home: Home): void {
  const { bavail, bsize } = statfsSync(home.path)
  if (bavail * bsize < spaceForCluster) {
    throw new EmbeddedPostgresError(
      'no_space',
      `The disk that holds ${home.path} has ${Math.floor((bavail * bsize) / 2 ** 20)} MB left; a new database needs ` +
        `${spaceForCluster / 2 ** 20} MB. Free some space, or choose another TENANTRY_DATA_DIR.`,
    )
  }
}

function syncDirectory(path: string): void {
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
