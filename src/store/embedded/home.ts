import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmdirSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import { EmbeddedPostgresError, explainFileFailure } from './embedded-postgres-error.ts'
import { canUseDirectory, findUnprivilegedAccount, type ServerAccount } from './server-account.ts'

/** Where everything of the server lives: `<dataDir>/postgres`, or what that links to. */
export interface Home {
  readonly path: string
  readonly account: ServerAccount
}

/**
 * Finds a directory and an account that fit each other. As root, the owner of an existing cluster decides, so that a
 * cluster started one way is never opened another way.
 */
export async function prepareHome(dataDir: string, elsewhere: string, log: (line: string) => void): Promise<Home> {
  const wanted = join(dataDir, 'postgres')
  const path = findTarget(wanted)
  if (process.getuid?.() !== 0) return { path, account: takeOwnHome(path) }

  const cluster = statSync(join(path, 'data'), { throwIfNoEntry: false })
  if (cluster && cluster.uid !== 0) {
    chownSync(path, cluster.uid, cluster.gid)
    return { path, account: { kind: 'dropped', uid: cluster.uid, gid: cluster.gid } }
  }
  chownSync(path, 0, 0)
  chmodSync(path, 0o700)
  const unprivileged = findUnprivilegedAccount()
  const namespace: ServerAccount = { kind: 'namespace', ...unprivileged }
  if (await canUseDirectory(namespace, path)) return { path, account: namespace }
  return dropPrivilege(wanted, path, unprivileged, elsewhere, log)
}

/** Makes the directory at the first start; later it may be a link to where the data was put. */
function findTarget(wanted: string): string {
  try {
    if (!lstatSync(wanted, { throwIfNoEntry: false })) mkdirSync(wanted, { mode: 0o700 })
    return realpathSync(wanted)
  } catch (error) {
    throw explainFileFailure(wanted, error)
  }
}

function takeOwnHome(path: string): ServerAccount {
  const owner = statSync(path).uid
  if (owner !== process.getuid?.()) {
    throw new EmbeddedPostgresError(
      'data_dir_wrong_owner',
      `${path} belongs to uid ${owner}, but Tenantry runs as uid ${process.getuid?.()}. Start it as that user ` +
        `(uid 0 is root), or give all of it to this one: chown -R ${process.getuid?.()} ${path}`,
    )
  }
  chmodSync(path, 0o700)
  return { kind: 'own' }
}

async function dropPrivilege(
  wanted: string,
  path: string,
  ids: { uid: number; gid: number },
  elsewhere: string,
  log: (line: string) => void,
): Promise<Home> {
  const account: ServerAccount = { kind: 'dropped', ...ids }
  giveTo(account, path)
  if (await canUseDirectory(account, path)) {
    log(`Root may not use a user namespace here, so PostgreSQL runs as uid ${ids.uid} and ${path} belongs to it.`)
    return { path, account }
  }
  giveTo({ kind: 'own' }, path)
  if (existsSync(join(path, 'data')) || lstatSync(wanted).isSymbolicLink()) {
    throw new EmbeddedPostgresError(
      'data_dir_unreachable',
      `PostgreSQL does not run as root, and no other user can enter ${path}: user namespaces are not permitted here ` +
        'and a directory above it is closed. Permit user namespaces, start Tenantry as an ordinary user that owns the ' +
        'data directory, or move the data directory to a place that others may enter.',
    )
  }
  return moveElsewhere(wanted, account, elsewhere, log)
}

async function moveElsewhere(
  wanted: string,
  account: ServerAccount,
  elsewhere: string,
  log: (line: string) => void,
): Promise<Home> {
  let path: string
  try {
    mkdirSync(elsewhere, { recursive: true, mode: 0o711 })
    path = mkdtempSync(join(realpathSync(elsewhere), 'postgres-'))
    giveTo(account, path)
    rmdirSync(wanted)
    symlinkSync(path, wanted)
  } catch (error) {
    throw explainFileFailure(elsewhere, error)
  }
  log(
    'Root may not use a user namespace here and other users cannot enter the data directory, so PostgreSQL runs as ' +
      `uid ${ownerOf(account)} and its data is in ${path}; ${wanted} links to it. Include that place in backups.`,
  )
  return { path, account }
}

/** Makes a file or a tree belong to the account; the secret stays ours, the server never reads it. */
export function giveTo(account: ServerAccount, path: string): void {
  if (process.getuid?.() !== 0) return
  const ids = account.kind === 'dropped' ? account : { uid: 0, gid: 0 }
  lchownSync(path, ids.uid, ids.gid)
  if (!lstatSync(path).isDirectory()) return
  for (const name of readdirSync(path)) if (name !== 'secret') giveTo(account, join(path, name))
}

/** The uid that files of the server have, seen from outside of its namespace. */
export function ownerOf(account: ServerAccount): number {
  return account.kind === 'dropped' ? account.uid : (process.getuid?.() ?? 0)
}
