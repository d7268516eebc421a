import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Kysely, PostgresDialect } from 'kysely'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { Db } from './db.ts'
import type { Database } from './schema.ts'

/** A transaction that also takes rows in PostgreSQL's COPY text format, which costs a fraction of inserting them. */
export interface BulkTransaction {
  readonly db: Db
  /** `target` is a table with its columns; each row is a line made by `copyLine`. */
  copy(target: string, rows: Iterable<string>): Promise<void>
}

const pools = new WeakMap<Db, pg.Pool>()

/** Names the pool that a database runs on, so that a transaction can have a connection to itself. */
export function rememberPool(db: Db, pool: pg.Pool): void {
  pools.set(db, pool)
}

export async function bulkTransaction<T>(db: Db, work: (bulk: BulkTransaction) => Promise<T>): Promise<T> {
  const pool = pools.get(db)
  if (!pool) throw new Error('rows are copied on a pool, and this is a transaction')
  const client = await pool.connect()
  let isBroken = true
  try {
    const query = client.query.bind(client) as never
    const dialect = new PostgresDialect({
      pool: { options: {}, connect: async () => ({ query, release: () => undefined }), end: async () => undefined },
    })
    const result = await new Kysely<Database>({ dialect }).transaction().execute((transaction) =>
      work({
        db: transaction,
        copy: (target, rows) =>
          pipeline(Readable.from(rows, { objectMode: true }), client.query(copyFrom(`copy ${target} from stdin`))),
      }),
    )
    isBroken = false
    return result
  } catch (error) {
    // A refused statement leaves the connection as good as it was: kysely has rolled back.
    isBroken = (error as { code?: string }).code === undefined
    throw error
  } finally {
    client.release(isBroken)
  }
}

const special = /[\\\n\r\t]/

/** One row: values apart by tabs, `\N` for nothing. */
export function copyLine(values: readonly (string | null)[]): string {
  let line = ''
  for (const [index, value] of values.entries()) {
    if (index > 0) line += '\t'
    line += value === null ? '\\N' : special.test(value) ? escaped(value) : value
  }
  return `${line}\n`
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')
}
