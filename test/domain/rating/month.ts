import type { Currency } from '../../../src/domain/rating/currency.ts'
import type { Price } from '../../../src/domain/rating/price.ts'
import type { PriceListAssignment } from '../../../src/domain/rating/price-book.ts'
import type { PriceList, PriceListVersion } from '../../../src/domain/rating/price-list.ts'
import type { QuantityRecord } from '../../../src/domain/rating/quantity-record.ts'

/** A price list whose version 1 has always been in force. */
export function listWith(prices: Record<string, Price>, currency: Currency = 'SEK'): PriceList {
  return { name: 'test', currency, versions: [versionWith(1, '2015-01-01', prices)] }
}

export function versionWith(
  version: number,
  effectiveFrom: PriceListVersion['effectiveFrom'],
  prices: Record<string, Price>,
): PriceListVersion {
  return {
    version,
    effectiveFrom,
    prices: Object.entries(prices).map(([meterId, price]) => ({
      meterId,
      unit: 'unit',
      productName: { en: meterId },
      serviceFamily: 'Test',
      price,
    })),
  }
}

export function always(priceList: PriceList): readonly PriceListAssignment[] {
  return [{ priceList, effectiveFrom: null, effectiveTo: null }]
}

export function used(
  meterId: string,
  usageDay: string,
  quantity: string,
  others: Partial<QuantityRecord> = {},
): QuantityRecord {
  return {
    lineKind: 'usage',
    subscriptionId: 'subscription-1',
    invoiceSectionId: 'section-1',
    meterId,
    usageDay,
    quantity,
    ...others,
  }
}
