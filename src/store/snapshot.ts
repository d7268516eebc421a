import { sql } from 'kysely'
import type { Db } from './db.ts'

/** A repeatable-read transaction sees the database as of its first statement; this is that statement. */
export async function fixSnapshot(db: Db): Promise<void> {
  await sql`select 1`.execute(db)
}
