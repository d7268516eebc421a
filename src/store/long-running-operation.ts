import { sql } from 'kysely'
import { json, type Db } from './db.ts'

export interface LongRunningOperation {
  readonly id: string
  readonly kind: string
  readonly tenantId: string
  readonly principalId: string
  readonly scope: string
  readonly state: 'Accepted' | 'Running' | 'Succeeded' | 'Failed' | 'Canceled'
  readonly input: unknown
  readonly progress: unknown
  readonly result: unknown
  readonly error: unknown
  readonly createdAt: Date
}

export async function insertLongRunningOperation(
  db: Db,
  operation: Pick<LongRunningOperation, 'id' | 'kind' | 'tenantId' | 'principalId' | 'scope' | 'input' | 'createdAt'>,
): Promise<void> {
  await db
    .insertInto('long_running_operation')
    .values({
      id: operation.id,
      kind: operation.kind,
      tenant_id: operation.tenantId,
      principal_id: operation.principalId,
      scope: operation.scope,
      state: 'Accepted',
      input: json(operation.input),
      progress: null,
      result: null,
      error: null,
      created_at: operation.createdAt,
    })
    .execute()
}

export async function findLongRunningOperation(db: Db, id: string): Promise<LongRunningOperation | undefined> {
  const row = await db.selectFrom('long_running_operation').selectAll().where('id', '=', id).executeTakeFirst()
  return row && fromRow(row)
}

/** Takes the oldest open operation that no other worker holds; the lock lasts as long as the transaction. */
export async function lockNextLongRunningOperation(db: Db): Promise<LongRunningOperation | undefined> {
  const row = await db
    .selectFrom('long_running_operation')
    .selectAll()
    .where('finished_at', 'is', null)
    .orderBy('created_at')
    .orderBy('id')
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst()
  return row && fromRow(row)
}

export async function finishLongRunningOperation(
  db: Db,
  id: string,
  outcome: { state: 'Succeeded'; result: unknown } | { state: 'Failed'; error: unknown },
  finishedAt: Date,
): Promise<void> {
  await db
    .updateTable('long_running_operation')
    .set({
      state: outcome.state,
      result: outcome.state === 'Succeeded' && outcome.result !== undefined ? json(outcome.result) : null,
      error: outcome.state === 'Failed' ? json(outcome.error) : null,
      finished_at: finishedAt,
    })
    .where('id', '=', id)
    // An operation ends once; a second worker that comes late changes nothing.
    .where('finished_at', 'is', null)
    .execute()
}

export async function countOpenLongRunningOperations(db: Db): Promise<number> {
  const row = await db
    .selectFrom('long_running_operation')
    .select(sql<number>`count(*)::int`.as('count'))
    .where('finished_at', 'is', null)
    .executeTakeFirstOrThrow()
  return row.count
}

function fromRow(row: {
  id: string
  kind: string
  tenant_id: string
  principal_id: string
  scope: string
  state: LongRunningOperation['state']
  input: unknown
  progress: unknown
  result: unknown
  error: unknown
  created_at: Date
}): LongRunningOperation {
  return {
    id: row.id,
    kind: row.kind,
    tenantId: row.tenant_id,
    principalId: row.principal_id,
    scope: row.scope,
    state: row.state,
    input: row.input,
    progress: row.progress,
    result: row.result,
    error: row.error,
    createdAt: row.created_at,
  }
}
