import { type BillingPeriod, firstDayOf, lastDayOf } from '../rating/billing-period.ts'
import type { Currency } from '../rating/currency.ts'
import { decimalText, getDecimal, zero } from '../rating/decimal.ts'
import type { ExchangeRate } from '../rating/exchange-rate.ts'
import { compareTexts, type LineKey, lineKeyText } from '../rating/line-key.ts'
import { fromMinor } from '../rating/money.ts'
import type { PriceListAssignment } from '../rating/price-book.ts'
import type { PriceEntry } from '../rating/price-list.ts'
import { rateMonth } from '../rating/rate-month.ts'
import type { RatedLine } from '../rating/rated-line.ts'
import type { RatedPart } from '../rating/rated-part.ts'
import type { ChargeType, DocumentType } from './invoice-document.ts'
import type { BilledInvoiceLine, UsageMonth } from './invoice-facts.ts'
import { type Charge, isElsewhere, monthToRate, type PricingFacts, rateUsageMonth } from './rate-usage-month.ts'

/** The issued document that a cost is on. */
export interface CostDocument {
  readonly id: string
  /** Null on a statement (DEC-37). */
  readonly number: string | null
  readonly documentType: DocumentType
  readonly period: BillingPeriod
  /** Of a credit note: the number of the invoice that it corrects. */
  readonly creditFor: string | null
}

export interface DocumentedLine extends BilledInvoiceLine {
  readonly chargeType: ChargeType
  readonly amount: string
  readonly document: CostDocument
}

/** A day of a line; a line whose days are not known any more, or that has none, is one row over its month. */
export interface CostRow {
  readonly firstDay: string
  readonly lastDay: string
  readonly quantity: string
  readonly includedQuantity: string
  /** Exact, in the currency of the bill; never rounded (INV-13). */
  readonly amount: string
  /** The same in the currency of the price list, where it is known. */
  readonly pricedAmount: string | null
  readonly unitPrice: string | null
  readonly effectiveUnitPrice: string | null
  readonly parts: readonly RatedPart[]
}

/** What decides who may see a cost: whose usage it is and who pays. */
export interface CostPlace {
  readonly subscriptionId: string
  readonly invoiceSectionId?: string | null
  readonly customerId?: string | null
}

/** What one line of a document, or of the document to come, costs; its rows add up to it to the last decimal. */
export interface CostLine {
  readonly key: LineKey
  readonly usagePeriod: BillingPeriod
  /** The month whose document it is on or will be on. */
  readonly billingPeriod: BillingPeriod
  readonly chargeType: ChargeType
  /** Null as long as the cost is pending and an estimate (INV-3). */
  readonly document: CostDocument | null
  /** Documents that the line was on before it was adjusted. */
  readonly previousNumbers: readonly string[]
  readonly entry: PriceEntry | undefined
  readonly pricingCurrency: Currency | undefined
  readonly exchangeRate: ExchangeRate | null
  readonly quantity: string
  readonly amount: string
  readonly amountMinor: bigint
  readonly rows: readonly CostRow[]
}

/**
 * The cost of a month's usage, by the code that makes the invoice: what issued documents say of it, and what is pending.
 * Only the lines of what is asked for are made; everything else of the month takes part in what is counted.
 * Tiers, packages and free quantities fall on the days that used them up, so that the days of a line add up exactly.
 *
 * A line that was adjusted after it was billed is shown as it is on each of its documents, not by day: which day the
 * difference belongs to is no longer known, and both documents keep their amounts (INV-14).
 */
export function costLinesOf(
  facts: PricingFacts,
  month: UsageMonth,
  documented: readonly DocumentedLine[],
  isAsked: (place: CostPlace) => boolean = () => true,
): readonly CostLine[] {
  const billed = documented.filter((line) => line.document.documentType !== 'CreditNote')
  const { charges, rated } = rateUsageMonth(facts, { ...month, billed })
  const days = daysOf(facts, month, isAsked)
  const current = new Map(rated.lines.map((line) => [lineKeyText(line), line]))
  const billedByKey = Map.groupBy(billed, (line) => lineKeyText(keyOf(line)))
  const pending = charges
    .filter(({ key }) => isAsked(key))
    .map((charge) => pendingLine(facts, month.period, charge, days))
  const asked = documented.filter((line) => isAsked(keyOf(line)))
  const issued = asked.map((line): CostLine => {
    const key = keyOf(line)
    const id = lineKeyText(key)
    const now = current.get(id)
    const isWhole = line.document.documentType !== 'CreditNote' && billedByKey.get(id)?.length === 1
    const byDay = now && isWhole && isSame(now, line) ? now : undefined
    return {
      ...pricedBy(facts.priceLists, key),
      key,
      usagePeriod: month.period,
      billingPeriod: line.document.period,
      chargeType: line.chargeType,
      document: line.document,
      previousNumbers: previousNumbersOf(line, billedByKey.get(id) ?? []),
      exchangeRate: now?.exchangeRate ?? null,
      quantity: line.quantity,
      amount: line.amount,
      amountMinor: line.amountMinor,
      rows: byDay
        ? rowsByDay(byDay, days.get(id) ?? [], line.amount)
        : [wholeRow(month.period, line.quantity, line.amount, now)],
    }
  })
  return [...issued, ...pending]
}

function pendingLine(
  facts: PricingFacts,
  usagePeriod: BillingPeriod,
  charge: Charge,
  days: ReadonlyMap<string, readonly RatedLine[]>,
): CostLine {
  const { key, rated, billed, amountMinor, quantity } = charge
  // An adjustment is the difference of two rounded amounts, also of one to nothing.
  const amount = rated && !billed ? rated.amount : decimalText(fromMinor(amountMinor, facts.profile.currency))
  return {
    ...pricedBy(facts.priceLists, key),
    key,
    usagePeriod,
    billingPeriod: facts.period,
    chargeType: chargeTypeOf(key, billed !== undefined),
    document: null,
    previousNumbers: billed?.originals ?? [],
    exchangeRate: rated?.exchangeRate ?? null,
    quantity,
    amount,
    amountMinor,
    rows:
      rated && !wasBilled(charge)
        ? rowsByDay(rated, days.get(lineKeyText(key)) ?? [], amount)
        : [wholeRow(usagePeriod, quantity, amount, rated)],
  }
}

function wasBilled({ billed }: Charge): boolean {
  return billed !== undefined && (billed.amountMinor !== 0n || !getDecimal(billed.quantity).eq(zero))
}

function chargeTypeOf(key: LineKey, isAdjustment: boolean): ChargeType {
  if (key.lineKind === 'minimum') return 'Minimum'
  if (isAdjustment) return 'Adjustment'
  return key.lineKind === 'fixedFee' ? 'Fixed' : 'Usage'
}

/** The published words for kinds of charge. */
export function publishedChargeType({ chargeType }: CostLine): 'Usage' | 'Adjustment' | 'Purchase' | 'Refund' {
  if (chargeType === 'Usage' || chargeType === 'Adjustment') return chargeType
  return chargeType === 'Credit' ? 'Refund' : 'Purchase'
}

function daysOf(
  facts: PricingFacts,
  month: UsageMonth,
  isAsked: (place: CostPlace) => boolean,
): ReadonlyMap<string, readonly RatedLine[]> {
  const isOwn = (place: CostPlace): boolean => !isElsewhere(place) && isAsked(place)
  const { lines } = rateMonth({ ...monthToRate(facts, month), byDay: isOwn })
  return Map.groupBy(lines.filter(isOwn), (line) => lineKeyText(line))
}

/**
 * The days of a line. What they come to differently from the line falls on the last one: the rounding of a line that was
 * billed late, or the rest of the division by days that a fixed fee is.
 */
function rowsByDay(line: RatedLine, days: readonly RatedLine[], amount: string): readonly CostRow[] {
  const rows = days.length === 0 ? [rowOf(line)] : days.toSorted(byFirstDay).map(rowOf)
  const rest = rows.reduce((left, row) => left.minus(getDecimal(row.amount)), getDecimal(amount))
  const last = rows.pop()
  if (!last) return rows
  if (rest.eq(zero)) return [...rows, last]
  const corrected = decimalText(getDecimal(last.amount).plus(rest))
  return [...rows, { ...last, amount: corrected, pricedAmount: line.exchangeRate ? last.pricedAmount : corrected }]
}

const byFirstDay = (a: RatedLine, b: RatedLine): number => compareTexts(a.firstUsageDay, b.firstUsageDay)

function rowOf(line: RatedLine): CostRow {
  const priced = line.parts.reduce((sum, part) => sum.plus(getDecimal(part.amount)), zero)
  return {
    firstDay: line.firstUsageDay,
    lastDay: line.lastUsageDay,
    quantity: line.quantity,
    includedQuantity: line.includedQuantity,
    amount: line.amount,
    pricedAmount: line.exchangeRate ? decimalText(priced) : line.amount,
    unitPrice: line.unitPrice,
    effectiveUnitPrice: line.effectiveUnitPrice,
    parts: line.parts,
  }
}

function wholeRow(period: BillingPeriod, quantity: string, amount: string, rated: RatedLine | undefined): CostRow {
  return {
    firstDay: firstDayOf(period),
    lastDay: lastDayOf(period),
    quantity,
    includedQuantity: '0',
    amount,
    pricedAmount: rated?.exchangeRate ? null : amount,
    unitPrice: rated?.unitPrice ?? null,
    effectiveUnitPrice: null,
    parts: [],
  }
}

function isSame(rated: RatedLine, line: DocumentedLine): boolean {
  return rated.amountMinor === line.amountMinor && getDecimal(rated.quantity).eq(getDecimal(line.quantity))
}

function previousNumbersOf(line: DocumentedLine, ofKey: readonly DocumentedLine[]): readonly string[] {
  if (line.document.creditFor !== null) return [line.document.creditFor]
  return ofKey.flatMap(({ document }) =>
    document.period < line.document.period && document.number !== null ? [document.number] : [],
  )
}

function keyOf(line: DocumentedLine): LineKey {
  return {
    lineKind: line.lineKind,
    invoiceSectionId: line.invoiceSectionName,
    customerId: line.customerName,
    subscriptionId: line.subscriptionId,
    meterId: line.meterId,
    resourceId: line.groupingKey === '' ? null : line.groupingKey,
    identityTenantId: null,
    priceListName: line.priceListName,
    priceVersion: line.priceVersion,
  }
}

function pricedBy(
  priceLists: readonly PriceListAssignment[],
  key: LineKey,
): Pick<CostLine, 'entry' | 'pricingCurrency'> {
  const list = priceLists.find(({ priceList }) => priceList.name === key.priceListName)?.priceList
  const version = list?.versions.find((candidate) => candidate.version === key.priceVersion)
  return {
    entry: version?.prices.find((entry) => entry.meterId === key.meterId),
    pricingCurrency: list?.currency,
  }
}
