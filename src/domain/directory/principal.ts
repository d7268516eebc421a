export type PrincipalKind = 'user' | 'group' | 'servicePrincipal'

/** Whom roles are given to: a user, a group or an application's service principal of one tenant. */
export interface Principal {
  readonly id: string
  readonly tenantId: string
  readonly kind: PrincipalKind
  readonly displayName: string
  readonly createdAt: Date
  readonly deletedAt: Date | null
  readonly revision: bigint
}

/** A principal with what a list of members shows of it. */
export interface DirectoryObject {
  readonly id: string
  readonly kind: PrincipalKind
  readonly displayName: string
  readonly userPrincipalName: string | null
  readonly mail: string | null
  readonly appId: string | null
}
