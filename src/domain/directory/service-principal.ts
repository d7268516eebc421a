/** What an application is in one tenant: the principal that roles of the tenant are given to. */
export interface ServicePrincipal {
  readonly id: string
  readonly tenantId: string
  readonly appId: string
  readonly displayName: string
  readonly createdAt: Date
  /** The tenant that registered the application; nothing once the registration is gone. */
  readonly appOwnerTenantId: string | null
}

export interface AppRoleAssignment {
  readonly id: string
  readonly tenantId: string
  readonly principalId: string
  readonly appRoleId: string
  readonly createdAt: Date
}
