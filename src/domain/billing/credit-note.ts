import { formatMinor, sumMinor, findMinor } from '../rating/money.ts'
import type { InvoiceDocument, InvoiceLine, InvoiceSectionBlock, InvoiceSummary } from './invoice-document.ts'

/** The lines of a document in the order of reading. */
export function linesOf(document: Pick<InvoiceDocument, 'sections'>): InvoiceLine[] {
  return document.sections.flatMap((section) =>
    section.products.flatMap((product) => product.serviceFamilies.flatMap((family) => family.lines)),
  )
}

/** Takes lines of an invoice back, each with its own tax, so that a full credit is the original turned round (INV-14). */
export function composeCreditNote(
  original: InvoiceDocument,
  number: string,
  reason: string,
  lineNumbers: readonly number[],
): InvoiceDocument {
  const chosen = new Set(lineNumbers)
  let lineNumber = 0
  const turned = keepLines(original, (line) => {
    if (!chosen.has(line.lineNumber)) return undefined
    lineNumber += 1
    return turnedRound(line, number, lineNumber)
  })
  return {
    ...original,
    documentType: 'CreditNote',
    issue: null,
    paymentTermsDays: 0,
    creditFor: { number, invoiceDate: original.issue?.invoiceDate ?? original.period.to, reason },
    summary: turned.summary,
    taxGroups: original.taxGroups.map((group) => ({
      ...group,
      taxable: turned.summary.subtotal,
      tax: turned.summary.tax,
    })),
    sections: turned.sections,
    includedQuantities: [],
    notes: original.notes.filter((note) => note.key === 'reverseCharge' || note.key === 'exchangeRate'),
  }
}

/** The document's blocks with the lines that `change` keeps, and their sums; blocks without lines are left out. */
export function keepLines(
  document: Pick<InvoiceDocument, 'sections' | 'currency'>,
  change: (line: InvoiceLine, section: InvoiceSectionBlock) => InvoiceLine | undefined,
): { readonly sections: readonly InvoiceSectionBlock[]; readonly summary: InvoiceSummary } {
  const sections = document.sections.flatMap((section) => {
    const products = section.products.flatMap((product) => {
      const serviceFamilies = product.serviceFamilies.flatMap((family) => {
        const lines = family.lines.flatMap((line) => change(line, section) ?? [])
        return lines.length > 0 ? [{ ...family, lines }] : []
      })
      return serviceFamilies.length > 0 ? [{ ...product, serviceFamilies }] : []
    })
    if (products.length === 0) return []
    const lines = products.flatMap((product) => product.serviceFamilies.flatMap((family) => family.lines))
    return [{ ...section, products, summary: summaryOf(lines, document.currency) }]
  })
  return { sections, summary: summaryOf(linesOf({ sections }), document.currency) }
}

function summaryOf(lines: readonly InvoiceLine[], currency: InvoiceDocument['currency']): InvoiceSummary {
  const sum = (pick: (line: InvoiceLine) => string): bigint =>
    sumMinor(lines.map((line) => findMinor(pick(line), currency) ?? 0n))
  const charges = sum((line) => line.charge)
  const credits = sum((line) => line.credit)
  const tax = sum((line) => line.tax)
  return {
    charges: formatMinor(charges, currency),
    credits: formatMinor(credits, currency),
    creditsApplied: formatMinor(0n, currency),
    subtotal: formatMinor(charges + credits, currency),
    tax: formatMinor(tax, currency),
    total: formatMinor(charges + credits + tax, currency),
  }
}

function turnedRound(line: InvoiceLine, number: string, lineNumber: number): InvoiceLine {
  return {
    ...line,
    lineNumber,
    chargeType: 'Credit',
    description: {
      key: 'credit',
      parameters: { ...line.description.parameters, number, line: String(line.lineNumber) },
    },
    quantity: negated(line.quantity),
    includedQuantity: negated(line.includedQuantity),
    parts: [],
    amount: negated(line.amount),
    charge: negated(line.credit),
    credit: negated(line.charge),
    tax: negated(line.tax),
    total: negated(line.total),
    adjustment: null,
  }
}

function negated(decimal: string): string {
  if (/^-?[0.]+$/.test(decimal)) return decimal.replace('-', '')
  return decimal.startsWith('-') ? decimal.slice(1) : `-${decimal}`
}
