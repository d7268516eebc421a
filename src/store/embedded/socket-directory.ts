import { chmodSync, lstatSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { EmbeddedPostgresError, explainFileFailure } from './embedded-postgres-error.ts'
import { giveTo, type Home, ownerOf } from './home.ts'

/** The smallest limit of the systems we run on (macOS 104 with its closing zero, Linux 108). */
const socketPathMax = 103
const socketName = '.s.PGSQL.5432'
const prefix = 'tenantry-'

/**
 * A directory that only the server's account and root can enter. It is in the home when the path is short enough for a
 * socket, else a fresh one among the temporary files: fresh, because a name that can be guessed can be taken by others.
 */
export function prepareSocketDirectory(home: Home): string {
  const own = join(home.path, 'socket')
  if (fits(own)) {
    mkdirSync(own, { recursive: true, mode: 0o700 })
    chmodSync(own, 0o700)
    giveTo(home.account, own)
    assertPrivate(own, home)
    // What a killed server left names a pid that may be a stranger's now. No server runs here, or we were not asked.
    removeSocket(own)
    return own
  }
  const place = [tmpdir(), '/tmp'].find((candidate) => fits(join(candidate, `${prefix}XXXXXX`)))
  if (!place) throw unsafe(own, 'is too long for a socket, and so are the directories for temporary files')
  try {
    const directory = mkdtempSync(join(place, prefix))
    giveTo(home.account, directory)
    assertPrivate(directory, home)
    return directory
  } catch (error) {
    throw explainFileFailure(place, error)
  }
}

/** Removes a socket directory that was made among the temporary files, if it is still ours. */
export function removeSocketDirectory(directory: string, home: Home): void {
  if (dirname(directory) === home.path || !basename(directory).startsWith(prefix)) return
  const found = lstatSync(directory, { throwIfNoEntry: false })
  if (!found?.isDirectory() || found.uid !== ownerOf(home.account)) return
  rmSync(directory, { recursive: true, force: true })
}

function removeSocket(directory: string): void {
  rmSync(join(directory, socketName), { force: true })
  rmSync(join(directory, `${socketName}.lock`), { force: true })
}

function fits(directory: string): boolean {
  // PostgreSQL and its clients read commas and quotes in a directory's name as syntax.
  return /^[\w./@+-]+$/.test(directory) && join(directory, socketName).length <= socketPathMax
}

function assertPrivate(directory: string, home: Home): void {
  const found = lstatSync(directory)
  if (!found.isDirectory()) throw unsafe(directory, 'is not a directory')
  if (found.uid !== ownerOf(home.account)) throw unsafe(directory, `belongs to uid ${found.uid}`)
  if ((found.mode & 0o077) !== 0) throw unsafe(directory, 'is open to other users')
}

function unsafe(directory: string, why: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'socket_directory_unsafe',
    `The socket directory ${directory} ${why}, so other users could listen in. Remove it, then start again.`,
  )
}
