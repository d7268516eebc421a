import { formatMinor } from '../rating/money.ts'
import { keepLines } from './credit-note.ts'
import type { InvoiceDocument, InvoiceSectionBlock, InvoiceSummary } from './invoice-document.ts'

/** Whose lines a statement shows: all of the profile's, a section's, or a subscription's. */
export interface StatementView {
  readonly section?: string
  readonly subscriptionId?: string
}

export interface Statement {
  /** `Pending`: estimated, without tax, and free to change until the month is closed (INV-3). */
  readonly state: 'Pending' | 'Issued'
  readonly isEstimated: boolean
  readonly period: InvoiceDocument['period']
  readonly currency: InvoiceDocument['currency']
  /** Of the invoice that the lines are on; null while pending and on statements that took none. */
  readonly number: string | null
  readonly summary: InvoiceSummary
  readonly sections: readonly InvoiceSectionBlock[]
  readonly notes: InvoiceDocument['notes']
  readonly includedQuantities: InvoiceDocument['includedQuantities']
}

/** The part of a document that a reader may see, with its own sums and nothing else of the account (INV-16). */
export function statementOf(document: InvoiceDocument, view: StatementView): Statement {
  const isIssued = document.issue !== null
  const zero = formatMinor(0n, document.currency)
  const { sections, summary } = keepLines(document, (line, section) => {
    if (view.section !== undefined && section.name !== view.section) return undefined
    if (view.subscriptionId !== undefined && line.subscriptionId !== view.subscriptionId) return undefined
    if (isIssued) return line
    const amount = line.charge === zero ? line.credit : line.charge
    return { ...line, taxRate: '0', tax: zero, total: amount }
  })
  const isWhole = view.section === undefined && view.subscriptionId === undefined
  const tenants = new Set(
    sections.flatMap((section) =>
      section.products.flatMap((product) =>
        product.serviceFamilies.flatMap((family) => family.lines.map((line) => line.identityTenant?.domain)),
      ),
    ),
  )
  return {
    state: isIssued ? 'Issued' : 'Pending',
    isEstimated: !isIssued,
    period: document.period,
    currency: document.currency,
    number: document.issue?.number ?? null,
    summary,
    sections,
    notes: document.notes.filter((note) => isWhole || (note.parameters.tenant && tenants.has(note.parameters.tenant))),
    includedQuantities: document.includedQuantities.filter(
      (use) => isWhole || (use.subscriptionId !== null && use.subscriptionId === view.subscriptionId),
    ),
  }
}
