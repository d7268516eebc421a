/**
 * What a line is for. `fixedFee` is held over days and prorated (DEC-32), `minimum` tops up to a month's minimum,
 * `product` is no usage but what was bought for a price a month.
 */
export type LineKind =
  | 'usage'
  | 'stackUsage'
  | 'authentications'
  | 'monthlyActiveUsers'
  | 'secondFactorAttempts'
  | 'localResidency'
  | 'fixedFee'
  | 'minimum'
  | 'product'

/** What makes two quantities one line. Rating the same month again gives the same keys, so lines can be compared. */
export interface LineKey {
  readonly lineKind: LineKind
  readonly invoiceSectionId: string | null
  /** Instead of a section where a partner pays (DESIGN: a placement has exactly one of the two). */
  readonly customerId: string | null
  /** Empty of a product, which is in no subscription. */
  readonly subscriptionId: string
  readonly meterId: string
  /** The resource, which for an identity tenant is its link. */
  readonly resourceId: string | null
  readonly identityTenantId: string | null
  readonly priceListName: string
  readonly priceVersion: number
}

export function lineKeyOf(line: LineKey): LineKey {
  return {
    lineKind: line.lineKind,
    invoiceSectionId: line.invoiceSectionId,
    customerId: line.customerId,
    subscriptionId: line.subscriptionId,
    meterId: line.meterId,
    resourceId: line.resourceId,
    identityTenantId: line.identityTenantId,
    priceListName: line.priceListName,
    priceVersion: line.priceVersion,
  }
}

/** One text a key, for maps and for unique columns. */
export function lineKeyText(key: LineKey): string {
  return JSON.stringify([
    key.invoiceSectionId,
    key.customerId,
    key.subscriptionId,
    key.meterId,
    key.resourceId,
    key.identityTenantId,
    key.lineKind,
    key.priceListName,
    key.priceVersion,
  ])
}

/** The order of lines on a statement: section, customer, subscription, meter, resource. */
export function compareLineKeys(a: LineKey, b: LineKey): number {
  return (
    compareTexts(a.invoiceSectionId, b.invoiceSectionId) ||
    compareTexts(a.customerId, b.customerId) ||
    compareTexts(a.subscriptionId, b.subscriptionId) ||
    compareTexts(a.meterId, b.meterId) ||
    compareTexts(a.resourceId, b.resourceId) ||
    compareTexts(a.identityTenantId, b.identityTenantId) ||
    compareTexts(a.lineKind, b.lineKind) ||
    compareTexts(a.priceListName, b.priceListName) ||
    a.priceVersion - b.priceVersion
  )
}

/** By code unit, never by a locale: the order decides who consumes a tier, so it must be the same everywhere. */
export function compareTexts(a: string | null, b: string | null): number {
  const left = a ?? ''
  const right = b ?? ''
  if (left === right) return 0
  return left < right ? -1 : 1
}
