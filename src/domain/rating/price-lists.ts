import { meters } from '../metering/meter.ts'
import { introductoryOffers, type Price } from './price.ts'
import type { PriceEntry, PriceList } from './price-list.ts'
import { stackPriceEntries } from './stack-prices.ts'

export const shippedPriceListNames = ['standard', 'illustration'] as const
export type ShippedPriceListName = (typeof shippedPriceListNames)[number]
export const shippedCurrencies = ['USD', 'EUR', 'SEK'] as const
export type ShippedCurrency = (typeof shippedCurrencies)[number]

/** Old enough for any history that is played or imported. */
const effectiveFrom = '2015-01-01'
const freeMonthlyActiveUsers = '50000'

/** Each currency has figures of its own; none is another one converted. */
const standardFigures = {
  USD: { authentication: '0.0025', monthlyActiveUser: '0.005', secondFactor: '0.03', localResidency: '0.02' },
  EUR: { authentication: '0.0024', monthlyActiveUser: '0.0048', secondFactor: '0.03', localResidency: '0.02' },
  SEK: { authentication: '0.026', monthlyActiveUser: '0.052', secondFactor: '0.32', localResidency: '0.21' },
}
/** The figures of the worked example, the same in every currency so that anybody can check them by head. */
const illustrationFigures = {
  authentication: '0.01',
  monthlyActiveUser: '0.05',
  secondFactor: '0.03',
  localResidency: '0.02',
}
type IdentityFigures = typeof illustrationFigures

/** Lists in dollars have the bare name, others carry their currency: `standard`, `standard-sek`. */
export function shippedPriceListName(name: ShippedPriceListName, currency: ShippedCurrency): string {
  return currency === 'USD' ? name : `${name}-${currency.toLowerCase()}`
}

/**
 * *standard* gives each subscription 50,000 monthly active users free, introductory offers excepted (MAU-18);
 * *illustration* gives none and has the figures of the worked example.
 */
export function shippedPriceList(name: ShippedPriceListName, currency: ShippedCurrency): PriceList {
  const entries =
    name === 'standard'
      ? identityPriceEntries(standardFigures[currency], {
          includedQuantity: freeMonthlyActiveUsers,
          includedQuantityNotFor: introductoryOffers,
        })
      : identityPriceEntries(illustrationFigures, {})
  const prices = [...entries, ...stackPriceEntries(currency)]
  return { name: shippedPriceListName(name, currency), currency, versions: [{ version: 1, effectiveFrom, prices }] }
}

export function shippedPriceLists(): readonly PriceList[] {
  return shippedPriceListNames.flatMap((name) => shippedCurrencies.map((currency) => shippedPriceList(name, currency)))
}

function identityPriceEntries(
  figures: IdentityFigures,
  free: Pick<Price, 'includedQuantity' | 'includedQuantityNotFor'>,
): readonly PriceEntry[] {
  return [
    {
      meterId: meters.authentications.meterId,
      unit: meters.authentications.unit,
      productName: { en: 'Authentications', sv: 'Autentiseringar' },
      serviceFamily: 'Identity',
      price: { model: 'perUnit', scope: 'profile', unitPrice: figures.authentication },
    },
    {
      meterId: meters.monthlyActiveUsers.meterId,
      unit: meters.monthlyActiveUsers.unit,
      productName: { en: 'Monthly active users', sv: 'Aktiva användare per månad' },
      serviceFamily: 'Identity',
      price: { model: 'perUnit', scope: 'subscription', unitPrice: figures.monthlyActiveUser, ...free },
    },
    {
      meterId: meters.secondFactorAttempts.meterId,
      unit: meters.secondFactorAttempts.unit,
      productName: { en: 'Second factor by phone, attempts', sv: 'Andra faktor via telefon, försök' },
      serviceFamily: 'Identity',
      price: { model: 'perUnit', scope: 'profile', unitPrice: figures.secondFactor },
    },
    {
      meterId: meters.localResidency.meterId,
      unit: meters.localResidency.unit,
      productName: {
        en: 'Local data residency, per monthly active user',
        sv: 'Lokal datalagring, per aktiv användare',
      },
      serviceFamily: 'Identity',
      price: { model: 'perUnit', scope: 'subscription', unitPrice: figures.localResidency },
    },
  ]
}
