import { type BillingPeriod, daysIn } from './billing-period.ts'
import type { Currency } from './currency.ts'
import { type Big, decimalText, getDecimal, zero } from './decimal.ts'
import type { ExchangeRate } from './exchange-rate.ts'
import { consumeIncluded, includedPart } from './included-quantity.ts'
import { compareLineKeys, compareTexts } from './line-key.ts'
import { sumMinor } from './money.ts'
import type { IntroductoryOffer } from './price.ts'
import { PriceBook, type PriceListAssignment, type PriceOfDay, type UnpricedReason } from './price-book.ts'
import { holdingRuleOf, priceRuleOf } from './price-rule.ts'
import { compareConsumption, type QuantityRecord } from './quantity-record.ts'
import { lineKeyOfRecord, LineSum, minimumLineOf, type RatedLine } from './rated-line.ts'

export interface MonthToRate {
  readonly period: BillingPeriod
  /** The paying profile's, in which every line is rounded. */
  readonly currency: Currency
  readonly priceLists: readonly PriceListAssignment[]
  readonly records: readonly QuantityRecord[]
  readonly exchangeRates?: readonly ExchangeRate[]
  /** Subscriptions on an introductory offer, by id; those not named here are ordinary ones (MAU-18). */
  readonly introductoryOffers?: ReadonlyMap<string, IntroductoryOffer>
  /**
   * Records that get a line for each usage day, with what that day consumed of tiers and free quantities, so that the
   * days add up to the month's line. Minimums, which are measured against a month's rounded lines, are left out then.
   */
  readonly byDay?: (record: QuantityRecord) => boolean
}

export interface UnpricedQuantity {
  readonly record: QuantityRecord
  readonly reason: UnpricedReason
}

/** How one free quantity was used up, and by whom (DEC-18). */
export interface IncludedQuantityUse {
  readonly meterId: string
  /** Null where the profile's subscriptions share it. */
  readonly subscriptionId: string | null
  readonly granted: string
  readonly consumed: string
  readonly consumedBy: readonly IncludedQuantityConsumer[]
}
export interface IncludedQuantityConsumer {
  readonly subscriptionId: string
  readonly resourceId: string | null
  readonly identityTenantId: string | null
  readonly quantity: string
}

export interface RatedMonth {
  readonly period: BillingPeriod
  readonly currency: Currency
  readonly lines: readonly RatedLine[]
  /** The sum of the rounded lines; there is no residue (INV-13). */
  readonly subtotalMinor: bigint
  readonly includedQuantities: readonly IncludedQuantityUse[]
  readonly unpriced: readonly UnpricedQuantity[]
}

interface PricedRecord {
  readonly record: QuantityRecord
  readonly price: PriceOfDay
}
interface Share extends PricedRecord {
  readonly quantity: Big
  readonly included: Big
  readonly charged: Big
}

/**
 * Rates one payer's month. Depends on the set of records alone, not on the order they come in: tiers, packages and free
 * quantities are consumed by usage day, subscription, meter and link (INV-12, DEC-18).
 */
export function rateMonth(month: MonthToRate): RatedMonth {
  const book = new PriceBook(month.period, month.currency, month.priceLists, month.exchangeRates ?? [])
  const unpriced: UnpricedQuantity[] = []
  const pools = new Map<string, PricedRecord[]>()
  for (const record of month.records) {
    const price = book.priceOf(record)
    if (typeof price === 'string') {
      unpriced.push({ record, reason: price })
      continue
    }
    const poolId = poolIdOf(record, price)
    const pool = pools.get(poolId)
    if (pool) pool.push({ record, price })
    else pools.set(poolId, [{ record, price }])
  }

  const daysInMonth = daysIn(month.period)
  const lines: RatedLine[] = []
  const includedQuantities: IncludedQuantityUse[] = []
  for (const pool of pools.values()) {
    pool.sort((a, b) => compareConsumption(a.record, b.record))
    const [opening] = pool
    const { shares, use } = allocateIncluded(pool, month.introductoryOffers)
    const poolLines = linesOf(shares, daysInMonth, month)
    for (const line of poolLines) lines.push(line)
    const minimum = !month.byDay && opening && minimumLineOf(opening.record, opening.price, poolLines, month.currency)
    if (minimum) lines.push(minimum)
    if (use) includedQuantities.push(use)
  }

  lines.sort(compareLineKeys)
  return {
    period: month.period,
    currency: month.currency,
    lines,
    subtotalMinor: sumMinor(lines.map((line) => line.amountMinor)),
    includedQuantities: includedQuantities.toSorted(
      (a, b) => compareTexts(a.meterId, b.meterId) || compareTexts(a.subscriptionId, b.subscriptionId),
    ),
    unpriced: unpriced.toSorted(
      (a, b) => compareConsumption(a.record, b.record) || compareTexts(a.record.quantity, b.record.quantity),
    ),
  }
}

/** Records that share tiers, free quantity and minimum. */
function poolIdOf(record: QuantityRecord, { entry }: PriceOfDay): string {
  const owner = entry.price.scope === 'subscription' ? record.subscriptionId : ''
  return JSON.stringify([record.meterId, owner])
}

/** A fee for what is held is due day by day, so it does not pay the fee that the month's first use owes. */
function isProrated({ record, price }: PricedRecord): boolean {
  return record.lineKind === 'fixedFee' && price.entry.price.model === 'flat'
}

function allocateIncluded(
  pool: readonly PricedRecord[],
  offers: MonthToRate['introductoryOffers'],
): { shares: readonly Share[]; use: IncludedQuantityUse | undefined } {
  const terms = pool[0]?.price.entry.price
  const granted = getDecimal(terms?.includedQuantity ?? '0')
  let left = granted
  const shares = pool.map(({ record, price }): Share => {
    const quantity = getDecimal(record.quantity)
    const offer = offers?.get(record.subscriptionId)
    const isGranted = offer === undefined || !price.entry.price.includedQuantityNotFor?.includes(offer)
    if (!isGranted || left.eq(zero)) return { record, price, quantity, included: zero, charged: quantity }
    const consumed = consumeIncluded(left, quantity)
    left = consumed.left
    return { record, price, quantity, included: consumed.included, charged: consumed.charged }
  })
  if (!terms || left.eq(granted)) return { shares, use: undefined }
  const opening = shares[0]!.record
  return {
    shares,
    use: {
      meterId: opening.meterId,
      subscriptionId: terms.scope === 'subscription' ? opening.subscriptionId : null,
      granted: decimalText(granted),
      consumed: decimalText(granted.minus(left)),
      consumedBy: consumersOf(shares),
    },
  }
}

function consumersOf(shares: readonly Share[]): readonly IncludedQuantityConsumer[] {
  const consumers = new Map<string, { share: Share; quantity: Big }>()
  for (const share of shares) {
    if (share.included.eq(zero)) continue
    const { subscriptionId, resourceId, identityTenantId } = share.record
    const id = JSON.stringify([subscriptionId, resourceId ?? null, identityTenantId ?? null])
    const known = consumers.get(id)
    if (known) known.quantity = known.quantity.plus(share.included)
    else consumers.set(id, { share, quantity: share.included })
  }
  return [...consumers.entries()]
    .toSorted(([a], [b]) => compareTexts(a, b))
    .map(([, { share, quantity }]) => ({
      subscriptionId: share.record.subscriptionId,
      resourceId: share.record.resourceId ?? null,
      identityTenantId: share.record.identityTenantId ?? null,
      quantity: decimalText(quantity),
    }))
}

/** What sets two lines of one pool apart, in a text that is cheap to make. */
function lineIdOf(record: QuantityRecord, price: PriceOfDay): string {
  const { subscriptionId, resourceId, identityTenantId, invoiceSectionId, customerId, lineKind } = record
  const payer = `${invoiceSectionId ?? ''}\n${customerId ?? ''}\n${price.priceListName}\n${price.priceVersion}`
  return `${lineKind}\n${subscriptionId}\n${resourceId ?? ''}\n${identityTenantId ?? ''}\n${payer}`
}

function linesOf(
  shares: readonly Share[],
  daysInMonth: number,
  { currency, byDay }: MonthToRate,
): readonly RatedLine[] {
  const granted = getDecimal(shares[0]?.price.entry.price.includedQuantity ?? '0')
  // Unit prices ask for no position, and nearly all lines have unit prices.
  const hasPositions = shares.some((share) => share.price.entry.price.model !== 'perUnit')
  const total = hasPositions ? shares.reduce((sum, share) => sum.plus(share.charged), zero) : zero
  const sums = new Map<string, LineSum>()
  let before = zero
  for (const share of shares) {
    const { record, price, quantity, included, charged } = share
    const id = byDay?.(record) ? `${lineIdOf(record, price)}\n${record.usageDay}` : lineIdOf(record, price)
    let sum = sums.get(id)
    if (!sum) {
      sum = new LineSum(lineKeyOfRecord(record, price), price, record.usageDay)
      sums.set(id, sum)
    }
    const rule = isProrated(share) ? holdingRuleOf(price.entry.price, daysInMonth) : priceRuleOf(price.entry.price)
    const charges = rule({ before, quantity: charged, total })
    const parts = included.gt(zero) ? [includedPart(granted, included), ...charges] : charges
    sum.add(record.usageDay, quantity, included, parts)
    if (hasPositions && !isProrated(share)) before = before.plus(charged)
  }
  return [...sums.values()].map((sum) => sum.line(currency))
}
