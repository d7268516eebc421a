import {
  type BillingPeriod,
  daysIn,
  endOfPeriod,
  nextPeriod,
  periodOf,
  startOfPeriod,
} from '../rating/billing-period.ts'
import { decimalText, Decimal, getDecimal } from '../rating/decimal.ts'
import { roundToMinor } from '../rating/money.ts'
import { billingAccountId } from './billing-ids.ts'
import type { ChargedLine } from './charge-line.ts'
import type { InvoiceFacts } from './invoice-facts.ts'
import type { LocalText } from './invoice-document.ts'

/** What a profile's products are charged from. */
export interface ProductToCharge {
  /** The month of the profile's document before this one; null when this is its first. */
  readonly billedUntil: BillingPeriod | null
  readonly placements: readonly ChargedPlacement[]
}

/** That a section paid for a product from when until when. */
export interface ChargedPlacement {
  readonly productId: string
  readonly offer: string
  readonly productName: LocalText
  readonly serviceFamily: string
  /** By currency, exact. */
  readonly monthlyPrices: Readonly<Record<string, string>>
  readonly section: string
  readonly from: Date
  readonly to: Date | null
  /** Whether another section paid from `to` on. */
  readonly isMoved: boolean
}

const dayMs = 86_400_000

/**
 * The days of a month that a placement is charged for, half-open. Each UTC day on which the product was there is charged
 * once: to the section that had it last on that day. So the day of purchase and the day of the end count whole, and the
 * day of a move is the new section's.
 */
export function chargedDays(
  { from, to, isMoved }: Pick<ChargedPlacement, 'from' | 'to' | 'isMoved'>,
  period: BillingPeriod,
): { readonly from: Date; readonly to: Date; readonly days: number } | undefined {
  const month = { from: startOfPeriod(period).getTime(), to: endOfPeriod(period).getTime() }
  const first = Math.max(Math.floor(from.getTime() / dayMs) * dayMs, month.from)
  const endDay = to === null ? month.to : (isMoved ? Math.floor : Math.ceil)(to.getTime() / dayMs) * dayMs
  const end = Math.min(endDay, month.to)
  return first < end ? { from: new Date(first), to: new Date(end), days: (end - first) / dayMs } : undefined
}

/** Price of a month times days through days of the month (DEC-32); rounded where the line is made and nowhere else. */
export function productAmount(monthlyPrice: string, days: number, period: BillingPeriod): InstanceType<typeof Decimal> {
  return getDecimal(monthlyPrice)
    .times(new Decimal(String(days)))
    .div(new Decimal(String(daysIn(period))))
}

/**
 * A line for each product, month and placement since the profile's last document. Purchases, moves and ends hold from the
 * moment they are asked for on, so that a month is the same for ever once it has ended, and is billed once.
 */
export function chargeProducts(facts: Pick<InvoiceFacts, 'period' | 'account' | 'profile' | 'names' | 'products'>) {
  const { billedUntil, placements } = facts.products
  return placements.flatMap((placement) => {
    const since = periodOf(placement.from)
    const open = billedUntil === null ? since : nextPeriod(billedUntil)
    const lines: ChargedLine[] = []
    for (let month = since > open ? since : open; month <= facts.period; month = nextPeriod(month))
      lines.push(...productLine(facts, placement, month))
    return lines
  })
}

function productLine(
  { account, profile, names }: Pick<InvoiceFacts, 'account' | 'profile' | 'names'>,
  placement: ChargedPlacement,
  period: BillingPeriod,
): ChargedLine[] {
  const span = chargedDays(placement, period)
  if (!span) return []
  const { productId, offer, section } = placement
  const price = placement.monthlyPrices[profile.currency]
  if (price === undefined) throw new Error(`the offer ${offer} has no price in ${profile.currency}`)
  const amount = productAmount(price, span.days, period)
  const of = daysIn(period)
  return [
    {
      key: {
        lineKind: 'product',
        invoiceSectionId: section,
        customerId: null,
        subscriptionId: '',
        meterId: offer,
        resourceId: productId,
        identityTenantId: null,
        priceListName: offer,
        priceVersion: 1,
      },
      usagePeriod: period,
      chargeType: 'Fixed',
      blockName: section,
      blockDisplayName: names.sections.get(section) ?? section,
      productName: placement.productName,
      serviceFamily: placement.serviceFamily,
      description: { key: 'product', parameters: { days: String(span.days), of: String(of) } },
      span: { from: span.from, to: span.to },
      subscriptionName: '',
      resource: { uid: productId, id: `${billingAccountId(account.name)}/products/${productId}`, location: null },
      identityTenant: null,
      unit: 'month',
      quantity: decimalText(new Decimal(String(span.days)).div(new Decimal(String(of))).round(12)),
      includedQuantity: '0',
      unitPrice: price,
      effectiveUnitPrice: price,
      parts: [],
      pricingCurrency: profile.currency,
      exchangeRate: null,
      amount: decimalText(amount),
      amountMinor: roundToMinor(amount, profile.currency),
      adjustment: null,
    },
  ]
}
