import type { InvoiceDocument, InvoiceLanguage } from '../domain/billing/invoice-document.ts'
import { formatDate, formatDecimal, formatInstant, formatMoney } from './format.ts'
import { lineRemarks, lineText, noteText } from './line-text.ts'
import { textsOf } from './texts.ts'

/** A document for a terminal: what the PDF says, in plain lines. */
export function renderStatementText(document: InvoiceDocument, language: InvoiceLanguage): string {
  const texts = textsOf(language)
  const money = (amount: string): string => formatMoney(amount, document.currency, texts.locale)
  const kind = { Invoice: texts.invoice, CreditNote: texts.creditNote, Statement: texts.statement }[
    document.documentType
  ]
  const title = document.issue ? `${kind} ${document.issue.number ?? ''}`.trim() : `${texts.preview}: ${kind}`
  const rows: string[][] = [[texts.description, texts.quantity, texts.unitPrice, texts.charge]]
  const remarks = new Map<number, string[]>()
  for (const section of document.sections) {
    rows.push([section.displayName])
    for (const line of section.products.flatMap((product) =>
      product.serviceFamilies.flatMap((family) => family.lines),
    )) {
      rows.push([
        `  ${lineText(line, language)}`,
        formatDecimal(line.quantity, texts.locale),
        line.unitPrice === null ? texts.tiered : formatDecimal(line.unitPrice, texts.locale),
        money(line.chargeType === 'Credit' || line.credit.startsWith('-') ? line.credit : line.charge),
      ])
      remarks.set(rows.length - 1, lineRemarks(line, language))
    }
  }
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...rows.filter((row) => row.length > 1).map((row) => row[column]?.length ?? 0)),
  )
  const width = widths.reduce((sum, each) => sum + each + 2, -2)
  const total = (label: string, amount: string): string =>
    `${label.padEnd(width - money(amount).length)}${money(amount)}`
  const lines = [
    `${title} \u2014 ${document.billingProfile.displayName}, ${document.billingAccount.displayName}`,
    `${texts.period} ${formatInstant(document.period.from)} \u2013 ${formatInstant(document.period.to)}` +
      (document.issue
        ? `   ${texts.invoiceDate} ${formatDate(document.issue.invoiceDate)}   ${texts.dueDate} ${formatDate(document.issue.dueDate)}`
        : ''),
    '\u2500'.repeat(width),
    ...rows.flatMap((row, index) => [
      row
        .map((text, column) =>
          column === 0 ? text.padEnd(row.length > 1 ? (widths[0] ?? 0) : 0) : text.padStart(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
      ...(remarks.get(index) ?? []).map((remark) => `    ${remark}`),
    ]),
    ...(document.sections.length === 0 ? [texts.nothingUsed] : []),
    '\u2500'.repeat(width),
    total(texts.subtotal, document.summary.subtotal),
    total(texts.tax, document.summary.tax),
    total(texts.total, document.summary.total),
    ...document.notes.map((note) => `* ${noteText(note, language)}`),
  ]
  return lines.join('\n')
}
