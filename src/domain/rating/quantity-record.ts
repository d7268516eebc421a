import type { LineKind } from './line-key.ts'
import { compareTexts } from './line-key.ts'

/** What one payer owes for one day, one meter and one resource, already summed; nothing is priced yet. */
export interface QuantityRecord {
  readonly lineKind: Exclude<LineKind, 'minimum'>
  readonly subscriptionId: string
  readonly invoiceSectionId?: string | null
  readonly customerId?: string | null
  /** Lower case, as in the price list. */
  readonly meterId: string
  /** UTC day `YYYY-MM-DD`. For monthly active users: the day of the first counted authentication (DEC-18). */
  readonly usageDay: string
  readonly quantity: string
  /** The resource, which for an identity tenant is its link. */
  readonly resourceId?: string | null
  readonly identityTenantId?: string | null
}

/** Tiers and free quantities are consumed by usage day, subscription, meter and link, never by arrival. */
export function compareConsumption(a: QuantityRecord, b: QuantityRecord): number {
  return (
    compareTexts(a.usageDay, b.usageDay) ||
    compareTexts(a.subscriptionId, b.subscriptionId) ||
    compareTexts(a.meterId, b.meterId) ||
    compareTexts(a.resourceId ?? null, b.resourceId ?? null) ||
    compareTexts(a.identityTenantId ?? null, b.identityTenantId ?? null) ||
    compareTexts(a.invoiceSectionId ?? null, b.invoiceSectionId ?? null) ||
    compareTexts(a.customerId ?? null, b.customerId ?? null) ||
    compareTexts(a.lineKind, b.lineKind)
  )
}
