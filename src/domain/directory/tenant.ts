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
