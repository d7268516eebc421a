import type { TenantKind } from '../directory/tenant.ts'
import { type BillingModel, decideFirstBillingModel } from './authentication-model.ts'

/** `b2cDirectories` bills an identity tenant, `guestUsages` the guests of a workforce tenant (MAU-16). */
export type IdentityLinkKind = 'identityTenant' | 'guestUsage'

export const identityLinkTypes = {
  identityTenant: 'Microsoft.AzureActiveDirectory/b2cDirectories',
  guestUsage: 'Microsoft.AzureActiveDirectory/guestUsages',
} as const satisfies Record<IdentityLinkKind, string>

export function identityLinkKindOf(resourceType: string): IdentityLinkKind | undefined {
  const key = resourceType.toLowerCase()
  if (key === identityLinkTypes.identityTenant.toLowerCase()) return 'identityTenant'
  return key === identityLinkTypes.guestUsage.toLowerCase() ? 'guestUsage' : undefined
}

const tenantKindOf: Record<IdentityLinkKind, TenantKind> = { identityTenant: 'identity', guestUsage: 'workforce' }

/** Why a tenant cannot be linked. The first is also the answer for a tenant that does not exist: nothing is disclosed. */
export type IdentityLinkRefusal = 'not_tenant_administrator' | 'already_linked' | 'tenant_of_other_kind'

export interface TenantToLink {
  readonly kind: TenantKind
  readonly isAdministeredByCaller: boolean
  readonly isLinked: boolean
}

/** Everything that stands in the way, in the order in which a request is refused (MAU-4). */
export function findLinkObstacles(wanted: IdentityLinkKind, tenant: TenantToLink | undefined): IdentityLinkRefusal[] {
  if (!tenant?.isAdministeredByCaller) return ['not_tenant_administrator']
  return [
    ...(tenant.isLinked ? (['already_linked'] as const) : []),
    ...(tenant.kind === tenantKindOf[wanted] ? [] : (['tenant_of_other_kind'] as const)),
  ]
}

export type IdentityLinkDecision =
  | { readonly kind: 'linked'; readonly model: BillingModel }
  | { readonly kind: 'refused'; readonly refusal: IdentityLinkRefusal }

/** Whether the tenant may be linked now, and how it is metered from then on (MAU-4, MAU-11). */
export function decideIdentityLink(
  wanted: IdentityLinkKind,
  tenant: (TenantToLink & { readonly createdAt: Date }) | undefined,
  linkedAt: Date,
  mauEffectiveFrom: Date,
): IdentityLinkDecision {
  const [refusal] = findLinkObstacles(wanted, tenant)
  if (refusal !== undefined || !tenant) return { kind: 'refused', refusal: refusal ?? 'not_tenant_administrator' }
  // Guests were never charged per authentication: their pricing came with the model of active users.
  if (wanted === 'guestUsage') return { kind: 'linked', model: 'mau' }
  return {
    kind: 'linked',
    model: decideFirstBillingModel({ tenantCreatedAt: tenant.createdAt, linkedAt }, mauEffectiveFrom),
  }
}

export interface LegacyLink {
  readonly linkedAt: Date
  readonly model: BillingModel | undefined
  /** When the link had been changed to active users before it was imported. */
  readonly mauSince: Date | undefined
}

export type LegacyLinkDecision =
  | { readonly kind: 'imported'; readonly models: readonly { readonly model: BillingModel; readonly from: Date }[] }
  | {
      readonly kind: 'refused'
      readonly refusal: 'linked_in_the_future' | 'model_not_of_that_time' | 'change_out_of_order'
    }

/**
 * An old link comes in with its true date and therefore with its old model (MAU-35). A tenant is at least as old as
 * its link, whenever it was entered here.
 */
export function decideLegacyLink(legacy: LegacyLink, now: Date, mauEffectiveFrom: Date): LegacyLinkDecision {
  const { linkedAt, model, mauSince } = legacy
  if (linkedAt > now) return { kind: 'refused', refusal: 'linked_in_the_future' }
  const first = decideFirstBillingModel({ tenantCreatedAt: linkedAt, linkedAt }, mauEffectiveFrom)
  if (model === 'perAuthentication' && (first === 'mau' || mauSince)) {
    return { kind: 'refused', refusal: 'model_not_of_that_time' }
  }
  if (first === 'mau') return { kind: 'imported', models: [{ model: 'mau', from: linkedAt }] }
  if (!mauSince) {
    // The instant of the change is on the bill, so it is asked for and not guessed.
    if (model === 'mau') return { kind: 'refused', refusal: 'change_out_of_order' }
    return { kind: 'imported', models: [{ model: 'perAuthentication', from: linkedAt }] }
  }
  if (mauSince <= linkedAt || mauSince > now || mauSince < mauEffectiveFrom) {
    return { kind: 'refused', refusal: 'change_out_of_order' }
  }
  return {
    kind: 'imported',
    models: [
      { model: 'perAuthentication', from: linkedAt },
      { model: 'mau', from: mauSince },
    ],
  }
}
