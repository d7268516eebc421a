import type { AccountClass } from './user-account.ts'
import { graphResource } from './token-scope.ts'

const microsoftAudiences = [
  'https://management.azure.com',
  'https://management.core.windows.net',
  graphResource,
  '00000003-0000-0000-c000-000000000000',
  'https://graph.windows.net',
  'https://api.partnercenter.microsoft.com',
]

/**
 * Audiences that a token may have. The SDK generations ask for different ones whatever endpoint they are given
 * (API.md trap 4); accepting Microsoft's names is safe because only our own issuer and keys are ever accepted.
 */
export function isOurAudience(audience: string, baseUrl: string): boolean {
  const bare = audience.replace(/\/+$/, '')
  return bare === baseUrl || microsoftAudiences.includes(bare)
}

export type AudienceDecision =
  | { readonly kind: 'audience'; readonly audience: string }
  /** Another application, which the tenant has to know. */
  | { readonly kind: 'application'; readonly appId: string }
  | { readonly kind: 'refused'; readonly refusal: 'consumer_not_allowed' | 'consent_required' | 'resource_not_found' }

/**
 * For whom a token is. TEN-9: a consumer gets one for applications only, never for an API of ours. Neither does an
 * application that no administrator let act for people (S12). Without a resource that is the application itself, where
 * others get one for Graph.
 */
export function decideAudience(
  resource: string | undefined,
  client: { readonly appId: string; readonly actsForPeople: boolean },
  accountClass: AccountClass,
  baseUrl: string,
): AudienceDecision {
  const isConsumer = accountClass === 'consumer'
  const reachesUs = client.actsForPeople && !isConsumer
  if (resource === undefined) return { kind: 'audience', audience: reachesUs ? graphResource : client.appId }
  if (isOurAudience(resource, baseUrl)) {
    if (reachesUs) return { kind: 'audience', audience: resource }
    return { kind: 'refused', refusal: isConsumer ? 'consumer_not_allowed' : 'consent_required' }
  }
  const appId = resource.toLowerCase().replace(/^api:\/\//, '')
  if (appId === client.appId) return { kind: 'audience', audience: client.appId }
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(appId)
    ? { kind: 'application', appId }
    : { kind: 'refused', refusal: 'resource_not_found' }
}
