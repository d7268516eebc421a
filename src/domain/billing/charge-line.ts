import { type BillingPeriod, endOfPeriod, startOfPeriod } from '../rating/billing-period.ts'
import type { Currency } from '../rating/currency.ts'
import { decimalText } from '../rating/decimal.ts'
import type { ExchangeRate } from '../rating/exchange-rate.ts'
import type { LineKey } from '../rating/line-key.ts'
import { formatMinor, fromMinor } from '../rating/money.ts'
import type { PriceEntry } from '../rating/price-list.ts'
import { rateQuantity } from '../rating/rate-quantity.ts'
import type { RatedPart } from '../rating/rated-part.ts'
import type { ChargeType, InvoiceLine, LineAdjustment, LineDescription } from './invoice-document.ts'
import type { InvoicedLink, InvoiceFacts, UsageMonth } from './invoice-facts.ts'
import { periodOfLine, periodOfPayer, type Span, transitionOf } from './line-period.ts'
import type { Charge } from './rate-usage-month.ts'

/** A charge with everything that its line says, before it has its place and its tax. */
export interface ChargedLine {
  readonly key: LineKey
  readonly usagePeriod: BillingPeriod
  readonly chargeType: ChargeType
  readonly blockName: string
  readonly blockDisplayName: string
  readonly productName: PriceEntry['productName']
  readonly serviceFamily: string
  readonly description: LineDescription
  readonly span: Span
  readonly subscriptionName: string
  readonly resource: InvoiceLine['resource']
  readonly identityTenant: InvoiceLine['identityTenant']
  readonly unit: string
  readonly quantity: string
  readonly includedQuantity: string
  readonly unitPrice: string | null
  readonly effectiveUnitPrice: string
  readonly parts: readonly RatedPart[]
  readonly pricingCurrency: Currency
  readonly exchangeRate: ExchangeRate | null
  readonly amount: string
  readonly amountMinor: bigint
  readonly adjustment: LineAdjustment | null
}

export interface ComposedLine extends ChargedLine {
  readonly lineNumber: number
  readonly taxMinor: bigint
}

export function chargeLine(facts: InvoiceFacts, usagePeriod: BillingPeriod, charge: Charge): ChargedLine {
  const { key, rated, billed } = charge
  const { currency } = facts.profile
  const { entry, pricingCurrency, span: priced } = priceOf(facts, usagePeriod, key)
  const link = key.resourceId === null ? undefined : facts.names.links.get(key.resourceId)
  const changedAt = link && transitionOf(usagePeriod, link)
  const blockName = key.customerId ?? key.invoiceSectionId ?? ''
  const displayNames = key.customerId === null ? facts.names.sections : facts.names.customers
  const amount = billed || !rated ? decimalText(fromMinor(charge.amountMinor, currency)) : rated.amount
  return {
    key,
    usagePeriod,
    chargeType: chargeTypeOf(key, billed !== undefined),
    blockName,
    blockDisplayName: displayNames.get(blockName) ?? blockName,
    productName: entry.productName,
    serviceFamily: entry.serviceFamily,
    description: descriptionOf(key, link, changedAt),
    span: spanOf(facts, usagePeriod, key, periodOfLine(key, priced, link)),
    subscriptionName: facts.names.subscriptions.get(key.subscriptionId)?.displayName ?? key.subscriptionId,
    resource: link || key.resourceId === null ? null : (facts.names.resources.get(key.resourceId) ?? unknown(key)),
    identityTenant: link ? { id: link.identityTenantId, domain: link.domain } : null,
    unit: entry.unit,
    quantity: charge.quantity,
    includedQuantity: rated?.includedQuantity ?? '0',
    unitPrice: rated ? rated.unitPrice : unitPriceOf(entry),
    effectiveUnitPrice: rated?.effectiveUnitPrice ?? rateQuantity(entry.price, '1').effectiveUnitPrice,
    parts: billed ? [] : (rated?.parts ?? []),
    pricingCurrency,
    exchangeRate: rated?.exchangeRate ?? null,
    amount,
    amountMinor: charge.amountMinor,
    adjustment: billed
      ? {
          billedQuantity: billed.quantity,
          billedAmount: formatMinor(billed.amountMinor, currency),
          ratedQuantity: rated?.quantity ?? '0',
          ratedAmount: formatMinor(rated?.amountMinor ?? 0n, currency),
          originals: billed.originals,
        }
      : null,
  }
}

/** What the line's payer was there for; nothing is cut where there never was another one. */
function spanOf(facts: InvoiceFacts, usagePeriod: BillingPeriod, key: LineKey, span: Span): Span {
  const payers = facts.names.subscriptions.get(key.subscriptionId)?.payers ?? []
  if (payers.length === 0) return span
  const paid = payers.filter(
    ({ profile, section, customer }) =>
      profile === facts.profile.name && section === key.invoiceSectionId && customer === key.customerId,
  )
  const month = facts.months.find(({ period }) => period === usagePeriod)
  const day = month && earliestDays(month).get(quantityKey(key.resourceId ?? '', key))
  return periodOfPayer(span, paid, day === undefined ? span.to : midnight(day))
}

const earliestDaysOf = new WeakMap<UsageMonth, ReadonlyMap<string, string>>()

/** The first usage day of each line of the month; made once, and only where a payer has changed. */
function earliestDays(month: UsageMonth): ReadonlyMap<string, string> {
  const known = earliestDaysOf.get(month)
  if (known) return known
  const days = new Map<string, string>()
  for (const quantity of month.quantities) {
    const { invoiceSectionName, customerName, usageDay } = quantity
    const id = quantityKey(quantity.groupingKey, {
      ...quantity,
      invoiceSectionId: invoiceSectionName,
      customerId: customerName,
    })
    const earliest = days.get(id)
    if (earliest === undefined || usageDay < earliest) days.set(id, usageDay)
  }
  earliestDaysOf.set(month, days)
  return days
}

const quantityKey = (
  groupingKey: string,
  key: Pick<LineKey, 'subscriptionId' | 'meterId' | 'invoiceSectionId' | 'customerId'>,
): string => JSON.stringify([key.subscriptionId, key.meterId, groupingKey, key.invoiceSectionId, key.customerId])

export function documentLineOf(line: ComposedLine, taxRate: string, currency: Currency): InvoiceLine {
  const { key, amountMinor, taxMinor } = line
  return {
    lineNumber: line.lineNumber,
    chargeType: line.chargeType,
    description: line.description,
    usagePeriod: line.usagePeriod,
    from: line.span.from.toISOString(),
    to: line.span.to.toISOString(),
    subscriptionId: key.subscriptionId,
    subscriptionName: line.subscriptionName,
    meterId: key.meterId,
    resource: line.resource,
    identityTenant: line.identityTenant,
    unit: line.unit,
    quantity: line.quantity,
    includedQuantity: line.includedQuantity,
    unitPrice: line.unitPrice,
    effectiveUnitPrice: line.effectiveUnitPrice,
    parts: line.parts,
    priceList: { name: key.priceListName, version: key.priceVersion },
    pricingCurrency: line.pricingCurrency,
    exchangeRate: line.exchangeRate,
    amount: line.amount,
    charge: formatMinor(amountMinor > 0n ? amountMinor : 0n, currency),
    credit: formatMinor(amountMinor < 0n ? amountMinor : 0n, currency),
    taxRate,
    tax: formatMinor(taxMinor, currency),
    total: formatMinor(amountMinor + taxMinor, currency),
    adjustment: line.adjustment,
  }
}

function chargeTypeOf(key: LineKey, isAdjustment: boolean): ChargeType {
  if (key.lineKind === 'minimum') return 'Minimum'
  if (isAdjustment) return 'Adjustment'
  return key.lineKind === 'fixedFee' ? 'Fixed' : 'Usage'
}

function descriptionOf(key: LineKey, link: InvoicedLink | undefined, changedAt: Date | undefined): LineDescription {
  const tenant: Record<string, string> = link ? { tenant: link.domain } : {}
  if (key.lineKind === 'authentications')
    return { key: key.lineKind, parameters: changedAt ? { ...tenant, until: changedAt.toISOString() } : tenant }
  if (key.lineKind === 'monthlyActiveUsers')
    return { key: key.lineKind, parameters: changedAt ? { ...tenant, from: changedAt.toISOString() } : tenant }
  return { key: key.lineKind, parameters: tenant }
}

const unknown = (key: LineKey) => ({ uid: key.resourceId ?? '', id: null, location: null })

interface PricedKey {
  readonly entry: PriceEntry
  readonly pricingCurrency: Currency
  readonly span: Span
}

/** Looked up once for all lines of a meter, version and month: an invoice run asks a million times. */
const pricesOf = new WeakMap<InvoiceFacts['priceLists'], Map<string, PricedKey>>()

function priceOf(facts: InvoiceFacts, usagePeriod: BillingPeriod, key: LineKey): PricedKey {
  let prices = pricesOf.get(facts.priceLists)
  if (!prices) pricesOf.set(facts.priceLists, (prices = new Map()))
  const id = JSON.stringify([usagePeriod, key.priceListName, key.priceVersion, key.meterId])
  let price = prices.get(id)
  if (!price) prices.set(id, (price = findPrice(facts, usagePeriod, key)))
  return price
}

/** The price that a line's key names, and the part of the month that this price held in. */
function findPrice(facts: InvoiceFacts, usagePeriod: BillingPeriod, key: LineKey): PricedKey {
  const month = { from: startOfPeriod(usagePeriod), to: endOfPeriod(usagePeriod) }
  const assignments = facts.priceLists.toSorted((a, b) => ((a.effectiveFrom ?? '') < (b.effectiveFrom ?? '') ? -1 : 1))
  for (const [index, { priceList, effectiveFrom, effectiveTo }] of assignments.entries()) {
    if (priceList.name !== key.priceListName) continue
    const at = priceList.versions.findIndex(({ version }) => version === key.priceVersion)
    const version = priceList.versions[at]
    const entry = version?.prices.find(({ meterId }) => meterId === key.meterId)
    if (!version || !entry) continue
    const next = priceList.versions[at + 1]
    // A payer's first list also prices what is older than it.
    const starts = [version.effectiveFrom, ...(index === 0 || effectiveFrom === null ? [] : [effectiveFrom])]
    const ends = [...(next ? [next.effectiveFrom] : []), ...(effectiveTo === null ? [] : [effectiveTo])]
    const span = {
      from: latest([month.from, ...starts.map(midnight)]),
      to: earliest([month.to, ...ends.map(midnight)]),
    }
    if (span.from < span.to) return { entry, pricingCurrency: priceList.currency, span }
  }
  throw new Error(
    `no price list of the profile has version ${key.priceVersion} of ${key.priceListName} in ${usagePeriod}`,
  )
}

const midnight = (day: string): Date => new Date(`${day}T00:00:00.000Z`)
const latest = (instants: readonly Date[]): Date => new Date(Math.max(...instants.map((instant) => instant.getTime())))
const earliest = (instants: readonly Date[]): Date =>
  new Date(Math.min(...instants.map((instant) => instant.getTime())))

function unitPriceOf(entry: PriceEntry): string | null {
  return entry.price.model === 'perUnit' ? entry.price.unitPrice : null
}
