import { z } from 'zod'
import type { Address } from '../domain/billing/address.ts'

const line = z.string().trim().max(256).optional()

export const addressBody = z.object({
  companyName: line,
  firstName: line,
  lastName: line,
  addressLine1: line,
  addressLine2: line,
  addressLine3: line,
  district: line,
  city: line,
  region: line,
  postalCode: line,
  country: line,
  email: line,
  phoneNumber: line,
})

export const countryCode = z
  .string()
  .regex(/^[A-Za-z]{2}$/, 'is a country code of two letters (ISO 3166-1)')
  .transform((code) => code.toUpperCase())

export const currencyCode = z
  .string()
  .regex(/^[A-Za-z]{3}$/, 'is a currency code of three letters (ISO 4217)')
  .transform((code) => code.toUpperCase())

/** Absent and empty parts of an address are the same. */
export function fromWireAddress(wire: z.output<typeof addressBody>): Address {
  return Object.fromEntries(Object.entries(wire).filter((part): part is [string, string] => Boolean(part[1])))
}
