import { conflict } from '../refusal.ts'

/** A workforce tenant holds subscriptions; an identity tenant holds consumers and is billed through a link (TEN-5). */
export type TenantKind = 'workforce' | 'identity'

export interface Tenant {
  readonly id: string
  readonly kind: TenantKind
  readonly displayName: string
  readonly countryCode: string
  /** Where an identity tenant keeps its data; the location of its link (DEC-15). */
  readonly dataResidency: string
  readonly externalIdentityPricing: boolean
  readonly createdAt: Date
  readonly revision: bigint
}

export interface TenantDomain {
  readonly name: string
  readonly tenantId: string
  readonly isInitial: boolean
  readonly isDefault: boolean
  readonly verifiedAt: Date | null
}

export interface TenantWithDomains extends Tenant {
  readonly domains: readonly TenantDomain[]
}

export interface WantedTenant {
  readonly displayName: string
  readonly kind: TenantKind
  readonly countryCode: string
  readonly initialDomain: string
  readonly dataResidency: string | undefined
  readonly externalIdentityPricing: boolean | undefined
}

export function initialDomainNameOf(tenant: TenantWithDomains): string {
  const initial = tenant.domains.find((domain) => domain.isInitial)
  if (!initial) throw new Error(`tenant ${tenant.id} has no initial domain`)
  return initial.name
}

export const verifiedDomainNamesOf = (tenant: TenantWithDomains): string[] =>
  tenant.domains.filter((domain) => domain.verifiedAt !== null).map((domain) => domain.name)

/**
 * What a tenant becomes. Its kind and its initial domain stay for good, and so do the country of an identity tenant
 * and where its data is kept (TEN-3, TEN-5).
 */
export function changeTenant(current: TenantWithDomains, wanted: WantedTenant): Tenant {
  if (wanted.kind !== current.kind)
    throw conflict(
      'TenantKindImmutable',
      `Tenant '${current.id}' is of kind '${current.kind}', which never changes. Create another tenant for '${wanted.kind}'.`,
      'properties.kind',
    )
  const initialDomain = initialDomainNameOf(current)
  if (wanted.initialDomain !== initialDomain)
    throw conflict(
      'InitialDomainImmutable',
      `The initial domain of tenant '${current.id}' is '${initialDomain}', which can be neither changed nor deleted.`,
      'properties.initialDomain',
    )
  if (current.kind === 'identity' && wanted.countryCode !== current.countryCode)
    throw conflict(
      'CountryCodeImmutable',
      `The country of identity tenant '${current.id}' is '${current.countryCode}' and can never be changed.`,
      'properties.countryCode',
    )
  const dataResidency = wanted.dataResidency ?? current.dataResidency
  if (current.kind === 'identity' && dataResidency !== current.dataResidency)
    throw conflict(
      'DataResidencyImmutable',
      `The data of identity tenant '${current.id}' is kept in '${current.dataResidency}' and does not move.`,
      'properties.dataResidency',
    )
  return {
    ...current,
    displayName: wanted.displayName,
    countryCode: wanted.countryCode,
    dataResidency,
    externalIdentityPricing: wanted.externalIdentityPricing ?? current.externalIdentityPricing,
  }
}
