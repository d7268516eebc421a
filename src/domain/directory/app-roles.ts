/** A role that an application can hold in a tenant as itself, without a person. */
export interface AppRole {
  readonly id: string
  readonly value: string
  readonly displayName: string
  readonly description: string
}

/** What defines app roles. It is in every tenant under the same object id, as part of the platform. */
export interface ResourceApplication {
  readonly servicePrincipalId: string
  readonly appId: string
  readonly displayName: string
  readonly appRoles: readonly AppRole[]
}

/** Lets an application report the sign-ins of the identity tenant that gave it the role. */
export const meteringEventsWrite: AppRole = {
  id: '7e0c4d0a-5d55-4f0e-9d5c-3a4b1f2e6c01',
  value: 'Tenantry.Metering.Events.Write',
  displayName: 'Report usage events',
  description: 'The application may report the sign-ins of this tenant for metering.',
}

export const meteringResource: ResourceApplication = {
  servicePrincipalId: '7e0c4d0a-5d55-4f0e-9d5c-3a4b1f2e6c02',
  appId: '7e0c4d0a-5d55-4f0e-9d5c-3a4b1f2e6c00',
  displayName: 'Tenantry Metering',
  appRoles: [meteringEventsWrite],
}

export const resourceApplications: readonly ResourceApplication[] = [meteringResource]

export const findResourceApplication = (appRoleId: string): ResourceApplication | undefined =>
  resourceApplications.find((resource) => resource.appRoles.some((role) => role.id === appRoleId))
