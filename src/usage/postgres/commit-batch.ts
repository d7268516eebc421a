import type { UsageEvent } from '../../domain/metering/usage-event.ts'
import { type AttributionFacts, hasReturningLink } from './attribution-facts.ts'
import { type Batch, keyText, readContent } from './batch.ts'
import { type Classifier, resourceKey } from './classify.ts'
import { CopyRows, copyStatement, signInColumns, usageColumns } from './copy-rows.ts'
import { type Dimension, type Route, resolveDimensions } from './dimension.ts'
import type { KnownUsers } from './known-users.ts'
import { MonthUserChanges } from './month-users.ts'
import { contentBytes, keyBytes } from './prepared-events.ts'
import { rebuildUsers } from './reattribute.ts'
import { SumChanges } from './sums.ts'
import type { Sql } from './sql.ts'

/** What a batch is stored through: an open transaction that holds the shared lock of attribution. */
export interface BatchTransaction {
  readonly sql: Sql
  /** Keys and contents of those of the keys that are stored already. `keys` has 16 bytes each, in order. */
  findStored(keys: Uint8Array): Promise<readonly { key: Uint8Array; content: Uint8Array }[]>
  insertEvents(rows: EventRows): Promise<void>
  readonly reportedAt: Date
  readonly facts: AttributionFacts
  readonly classifier: Classifier
  readonly knownUsers: KnownUsers
}

/** The new events of a batch with their numbers, for whichever way they are inserted. */
export interface EventRows {
  readonly batch: Batch
  readonly indexes: readonly number[]
  readonly batchId: bigint
  readonly originId: (index: number) => number
  readonly routeId: (index: number) => number
}

export interface StoredBatch {
  /** Call it after the commit: what was written may be remembered from then on. */
  remember(): void
}

/**
 * Stores what is new of a batch and fills in its outcomes. Everything that an event causes is in the one transaction:
 * its identity, its row, the sums, the active users, and conflicts. Rows are locked in one order (origins and routes,
 * events, users, sums), so two transactions wait for one another but never in a circle.
 */
export async function storeBatch(transaction: BatchTransaction, batch: Batch): Promise<StoredBatch> {
  const { sql, reportedAt } = transaction
  await loadFacts(transaction, batch)
  classifyAll(transaction, batch)
  batch.sortAndDeduplicate()
  const candidates = [...batch.newInKeyOrder()]
  for (const { key, content } of await transaction.findStored(gatherKeys(batch, candidates))) {
    batch.markStored(key, content)
  }
  const indexes = candidates.filter((index) => batch.isNew(index))
  if (batch.conflicts.size > 0) await storeConflicts(sql, batch, reportedAt)
  if (indexes.length === 0) return { remember: () => undefined }

  const [{ id: batchId } = { id: '0' }] = await sql<{ id: string }>(
    'insert into usage_batch (reported_at, event_count) values ($1, $2) returning id::text',
    [reportedAt, indexes.length],
  )
  const origins = unresolved(indexes, batch.origins)
  const routes = unresolved(indexes, batch.routes)
  const originIds = await resolveDimensions(sql, 'usage_origin', origins)
  const routeIds = await resolveDimensions(sql, 'usage_route', routes)
  const rows: EventRows = {
    batch,
    indexes,
    batchId: BigInt(batchId),
    originId: (index) => idOf(batch.origins[index]!, originIds),
    routeId: (index) => idOf(batch.routes[index]!, routeIds),
  }
  await transaction.insertEvents(rows)
  const users = new MonthUserChanges(transaction.knownUsers, batch.keys)
  await storeEffects(transaction, rows, users, (route) => idOf(route, routeIds))
  return {
    remember() {
      users.remember()
      for (const origin of origins) origin.id = originIds.get(origin.key) ?? 0
      for (const route of routes) route.id = routeIds.get(route.key) ?? 0
    },
  }
}

/** Asks again after each load, for meanwhile another transaction may have made room by forgetting. */
async function loadFacts({ sql, facts }: BatchTransaction, batch: Batch): Promise<void> {
  for (;;) {
    const tenantIds = new Set<string>()
    const resourceKeys = new Set<string>()
    let last = ''
    for (const event of batch.events) {
      if (event.type === 'usage') {
        const key = resourceKey(event.subject)
        if (facts.resource(key) === undefined) resourceKeys.add(key)
      } else if (event.identityTenantId !== last) {
        last = event.identityTenantId
        if (facts.tenant(last) === undefined) tenantIds.add(last)
      }
    }
    if (tenantIds.size + resourceKeys.size === 0) return
    await facts.load(sql, tenantIds, resourceKeys)
  }
}

function classifyAll({ classifier, reportedAt }: BatchTransaction, batch: Batch): void {
  const reportedAtMs = reportedAt.getTime()
  for (let index = 0; index < batch.size; index++) {
    const classified = classifier.classify(batch.reporters[index]!, batch.events[index]!, reportedAtMs)
    if ('code' in classified) {
      batch.reject(index, classified)
      continue
    }
    batch.origins[index] = classified.origin
    batch.routes[index] = classified.route
  }
}

function gatherKeys(batch: Batch, indexes: readonly number[]): Uint8Array {
  const keys = new Uint8Array(indexes.length * keyBytes)
  let at = 0
  for (const index of indexes) {
    const from = index * keyBytes
    for (let byte = 0; byte < keyBytes; byte++) keys[at++] = batch.keys[from + byte]!
  }
  return keys
}

function unresolved<T extends Dimension>(indexes: readonly number[], dimensions: readonly T[]): Set<T> {
  const found = new Set<T>()
  let last: T | undefined
  for (const index of indexes) {
    const dimension = dimensions[index]!
    if (dimension === last) continue
    last = dimension
    if (dimension.id === 0) found.add(dimension)
  }
  return found
}

function idOf(dimension: Dimension, ids: ReadonlyMap<string, number>): number {
  const id = dimension.id || ids.get(dimension.key)
  if (!id) throw new Error(`${dimension.key} was not resolved`)
  return id
}

async function storeEffects(
  { sql, facts }: BatchTransaction,
  { batch, indexes, batchId }: EventRows,
  users: MonthUserChanges,
  routeId: (route: Route) => number,
): Promise<void> {
  const sums = new SumChanges()
  const quarantined: string[] = []
  for (const index of indexes) {
    const event = batch.events[index]!
    const route = batch.routes[index]!
    if (route.kind === 'quarantined') quarantined.push(keyText(batch.keys, index))
    if (event.type === 'usage') sums.addQuantity(route, event.usageAtMs, event.quantity)
    else if (route.kind !== 'counted' || event.type === 'secondFactor') sums.addOne(route, event.usageAtMs)
    else {
      users.add(route, event.subject, event.usageAtMs, index)
      if (route.model === 'perAuthentication') sums.addOne(route, event.usageAtMs)
    }
  }
  if (quarantined.length > 0) {
    await sql('insert into usage_quarantine (event_key, batch_id) select k, $2 from unnest($1::uuid[]) k', [
      quarantined,
      batchId,
    ])
  }
  const undecided = users.withdraw((tenantId) => {
    const tenant = facts.tenant(tenantId)
    return tenant ? hasReturningLink(tenant) : false
  })
  for (const ofMonth of undecided) {
    // Of two transactions with news of one month the second has to see what the first has stored.
    await sql('select pg_advisory_xact_lock(hashtextextended($1, 7261))', [ofMonth.identityTenantId + ofMonth.month])
    await rebuildUsers(sql, ofMonth, sums)
  }
  await users.store(sql, sums, routeId)
  await sums.store(sql)
}

async function storeConflicts(sql: Sql, batch: Batch, reportedAt: Date): Promise<void> {
  const indexes = [...batch.conflicts.keys()]
  const eventOf = (index: number): UsageEvent => batch.events[index]!
  await sql(
    `insert into usage_conflict (event_key, kept_hash, rejected_hash, reported_at, reporter_tenant_id,
       reporter_principal_id, source, event_id, identity_tenant_id, rejected)
     select k, kept, rejected_hash, $9, tenant, principal, source, event_id, identity_tenant, rejected
     from unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::uuid[],
       $10::jsonb[])
       as n (k, kept, rejected_hash, tenant, principal, source, event_id, identity_tenant, rejected)
     order by 1, 3 on conflict (event_key, rejected_hash) do nothing`,
    [
      indexes.map((index) => keyText(batch.keys, index)),
      indexes.map((index) => batch.conflicts.get(index)!.toString()),
      indexes.map((index) => readContent(batch.contents, index).toString()),
      indexes.map((index) => batch.reporters[index]!.tenantId),
      indexes.map((index) => batch.reporters[index]!.principalId),
      indexes.map((index) => eventOf(index).source),
      indexes.map((index) => eventOf(index).id),
      indexes.map((index) => {
        const event = eventOf(index)
        return event.type === 'usage' ? null : event.identityTenantId
      }),
      reportedAt,
      indexes.map((index) => JSON.stringify(toRejected(eventOf(index)))),
    ],
  )
}

function toRejected(event: UsageEvent): Record<string, unknown> {
  const { usageAtMs, ...rest } = event
  const usageAt = new Date(usageAtMs).toISOString()
  if (rest.type !== 'usage') return { ...rest, usageAt }
  const { usageEndAtMs, occurredAtMs, ...usage } = rest
  return {
    ...usage,
    usageAt,
    usageEndAt: new Date(usageEndAtMs).toISOString(),
    occurredAt: new Date(occurredAtMs).toISOString(),
  }
}

/** The statement and the rows for COPY, each chunk made while the one before is on its way. */
export function copyOf(rows: EventRows): { readonly statement: string; readonly chunks: Iterable<Uint8Array> } {
  const hasUsage = rows.indexes.some((index) => rows.batch.events[index]!.type === 'usage')
  const columns = hasUsage ? usageColumns : signInColumns
  return { statement: copyStatement(columns), chunks: encodeRows(rows, columns) }
}

function* encodeRows(
  { batch, indexes, batchId, originId, routeId }: EventRows,
  columns: string,
): Generator<Uint8Array> {
  const rows = new CopyRows(columns)
  const hasUsage = columns === usageColumns
  const batchHigh = Number(batchId >> 32n)
  const batchLow = Number(BigInt.asUintN(32, batchId))
  for (const index of indexes) {
    const event = batch.events[index]!
    const isUsage = event.type === 'usage'
    const full = rows.begin(event.id.length + event.subject.length)
    if (full) yield full
    rows.raw(batch.keys, index * keyBytes, keyBytes)
    rows.raw(batch.contents, index * contentBytes, contentBytes)
    rows.instant(event.usageAtMs)
    rows.bigint(batchHigh, batchLow)
    rows.integer(originId(index))
    rows.integer(routeId(index))
    rows.text(event.id)
    if (!isUsage) {
      rows.text(event.subject)
      if (hasUsage) for (let column = 0; column < 4; column++) rows.absent()
      continue
    }
    rows.absent()
    rows.numeric(event.quantity)
    rows.instant(event.usageEndAtMs)
    rows.instant(event.occurredAtMs)
    if (event.tags) rows.json(event.tags)
    else rows.absent()
  }
  yield* rows.end()
}

/** The same through an ordinary statement, for a few rows in somebody else's transaction. */
export async function insertRows(sql: Sql, { batch, indexes, batchId, originId, routeId }: EventRows): Promise<void> {
  const eventOf = (index: number): UsageEvent => batch.events[index]!
  const usageOf = (index: number) => {
    const event = eventOf(index)
    return event.type === 'usage' ? event : undefined
  }
  const instant = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString())
  await sql(
    `insert into usage_event (event_key, content_hash, usage_at, batch_id, origin_id, route_id, id, subject, quantity,
       usage_end_at, occurred_at, tags)
     select k, content, usage_at, $12, origin, route, id, subject, quantity, usage_end_at, occurred_at, tags
     from unnest($1::uuid[], $2::bigint[], $3::timestamptz[], $4::integer[], $5::integer[], $6::text[], $7::text[],
       $8::numeric[], $9::timestamptz[], $10::timestamptz[], $11::jsonb[])
       as n (k, content, usage_at, origin, route, id, subject, quantity, usage_end_at, occurred_at, tags)`,
    [
      indexes.map((index) => keyText(batch.keys, index)),
      indexes.map((index) => readContent(batch.contents, index).toString()),
      indexes.map((index) => instant(eventOf(index).usageAtMs)),
      indexes.map(originId),
      indexes.map(routeId),
      indexes.map((index) => eventOf(index).id),
      indexes.map((index) => (usageOf(index) ? null : eventOf(index).subject)),
      indexes.map((index) => usageOf(index)?.quantity ?? null),
      indexes.map((index) => instant(usageOf(index)?.usageEndAtMs)),
      indexes.map((index) => instant(usageOf(index)?.occurredAtMs)),
      indexes.map((index) => {
        const tags = usageOf(index)?.tags
        return tags ? JSON.stringify(tags) : null
      }),
      batchId.toString(),
    ],
  )
}
