import { totalmem } from 'node:os'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'

/** What a commit is worth, and who can connect, is the same everywhere: these cannot be set. */
const kept: Record<string, string> = {
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  listen_addresses: '',
  unix_socket_permissions: '0700',
  password_encryption: 'scram-sha-256',
  log_destination: 'stderr',
  logging_collector: 'off',
}
const refused = new Set(
  Object.keys(kept).concat(
    ['port', 'unix_socket_directories', 'data_directory', 'hba_file', 'ident_file', 'config_file'],
    ['data_sync_retry', 'ignore_checksum_failure', 'zero_damaged_pages', 'wal_sync_method', 'external_pid_file'],
  ),
)

/** Sized for two cores; a small machine gives an eighth of its memory to shared buffers. */
const preferred: Record<string, string> = {
  shared_buffers: `${Math.max(32, Math.min(512, Math.floor(totalmem() / 2 ** 23)))}MB`,
  work_mem: '16MB',
  maintenance_work_mem: '128MB',
  max_connections: '60',
  max_locks_per_transaction: '256',
  max_wal_size: '4GB',
  min_wal_size: '256MB',
  // Pages of keys in no order do not compress: trying costs the taking in of events half its speed and saves nothing.
  wal_compression: 'off',
  checkpoint_timeout: '15min',
  random_page_cost: '1.1',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  cluster_name: 'tenantry',
  log_line_prefix: '%m [%p] ',
  // The log may be read by people who may not read the data: no statements, no values of rows.
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
}

/** The text of the configuration file that is written anew at each start. */
export function renderSettings(socketDirectory: string, wanted: Record<string, string> = {}): string {
  for (const [name, value] of Object.entries(wanted)) {
    if (refused.has(name)) {
      throw new EmbeddedPostgresError(
        'setting_refused',
        `The PostgreSQL setting ${name} is fixed in the embedded server. Remove it, or use a server of yours with DATABASE_URL.`,
      )
    }
    if (!/^[a-z_]+(?:\.[a-z_]+)?$/.test(name) || /[\r\n\0]/.test(value)) {
      throw new EmbeddedPostgresError('setting_refused', `${JSON.stringify(name)} is not a PostgreSQL setting.`)
    }
  }
  const settings = { ...preferred, ...wanted, ...kept, port: '5432', unix_socket_directories: socketDirectory }
  return Object.entries(settings)
    .map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`)
    .join('')
}
