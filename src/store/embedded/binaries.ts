import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { EmbeddedPostgresError, explainFileFailure } from './embedded-postgres-error.ts'
import { giveTo, type Home } from './home.ts'
import { runAs } from './server-account.ts'

export const postgresMajor = 18

export interface Binaries {
  readonly postgres: string
  readonly initdb: string
  /** What the programs need in their environment to find their libraries. */
  readonly env: Record<string, string>
}

/** The folder of the installed package with the PostgreSQL programs for this platform. */
export function findBinariesPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  if (!['linux', 'darwin'].includes(process.platform) || !['x64', 'arm64'].includes(process.arch)) {
    throw new EmbeddedPostgresError(
      'platform_unsupported',
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch}. ` +
        `Set DATABASE_URL to a PostgreSQL ${postgresMajor} of yours.`,
    )
  }
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)))
  } catch (error) {
    throw missing(`The package ${name} is not installed.`, error)
  }
}

/**
 * Programs that really run under the account. They stay where npm put them if the account can reach them there, else
 * a copy is made in the home.
 */
export async function prepareBinaries(home: Home, packageFolder: string): Promise<Binaries> {
  const native = join(packageFolder, 'native')
  for (const program of ['bin/postgres', 'bin/initdb']) {
    if (!existsSync(join(native, program))) throw missing(`${join(native, program)} does not exist.`)
  }
  try {
    const installed = linkLibraries(home, native, linksFolder(home))
    if ((await findFault(home, installed)) === undefined) return installed

    const copy = join(home.path, 'programs')
    rmSync(copy, { recursive: true, force: true })
    cpSync(native, copy, { recursive: true, verbatimSymlinks: true })
    giveTo(home.account, copy)
    // In a copy the names can be where the package wants them.
    const copied = linkLibraries(home, copy, join(copy, 'lib'))
    const fault = await findFault(home, copied)
    if (fault === undefined) return copied
    rmSync(copy, { recursive: true, force: true })
    throw new EmbeddedPostgresError(
      'binaries_broken',
      `The PostgreSQL programs of ${packageFolder} do not run here: ${fault}\n` +
        `Run npm ci again, or set DATABASE_URL to a PostgreSQL ${postgresMajor} of yours.`,
    )
  } catch (error) {
    throw explainFileFailure(home.path, error)
  }
}

/** The loader's list is parted by colons, so a home with one in its name cannot be on it. */
function linksFolder(home: Home): string {
  if (!home.path.includes(':')) return join(home.path, 'lib')
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-lib-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/**
 * The package leaves out the libraries' short names and makes them in an install script, which we do not run; and its
 * folder may be read-only. So the names are links in the home, and the loader is told to look there too.
 */
function linkLibraries(home: Home, native: string, folder: string): Binaries {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (const { source, target } of readLinks(join(native, 'pg-symlinks.json'))) {
    const library = join(native, 'lib', basename(source))
    const link = join(folder, basename(target))
    const current = lstatSync(link, { throwIfNoEntry: false })
    if (current?.isSymbolicLink() && readlinkSync(link) === library) continue
    rmSync(link, { force: true })
    symlinkSync(library, link)
  }
  giveTo(home.account, folder)
  return {
    postgres: join(native, 'bin/postgres'),
    initdb: join(native, 'bin/initdb'),
    env: {
      [process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH']: `${folder}:${join(native, 'lib')}`,
    },
  }
}

function readLinks(path: string): { source: string; target: string }[] {
  if (!existsSync(path)) return []
  const links: unknown = JSON.parse(readFileSync(path, 'utf8'))
  if (!Array.isArray(links)) return []
  return links.map((link: { source: unknown; target: unknown }) => ({
    source: String(link.source),
    target: String(link.target),
  }))
}

async function findFault(home: Home, { postgres, initdb, env }: Binaries): Promise<string | undefined> {
  for (const program of [postgres, initdb]) {
    const { ok, output } = await runAs(home.account, program, ['--version'], { env })
    if (!ok) return output.trim() || `${program} ended without a word`
    if (!output.includes(`(PostgreSQL) ${postgresMajor}.`)) return `${program} is ${output.trim()}`
  }
  return undefined
}

function missing(what: string, cause?: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'binaries_missing',
    `${what} Run npm ci with optional dependencies, or set DATABASE_URL to a PostgreSQL ${postgresMajor} of yours.`,
    { cause },
  )
}
