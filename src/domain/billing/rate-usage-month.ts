import { findIdentityMeter, meters } from '../metering/meter.ts'
import { adjust } from '../rating/adjustment.ts'
import { firstDayOf, usageDayOf } from '../rating/billing-period.ts'
import type { LineKey } from '../rating/line-key.ts'
import { lineKeyText } from '../rating/line-key.ts'
import type { IntroductoryOffer } from '../rating/price.ts'
import type { QuantityRecord } from '../rating/quantity-record.ts'
import { type MonthToRate, rateMonth, type RatedMonth, type UnpricedQuantity } from '../rating/rate-month.ts'
import type { RatedLine } from '../rating/rated-line.ts'
import type { BillableQuantity, BilledInvoiceLine, InvoiceFacts, UsageMonth } from './invoice-facts.ts'
import { transitionOf } from './line-period.ts'

/** What a month adds to an invoice: its lines, or what they differ by from the lines that were billed. */
export interface Charge {
  readonly key: LineKey
  readonly quantity: string
  readonly amountMinor: bigint
  /** Undefined where nothing is left of a line that was billed. */
  readonly rated: RatedLine | undefined
  readonly billed: { readonly quantity: string; readonly amountMinor: bigint; readonly originals: string[] } | undefined
}

export interface ChargedMonth {
  readonly charges: readonly Charge[]
  readonly rated: RatedMonth
  readonly unpriced: readonly UnpricedQuantity[]
}

/** Marks records of other payers, which take part in what is counted for a subscription and give no line. */
const elsewhere = '(elsewhere)'

/** What of an invoice's facts decides about its amounts. */
export type PricingFacts = Pick<InvoiceFacts, 'period' | 'priceLists'> & {
  readonly profile: Pick<InvoiceFacts['profile'], 'currency'>
  readonly names: Pick<InvoiceFacts['names'], 'subscriptions' | 'links'>
}

/** Rates a month with everything that is known of it now; what was billed of it before is taken off (DEC-7, INV-14). */
export function rateUsageMonth(facts: PricingFacts, month: UsageMonth): ChargedMonth {
  const rated = rateMonth(monthToRate(facts, month))
  const lines = rated.lines.filter((line) => !isElsewhere(line))
  const unpriced = rated.unpriced.filter(({ record }) => !isElsewhere(record))
  if (month.period === facts.period && month.billed.length === 0)
    return {
      charges: lines.map((line) => ({
        key: line,
        quantity: line.quantity,
        amountMinor: line.amountMinor,
        rated: line,
        billed: undefined,
      })),
      rated,
      unpriced,
    }
  const billed = month.billed.map((line) => ({ ...keyOfBilled(line), ...line }))
  const byKey = new Map(lines.map((line) => [lineKeyText(line), line]))
  const originals = new Map<string, Set<string>>()
  for (const line of billed) {
    const numbers = originals.get(lineKeyText(line)) ?? new Set()
    if (line.documentNumber !== null) numbers.add(line.documentNumber)
    originals.set(lineKeyText(line), numbers)
  }
  const charges = adjust(billed, lines).map((adjustment): Charge => {
    const id = lineKeyText(adjustment)
    return {
      key: adjustment,
      quantity: adjustment.quantity,
      amountMinor: adjustment.amountMinor,
      rated: byKey.get(id),
      billed: {
        quantity: adjustment.billedQuantity,
        amountMinor: adjustment.billedAmountMinor,
        originals: [...(originals.get(id) ?? [])].toSorted(),
      },
    }
  })
  return { charges, rated, unpriced }
}

/** The month as its invoice rates it; lines of `isElsewhere` are other payers' and not on it. */
export function monthToRate(facts: PricingFacts, month: UsageMonth): MonthToRate {
  const own = month.quantities.map((quantity) => recordOf(quantity))
  const shared = month.elsewhere.filter(({ meterId }) => isCountedBySubscription(facts, meterId))
  const offers = new Map<string, IntroductoryOffer>()
  for (const [id, { introductoryOffer }] of facts.names.subscriptions)
    if (introductoryOffer) offers.set(id, introductoryOffer)
  return {
    period: month.period,
    currency: facts.profile.currency,
    priceLists: facts.priceLists,
    exchangeRates: month.exchangeRates,
    introductoryOffers: offers,
    records: [
      ...own,
      ...transitionRecords(facts, month),
      ...shared.map((quantity) => ({ ...recordOf(quantity), invoiceSectionId: null, customerId: elsewhere })),
    ],
  }
}

export const isElsewhere = (key: { readonly customerId?: string | null }): boolean => key.customerId === elsewhere

function recordOf(quantity: BillableQuantity): QuantityRecord {
  return {
    lineKind: findIdentityMeter(quantity.meterId)?.lineKind ?? 'usage',
    subscriptionId: quantity.subscriptionId,
    invoiceSectionId: quantity.invoiceSectionName,
    customerId: quantity.customerName,
    meterId: quantity.meterId,
    usageDay: quantity.usageDay,
    quantity: quantity.quantity,
    resourceId: quantity.groupingKey,
  }
}

/** A transition month has both lines even where one of them counts nothing (MAU-24, INV-10). */
function transitionRecords(facts: PricingFacts, month: UsageMonth): QuantityRecord[] {
  const { authentications, monthlyActiveUsers } = meters
  const both = new Map<string, { first: BillableQuantity; meterIds: Set<string>; changedAt: Date }>()
  for (const quantity of month.quantities) {
    if (quantity.meterId !== authentications.meterId && quantity.meterId !== monthlyActiveUsers.meterId) continue
    const link = facts.names.links.get(quantity.groupingKey)
    const changedAt = link && transitionOf(month.period, link)
    if (!changedAt) continue
    const { subscriptionId, invoiceSectionName, customerName, groupingKey } = quantity
    const id = JSON.stringify([subscriptionId, invoiceSectionName, customerName, groupingKey])
    const known = both.get(id) ?? { first: quantity, meterIds: new Set(), changedAt }
    known.meterIds.add(quantity.meterId)
    both.set(id, known)
  }
  return [...both.values()].flatMap(({ first, meterIds, changedAt }) =>
    [authentications, monthlyActiveUsers]
      .filter(({ meterId }) => !meterIds.has(meterId))
      .map(({ meterId }) =>
        recordOf({
          ...first,
          meterId,
          usageDay: meterId === authentications.meterId ? firstDayOf(month.period) : usageDayOf(changedAt),
          quantity: '0',
        }),
      ),
  )
}

function isCountedBySubscription(facts: PricingFacts, meterId: string): boolean {
  return facts.priceLists.some(({ priceList }) =>
    priceList.versions.some(({ prices }) =>
      prices.some((entry) => entry.meterId === meterId && entry.price.scope === 'subscription'),
    ),
  )
}

function keyOfBilled(line: BilledInvoiceLine): LineKey {
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
