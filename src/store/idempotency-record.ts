import { sql } from 'kysely'
import { json, type Db } from './db.ts'

export interface IdempotencyKey {
  readonly tenantId: string
  readonly principalId: string
  readonly route: string
  readonly key: string
}

export interface StoredAnswer {
  readonly bodyHash: string
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: unknown
  readonly createdAt: Date
}

/** Repeats of one key wait for each other until the first has committed or failed. */
export async function lockIdempotencyKey(db: Db, key: IdempotencyKey): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${JSON.stringify(key)}, 7261002))`.execute(db)
}

export async function findStoredAnswer(db: Db, key: IdempotencyKey): Promise<StoredAnswer | undefined> {
  const row = await db
    .selectFrom('idempotency_record')
    .selectAll()
    .where('tenant_id', '=', key.tenantId)
    .where('principal_id', '=', key.principalId)
    .where('route', '=', key.route)
    .where('key', '=', key.key)
    .executeTakeFirst()
  return (
    row && {
      bodyHash: row.body_hash,
      status: row.status,
      headers: row.headers,
      body: row.body,
      createdAt: row.created_at,
    }
  )
}

export async function insertStoredAnswer(db: Db, key: IdempotencyKey, answer: StoredAnswer): Promise<void> {
  await db
    .insertInto('idempotency_record')
    .values({
      tenant_id: key.tenantId,
      principal_id: key.principalId,
      route: key.route,
      key: key.key,
      body_hash: answer.bodyHash,
      status: answer.status,
      headers: json(answer.headers),
      body: answer.body === undefined ? null : json(answer.body),
      created_at: answer.createdAt,
    })
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'principal_id', 'route', 'key']).doUpdateSet((update) => ({
        body_hash: update.ref('excluded.body_hash'),
        status: update.ref('excluded.status'),
        headers: update.ref('excluded.headers'),
        body: update.ref('excluded.body'),
        created_at: update.ref('excluded.created_at'),
      })),
    )
    .execute()
}

export async function deleteStoredAnswersBefore(db: Db, before: Date): Promise<void> {
  await db.deleteFrom('idempotency_record').where('created_at', '<', before).execute()
}
