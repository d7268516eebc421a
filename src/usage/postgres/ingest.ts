import type pg from 'pg'
import { Refusal } from '../../domain/refusal.ts'
import type { UsageEvent } from '../../domain/metering/usage-event.ts'
import type { ItemOutcome, OpenTransaction, Reporter } from '../usage-store.ts'
import { AttributionFacts } from './attribution-facts.ts'
import { Batch } from './batch.ts'
import { Classifier } from './classify.ts'
import { CopyIn } from './copy-in.ts'
import { copyOf, insertRows, type StoredBatch, storeBatch } from './commit-batch.ts'
import { Dimensions } from './dimension.ts'
import { KnownUsers } from './known-users.ts'
import { keyBytes, type PreparedEvents, prepareEvents } from './prepared-events.ts'
import { type Sql, sqlOf, sqlOfClient } from './sql.ts'

/** Reads the business clock inside the transaction, after the lock: a batch is reported at that instant. */
export type ReadClock = (sql: Sql) => Promise<Date> | Date

const attempts = 4
/** unique_violation, serialization_failure, deadlock_detected: another transaction was first; the next try sees it. */
const raced = new Set(['23505', '40001', '40P01'])

export class Ingest {
  private readonly pool: pg.Pool
  private readonly readClock: ReadClock
  private readonly facts = new AttributionFacts()
  private readonly dimensions = new Dimensions()
  private readonly knownUsers = new KnownUsers()
  private readonly classifier = new Classifier(this.facts, this.dimensions)

  constructor(pool: pg.Pool, readClock: ReadClock) {
    this.pool = pool
    this.readClock = readClock
  }

  /** One durable transaction for all the requests. */
  async commit(requests: readonly PreparedEvents[]): Promise<readonly (readonly ItemOutcome[])[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.tryCommit(requests)
      } catch (error) {
        if (attempt < attempts && raced.has(codeOf(error))) continue
        throw isUnavailable(error) ? databaseGone(error) : error
      }
    }
  }

  private async tryCommit(requests: readonly PreparedEvents[]): Promise<readonly (readonly ItemOutcome[])[]> {
    const batch = new Batch(requests)
    const client = await this.pool.connect()
    // A connection that is cut says so to its query and to this listener; without one the process would end.
    const onError = () => undefined
    client.on('error', onError)
    let isBroken = false
    try {
      // Keys are found through the index whatever the statistics say, which on a young table say nothing yet; and a plan
      // made anew for each array of thousands of keys costs more than using it.
      await client.query(
        'begin; set local enable_seqscan = off; set local plan_cache_mode = force_generic_plan; ' +
          'set local synchronous_commit = on; ' +
          'select pg_advisory_xact_lock_shared(7261001)',
      )
      const sql = sqlOfClient(client)
      const stored = await this.store(sql, batch, this.facts, this.classifier, this.knownUsers, {
        findStored: (keys) => findStored(client, keys),
        insertEvents: (rows) => copyIn(client, copyOf(rows)),
      })
      await client.query('commit')
      stored.remember()
    } catch (error) {
      await client.query('rollback').catch(() => {
        isBroken = true
      })
      throw error
    } finally {
      if (!isBroken) client.off('error', onError)
      client.release(isBroken)
    }
    return splitOutcomes(batch, requests)
  }

  async appendWithin(
    tx: OpenTransaction,
    reporter: Reporter,
    events: readonly UsageEvent[],
  ): Promise<readonly ItemOutcome[]> {
    const batch = new Batch([prepareEvents(reporter, events)])
    const sql = sqlOf(tx)
    await sql('select pg_advisory_xact_lock_shared(7261001)')
    // Nothing is remembered, for the caller may have changed facts itself, and whether it commits is not known here.
    const facts = new AttributionFacts()
    const classifier = new Classifier(facts, this.dimensions)
    await this.store(sql, batch, facts, classifier, new KnownUsers(), {
      findStored: (keys) => findStoredByText(sql, keys),
      insertEvents: (rows) => insertRows(sql, rows),
    })
    return batch.outcomes
  }

  private async store(
    sql: Sql,
    batch: Batch,
    facts: AttributionFacts,
    classifier: Classifier,
    knownUsers: KnownUsers,
    ways: Pick<Parameters<typeof storeBatch>[0], 'findStored' | 'insertEvents'>,
  ): Promise<StoredBatch> {
    const [{ version } = { version: '' }] = await sql<{ version: string }>(
      'select version::text from attribution_version',
    )
    if (facts.renew(version)) knownUsers.forget()
    const reportedAt = await this.readClock(sql)
    return storeBatch({ sql, reportedAt, facts, classifier, knownUsers, ...ways }, batch)
  }
}

function splitOutcomes(batch: Batch, requests: readonly PreparedEvents[]): readonly (readonly ItemOutcome[])[] {
  let at = 0
  return requests.map(({ events }) => batch.outcomes.slice(at, (at += events.length)))
}

interface Stored {
  readonly key: Uint8Array
  readonly content: Uint8Array
}

const uuidOid = 2950

/** Named, and with the keys as binary: parsing ten thousand uuids of text would cost more than finding them. */
async function findStored(client: pg.PoolClient, keys: Uint8Array): Promise<readonly Stored[]> {
  const count = keys.length / keyBytes
  const parameter = Buffer.allocUnsafe(20 + count * (keyBytes + 4))
  parameter.writeInt32BE(1, 0)
  parameter.writeInt32BE(0, 4)
  parameter.writeInt32BE(uuidOid, 8)
  parameter.writeInt32BE(count, 12)
  parameter.writeInt32BE(1, 16)
  for (let index = 0, at = 20; index < count; index++) {
    parameter.writeInt32BE(keyBytes, at)
    parameter.set(keys.subarray(index * keyBytes, (index + 1) * keyBytes), at + 4)
    at += keyBytes + 4
  }
  const { rows } = await client.query<StoredRow>({
    name: 'usage-find-stored',
    text: findStoredText,
    values: [parameter],
  })
  return rows.map(toStored)
}

async function findStoredByText(sql: Sql, keys: Uint8Array): Promise<readonly Stored[]> {
  const texts = Array.from({ length: keys.length / keyBytes }, (_, index) =>
    Buffer.from(keys.subarray(index * keyBytes, (index + 1) * keyBytes)).toString('hex'),
  )
  return (await sql<StoredRow>(findStoredText, [texts])).map(toStored)
}

const findStoredText =
  'select event_key::text as key, content_hash::text as content from usage_event where event_key = any($1::uuid[])'

interface StoredRow {
  readonly key: string
  readonly content: string
}

function toStored({ key, content }: StoredRow): Stored {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(BigInt(content))
  return { key: Buffer.from(key.replaceAll('-', ''), 'hex'), content: bytes }
}

function copyIn(client: pg.PoolClient, { statement, chunks }: ReturnType<typeof copyOf>): Promise<void> {
  const copy = new CopyIn(statement, chunks)
  client.query(copy)
  return copy.done
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/**
 * Classes 08 and 57P: the connection or the server went away; 53: the disk is full or connections are used up. Without a
 * code the driver noticed first.
 */
function isUnavailable(error: unknown): boolean {
  return (
    /^(?:08|53|57P|ECONN|EPIPE|ENOENT)/.test(codeOf(error)) ||
    (error instanceof Error && /Connection terminated|not queryable/.test(error.message))
  )
}

function databaseGone(cause: unknown): Refusal {
  const refusal = new Refusal(
    'unavailable',
    'ServerBusy',
    'The database cannot store anything now. Send the same events again; what was stored is recognised.',
    { retryAfterSeconds: 2 },
  )
  refusal.cause = cause
  return refusal
}

/** A fault of the data itself, as PostgreSQL classes them: 22 data exception, 23 constraint. */
export function isFaultOfContent(error: unknown): boolean {
  return /^2[23]/.test(codeOf(error))
}
