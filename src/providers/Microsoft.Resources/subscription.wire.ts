import { z } from 'zod'
import { type TenantWithDomains, verifiedDomainNamesOf } from '../../domain/directory/tenant.ts'
import { toWireState } from '../../domain/resource/subscription-state.ts'
import type { getSubscription, Place } from '../../operations/read-subscription.ts'

type Subscription = Awaited<ReturnType<typeof getSubscription>>

const quotaOf = (subscription: Subscription): string => {
  if (subscription.offer === 'trial') return 'FreeTrial_2014-09-01'
  if (subscription.offer === 'partner' || subscription.offer === 'sharedServices') return 'CSP_2015-05-01'
  return subscription.workload === 'DevTest' ? 'MSDNDevTest_2014-09-01' : 'PayAsYouGo_2014-09-01'
}

/** Flat: no properties, no name, no type (API.md 1.2). */
export const toWireSubscription = (subscription: Subscription) => ({
  id: `/subscriptions/${subscription.id}`,
  authorizationSource: 'RoleBased',
  managedByTenants: [],
  subscriptionId: subscription.id,
  tenantId: subscription.tenantId,
  displayName: subscription.displayName,
  state: toWireState(subscription.state),
  subscriptionPolicies: {
    locationPlacementId: 'Public_2014-09-01',
    quotaId: quotaOf(subscription),
    spendingLimit: subscription.offer === 'trial' ? 'On' : 'Off',
  },
  ...(Object.keys(subscription.tags).length === 0 ? {} : { tags: subscription.tags }),
})

export const toWireTenant = (tenant: TenantWithDomains & { readonly isHome: boolean }) => ({
  id: `/tenants/${tenant.id}`,
  tenantId: tenant.id,
  // The published categories have no word for a guest's tenants; they are projected into the caller's view.
  tenantCategory: tenant.isHome ? 'Home' : 'ProjectedBy',
  countryCode: tenant.countryCode,
  displayName: tenant.displayName,
  domains: verifiedDomainNamesOf(tenant),
  defaultDomain: tenant.domains.find((domain) => domain.isDefault)?.name,
  tenantType: tenant.kind === 'identity' ? 'AAD B2C' : 'AAD',
})

export function toWireLocation(subscriptionId: string, place: Place) {
  const id = (name: string) => `/subscriptions/${subscriptionId}/locations/${name}`
  const { name, displayName, region } = place
  const common = { id: id(name), subscriptionId, name, type: 'Region', displayName }
  if (!region)
    return {
      ...common,
      regionalDisplayName: displayName,
      metadata: { regionType: 'Logical', regionCategory: 'Other', geographyGroup: displayName },
    }
  return {
    ...common,
    regionalDisplayName: `(${region.geographyGroup}) ${displayName}`,
    // Where the first api-versions have them.
    latitude: region.latitude,
    longitude: region.longitude,
    metadata: {
      regionType: 'Physical',
      regionCategory: 'Recommended',
      geographyGroup: region.geographyGroup,
      longitude: region.longitude,
      latitude: region.latitude,
      physicalLocation: region.physicalLocation,
      pairedRegion: [{ name: region.paired, id: id(region.paired) }],
    },
  }
}

export const resourceNameBody = z.object({ name: z.string(), type: z.string() })

const reservedAnywhere = ['microsoft', 'windows']
const reservedAlone = [
  'access',
  'azure',
  'bing',
  'bizspark',
  'cortana',
  'hololens',
  'office',
  'onedrive',
  'skype',
  'xbox',
]

/** Names that would pass for the vendor's own. */
export function isReservedName(name: string): boolean {
  const key = name.toLowerCase()
  return reservedAnywhere.some((word) => key.includes(word)) || reservedAlone.includes(key) || key.startsWith('login')
}
