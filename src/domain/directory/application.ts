import type { RedirectUris } from './redirect-uri.ts'

/** Which tenants may take an application in: its own only, or any whose administrator consents. */
export type SignInAudience = 'AzureADMyOrg' | 'AzureADMultipleOrgs'

/** An application as its own tenant registered it; what it is in a tenant is its service principal there. */
export interface Application {
  readonly id: string
  readonly appId: string
  readonly tenantId: string
  readonly displayName: string
  readonly signInAudience: SignInAudience
  readonly redirectUris: RedirectUris
  readonly isFallbackPublicClient: boolean
  readonly createdAt: Date
  readonly revision: bigint
}

export interface ApplicationPassword {
  readonly keyId: string
  readonly applicationId: string
  readonly displayName: string | null
  readonly hint: string
  readonly secretHash: string
  readonly startAt: Date
  readonly endAt: Date
}
