import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import type pg from 'pg'
import { systemRandom } from '../adapters/random.ts'
import { systemTimers } from '../adapters/timers.ts'
import type { Config } from '../config/config.ts'
import {
  type EmbeddedPostgres,
  findEmbeddedPostgres,
  startEmbeddedPostgres,
} from '../store/embedded/embedded-postgres.ts'

/**
 * The database of a configuration for a program beside the server: the one named, the one a running server has, or
 * the embedded one started for as long as it is needed.
 */
export async function openDatabaseOf(
  config: Config,
  log: (line: string) => void,
): Promise<{ readonly poolConfig: pg.PoolConfig; close(): Promise<void> }> {
  if (config.databaseUrl !== undefined)
    return { poolConfig: { connectionString: config.databaseUrl }, close: () => Promise.resolve() }
  const dataDir = resolve(config.dataDir)
  const running = findEmbeddedPostgres(dataDir)
  if (running) return { poolConfig: running.poolConfig, close: () => Promise.resolve() }
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const timers = systemTimers(() => undefined)
  const embedded = await startDatabase(config, dataDir, () => undefined, log, timers.sleep)
  return { poolConfig: embedded?.poolConfig ?? {}, close: async () => embedded?.stop() }
}

export async function startDatabase(
  config: Config,
  dataDir: string,
  progress: (step: string) => void,
  log: (line: string) => void,
  sleep: (ms: number) => Promise<void>,
): Promise<EmbeddedPostgres | undefined> {
  if (config.databaseUrl !== undefined) return undefined
  progress('Starting PostgreSQL')
  return startEmbeddedPostgres({
    dataDir,
    onProgress: progress,
    log,
    randomSecret: () => systemRandom.secret(),
    sleep,
    settings: config.postgresSettings,
  })
}
