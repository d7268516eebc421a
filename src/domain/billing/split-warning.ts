import type { Currency } from '../rating/currency.ts'
import { type Big, decimalText, getDecimal } from '../rating/decimal.ts'
import type { Price } from '../rating/price.ts'
import type { PriceEntry } from '../rating/price-list.ts'
import { rateQuantity } from '../rating/rate-quantity.ts'

/** What a quantity costs in one billing profile, and halved over two (BIL-7). */
export interface SplitExample {
  readonly meterId: string
  readonly productName: string
  readonly unit: string
  readonly quantity: string
  readonly inOne: string
  readonly inTwo: string
  readonly currency: Currency
}

/** The prices that count over a profile and so come to more when usage is split, the largest difference first. */
export function findSplitExamples(prices: readonly PriceEntry[], currency: Currency): SplitExample[] {
  return prices
    .flatMap((entry) => {
      const whole = exampleQuantity(entry.price)
      if (entry.price.scope !== 'profile' || !whole) return []
      const inOne = costOf(entry.price, whole)
      const inTwo = costOf(entry.price, whole.times('0.5')).times('2')
      if (!inTwo.gt(inOne)) return []
      const example: SplitExample = {
        meterId: entry.meterId,
        productName: entry.productName.en,
        unit: entry.unit,
        quantity: decimalText(whole),
        inOne: decimalText(inOne),
        inTwo: decimalText(inTwo),
        currency,
      }
      return [{ example, difference: inTwo.minus(inOne) }]
    })
    .toSorted((left, right) => right.difference.cmp(left.difference))
    .map(({ example }) => example)
}

/** Twice what reaches the last tier, so that both halves reach it alone and only together use it. */
function exampleQuantity(price: Price): Big | undefined {
  const included = getDecimal(price.includedQuantity ?? '0')
  if (price.model === 'flat') return getDecimal('1')
  if (price.model === 'package') return included.plus(price.packageSize)
  const bounds = price.model === 'perUnit' ? [] : price.tiers.flatMap(({ upTo }) => (upTo === null ? [] : [upTo]))
  const last = bounds.at(-1)
  const reached = last === undefined ? included : included.plus(last)
  if (reached.gt('0')) return reached.times('2')
  return price.minimumAmount === undefined ? undefined : getDecimal('2')
}

function costOf(price: Price, quantity: Big): Big {
  const amount = getDecimal(rateQuantity(price, decimalText(quantity)).amount)
  const minimum = getDecimal(price.minimumAmount ?? '0')
  return amount.lt(minimum) ? minimum : amount
}

const shown = 3

/** The sentence for a person, with figures from the prices that the account has. */
export function splitWarningOf(examples: readonly SplitExample[]): string {
  const rule =
    'Tiered prices and shared discounts are computed for each billing profile. Usage that is split over several profiles reaches the lower prices later, so the total cost may rise'
  if (examples.length === 0)
    return `${rule}. None of your present prices is counted over a profile, so nothing costs more by today's price list.`
  const figures = examples
    .slice(0, shown)
    .map(
      ({ quantity, unit, productName, inOne, inTwo, currency }) =>
        `${quantity} x ${unit} of '${productName}' cost ${inOne} ${currency} in one profile and ${inTwo} ${currency} in two halves`,
    )
  return `${rule}: by your prices, ${figures.join('; ')}.`
}
