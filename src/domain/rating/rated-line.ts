import type { Currency } from './currency.ts'
import { type Big, decimalText, getDecimal, one, zero } from './decimal.ts'
import type { ExchangeRate } from './exchange-rate.ts'
import { type LineKey, lineKeyOf } from './line-key.ts'
import { missingToMinimum } from './minimum-charge.ts'
import { roundToMinor, sumMinor } from './money.ts'
import type { PricePart } from './price.ts'
import type { PriceOfDay } from './price-book.ts'
import type { PriceEntry } from './price-list.ts'
import type { QuantityRecord } from './quantity-record.ts'
import { effectiveUnitPriceOf, onlyUnitPriceOf, PartSum, type RatedPart } from './rated-part.ts'

/** One line of an invoice, with everything that explains its amount. */
export interface RatedLine extends LineKey {
  readonly unit: string
  readonly productName: PriceEntry['productName']
  readonly serviceFamily: string
  readonly quantity: string
  /** The part of the quantity that was free. */
  readonly includedQuantity: string
  /** The price of a unit where there is only one; null where tiers, packages or fees make several. */
  readonly unitPrice: string | null
  readonly effectiveUnitPrice: string
  /** Exact, in the invoice's currency: the sum of the parts times the exchange rate, if there is one. */
  readonly amount: string
  /** The amount rounded, once and here (DEC-35). */
  readonly amountMinor: bigint
  readonly currency: Currency
  /** The currency of the price list, which the prices and parts are in. */
  readonly pricingCurrency: Currency
  readonly exchangeRate: ExchangeRate | null
  readonly firstUsageDay: string
  readonly lastUsageDay: string
  readonly parts: readonly RatedPart[]
}

export function lineKeyOfRecord(record: QuantityRecord, price: PriceOfDay): LineKey {
  return {
    lineKind: record.lineKind,
    invoiceSectionId: record.invoiceSectionId ?? null,
    customerId: record.customerId ?? null,
    subscriptionId: record.subscriptionId,
    meterId: record.meterId,
    resourceId: record.resourceId ?? null,
    identityTenantId: record.identityTenantId ?? null,
    priceListName: price.priceListName,
    priceVersion: price.priceVersion,
  }
}

/** Gathers the records of one line; they must come in the order of their usage days. */
export class LineSum {
  readonly #key: LineKey
  readonly #price: PriceOfDay
  readonly #parts = new PartSum()
  readonly #firstUsageDay: string
  #lastUsageDay: string
  #quantity = zero
  #included = zero

  constructor(key: LineKey, price: PriceOfDay, firstUsageDay: string) {
    this.#key = key
    this.#price = price
    this.#firstUsageDay = firstUsageDay
    this.#lastUsageDay = firstUsageDay
  }

  add(usageDay: string, quantity: Big, included: Big, parts: readonly PricePart[]): void {
    this.#lastUsageDay = usageDay
    this.#quantity = this.#quantity.plus(quantity)
    if (included.gt(zero)) this.#included = this.#included.plus(included)
    for (const part of parts) this.#parts.add(part)
  }

  line(currency: Currency): RatedLine {
    const { entry, pricingCurrency, exchangeRate } = this.#price
    const { amount: pricedAmount, parts } = this.#parts.total()
    const amount = exchangeRate ? pricedAmount.times(getDecimal(exchangeRate.rate)) : pricedAmount
    return {
      ...this.#key,
      unit: entry.unit,
      productName: entry.productName,
      serviceFamily: entry.serviceFamily,
      quantity: decimalText(this.#quantity),
      includedQuantity: decimalText(this.#included),
      unitPrice: onlyUnitPriceOf(parts),
      effectiveUnitPrice: effectiveUnitPriceOf(pricedAmount, this.#quantity, parts),
      amount: decimalText(amount),
      amountMinor: roundToMinor(amount, currency),
      currency,
      pricingCurrency,
      exchangeRate,
      firstUsageDay: this.#firstUsageDay,
      lastUsageDay: this.#lastUsageDay,
      parts,
    }
  }
}

/** What tops the lines of one price up to its minimum, on the subscription whose usage opened the month. */
export function minimumLineOf(
  opening: QuantityRecord,
  price: PriceOfDay,
  lines: readonly RatedLine[],
  currency: Currency,
): RatedLine | undefined {
  const { entry, pricingCurrency, exchangeRate } = price
  if (entry.price.minimumAmount === undefined) return undefined
  const minimum = getDecimal(entry.price.minimumAmount).times(getDecimal(exchangeRate?.rate ?? '1'))
  const missing = missingToMinimum(minimum, sumMinor(lines.map((line) => line.amountMinor)), currency)
  if (!missing) return undefined
  const days = lines.flatMap((line) => [line.firstUsageDay, line.lastUsageDay]).toSorted()
  const amount = decimalText(missing)
  return {
    ...lineKeyOf({ ...lineKeyOfRecord(opening, price), lineKind: 'minimum', resourceId: null, identityTenantId: null }),
    unit: entry.unit,
    productName: entry.productName,
    serviceFamily: entry.serviceFamily,
    quantity: decimalText(one),
    includedQuantity: '0',
    unitPrice: amount,
    effectiveUnitPrice: amount,
    amount,
    amountMinor: roundToMinor(missing, currency),
    currency,
    pricingCurrency,
    exchangeRate,
    firstUsageDay: days[0] ?? opening.usageDay,
    lastUsageDay: days.at(-1) ?? opening.usageDay,
    parts: [{ kind: 'minimum', from: '0', to: null, quantity: '1', unitPrice: amount, amount }],
  }
}
