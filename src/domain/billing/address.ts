/** An address as the wire has it; empty when nobody gave one. */
export interface Address {
  readonly companyName?: string
  readonly firstName?: string
  readonly lastName?: string
  readonly addressLine1?: string
  readonly addressLine2?: string
  readonly addressLine3?: string
  readonly district?: string
  readonly city?: string
  readonly region?: string
  readonly postalCode?: string
  readonly country?: string
  readonly email?: string
  readonly phoneNumber?: string
}
