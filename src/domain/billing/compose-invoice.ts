import type { BillingPeriod } from '../rating/billing-period.ts'
import { compareTexts } from '../rating/line-key.ts'
import { formatMinor, sumMinor } from '../rating/money.ts'
import type { PriceListVersion } from '../rating/price-list.ts'
import type { IncludedQuantityUse, UnpricedQuantity } from '../rating/rate-month.ts'
import { chargeLine, type ChargedLine, type ComposedLine, documentLineOf } from './charge-line.ts'
import type {
  DocumentType,
  InvoiceDocument,
  InvoiceIssue,
  InvoiceNote,
  InvoiceSectionBlock,
  InvoiceSummary,
  PriceListReference,
} from './invoice-document.ts'
import type { InvoiceFacts } from './invoice-facts.ts'
import { chargeProducts } from './product-charge.ts'
import { monthSpan, transitionOf } from './line-period.ts'
import { rateUsageMonth } from './rate-usage-month.ts'
import { allocateTax, decideTax } from './tax.ts'

export interface ComposedInvoice {
  readonly document: InvoiceDocument
  readonly lines: readonly ComposedLine[]
  readonly subtotalMinor: bigint
  readonly taxMinor: bigint
  readonly totalMinor: bigint
  readonly unpriced: readonly (UnpricedQuantity & { readonly period: BillingPeriod })[]
}

/**
 * The document of one profile and month: the month's lines, and what earlier months differ by from what was billed of
 * them. A preview is the same with `issue` null.
 */
export function composeInvoice(facts: InvoiceFacts): ComposedInvoice {
  const months = facts.months
    .toSorted((a, b) => compareTexts(a.period, b.period))
    .map((month) => ({ month, ...rateUsageMonth(facts, month) }))
  const tax = decideTax(facts.seller, facts.profile)
  const charged = [
    ...months.flatMap(({ month, charges }) => charges.map((charge) => chargeLine(facts, month.period, charge))),
    ...chargeProducts(facts),
  ].toSorted(compareOnDocument)
  const { taxableMinor, taxMinor, byLine } = allocateTax(
    charged.map((line) => line.amountMinor),
    tax.rate,
    facts.profile.currency,
  )
  const lines = charged.map(
    (line, index): ComposedLine => ({ ...line, lineNumber: index + 1, taxMinor: byLine[index] ?? 0n }),
  )
  const { from, to } = monthSpan(facts.period)
  const { version, legalName, address, taxId, bankDetails, paymentTermsDays } = facts.seller
  const summary = summaryOf(facts, lines)
  const document: InvoiceDocument = {
    schema: 'tenantry.invoice.v1',
    documentType: documentTypeOf(lines),
    issue: null,
    paymentTermsDays,
    period: { name: facts.period, from: from.toISOString(), to: to.toISOString() },
    currency: facts.profile.currency,
    language: facts.profile.language,
    seller: { version, legalName, address, taxId, bankDetails, paymentTermsDays },
    billingAccount: {
      name: facts.account.name,
      displayName: facts.account.displayName,
      soldTo: facts.account.soldTo,
    },
    billingProfile: {
      name: facts.profile.name,
      displayName: facts.profile.displayName,
      billTo: facts.profile.billTo,
      poNumber: facts.profile.poNumber,
      taxId: facts.profile.taxId,
    },
    creditFor: null,
    cutoff: { reportedUntil: facts.cutoff.reportedUntil?.toISOString() ?? null },
    summary,
    taxGroups: [
      {
        rate: tax.rate,
        isReverseCharge: tax.isReverseCharge,
        taxable: formatMinor(taxableMinor, facts.profile.currency),
        tax: formatMinor(taxMinor, facts.profile.currency),
      },
    ],
    priceLists: priceListsOf(facts, lines),
    exchangeRates: exchangeRatesOf(lines),
    sections: sectionsOf(facts, lines, tax.rate),
    includedQuantities: months.flatMap(({ month, rated }) =>
      month.period === facts.period ? rated.includedQuantities.map((use) => includedQuantityOf(facts, use)) : [],
    ),
    notes: notesOf(facts, lines, tax.isReverseCharge),
  }
  return {
    document,
    lines,
    subtotalMinor: taxableMinor,
    taxMinor,
    totalMinor: taxableMinor + taxMinor,
    unpriced: months.flatMap(({ month, unpriced }) => unpriced.map((one) => ({ ...one, period: month.period }))),
  }
}

/** The composed document as it is issued; nothing but `issue` differs from its preview. */
export function issueDocument(document: InvoiceDocument, issue: InvoiceIssue): InvoiceDocument {
  return { ...document, issue }
}

/** The day's count from the invoice date; a document is due at the end of that day's instant (INV-5). */
export function dueDateOf(invoiceDate: Date, paymentTermsDays: number): Date {
  return new Date(invoiceDate.getTime() + paymentTermsDays * 86_400_000)
}

/** A month that asks for no money gets a statement, which takes no number (DEC-37). */
function documentTypeOf(lines: readonly ChargedLine[]): DocumentType {
  return lines.every((line) => line.amountMinor === 0n) ? 'Statement' : 'Invoice'
}

function compareOnDocument(a: ChargedLine, b: ChargedLine): number {
  return (
    compareTexts(a.blockDisplayName, b.blockDisplayName) ||
    compareTexts(a.blockName, b.blockName) ||
    compareTexts(a.productName.en, b.productName.en) ||
    compareTexts(a.serviceFamily, b.serviceFamily) ||
    compareTexts(a.key.subscriptionId, b.key.subscriptionId) ||
    compareTexts(a.usagePeriod, b.usagePeriod) ||
    compareTexts(a.key.resourceId, b.key.resourceId) ||
    compareTexts(a.key.meterId, b.key.meterId) ||
    compareTexts(a.key.lineKind, b.key.lineKind) ||
    compareTexts(a.key.priceListName, b.key.priceListName) ||
    a.key.priceVersion - b.key.priceVersion ||
    a.span.from.getTime() - b.span.from.getTime()
  )
}

function sectionsOf(
  facts: InvoiceFacts,
  lines: readonly ComposedLine[],
  taxRate: string,
): readonly InvoiceSectionBlock[] {
  return groupsOf(lines, (line) => line.blockName).map((inBlock) => {
    const [first] = inBlock
    return {
      name: first.blockName,
      kind: first.key.customerId === null ? 'section' : 'customer',
      displayName: first.blockDisplayName,
      summary: summaryOf(facts, inBlock),
      products: groupsOf(inBlock, (line) => line.productName.en).map((ofProduct) => ({
        name: ofProduct[0].productName,
        serviceFamilies: groupsOf(ofProduct, (line) => line.serviceFamily).map((ofFamily) => ({
          name: ofFamily[0].serviceFamily,
          lines: ofFamily.map((line) => documentLineOf(line, taxRate, facts.profile.currency)),
        })),
      })),
    }
  })
}

function summaryOf(facts: InvoiceFacts, lines: readonly ComposedLine[]): InvoiceSummary {
  const { currency } = facts.profile
  const charges = sumMinor(lines.filter((line) => line.amountMinor > 0n).map((line) => line.amountMinor))
  const credits = sumMinor(lines.filter((line) => line.amountMinor < 0n).map((line) => line.amountMinor))
  const tax = sumMinor(lines.map((line) => line.taxMinor))
  return {
    charges: formatMinor(charges, currency),
    credits: formatMinor(credits, currency),
    creditsApplied: formatMinor(0n, currency),
    subtotal: formatMinor(charges + credits, currency),
    tax: formatMinor(tax, currency),
    total: formatMinor(charges + credits + tax, currency),
  }
}

function notesOf(
  facts: InvoiceFacts,
  lines: readonly ComposedLine[],
  isReverseCharge: boolean,
): readonly InvoiceNote[] {
  const linkIds = new Set(lines.map((line) => line.key.resourceId))
  const changed = [...facts.names.links.values()]
    .filter((link) => linkIds.has(link.linkId))
    .toSorted((a, b) => compareTexts(a.domain, b.domain))
    .flatMap((link) => {
      const changedAt = transitionOf(facts.period, link)
      return changedAt
        ? [
            {
              key: 'transitionMonth' as const,
              parameters: { tenant: link.domain, changedAt: changedAt.toISOString() },
            },
          ]
        : []
    })
  const used = lines.filter((line) => line.key.lineKind !== 'product')
  const late = [...new Set(used.map((line) => line.usagePeriod))].filter((period) => period !== facts.period)
  return [
    ...changed,
    ...(late.length > 0 ? [{ key: 'lateUsage' as const, parameters: { periods: late.toSorted().join(', ') } }] : []),
    ...exchangeRatesOf(lines).map(({ from, to, rate, day }) => ({
      key: 'exchangeRate' as const,
      parameters: { from, to, rate, day },
    })),
    ...(isReverseCharge ? [{ key: 'reverseCharge' as const, parameters: {} }] : []),
  ]
}

function exchangeRatesOf(lines: readonly ChargedLine[]): InvoiceDocument['exchangeRates'] {
  const rates = new Map(
    lines.flatMap(({ exchangeRate }) => (exchangeRate ? [[JSON.stringify(exchangeRate), exchangeRate] as const] : [])),
  )
  return [...rates].toSorted(([a], [b]) => compareTexts(a, b)).map(([, rate]) => rate)
}

function priceListsOf(facts: InvoiceFacts, lines: readonly ChargedLine[]): readonly PriceListReference[] {
  const used = new Set(
    lines
      .filter((line) => line.key.lineKind !== 'product')
      .map((line) => JSON.stringify([line.key.priceListName, line.key.priceVersion])),
  )
  const seen = new Set<PriceListVersion>()
  return facts.priceLists
    .flatMap(({ priceList }) => priceList.versions.map((version) => ({ priceList, version })))
    .filter(({ priceList, version }) => {
      if (seen.has(version) || !used.has(JSON.stringify([priceList.name, version.version]))) return false
      seen.add(version)
      return true
    })
    .map(({ priceList, version }) => ({
      name: priceList.name,
      version: version.version,
      currency: priceList.currency,
      effectiveFrom: version.effectiveFrom,
    }))
    .toSorted((a, b) => compareTexts(a.name, b.name) || a.version - b.version)
}

function includedQuantityOf(
  facts: InvoiceFacts,
  use: IncludedQuantityUse,
): InvoiceDocument['includedQuantities'][number] {
  return {
    meterId: use.meterId,
    subscriptionId: use.subscriptionId,
    granted: use.granted,
    consumed: use.consumed,
    consumedBy: use.consumedBy.map(({ subscriptionId, resourceId, quantity }) => ({
      subscriptionId,
      tenant: facts.names.links.get(resourceId ?? '')?.domain ?? resourceId ?? '',
      quantity,
    })),
  }
}

/** Neighbours with the same key; the lines are in the order of the document already. */
function groupsOf<T>(items: readonly T[], keyOf: (item: T) => string): readonly (readonly [T, ...T[]])[] {
  const groups: [T, ...T[]][] = []
  let current: string | undefined
  for (const item of items) {
    const key = keyOf(item)
    const last = groups.at(-1)
    if (last && key === current) last.push(item)
    else groups.push([item])
    current = key
  }
  return groups
}
