import type { Address } from '../domain/billing/address.ts'

/** An address as it stands on a letter. */
export function addressLines(address: Address, fallbackName: string): string[] {
  const person = [address.firstName, address.lastName].filter(Boolean).join(' ')
  const place = [address.postalCode, address.city].filter(Boolean).join(' ')
  const lines = [
    address.companyName ?? (person === '' ? fallbackName : person),
    address.companyName && person !== '' ? person : undefined,
    address.addressLine1,
    address.addressLine2,
    address.addressLine3,
    [place, address.region].filter(Boolean).join(', '),
    address.country,
  ]
  return lines.filter((line): line is string => line !== undefined && line !== '')
}
