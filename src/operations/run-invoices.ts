import { createHash } from 'node:crypto'
import { type ComposedInvoice, composeInvoice, dueDateOf, issueDocument } from '../domain/billing/compose-invoice.ts'
import { findBrokenInvariant } from '../domain/billing/invoice-invariants.ts'
import { invoiceNumberOf, invoiceSeries } from '../domain/billing/invoice-number.ts'
import type { Seller } from '../domain/billing/seller.ts'
import { type BillingPeriod, closesAt, findBillingPeriod, getBillingPeriod } from '../domain/rating/billing-period.ts'
import type { ExchangeRate } from '../domain/rating/exchange-rate.ts'
import type { PriceList } from '../domain/rating/price-list.ts'
import { conflict, invalid, notFound, Refusal } from '../domain/refusal.ts'
import { listBillingProfilesByName } from '../store/billing-profile.ts'
import type { Db } from '../store/db.ts'
import {
  type InvoiceToStore,
  insertInvoicedUsage,
  insertInvoiceLines,
  insertInvoices,
  insertInvoiceStatus,
  type LineToStore,
  takeInvoiceNumbers,
} from '../store/invoice.ts'
import {
  advanceInvoiceRun,
  findInvoiceRun,
  findLatestInvoiceRun,
  finishInvoiceRun,
  type InvoiceRun,
  insertInvoiceRun,
  listInvoiceRuns,
  listParkedProfiles,
  listProfilesToInvoice,
  listUnpricedUsage,
  lockInvoiceRun,
  type ParkedProfile,
  parkProfile,
  releaseParkedProfiles,
  reopenInvoiceRun,
  replaceUnpricedUsage,
  startInvoiceRun,
  type UnpricedUsage,
} from '../store/invoice-run.ts'
import { appendAudit } from './audit.ts'
import { authorizeOperator } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { type LoadedFacts, loadInvoiceFacts } from './load-invoice-facts.ts'
import { type LongRunningWorker, startLongRunning } from './long-running.ts'
import { findIssuer } from './put-issuer.ts'
import { type UsageSnapshot, withUsageSnapshot } from './usage-snapshot.ts'

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
const profilesInChunk = 100

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
  requireClosed(context, period)
  const latest = await findLatestInvoiceRun(db)
  if (latest && latest.period > period)
    throw conflict(
      'LaterPeriodInvoiced',
      `${latest.period} is invoiced already. Late usage of ${period} comes as adjustments on the next invoices.`,
    )
  if (!(await findIssuer(context)))
    throw conflict(
      'IssuerNotFound',
      'Nobody is named as issuer, and invoices name who sells. PUT /providers/Tenantry.Billing/issuer first.',
    )
  if (await insertInvoiceRun(db, { id: context.random.uuid(), period, startedAt: now }))
    await appendAudit(context, { action: 'Tenantry.Billing/invoiceRuns/write', scope: runScope(period) })
  const report = await reportOf(db, period)
  if (report.run.finishedAt) return { report, operationId: undefined }
  const input: InvoiceRunInput = { period }
  return {
    report,
    operationId: await startLongRunning(context, { kind: invoiceRunKind, scope: runScope(period), input }),
  }
}

/** Tries again what was parked, after its cause was mended. */
export async function resumeInvoiceRun(context: OperationContext, name: string): Promise<string> {
  authorizeOperator(context)
  const period = requirePeriod(name)
  const run = await requireRun(context.db, period)
  await releaseParkedProfiles(context.db, run.id)
  await reopenInvoiceRun(context.db, run.id)
  await appendAudit(context, { action: 'Tenantry.Billing/invoiceRuns/resume/action', scope: runScope(period) })
  const input: InvoiceRunInput = { period }
  return startLongRunning(context, { kind: invoiceRunKind, scope: runScope(period), input })
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
      cutoffBatch: snapshot.cutoffBatch,
      profilesTotal: run.profilesDone + names.length,
    })
    const known = { lists: new Map<string, PriceList>(), rates: new Map<string, readonly ExchangeRate[]>() }
    for (let from = 0; from < names.length; from += profilesInChunk) {
      const chunk = names.slice(from, from + profilesInChunk)
      await issueChunk(context, { run, period, seller, snapshot, known }, chunk)
    }
  })
  await finishInvoiceRun(pool, run.id, context.now)
}

interface RunInHand {
  readonly run: InvoiceRun
  readonly period: BillingPeriod
  readonly seller: Seller
  readonly snapshot: UsageSnapshot
  readonly known: { readonly lists: Map<string, PriceList>; readonly rates: Map<string, readonly ExchangeRate[]> }
}

async function issueChunk(context: OperationContext, inHand: RunInHand, names: readonly string[]): Promise<void> {
  const { run, period, seller, snapshot, known } = inHand
  const loaded = await loadInvoiceFacts({
    read: snapshot.read,
    tx: snapshot.read,
    usage: context.usage,
    profiles: await listBillingProfilesByName(snapshot.read, names),
    period,
    cutoffBatch: snapshot.cutoffBatch,
    seller,
    ...known,
  })
  const composed = loaded.map((one) => ({ ...one, ...composeOrPark(one) }))
  await context.db.transaction().execute(async (db) => {
    const issued = composed.flatMap(({ invoice, facts, prints }) => (invoice ? [{ invoice, facts, prints }] : []))
    const lines = await issue(context, db, run, issued)
    for (const { facts, error } of composed)
      if (error) await parkProfile(db, run.id, facts.profile.name, error, context.now)
    await replaceUnpricedUsage(
      db,
      run.id,
      names,
      issued.flatMap(({ invoice, facts }) =>
        invoice.unpriced.map(({ record, reason, period: usagePeriod }) => ({
          profile: facts.profile.name,
          subscriptionId: record.subscriptionId,
          meterId: record.meterId,
          groupingKey: record.resourceId ?? '',
          usagePeriod,
          quantity: record.quantity,
          reason,
        })),
      ),
    )
    await advanceInvoiceRun(db, run.id, { profiles: names.length, lines })
  })
}

/** Nothing goes out that would be wrong (D11); one profile's trouble holds up no other. */
function composeOrPark({ facts }: LoadedFacts): {
  invoice?: ComposedInvoice
  error?: { code: string; message: string }
} {
  try {
    const invoice = composeInvoice(facts)
    const error = findBrokenInvariant(facts, invoice)
    return error ? { error } : { invoice }
  } catch (error) {
    const code = error instanceof Refusal ? error.code : 'InvoiceNotComposed'
    return { error: { code, message: (error as Error).message } }
  }
}

async function issue(
  context: OperationContext,
  db: Db,
  run: InvoiceRun,
  issued: readonly (LoadedFacts & { readonly invoice: ComposedInvoice })[],
): Promise<number> {
  const numbered = issued.filter(({ invoice }) => invoice.document.documentType === 'Invoice')
  let last = numbered.length > 0 ? await takeInvoiceNumbers(db, invoiceSeries.invoice, numbered.length) : 0n
  const invoices: InvoiceToStore[] = []
  const lines: LineToStore[] = []
  const seen: { invoiceId: string; profile: string; usagePeriod: string; print: string }[] = []
  for (const { facts, invoice, prints } of issued) {
    const id = context.random.uuid()
    const isInvoice = invoice.document.documentType === 'Invoice'
    if (isInvoice) last += 1n
    const number = isInvoice ? invoiceNumberOf(invoiceSeries.invoice, last) : null
    invoices.push(documentToStore(run, invoice, { id, number, account: facts.account.name, cutoff: facts.cutoffBatch }))
    for (const line of invoice.lines) lines.push(lineToStore(id, line))
    const unpriced = new Set(invoice.unpriced.map((one) => one.period))
    // A month with usage that had no price is rated again by the next run, whether it has changed or not.
    for (const [usagePeriod, print] of prints)
      seen.push({
        invoiceId: id,
        profile: facts.profile.name,
        usagePeriod,
        print: unpriced.has(usagePeriod) ? '' : print,
      })
  }
  await insertInvoices(db, invoices)
  await insertInvoiceLines(db, lines)
  await insertInvoicedUsage(db, seen)
  const due = invoices.filter((invoice) => invoice.documentType === 'Invoice')
  await insertInvoiceStatus(
    db,
    due.map(({ id, invoiceDate }) => ({ invoiceId: id, at: invoiceDate, status: 'Due' as const })),
  )
  return lines.length
}

function documentToStore(
  run: InvoiceRun,
  { document, subtotalMinor, taxMinor, totalMinor }: ComposedInvoice,
  { id, number, account, cutoff }: { id: string; number: string | null; account: string; cutoff: bigint },
): InvoiceToStore {
  const invoiceDate = run.startedAt
  const dueDate = dueDateOf(invoiceDate, document.paymentTermsDays)
  const text = JSON.stringify(
    issueDocument(document, { number, invoiceDate: invoiceDate.toISOString(), dueDate: dueDate.toISOString() }),
  )
  return {
    id,
    number,
    documentType: document.documentType,
    runId: run.id,
    account,
    profile: document.billingProfile.name,
    period: run.period,
    currency: document.currency,
    invoiceDate,
    dueDate,
    subtotalMinor,
    taxMinor,
    totalMinor,
    cutoffBatch: cutoff,
    creditFor: null,
    document: text,
    documentSha256: createHash('sha256').update(text).digest('hex'),
  }
}

function lineToStore(invoiceId: string, line: ComposedInvoice['lines'][number]): LineToStore {
  return {
    invoiceId,
    lineNumber: line.lineNumber,
    usagePeriod: line.usagePeriod,
    chargeType: line.chargeType,
    lineKind: line.key.lineKind,
    section: line.key.invoiceSectionId,
    customer: line.key.customerId,
    subscriptionId: line.key.subscriptionId,
    meterId: line.key.meterId,
    groupingKey: line.key.resourceId ?? '',
    priceListName: line.key.priceListName,
    priceVersion: line.key.priceVersion,
    quantity: line.quantity,
    amount: line.amount,
    amountMinor: line.amountMinor,
  }
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
