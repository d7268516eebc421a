import { type BillingPeriod, isDayInPeriod, type UsageDay, usageDayOf } from './billing-period.ts'
import type { Currency } from './currency.ts'
import { getDecimal, zero } from './decimal.ts'
import type { ExchangeRate } from './exchange-rate.ts'
import { compareTexts } from './line-key.ts'
import { findVersionOn, type PriceEntry, type PriceList, type PriceListVersion } from './price-list.ts'
import type { QuantityRecord } from './quantity-record.ts'

/** A price list reaches a payer through its profile, for the days [effectiveFrom, effectiveTo); null leaves an end open. */
export interface PriceListAssignment {
  readonly priceList: PriceList
  readonly effectiveFrom: UsageDay | null
  readonly effectiveTo: UsageDay | null
}

export interface PriceOfDay {
  readonly entry: PriceEntry
  readonly priceListName: string
  readonly priceVersion: number
  readonly pricingCurrency: Currency
  readonly exchangeRate: ExchangeRate | null
}

/** Why a quantity has no amount. It is reported, never dropped and never rated at zero. */
export type UnpricedReason =
  | 'outsideBillingPeriod'
  | 'negativeQuantity'
  | 'noPriceListOnDay'
  | 'noPriceForMeter'
  | 'noExchangeRate'

/** An assignment during [from, to) prices whole days: the day in which lists change has the new list's prices. */
export function assignmentDuring(priceList: PriceList, from: Date | null, to: Date | null): PriceListAssignment {
  return { priceList, effectiveFrom: from && usageDayOf(from), effectiveTo: to && usageDayOf(to) }
}

/**
 * A payer can owe for days before it had a list: usage from before a transfer that is reported after it (OWN-9).
 * Its first list prices them.
 */
function findAssignmentOn(assignments: readonly PriceListAssignment[], day: string): PriceListAssignment | undefined {
  const inOrder = assignments.toSorted((a, b) => compareTexts(a.effectiveFrom, b.effectiveFrom))
  const [earliest] = inOrder
  if (earliest?.effectiveFrom && day < earliest.effectiveFrom) return earliest
  return inOrder.find(
    ({ effectiveFrom, effectiveTo }) =>
      (effectiveFrom === null || effectiveFrom <= day) && (effectiveTo === null || day < effectiveTo),
  )
}

type PriceTable = (meterId: string) => PriceOfDay | undefined

/** Entries by meter, once for a version and not once for each of the payers that it prices. */
const entriesOf = new WeakMap<PriceListVersion, ReadonlyMap<string, PriceEntry>>()

/** Answers which price holds for a record; remembers what it looked up, because an invoice run asks a million times. */
export class PriceBook {
  readonly #days = new Map<string, PriceTable | UnpricedReason>()
  readonly #tables = new Map<PriceListVersion, PriceTable>()
  readonly #period: BillingPeriod
  readonly #currency: Currency
  readonly #assignments: readonly PriceListAssignment[]
  readonly #exchangeRates: readonly ExchangeRate[]

  constructor(
    period: BillingPeriod,
    currency: Currency,
    assignments: readonly PriceListAssignment[],
    exchangeRates: readonly ExchangeRate[],
  ) {
    this.#period = period
    this.#currency = currency
    this.#assignments = assignments
    this.#exchangeRates = exchangeRates
  }

  /** Records of one meter and price version get the same object, so that callers may key on it. */
  priceOf(record: QuantityRecord): PriceOfDay | UnpricedReason {
    let table = this.#days.get(record.usageDay)
    if (table === undefined) {
      table = this.#tableOn(record.usageDay)
      this.#days.set(record.usageDay, table)
    }
    if (table === 'outsideBillingPeriod') return table
    if (record.quantity.startsWith('-') && getDecimal(record.quantity).lt(zero)) return 'negativeQuantity'
    return typeof table === 'string' ? table : (table(record.meterId) ?? 'noPriceForMeter')
  }

  #tableOn(day: string): PriceTable | UnpricedReason {
    if (!isDayInPeriod(this.#period, day)) return 'outsideBillingPeriod'
    const assignment = findAssignmentOn(this.#assignments, day)
    const version = assignment && findVersionOn(assignment.priceList, day)
    if (!version) return 'noPriceListOnDay'
    const known = this.#tables.get(version)
    if (known) return known
    const { name, currency } = assignment.priceList
    const exchangeRate = this.#exchangeRates.find(({ from, to }) => from === currency && to === this.#currency)
    if (currency !== this.#currency && !exchangeRate) return 'noExchangeRate'
    const table = tableOf(version, {
      priceListName: name,
      priceVersion: version.version,
      pricingCurrency: currency,
      exchangeRate: currency === this.#currency ? null : (exchangeRate ?? null),
    })
    this.#tables.set(version, table)
    return table
  }
}

function tableOf(version: PriceListVersion, common: Omit<PriceOfDay, 'entry'>): PriceTable {
  const entries = entriesOf.get(version) ?? new Map(version.prices.map((entry) => [entry.meterId, entry]))
  entriesOf.set(version, entries)
  const asked = new Map<string, PriceOfDay>()
  return (meterId) => {
    const known = asked.get(meterId)
    if (known) return known
    const entry = entries.get(meterId)
    if (!entry) return undefined
    const price = { ...common, entry }
    asked.set(meterId, price)
    return price
  }
}
