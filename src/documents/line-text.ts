import type { InvoiceLanguage, InvoiceLine, InvoiceNote, LocalText } from '../domain/billing/invoice-document.ts'
import { formatDate, formatDecimal, formatInstant } from './format.ts'
import { textsOf } from './texts.ts'

const inLanguage = (text: LocalText, language: InvoiceLanguage): string => text[language] ?? text.en

export const productName = inLanguage

/** What a line is for, in words (INV-10: in the month of change each line says until or from when). */
export function lineText(line: InvoiceLine, language: InvoiceLanguage): string {
  const { lines } = textsOf(language)
  const { key, parameters } = line.description
  const parameter = (name: string): string => parameters[name] ?? ''
  switch (key) {
    case 'usage':
    case 'stackUsage':
      return lines[key](parameter('product'), parameter('resource'))
    case 'authentications':
      return parameters.until === undefined
        ? lines.authentications(parameter('tenant'))
        : lines.authenticationsUntil(parameter('tenant'), formatInstant(parameters.until))
    case 'monthlyActiveUsers':
      return parameters.from === undefined
        ? lines.monthlyActiveUsers(parameter('tenant'))
        : lines.monthlyActiveUsersFrom(parameter('tenant'), formatInstant(parameters.from))
    case 'secondFactorAttempts':
    case 'localResidency':
      return lines[key](parameter('tenant'))
    case 'fixedFee':
    case 'minimum':
      return lines[key](parameter('product'))
    case 'product':
      return lines.product(parameter('days'), parameter('of'))
    case 'credit':
      return lines.credit(parameter('number'), parameter('line'))
  }
}

/** From when to when, free quantities, and for an adjustment what it adjusts. */
export function lineRemarks(line: InvoiceLine, language: InvoiceLanguage): string[] {
  const texts = textsOf(language)
  const remarks = [`${formatInstant(line.from)} \u2013 ${formatInstant(line.to)}`]
  if (line.includedQuantity !== '0' && line.includedQuantity !== '')
    remarks.push(texts.included(formatDecimal(line.includedQuantity, texts.locale), line.unit))
  if (line.adjustment)
    remarks.push(
      line.adjustment.originals.length === 0
        ? texts.adjustmentOf(line.usagePeriod)
        : `${texts.adjustmentOf(line.usagePeriod)}; ${texts.originals} ${line.adjustment.originals.join(', ')}`,
    )
  return remarks
}

export function noteText(note: InvoiceNote, language: InvoiceLanguage): string {
  const { notes } = textsOf(language)
  const parameter = (name: string): string => note.parameters[name] ?? ''
  switch (note.key) {
    case 'transitionMonth':
      return notes.transitionMonth(parameter('tenant'), formatInstant(parameter('changedAt')))
    case 'reverseCharge':
      return notes.reverseCharge
    case 'lateUsage':
      return notes.lateUsage(parameter('periods'))
    case 'exchangeRate':
      return notes.exchangeRate(parameter('from'), parameter('to'), parameter('rate'), formatDate(parameter('day')))
  }
}
