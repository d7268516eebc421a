import type { ProviderResourceType } from '../../domain/resource/resource-provider.ts'
import { regions } from '../../domain/resource/location.ts'
import type { ProviderOfSubscription } from '../../operations/register-provider.ts'

const everywhere = regions.map((region) => region.displayName)

export const toWireResourceType = (type: ProviderResourceType) => ({
  resourceType: type.resourceType,
  locations: type.locations ?? everywhere,
  apiVersions: type.apiVersions,
  defaultApiVersion: type.apiVersions[0],
  capabilities:
    type.isMovable === false
      ? 'SupportsTags, SupportsLocation'
      : 'CrossResourceGroupResourceMove, CrossSubscriptionResourceMove, SupportsTags, SupportsLocation',
})

export const toWireTenantProvider = (provider: ProviderOfSubscription) => ({
  namespace: provider.namespace,
  resourceTypes: provider.resourceTypes.map(toWireResourceType),
})

export const toWireProvider = (subscriptionId: string, provider: ProviderOfSubscription) => ({
  id: `/subscriptions/${subscriptionId}/providers/${provider.namespace}`,
  ...toWireTenantProvider(provider),
  registrationState: provider.state,
  registrationPolicy: 'RegistrationRequired',
})
