import type { InvoiceLine } from '../domain/billing/invoice-document.ts'
import { linesOf } from '../domain/billing/credit-note.ts'
import { notFound } from '../domain/refusal.ts'
import { listPlacementHistory } from '../store/billing-placement.ts'
import type { StoredInvoice } from '../store/invoice.ts'
import { findInvoiceLine } from '../store/invoice-line.ts'
import type { ExplainedEvent } from '../usage/usage-store.ts'
import type { OperationContext } from './context.ts'
import { getInvoiceDocument } from './read-invoice.ts'

export interface ExplainedLine {
  readonly invoice: StoredInvoice
  readonly line: InvoiceLine
  /** What the events of all pages add up to: the line's quantity, of an adjustment everything known of the month. */
  readonly eventQuantity: string
  readonly events: readonly ExplainedEvent[]
  readonly next: string | undefined
}

/** The events behind a line, with the way each took; they add up to the line to the last decimal (INV-17). */
export async function explainInvoiceLine(
  context: OperationContext,
  name: string,
  lineNumber: number,
  page: { readonly after?: string | undefined; readonly limit: number },
): Promise<ExplainedLine> {
  const { invoice, document } = await getInvoiceDocument(context, name)
  const line = linesOf(document).find((candidate) => candidate.lineNumber === lineNumber)
  const stored = await findInvoiceLine(context.db, invoice.id, lineNumber)
  if (!line || !stored) throw notFound('LineNotFound', `The invoice '${name}' has no line ${lineNumber}.`)
  const eventQuantity = line.adjustment?.ratedQuantity ?? line.quantity
  const isOfEvents = !['minimum', 'product'].includes(stored.lineKind) && stored.chargeType !== 'Credit'
  if (!isOfEvents) return { invoice, line, eventQuantity: '0', events: [], next: undefined }
  const placements = await listPlacementHistory(context.db, stored.subscriptionId)
  const { items, next } = await context.usage.explain({
    usagePeriod: stored.usagePeriod,
    subscriptionId: stored.subscriptionId,
    meterId: stored.meterId,
    groupingKey: stored.groupingKey,
    placementIds: placements
      .filter(
        ({ profile, section, customer }) =>
          profile === invoice.profile && section === stored.section && customer === stored.customer,
      )
      .map((placement) => placement.id),
    uptoBatch: invoice.cutoffBatch,
    limit: page.limit,
    ...(page.after === undefined ? {} : { after: page.after }),
  })
  const from = new Date(line.from)
  const to = new Date(line.to)
  return {
    invoice,
    line,
    eventQuantity,
    // A month with several price versions has a line for each, of the days that each held.
    events: items.filter(({ usageAt }) => usageAt >= from && usageAt < to),
    next,
  }
}
