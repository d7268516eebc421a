import { sql } from 'kysely'
import { type Db, json } from './db.ts'

export interface SealedLink {
  readonly sealed: string
  /** Names the key, so that only a process that has it takes the message. */
  readonly keyId: string
}

export interface NewOutboxMessage {
  readonly id: string
  readonly kind: string
  readonly relatedTo: string | null
  readonly recipients: readonly string[]
  readonly copies: readonly string[]
  readonly subject: string
  readonly text: string
  readonly html: string | null
  readonly messageId: string
  readonly createdAt: Date
  readonly sealedLink: SealedLink | null
}

export interface OutboxMessage extends NewOutboxMessage {
  readonly sequence: bigint
  readonly state: 'Queued' | 'Sent' | 'Failed'
  readonly tries: number
  readonly nextTryAt: Date | null
  readonly finishedAt: Date | null
  readonly lastError: string | null
}

export async function insertOutboxMessage(db: Db, message: NewOutboxMessage): Promise<void> {
  await db
    .insertInto('outbox_message')
    .values({
      id: message.id,
      kind: message.kind,
      related_to: message.relatedTo,
      recipients: json(message.recipients),
      copies: json(message.copies),
      subject: message.subject,
      text_body: message.text,
      html_body: message.html,
      message_id: message.messageId,
      created_at: message.createdAt,
      sealed_link: message.sealedLink?.sealed ?? null,
      sealed_with: message.sealedLink?.keyId ?? null,
    })
    .execute()
}

/**
 * Takes the oldest message whose try has come and counts the try before it is made, so that a process that dies in the
 * middle has used it up. Until `lostAt` nobody else takes it.
 */
export async function startNextTry(
  db: Db,
  at: { readonly now: Date; readonly keyId: string; readonly lostAt: Date },
): Promise<OutboxMessage | undefined> {
  return db.transaction().execute(async (transaction) => {
    const row = await select(transaction)
      .where('state', '=', 'Queued')
      .where((where) => where.or([where('next_try_at', 'is', null), where('next_try_at', '<=', at.now)]))
      .where((where) => where.or([where('sealed_with', 'is', null), where('sealed_with', '=', at.keyId)]))
      .orderBy('sequence')
      .limit(1)
      .forUpdate()
      .skipLocked()
      .executeTakeFirst()
    if (!row) return undefined
    const tries = row.tries + 1
    await transaction
      .updateTable('outbox_message')
      .set({ tries, next_try_at: at.lostAt })
      .where('id', '=', row.id)
      .execute()
    return { ...toMessage(row), tries }
  })
}

/** The end of a message; with it goes the personal link. */
export async function finishMessage(
  db: Db,
  id: string,
  end: { readonly state: 'Sent' | 'Failed'; readonly at: Date; readonly error: string | null },
): Promise<void> {
  await db
    .updateTable('outbox_message')
    .set({
      state: end.state,
      finished_at: end.at,
      next_try_at: null,
      last_error: end.error,
      sealed_link: null,
      sealed_with: null,
    })
    .where('id', '=', id)
    .where('state', '=', 'Queued')
    .execute()
}

export async function postponeMessage(db: Db, id: string, until: Date, error: string): Promise<void> {
  await db
    .updateTable('outbox_message')
    .set({ next_try_at: until, last_error: error })
    .where('id', '=', id)
    .where('state', '=', 'Queued')
    .execute()
}

/** The newest first. */
export async function listOutboxMessages(
  db: Db,
  filter: { readonly state?: string | undefined },
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<OutboxMessage[]> {
  let query = select(db)
  if (filter.state !== undefined) query = query.where(sql<string>`state`, '=', filter.state)
  if (page.after !== undefined) query = query.where('sequence', '<', BigInt(page.after))
  return (await query.orderBy('sequence', 'desc').limit(page.limit).execute()).map(toMessage)
}

const select = (db: Db) => db.selectFrom('outbox_message').selectAll()

type Row = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>

function toMessage(row: Row): OutboxMessage {
  return {
    sequence: row.sequence,
    id: row.id,
    kind: row.kind,
    relatedTo: row.related_to,
    recipients: row.recipients,
    copies: row.copies,
    subject: row.subject,
    text: row.text_body,
    html: row.html_body,
    messageId: row.message_id,
    createdAt: row.created_at,
    state: row.state,
    tries: row.tries,
    nextTryAt: row.next_try_at,
    finishedAt: row.finished_at,
    lastError: row.last_error,
    sealedLink:
      row.sealed_link === null || row.sealed_with === null ? null : { sealed: row.sealed_link, keyId: row.sealed_with },
  }
}
