import { z } from 'zod'
import type { Seller } from '../../domain/billing/seller.ts'
import type { WantedSeller } from '../../operations/put-issuer.ts'
import { addressBody, countryCode, fromWireAddress } from '../../http/address.ts'

const line = z.string().trim().max(256).optional()
const percentage = z
  .union([z.string(), z.number().transform(String)])
  .refine((text) => /^\d{1,3}(\.\d{1,6})?$/.test(text), 'is a percentage, such as "25"')

export const issuerBody = z.object({
  properties: z.object({
    legalName: z.string().trim().min(1).max(256),
    address: addressBody.default({}),
    taxId: z.string().trim().max(64).default(''),
    bankDetails: z
      .object({
        bankName: line,
        accountHolder: line,
        iban: line,
        bic: line,
        accountNumber: line,
        clearingNumber: line,
      })
      .default({}),
    paymentTermsDays: z.int().min(0).max(365).default(30),
    taxRates: z
      .array(z.object({ country: countryCode, rate: percentage, reverseCharge: z.boolean().default(false) }))
      .max(300)
      .default([])
      .refine(
        (rates) => new Set(rates.map((rate) => rate.country)).size === rates.length,
        'has one rate for each country',
      ),
  }),
})

export function fromWireIssuer({ properties }: z.output<typeof issuerBody>): WantedSeller {
  return {
    legalName: properties.legalName,
    address: fromWireAddress(properties.address),
    taxId: properties.taxId,
    bankDetails: Object.fromEntries(
      Object.entries(properties.bankDetails).filter((part): part is [string, string] => Boolean(part[1])),
    ),
    paymentTermsDays: properties.paymentTermsDays,
    taxRates: properties.taxRates,
  }
}

export function toWireIssuer(seller: Seller) {
  const { effectiveFrom, ...terms } = seller
  return {
    id: '/providers/Tenantry.Billing/issuer',
    name: 'issuer',
    type: 'Tenantry.Billing/issuer',
    properties: { ...terms, effectiveFrom: effectiveFrom.toISOString() },
  }
}
