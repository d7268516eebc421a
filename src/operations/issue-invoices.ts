import { createHash } from 'node:crypto'
import { type ComposedInvoice, composeInvoice, dueDateOf, issueDocument } from '../domain/billing/compose-invoice.ts'
import { findBrokenInvariant } from '../domain/billing/invoice-invariants.ts'
import { invoiceNumberOf, invoiceSeries } from '../domain/billing/invoice-number.ts'
import type { Seller } from '../domain/billing/seller.ts'
import type { BillingPeriod } from '../domain/rating/billing-period.ts'
import type { ExchangeRate } from '../domain/rating/exchange-rate.ts'
import type { PriceList } from '../domain/rating/price-list.ts'
import { Refusal } from '../domain/refusal.ts'
import { listBillingProfilesByName, lockBillingProfiles } from '../store/billing-profile.ts'
import { type BulkTransaction, bulkTransaction } from '../store/bulk-transaction.ts'
import {
  copyInvoices,
  type InvoiceToStore,
  insertInvoicedUsage,
  insertInvoiceStatus,
  takeInvoiceNumbers,
} from '../store/invoice.ts'
import { copyInvoiceLines, type LineToStore } from '../store/invoice-line.ts'
import { loadCreditBalances } from '../store/payment.ts'
import { advanceInvoiceRun, type InvoiceRun, parkProfile, replaceUnpricedUsage } from '../store/invoice-run.ts'
import type { OperationContext } from './context.ts'
import { applyCredit, returnSurplus } from './invoice-credit.ts'
import { type LoadedFacts, loadInvoiceFacts } from './load-invoice-facts.ts'
import { scheduleInvoiceMail } from './notify-payer.ts'
import { settleProfile, watchDueDate } from './settle-profile.ts'
import type { UsageSnapshot } from './usage-snapshot.ts'

/** What all chunks of a run have in common; `lists` and `rates` remember what does not change in it. */
export interface RunInHand {
  readonly run: InvoiceRun
  readonly period: BillingPeriod
  readonly seller: Seller
  readonly snapshot: UsageSnapshot
  readonly lists: Map<string, PriceList>
  readonly rates: Map<string, readonly ExchangeRate[]>
}

export interface ComposedChunk {
  readonly profiles: readonly string[]
  readonly composed: readonly (LoadedFacts & Composed)[]
}
type Composed =
  | { readonly invoice: ComposedInvoice; readonly error?: undefined }
  | { readonly invoice?: undefined; readonly error: { readonly code: string; readonly message: string } }

export async function composeChunk(
  context: OperationContext,
  inHand: RunInHand,
  profiles: readonly string[],
): Promise<ComposedChunk> {
  const { snapshot, period, seller, lists, rates } = inHand
  const loaded = await loadInvoiceFacts({
    read: snapshot.read,
    tx: snapshot.read,
    usage: context.usage,
    profiles: await listBillingProfilesByName(snapshot.read, profiles),
    period,
    cutoff: snapshot.cutoff,
    seller,
    lists,
    rates,
  })
  return { profiles, composed: loaded.map((one) => ({ ...one, ...composeOrPark(one) })) }
}

/** One transaction: numbers, documents, lines, what was parked and what had no price are there together or not at all. */
export async function issueChunk(
  context: OperationContext,
  run: InvoiceRun,
  { profiles, composed }: ComposedChunk,
): Promise<void> {
  await bulkTransaction(context.db, async (bulk) => {
    const { db } = bulk
    const issued = composed.flatMap(({ invoice, facts, prints }) => (invoice ? [{ invoice, facts, prints }] : []))
    const lines = await issue(context, bulk, run, issued)
    for (const { facts, error } of composed)
      if (error) await parkProfile(db, run.id, facts.profile.name, error, context.now)
    await replaceUnpricedUsage(
      db,
      run.id,
      profiles,
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
    await advanceInvoiceRun(db, run.id, { profiles: profiles.length, lines })
  })
}

/** Nothing goes out that would be wrong (D11); one profile's trouble holds up no other. */
function composeOrPark({ facts }: LoadedFacts): Composed {
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
  bulk: BulkTransaction,
  run: InvoiceRun,
  issued: readonly (LoadedFacts & { readonly invoice: ComposedInvoice })[],
): Promise<number> {
  const { db } = bulk
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
    invoices.push(
      documentToStore(run, invoice, { id, number, account: facts.account.name, cutoff: facts.cutoff.batchId }),
    )
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
  await copyInvoices(bulk, invoices)
  await copyInvoiceLines(bulk, lines)
  await insertInvoicedUsage(db, seen)
  await beginLives({ ...context, db }, invoices)
  return lines.length
}

/** From here on an invoice is due, unless there is credit that pays it at once (BIL-10, BIL-23). */
async function beginLives(context: OperationContext, issued: readonly InvoiceToStore[]): Promise<void> {
  const { db } = context
  const invoices = issued.filter((invoice) => invoice.documentType === 'Invoice')
  await insertInvoiceStatus(
    db,
    invoices.map(({ id, invoiceDate }) => ({ invoiceId: id, at: invoiceDate, status: 'Due' as const })),
  )
  await scheduleInvoiceMail(context, invoices)
  const byDueDate = Map.groupBy(invoices, (invoice) => invoice.dueDate.getTime())
  for (const [dueDate, due] of byDueDate)
    await watchDueDate(
      context,
      due.map((invoice) => invoice.profile),
      new Date(dueDate),
    )
  // Credit that is granted or spent beside the run is seen by one of the two, and spent by one.
  await lockBillingProfiles(
    db,
    invoices.map((invoice) => invoice.profile),
  )
  for (const invoice of invoices) if (invoice.totalMinor < 0n) await returnSurplus(context, invoice.profile, invoice.id)
  const credited = await loadCreditBalances(
    db,
    invoices.map((invoice) => invoice.profile),
  )
  for (const { id, profile } of invoices)
    if (credited.has(profile)) await settleProfile(context, profile, [id, ...(await applyCredit(context, profile))])
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
