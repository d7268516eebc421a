import { type Selectable, sql } from 'kysely'
import type { UnpricedReason } from '../domain/rating/price-book.ts'
import { json, type Db } from './db.ts'
import type { Database } from './schema.ts'

export interface InvoiceRun {
  readonly id: string
  readonly period: string
  readonly startedAt: Date
  readonly finishedAt: Date | null
  readonly cutoffBatch: bigint | null
  readonly profilesTotal: number
  readonly profilesDone: number
  readonly lineCount: bigint
}

export interface ParkedProfile {
  readonly profile: string
  readonly code: string
  readonly message: string
  readonly parkedAt: Date
}

export interface UnpricedUsage {
  readonly profile: string
  readonly subscriptionId: string
  readonly meterId: string
  readonly groupingKey: string
  readonly usagePeriod: string
  readonly quantity: string
  readonly reason: UnpricedReason
}

/** The first instant whose prices may still change: the end of the latest month that was run; nothing before any run. */
export async function findOpenInstant(db: Db): Promise<Date | undefined> {
  const row = await db
    .selectFrom('invoice_run')
    .select(sql<Date | null>`((max(period) || '-01')::timestamp + interval '1 month') at time zone 'UTC'`.as('open'))
    .executeTakeFirst()
  return row?.open ?? undefined
}

export async function findInvoiceRun(db: Db, period: string): Promise<InvoiceRun | undefined> {
  const row = await db.selectFrom('invoice_run').selectAll().where('period', '=', period).executeTakeFirst()
  return row && toRun(row)
}

/** The run that came before, by month. */
export async function findLatestInvoiceRun(db: Db): Promise<InvoiceRun | undefined> {
  const row = await db.selectFrom('invoice_run').selectAll().orderBy('period', 'desc').limit(1).executeTakeFirst()
  return row && toRun(row)
}

export async function listInvoiceRuns(
  db: Db,
  page: { after?: string | undefined; limit: number },
): Promise<InvoiceRun[]> {
  let query = db.selectFrom('invoice_run').selectAll()
  if (page.after !== undefined) query = query.where('period', '>', page.after)
  return (await query.orderBy('period').limit(page.limit).execute()).map(toRun)
}

/** False when the month has a run already. */
export async function insertInvoiceRun(
  db: Db,
  run: { readonly id: string; readonly period: string; readonly startedAt: Date },
): Promise<boolean> {
  const result = await db
    .insertInto('invoice_run')
    .values({ id: run.id, period: run.period, started_at: run.startedAt })
    .onConflict((conflict) => conflict.column('period').doNothing())
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

export async function startInvoiceRun(
  db: Db,
  id: string,
  start: { readonly cutoffBatch: bigint; readonly profilesTotal: number },
): Promise<void> {
  await db
    .updateTable('invoice_run')
    .set({ cutoff_batch: start.cutoffBatch, profiles_total: start.profilesTotal, finished_at: null })
    .where('id', '=', id)
    .execute()
}

export async function advanceInvoiceRun(
  db: Db,
  id: string,
  by: { readonly profiles: number; readonly lines: number },
): Promise<void> {
  await db
    .updateTable('invoice_run')
    .set({
      profiles_done: sql<number>`profiles_done + ${by.profiles}`,
      line_count: sql<bigint>`line_count + ${by.lines}`,
    })
    .where('id', '=', id)
    .execute()
}

export async function finishInvoiceRun(db: Db, id: string, finishedAt: Date): Promise<void> {
  await db.updateTable('invoice_run').set({ finished_at: finishedAt }).where('id', '=', id).execute()
}

/** Profiles that were there in the month and have neither a document of it nor are parked. */
export async function listProfilesToInvoice(db: Db, run: InvoiceRun): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select p.name from billing_profile p
    where p.status <> 'Deleted'
      and p.created_at < ((${run.period} || '-01')::timestamp + interval '1 month') at time zone 'UTC'
      and not exists (select from invoice i where i.billing_profile_name = p.name and i.period = ${run.period}
        and i.document_type <> 'CreditNote')
      and not exists (select from invoice_run_parked k where k.run_id = ${run.id} and k.billing_profile_name = p.name)
    order by p.name`.execute(db)
  return rows.map((row) => row.name)
}

export async function parkProfile(
  db: Db,
  runId: string,
  profile: string,
  error: { code: string; message: string },
  parkedAt: Date,
): Promise<void> {
  await db
    .insertInto('invoice_run_parked')
    .values({ run_id: runId, billing_profile_name: profile, error: json(error), parked_at: parkedAt })
    .onConflict((conflict) =>
      conflict.columns(['run_id', 'billing_profile_name']).doUpdateSet({ error: json(error), parked_at: parkedAt }),
    )
    .execute()
}

export async function listParkedProfiles(db: Db, runId: string): Promise<ParkedProfile[]> {
  const rows = await db
    .selectFrom('invoice_run_parked')
    .selectAll()
    .where('run_id', '=', runId)
    .orderBy('billing_profile_name')
    .execute()
  return rows.map((row) => ({ profile: row.billing_profile_name, ...row.error, parkedAt: row.parked_at }))
}

export async function releaseParkedProfiles(db: Db, runId: string): Promise<void> {
  await db.deleteFrom('invoice_run_parked').where('run_id', '=', runId).execute()
}

/** What has no price is written anew each time the profile is rated in the run. */
export async function replaceUnpricedUsage(
  db: Db,
  runId: string,
  profiles: readonly string[],
  unpriced: readonly UnpricedUsage[],
): Promise<void> {
  await db
    .deleteFrom('invoice_run_unpriced')
    .where('run_id', '=', runId)
    .where('billing_profile_name', 'in', profiles.length > 0 ? [...profiles] : [''])
    .execute()
  if (unpriced.length === 0) return
  await sql`
    insert into invoice_run_unpriced
    select ${runId}::uuid, u.profile, u.subscription_id, u.meter_id, u.grouping_key, u.usage_period, sum(u.quantity), u.reason
    from unnest(${unpriced.map((row) => row.profile)}::text[], ${unpriced.map((row) => row.subscriptionId)}::uuid[],
      ${unpriced.map((row) => row.meterId)}::text[], ${unpriced.map((row) => row.groupingKey)}::text[],
      ${unpriced.map((row) => row.usagePeriod)}::text[], ${unpriced.map((row) => row.quantity)}::numeric[],
      ${unpriced.map((row) => row.reason)}::text[])
      as u (profile, subscription_id, meter_id, grouping_key, usage_period, quantity, reason)
    group by 1, 2, 3, 4, 5, 6, 8`.execute(db)
}

export async function listUnpricedUsage(db: Db, runId: string, limit: number): Promise<UnpricedUsage[]> {
  const rows = await db
    .selectFrom('invoice_run_unpriced')
    .selectAll()
    .where('run_id', '=', runId)
    .orderBy('billing_profile_name')
    .orderBy('subscription_id')
    .orderBy('meter_id')
    .orderBy('grouping_key')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    profile: row.billing_profile_name,
    subscriptionId: row.subscription_id,
    meterId: row.meter_id,
    groupingKey: row.grouping_key,
    usagePeriod: row.usage_period,
    quantity: row.quantity,
    reason: row.reason as UnpricedReason,
  }))
}

function toRun(row: Selectable<Database['invoice_run']>): InvoiceRun {
  return {
    id: row.id,
    period: row.period,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    cutoffBatch: row.cutoff_batch,
    profilesTotal: row.profiles_total,
    profilesDone: row.profiles_done,
    lineCount: row.line_count,
  }
}

/** One worker at a time issues a month's invoices; the lock goes with the transaction. */
export async function lockInvoiceRun(db: Db, period: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`invoice run ${period}`}, 0))`.execute(db)
}

export async function reopenInvoiceRun(db: Db, id: string): Promise<void> {
  await db.updateTable('invoice_run').set({ finished_at: null }).where('id', '=', id).execute()
}

/** Profiles that were there in the month. */
export async function listProfilesOfPeriod(db: Db, period: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select name from billing_profile where status <> 'Deleted'
      and created_at < ((${period} || '-01')::timestamp + interval '1 month') at time zone 'UTC'
    order by name`.execute(db)
  return rows.map((row) => row.name)
}

/** The operation that is already about to do the run, if the same principal asked for it. */
export async function findOpenRunOperation(
  db: Db,
  operation: { readonly kind: string; readonly scope: string; readonly principalId: string },
): Promise<string | undefined> {
  const row = await db
    .selectFrom('long_running_operation')
    .select('id')
    .where('kind', '=', operation.kind)
    .where('scope', '=', operation.scope)
    .where('principal_id', '=', operation.principalId)
    .where('finished_at', 'is', null)
    .orderBy('created_at')
    .limit(1)
    .executeTakeFirst()
  return row?.id
}
