import { z } from 'zod'
import type { ExchangeRate } from '../../domain/rating/exchange-rate.ts'
import type { PriceList, PriceListVersion } from '../../domain/rating/price-list.ts'

/** The terms themselves are read by the rules, which name every field that is wrong. */
export const versionBody = z.object({
  properties: z.looseObject({
    displayName: z.string().trim().min(1).max(256).optional(),
    currency: z
      .string()
      .transform((code) => code.toUpperCase())
      .optional(),
  }),
})

export const assignmentBody = z.object({ properties: z.object({ from: z.iso.datetime({ offset: true }) }) })

export const exchangeRateBody = z.object({
  properties: z.object({ from: z.string(), to: z.string(), rate: z.string() }),
})

const listId = (name: string): string => `/providers/Tenantry.Pricing/priceLists/${name}`

export function toWireVersion(list: PriceList, version: PriceListVersion) {
  return {
    id: `${listId(list.name)}/versions/${version.version}`,
    name: String(version.version),
    type: 'Tenantry.Pricing/priceLists/versions',
    properties: {
      priceList: list.name,
      currency: list.currency,
      version: version.version,
      effectiveFrom: version.effectiveFrom,
      prices: version.prices,
    },
  }
}

export function toWireList(list: PriceList) {
  return {
    id: listId(list.name),
    name: list.name,
    type: 'Tenantry.Pricing/priceLists',
    properties: {
      currency: list.currency,
      versions: list.versions.map(({ version, effectiveFrom, prices }) => ({
        version,
        effectiveFrom,
        meters: prices.length,
      })),
    },
  }
}

interface AssignmentToWire {
  readonly profile: string
  readonly priceListName: string
  readonly from: Date
  readonly to: Date | null
}

export function toWireAssignment(assignment: AssignmentToWire) {
  return {
    id: `${listId(assignment.priceListName)}/assignments/${assignment.profile}`,
    name: assignment.profile,
    type: 'Tenantry.Pricing/priceLists/assignments',
    properties: {
      priceList: assignment.priceListName,
      billingProfileName: assignment.profile,
      from: assignment.from.toISOString(),
      to: assignment.to?.toISOString() ?? null,
    },
  }
}

export function toWireRates(period: string, rates: readonly ExchangeRate[]) {
  return {
    id: `/providers/Tenantry.Pricing/exchangeRates/${period}`,
    name: period,
    type: 'Tenantry.Pricing/exchangeRates',
    properties: { period, rates },
  }
}
