import { z } from 'zod'
import { invalid } from '../../domain/refusal.ts'
import { type ApiRequest, queryValue } from '../../http/operation.ts'
import type { WantedCustomer } from '../../operations/add-customer.ts'
import type { CustomerUser } from '../../operations/customer-user.ts'
import type { Customer, CustomerFilter, CustomerProfileChange } from '../../operations/read-customer.ts'
import { partnerCenterEtag, selfLink } from './convention.ts'

const text = z.string().trim().min(1).max(256)
const line = z.string().trim().max(256).nullish()

const address = z.object({
  country: z
    .string()
    .regex(/^[A-Za-z]{2}$/, 'is a country code of two letters (ISO 3166-1)')
    .transform((code) => code.toUpperCase()),
  region: line,
  city: line,
  state: line,
  district: line,
  addressLine1: line,
  addressLine2: line,
  addressLine3: line,
  postalCode: line,
  firstName: line,
  lastName: line,
  middleName: line,
  phoneNumber: line,
})

export const billingProfileBody = z.object({
  email: z.email().nullish(),
  culture: z.string().trim().min(2).max(16).default('en-US'),
  language: z.string().trim().min(2).max(16).default('en'),
  companyName: text,
  firstName: line,
  lastName: line,
  defaultAddress: address,
})

export const customerBody = z.object({
  companyProfile: z.object({ domain: z.string().max(256), companyName: line }),
  billingProfile: billingProfileBody,
  allowDelegatedAccess: z.boolean().nullish(),
  associatedPartnerId: line,
})

export const relationshipBody = z.object({
  relationshipToPartner: z.literal('none', "is 'none': a relationship can be removed here, and nothing else"),
})

export const toWireCustomerUser = (user: CustomerUser) => ({
  id: user.id,
  userPrincipalName: user.userPrincipalName,
  displayName: user.displayName,
  firstName: user.givenName ?? '',
  lastName: user.surname ?? '',
  userDomainType: 'none',
  state: user.accountEnabled ? 'active' : 'inactive',
  attributes: { objectType: 'CustomerUser' },
})

export function fromWireCustomer(wire: z.output<typeof customerBody>): WantedCustomer {
  if (wire.associatedPartnerId)
    throw invalid(
      'UnsupportedProperty',
      "'associatedPartnerId' is not supported: customers are added for the partner itself. Leave it out.",
      'associatedPartnerId',
    )
  const profile = fromWireBillingProfile(wire.billingProfile)
  return {
    ...profile,
    domain: wire.companyProfile.domain,
    countryCode: wire.billingProfile.defaultAddress.country,
    delegatedPrivileges: wire.allowDelegatedAccess ?? true,
  }
}

export function fromWireBillingProfile(wire: z.output<typeof billingProfileBody>): CustomerProfileChange {
  return {
    companyName: wire.companyName,
    email: wire.email ?? undefined,
    culture: wire.culture,
    language: wire.language,
    defaultAddress: Object.fromEntries(
      Object.entries(wire.defaultAddress).filter((part): part is [string, string] => Boolean(part[1])),
    ),
  }
}

export const toWireCompanyProfile = (customer: Customer) => ({
  tenantId: customer.tenantId,
  domain: customer.domain,
  companyName: customer.companyName,
  ...selfLink(`/customers/${customer.tenantId}/profiles/company`),
  attributes: { objectType: 'CustomerCompanyProfile' },
})

export const toWireBillingProfile = (customer: Customer) => ({
  id: customer.tenantId,
  email: customer.email ?? '',
  culture: customer.culture,
  language: customer.language,
  companyName: customer.companyName,
  defaultAddress: customer.defaultAddress,
  ...selfLink(`/customers/${customer.tenantId}/profiles/billing`),
  attributes: { etag: partnerCenterEtag(customer.revision), objectType: 'CustomerBillingProfile' },
})

/** As in a list; one customer has its billing profile too. */
export const toWireListedCustomer = (customer: Customer) => ({
  id: customer.tenantId,
  commerceId: customer.tenantId,
  companyProfile: toWireCompanyProfile(customer),
  relationshipToPartner: customer.isRelated ? 'reseller' : 'none',
  allowDelegatedAccess: customer.hasDelegatedPrivileges,
  ...selfLink(`/customers/${customer.tenantId}`),
  attributes: { objectType: 'Customer' },
})

export const toWireCustomer = (customer: Customer) => ({
  ...toWireListedCustomer(customer),
  billingProfile: toWireBillingProfile(customer),
})

const filterBody = z.object({
  field: z.string(),
  value: z.string().max(256),
  operator: z.string(),
})

/** `filter={"Field":"CompanyName","Value":"Cont","Operator":"starts_with"}`. */
export function readCustomerFilter(request: ApiRequest): CustomerFilter {
  const sent = queryValue(request, 'filter')
  if (sent === undefined) return {}
  const filter = filterBody.safeParse(smallNames(sent))
  const operator = filter.data?.operator.toLowerCase()
  const field = filter.data?.field.toLowerCase()
  if (filter.success && operator === 'starts_with' && field === 'companyname')
    return { companyNamePrefix: filter.data.value }
  if (filter.success && operator === 'starts_with' && field === 'domain') return { domainPrefix: filter.data.value }
  throw invalid(
    'InvalidFilter',
    `The filter '${sent}' is not supported. Use {"Field":"CompanyName","Value":"…","Operator":"starts_with"}, or the field Domain.`,
    'filter',
  )
}

function smallNames(json: string): unknown {
  try {
    const parsed: unknown = JSON.parse(json)
    if (typeof parsed !== 'object' || parsed === null) return undefined
    return Object.fromEntries(Object.entries(parsed).map(([name, value]) => [name.toLowerCase(), value]))
  } catch {
    return undefined
  }
}
