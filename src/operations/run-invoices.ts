import { type BillingPeriod, closesAt, findBillingPeriod, getBillingPeriod } from '../domain/rating/billing-period.ts'
import { conflict, invalid, notFound, Refusal } from '../domain/refusal.ts'
import type { Db } from '../store/db.ts'
import {
  findInvoiceRun,
  findLatestInvoiceRun,
  findOpenRunOperation,
  finishInvoiceRun,
  type InvoiceRun,
  insertInvoiceRun,
  listInvoiceRuns,
  listParkedProfiles,
  listProfilesToInvoice,
  listUnpricedUsage,
  lockInvoiceRun,
  type ParkedProfile,
  releaseParkedProfiles,
  reopenInvoiceRun,
  startInvoiceRun,
  type UnpricedUsage,
} from '../store/invoice-run.ts'
import { appendAudit } from './audit.ts'
import { authorizeOperator } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { composeChunk, issueChunk } from './issue-invoices.ts'
import { type LongRunningWorker, startLongRunning } from './long-running.ts'
import { findIssuer } from './put-issuer.ts'
import { withUsageSnapshot } from './usage-snapshot.ts'

export const invoiceRunKind = 'invoiceRun'
export interface InvoiceRunInput {
  readonly period: string
}

export interface InvoiceRunReport {
  readonly run: InvoiceRun
  readonly parked: readonly ParkedProfile[]
  readonly unpriced: readonly UnpricedUsage[]
}

const runScope = (period: string): string => `/providers/Tenantry.Billing/invoiceRuns/${period}`
const shownUnpriced = 1000
/** Few enough that a chunk's facts fit in memory, many enough that a chunk's transaction costs little for each. */
const profilesInChunk = 10

/**
 * Closes a month and has its invoices issued in the background. A month is run once: the same request again answers
 * the run that is there, and goes on with it when it was interrupted (INV-4, DEC-8).
 */
export async function requestInvoiceRun(
  context: OperationContext,
  name: string,
): Promise<{ report: InvoiceRunReport; operationId: string | undefined }> {
  authorizeOperator(context)
  const period = requirePeriod(name)
  const { db, now } = context
  const done = await findInvoiceRun(db, period)
  if (done?.finishedAt) return { report: await reportOf(db, period), operationId: undefined }
  requireClosed(context, period)
  await requireLatest(db, period)
  if (!(await findIssuer(context)))
    throw conflict(
      'IssuerNotFound',
      'Nobody is named as issuer, and invoices name who sells. PUT /providers/Tenantry.Billing/issuer first.',
    )
  if (await insertInvoiceRun(db, { id: context.random.uuid(), period, startedAt: now }))
    await appendAudit(context, {
      action: 'Tenantry.Billing/invoiceRuns/write',
      scope: runScope(period),
      after: { period, startedAt: now.toISOString() },
    })
  const report = await reportOf(db, period)
  if (report.run.finishedAt) return { report, operationId: undefined }
  return { report, operationId: await workOn(context, period) }
}

/** However often a run is asked for while it goes on, it is one operation. */
async function workOn(context: OperationContext, period: BillingPeriod): Promise<string> {
  const work = { kind: invoiceRunKind, scope: runScope(period) }
  const input: InvoiceRunInput = { period }
  return (
    (await findOpenRunOperation(context.db, { ...work, principalId: context.caller.objectId })) ??
    startLongRunning(context, { ...work, input })
  )
}

/** Tries again what was parked, after its cause was mended. */
export async function resumeInvoiceRun(context: OperationContext, name: string): Promise<string> {
  authorizeOperator(context)
  const period = requirePeriod(name)
  const run = await requireRun(context.db, period)
  await requireLatest(context.db, period)
  await releaseParkedProfiles(context.db, run.id)
  await reopenInvoiceRun(context.db, run.id)
  await appendAudit(context, { action: 'Tenantry.Billing/invoiceRuns/resume/action', scope: runScope(period) })
  return workOn(context, period)
}

export async function getInvoiceRun(context: OperationContext, name: string): Promise<InvoiceRunReport> {
  authorizeOperator(context)
  return reportOf(context.db, requirePeriod(name))
}

export async function listAllInvoiceRuns(
  context: OperationContext,
  page: { after?: string | undefined; limit: number },
): Promise<InvoiceRun[]> {
  authorizeOperator(context)
  return listInvoiceRuns(context.db, page)
}

/** Does the run that a long-running operation stands for; `pool` because each chunk is a transaction of its own. */
export function invoiceRunWorker(pool: Db): LongRunningWorker {
  return async (context, { period }: InvoiceRunInput) => {
    await lockInvoiceRun(context.db, period)
    await runInvoices({ ...context, db: pool }, getBillingPeriod(period))
    return { period }
  }
}

/**
 * Issues what the run has not issued yet. Chunks are committed as they are done, so a run that is killed goes on where
 * it stopped; the invoice date is that of the run's request, so it does not show.
 */
export async function runInvoices(context: OperationContext, period: BillingPeriod): Promise<void> {
  const pool = context.db
  const run = await requireRun(pool, period)
  if (run.finishedAt) return
  const seller = await findIssuer(context)
  if (!seller) throw conflict('IssuerNotFound', 'Nobody is named as issuer. PUT /providers/Tenantry.Billing/issuer.')
  await withUsageSnapshot(pool, context.usage, async (snapshot) => {
    const names = await listProfilesToInvoice(pool, run)
    await startInvoiceRun(pool, run.id, {
      cutoffBatch: snapshot.cutoff.batchId,
      profilesTotal: run.profilesDone + names.length,
    })
    const inHand = { run, period, seller, snapshot, lists: new Map(), rates: new Map() }
    // While the database stores a chunk, the next one is rated.
    let storing = Promise.resolve()
    for (let from = 0; from < names.length; from += profilesInChunk) {
      const chunk = await composeChunk(context, inHand, names.slice(from, from + profilesInChunk))
      await storing
      storing = issueChunk(context, run, chunk)
      // It is awaited before the next chunk is stored, where a failure ends the run.
      storing.catch(() => undefined)
    }
    await storing
  })
  await finishInvoiceRun(pool, run.id, context.now)
}

export function requirePeriod(name: string): BillingPeriod {
  const period = findBillingPeriod(name)
  if (period) return period
  throw invalid('InvalidBillingPeriod', `'${name}' is not a month. Use the form 2026-10.`, 'period')
}

function requireClosed(context: OperationContext, period: BillingPeriod): void {
  const closes = closesAt(period, context.settings.graceHours)
  if (context.now >= closes) return
  throw new Refusal(
    'conflict',
    'BillingPeriodOpen',
    `${period} takes late usage until ${closes.toISOString()}. Run it then, or look at a preview now.`,
    { additionalInfo: [{ type: 'BillingPeriodOpen', info: { closesAt: closes.toISOString() } }] },
  )
}

/** Months are invoiced in their order: what a later one has seen as late usage must not be billed a second time. */
async function requireLatest(db: Db, period: BillingPeriod): Promise<void> {
  const latest = await findLatestInvoiceRun(db)
  if (latest && latest.period > period)
    throw conflict(
      'LaterPeriodInvoiced',
      `${latest.period} is invoiced already. What is open of ${period} comes as adjustments on the next invoices.`,
    )
  if (latest && latest.period < period && !latest.finishedAt)
    throw conflict(
      'EarlierRunUnfinished',
      `The run of ${latest.period} is not finished. PUT ${runScope(latest.period)} goes on with it; then run ${period}.`,
    )
}

async function requireRun(db: Db, period: BillingPeriod): Promise<InvoiceRun> {
  const run = await findInvoiceRun(db, period)
  if (run) return run
  throw notFound('InvoiceRunNotFound', `${period} has not been invoiced. PUT ${runScope(period)} starts its run.`)
}

async function reportOf(db: Db, period: BillingPeriod): Promise<InvoiceRunReport> {
  const run = await requireRun(db, period)
  return {
    run,
    parked: await listParkedProfiles(db, run.id),
    unpriced: await listUnpricedUsage(db, run.id, shownUnpriced),
  }
}
