import type { Price } from '../../domain/rating/price.ts'
import type { PriceOfDay } from '../../domain/rating/price-book.ts'
import { exactNumber } from './money.wire.ts'

/** One entry for each price of a unit: a tiered price has one for each tier, told apart by the part number. */
export function toWirePrices(
  { entry, priceListName, priceVersion, pricingCurrency }: PriceOfDay,
  withDetails: boolean,
) {
  return unitPricesOf(entry.price, entry.unit).map(({ part, unit, unitPrice }) => ({
    meterId: entry.meterId,
    unitOfMeasure: unit,
    includedQuantity: exactNumber(entry.price.includedQuantity ?? '0'),
    partNumber: [priceListName, `v${priceVersion}`, entry.meterId, ...(part === undefined ? [] : [part])].join('/'),
    unitPrice: exactNumber(unitPrice),
    currencyCode: pricingCurrency,
    ...(withDetails
      ? {
          meterDetails: {
            meterName: entry.productName.en,
            meterCategory: entry.serviceFamily,
            unit: entry.unit,
            totalIncludedQuantity: exactNumber(entry.price.includedQuantity ?? '0'),
            pretaxStandardRate: exactNumber(unitPrice),
            serviceName: entry.serviceFamily,
          },
        }
      : {}),
  }))
}

interface UnitPrice {
  readonly part?: string
  readonly unit: string
  readonly unitPrice: string
}

function unitPricesOf(price: Price, unit: string): readonly UnitPrice[] {
  switch (price.model) {
    case 'perUnit':
      return [{ unit, unitPrice: price.unitPrice }]
    case 'flat':
      return [{ unit: 'month', unitPrice: price.amount }]
    case 'package':
      return [{ unit: `${price.packageSize} ${unit}`, unitPrice: price.packagePrice }]
    default:
      return price.tiers.map((tier, index) => ({
        part: `above-${price.tiers[index - 1]?.upTo ?? '0'}`,
        unit,
        unitPrice: tier.unitPrice,
      }))
  }
}
