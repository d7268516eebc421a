import { decimalText, getDecimal, zero } from './decimal.ts'
import { compareLineKeys, type LineKey, lineKeyOf, lineKeyText } from './line-key.ts'

/** What has been billed for one line of a month; a line that is on several invoices may come several times. */
export interface BilledLine extends LineKey {
  readonly quantity: string
  readonly amountMinor: bigint
}

/** The difference between what a month's line should be and what was billed for it; either part may be negative. */
export interface Adjustment extends LineKey {
  readonly quantity: string
  readonly amountMinor: bigint
  readonly billedQuantity: string
  readonly billedAmountMinor: bigint
  readonly ratedQuantity: string
  readonly ratedAmountMinor: bigint
}

/**
 * Late usage of a closed month (DEC-7, INV-14): with these lines on the next invoice, all invoices together say what
 * one invoice over complete data would have said, line by line. Nothing comes of a month that did not change.
 */
export function adjust(
  previouslyBilled: readonly BilledLine[],
  ratedNow: readonly BilledLine[],
): readonly Adjustment[] {
  const billed = totalsByKey(previouslyBilled)
  const rated = totalsByKey(ratedNow)
  const adjustments: Adjustment[] = []
  for (const [id, { key }] of new Map([...billed, ...rated])) {
    const before = billed.get(id) ?? nothing
    const now = rated.get(id) ?? nothing
    if (before.amountMinor === now.amountMinor && before.quantity.eq(now.quantity)) continue
    adjustments.push({
      ...key,
      quantity: decimalText(now.quantity.minus(before.quantity)),
      amountMinor: now.amountMinor - before.amountMinor,
      billedQuantity: decimalText(before.quantity),
      billedAmountMinor: before.amountMinor,
      ratedQuantity: decimalText(now.quantity),
      ratedAmountMinor: now.amountMinor,
    })
  }
  return adjustments.toSorted(compareLineKeys)
}

const nothing = { quantity: zero, amountMinor: 0n }

function totalsByKey(lines: readonly BilledLine[]) {
  const totals = new Map<string, { key: LineKey; quantity: typeof zero; amountMinor: bigint }>()
  for (const line of lines) {
    const id = lineKeyText(line)
    const known = totals.get(id)
    totals.set(id, {
      key: known?.key ?? lineKeyOf(line),
      quantity: getDecimal(line.quantity).plus(known?.quantity ?? zero),
      amountMinor: line.amountMinor + (known?.amountMinor ?? 0n),
    })
  }
  return totals
}
