import { getDecimal, zero } from '../rating/decimal.ts'
import { findMinor, sumMinor } from '../rating/money.ts'
import type { ComposedInvoice } from './compose-invoice.ts'
import type { InvoiceFacts } from './invoice-facts.ts'

export interface BrokenInvariant {
  readonly code: string
  readonly message: string
}

/**
 * What would make a document wrong (D11), undefined when nothing does. Asks of the finished document and of the facts
 * it was made from, and not of the steps between.
 */
export function findBrokenInvariant(facts: InvoiceFacts, invoice: ComposedInvoice): BrokenInvariant | undefined {
  return brokenSums(facts, invoice) ?? brokenConservation(facts, invoice)
}

function brokenSums(facts: InvoiceFacts, { document, subtotalMinor, totalMinor }: ComposedInvoice) {
  const minor = (text: string): bigint => findMinor(text, facts.profile.currency) ?? 0n
  const lines = document.sections.flatMap((section) =>
    section.products.flatMap((product) => product.serviceFamilies.flatMap((family) => family.lines)),
  )
  const ofLines = sumMinor(lines.map((line) => minor(line.charge) + minor(line.credit)))
  const ofSections = sumMinor(document.sections.map((section) => minor(section.summary.total)))
  const ofTaxGroups = sumMinor(document.taxGroups.map((group) => minor(group.tax)))
  if (ofLines !== subtotalMinor)
    return broken('LinesDoNotSum', `the lines come to ${ofLines} and the subtotal is ${subtotalMinor}`)
  if (ofSections !== totalMinor)
    return broken('SectionsDoNotSum', `the sections come to ${ofSections} and the total is ${totalMinor}`)
  if (subtotalMinor + ofTaxGroups !== totalMinor)
    return broken('TaxDoesNotSum', `the subtotal with its tax is not the total of ${totalMinor}`)
  return undefined
}

/** Conservation of quantity: what was billed before, what is billed now and what has no price is all that was used. */
function brokenConservation(facts: InvoiceFacts, invoice: ComposedInvoice): BrokenInvariant | undefined {
  for (const month of facts.months) {
    const left = new Map<string, typeof zero>()
    const add = (meterId: string, subscriptionId: string, quantity: string, sign: 1 | -1): void => {
      const key = `${subscriptionId} ${meterId}`
      const amount = getDecimal(quantity)
      const known = left.get(key) ?? zero
      left.set(key, sign > 0 ? known.plus(amount) : known.minus(amount))
    }
    for (const used of month.quantities) add(used.meterId, used.subscriptionId, used.quantity, 1)
    for (const line of month.billed)
      if (line.lineKind !== 'minimum') add(line.meterId, line.subscriptionId, line.quantity, -1)
    for (const line of invoice.lines)
      if (line.usagePeriod === month.period && line.key.lineKind !== 'minimum' && line.key.lineKind !== 'product')
        add(line.key.meterId, line.key.subscriptionId, line.quantity, -1)
    for (const { period, record } of invoice.unpriced)
      if (period === month.period) add(record.meterId, record.subscriptionId, record.quantity, -1)
    for (const [key, rest] of left)
      if (!rest.eq(zero))
        return broken('QuantityNotConserved', `${rest.toFixed()} of ${key} in ${month.period} is on no line or on two`)
  }
  return undefined
}

const broken = (code: string, message: string): BrokenInvariant => ({ code, message })
