import { createHash } from 'node:crypto'
import { dueDateOf, issueDocument } from '../domain/billing/compose-invoice.ts'
import { composeCreditNote, linesOf } from '../domain/billing/credit-note.ts'
import type { InvoiceDocument } from '../domain/billing/invoice-document.ts'
import { invoiceNumberOf, invoiceSeries } from '../domain/billing/invoice-number.ts'
import { findMinor } from '../domain/rating/money.ts'
import { conflict, invalid } from '../domain/refusal.ts'
import { lockBillingProfile } from '../store/billing-profile.ts'
import {
  findInvoice,
  insertInvoice,
  listCreditNotes,
  loadInvoiceDocument,
  lockInvoice,
  takeInvoiceNumbers,
} from '../store/invoice.ts'
import { insertInvoiceLines, listInvoiceLines } from '../store/invoice-line.ts'
import { appendAudit } from './audit.ts'
import { authorizeOperator } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { applyCredit, returnSurplus } from './invoice-credit.ts'
import { invoiceNotFound, type InvoiceNow, withStatus } from './read-invoice.ts'
import { settleProfile } from './settle-profile.ts'

export interface WantedCredit {
  readonly reason: string
  /** Numbers of lines of the original; absent: all that no credit note has taken back yet. */
  readonly lines?: readonly number[] | undefined
}

/** A closed invoice is never edited: what was wrong comes back as negative lines that name it (INV-14, BIL-23). */
export async function creditInvoice(
  context: OperationContext,
  name: string,
  wanted: WantedCredit,
): Promise<{ invoice: InvoiceNow; document: InvoiceDocument }> {
  authorizeOperator(context)
  const { db, now } = context
  const original = await findInvoice(db, name)
  if (!original) throw invoiceNotFound(name)
  if (original.documentType !== 'Invoice' || original.number === null)
    throw conflict('NotAnInvoice', `Only invoices are credited, and '${name}' is a ${original.documentType}.`)
  await lockBillingProfile(db, original.profile)
  await lockInvoice(db, original.id)
  const document = JSON.parse(await loadInvoiceDocument(db, original.id)) as InvoiceDocument
  const credited = new Set<number>()
  for (const note of await listCreditNotes(db, original.id)) {
    const earlier = JSON.parse(await loadInvoiceDocument(db, note.id)) as InvoiceDocument
    for (const line of linesOf(earlier)) credited.add(Number(line.description.parameters.line))
  }
  const chosen = chooseLines(wanted.lines, linesOf(document), credited, name)
  const note = composeCreditNote(document, original.number, wanted.reason, chosen)
  const number = invoiceNumberOf(
    invoiceSeries.creditNote,
    (await takeInvoiceNumbers(db, invoiceSeries.creditNote, 1)) + 1n,
  )
  const issued = issueDocument(note, {
    number,
    invoiceDate: now.toISOString(),
    dueDate: dueDateOf(now, 0).toISOString(),
  })
  const text = JSON.stringify(issued)
  const minor = (amount: string): bigint => findMinor(amount, issued.currency) ?? 0n
  const id = context.random.uuid()
  await insertInvoice(db, {
    id,
    number,
    documentType: 'CreditNote',
    runId: null,
    account: original.account,
    profile: original.profile,
    period: original.period,
    currency: original.currency,
    invoiceDate: now,
    dueDate: now,
    subtotalMinor: minor(issued.summary.subtotal),
    taxMinor: minor(issued.summary.tax),
    totalMinor: minor(issued.summary.total),
    cutoffBatch: original.cutoffBatch,
    creditFor: original.id,
    document: text,
    documentSha256: createHash('sha256').update(text).digest('hex'),
  })
  const originals = new Map((await listInvoiceLines(db, original.id)).map((line) => [line.lineNumber, line]))
  await insertInvoiceLines(
    db,
    linesOf(issued).flatMap((line) => {
      const of = originals.get(Number(line.description.parameters.line))
      const amountMinor = minor(line.charge) + minor(line.credit)
      return of
        ? [
            {
              ...of,
              invoiceId: id,
              lineNumber: line.lineNumber,
              chargeType: 'Credit' as const,
              quantity: line.quantity,
              amount: line.amount,
              amountMinor,
            },
          ]
        : []
    }),
  )
  await appendAudit(context, {
    action: 'Tenantry.Billing/invoices/creditNotes/write',
    scope: `/providers/Tenantry.Billing/invoices/${original.number}`,
    after: { number, reason: wanted.reason, lines: chosen, total: issued.summary.total },
  })
  await returnSurplus(context, original.profile, original.id)
  await settleProfile(context, original.profile, [original.id, ...(await applyCredit(context, original.profile))])
  const stored = await findInvoice(db, number)
  if (!stored) throw new Error(`the credit note ${number} was not stored`)
  return { invoice: withStatus(context, stored), document: issued }
}

function chooseLines(
  wanted: readonly number[] | undefined,
  lines: readonly { readonly lineNumber: number }[],
  credited: ReadonlySet<number>,
  name: string,
): number[] {
  const all = lines.map((line) => line.lineNumber)
  const chosen = wanted === undefined ? all.filter((line) => !credited.has(line)) : [...new Set(wanted)]
  const missing = chosen.find((line) => !all.includes(line))
  if (missing !== undefined)
    throw invalid('LineNotFound', `The invoice '${name}' has no line ${missing}.`, 'properties.lines')
  const again = chosen.find((line) => credited.has(line))
  if (again !== undefined || chosen.length === 0)
    throw conflict(
      'AlreadyCredited',
      again === undefined
        ? `Every line of the invoice '${name}' is credited already.`
        : `Line ${again} of the invoice '${name}' is credited already.`,
    )
  return chosen.toSorted((a, b) => a - b)
}
