export interface SignInIdentity {
  readonly signInType: string
  readonly issuer: string
  readonly issuerAssignedId: string
}

/** What a user may see by default; it says nothing of how they sign in or which role they hold (TEN-8). */
export type UserType = 'Member' | 'Guest'

/** TEN-9: administrators of their own, administrators from elsewhere, and the customers of an identity tenant. */
export type AccountClass = 'work' | 'guest' | 'consumer'

export interface UserAccount {
  readonly id: string
  readonly tenantId: string
  readonly displayName: string
  readonly createdAt: Date
  readonly revision: bigint
  readonly userPrincipalName: string
  readonly mail: string | null
  readonly mailNickname: string | null
  readonly givenName: string | null
  readonly surname: string | null
  readonly userType: UserType
  readonly accountClass: AccountClass
  readonly accountEnabled: boolean
  /** Who an external account is at home (TEN-7). */
  readonly home: { readonly tenantId: string; readonly objectId: string } | null
  readonly externalUserState: 'PendingAcceptance' | 'Accepted' | null
  readonly externalUserStateChangedAt: Date | null
  readonly identities: readonly SignInIdentity[]
}
