import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely'
import pg from 'pg'
import { rememberPool } from './bulk-transaction.ts'
import type { Database } from './schema.ts'

export type Db = Kysely<Database>
export type DbTransaction = Transaction<Database>

// 20 is int8: money and revisions are exact integers of any size.
pg.types.setTypeParser(20, (text) => BigInt(text))

export interface OpenDatabase {
  readonly db: Db
  readonly pool: pg.Pool
  close(): Promise<void>
}

export function openDatabase(config: pg.PoolConfig): OpenDatabase {
  const pool = new pg.Pool({ max: 16, ...config })
  // A backend that dies while idle is replaced by the pool; without a listener the process would end.
  pool.on('error', () => undefined)
  // The same for one that dies while it is lent out: its query is told, and then the client, on its own.
  pool.on('connect', (client) => client.on('error', () => undefined))
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
  rememberPool(db, pool)
  return { db, pool, close: () => db.destroy() }
}

/** `[from, to)`; an absent end is open. */
export function period(from: Date, to?: Date | null) {
  return sql<string>`tstzrange(${from.toISOString()}::timestamptz, ${to?.toISOString() ?? null}::timestamptz, '[)')`
}

/** A JSON column's value; kysely hands arrays to pg as SQL arrays unless they are text already. */
export function json(value: unknown) {
  return sql<never>`${JSON.stringify(value)}::jsonb`
}

/** PostgreSQL's word for a violated constraint, so that a caller can answer with the rule instead. */
export function violatedConstraint(error: unknown): { code: string; constraint: string } | undefined {
  if (!(error instanceof Error)) return undefined
  const { code, constraint } = error as { code?: string; constraint?: string }
  return code?.startsWith('23') ? { code, constraint: constraint ?? '' } : undefined
}
