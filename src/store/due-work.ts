import { sql } from 'kysely'
import { type Db, json } from './db.ts'

export interface DueWork {
  readonly id: string
  readonly dueAt: Date
  readonly kind: string
  readonly payload: Readonly<Record<string, unknown>>
}

export async function insertDueWork(db: Db, work: DueWork): Promise<void> {
  await db
    .insertInto('due_work')
    .values({ id: work.id, due_at: work.dueAt, kind: work.kind, payload: json(work.payload) })
    .execute()
}

/** The first open one that is due at `upTo` or before; another process that has it locked keeps it. */
export async function lockFirstDueWork(
  db: Db,
  upTo: Date,
  except: readonly string[] = [],
): Promise<DueWork | undefined> {
  const row = await db
    .selectFrom('due_work')
    .select(['id', 'due_at', 'kind', 'payload'])
    .where('done_at', 'is', null)
    .where('due_at', '<=', upTo)
    .where(sql<boolean>`id <> all(${[...except]}::uuid[])`)
    .orderBy('due_at')
    .orderBy('id')
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst()
  return (
    row && { id: row.id, dueAt: row.due_at, kind: row.kind, payload: row.payload as Readonly<Record<string, unknown>> }
  )
}

export async function finishDueWork(db: Db, id: string, at: Date): Promise<void> {
  await db
    .updateTable('due_work')
    .set({ done_at: sql`${at.toISOString()}::timestamptz` })
    .where('id', '=', id)
    .execute()
}
