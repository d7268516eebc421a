/** Something that a tenant uses with its one set of accounts and groups (TEN-6, TEN-24). */
export interface DirectoryService {
  readonly name: string
  readonly displayName: string
  /** A path of this installation for what the platform itself has. */
  readonly portalUrl: string
  readonly servicePlanId: string
}

export interface TenantService extends DirectoryService {
  readonly enabledAt: Date
}

const own = (serial: number, name: string, displayName: string): DirectoryService => ({
  name,
  displayName,
  portalUrl: `/portal/${name}`,
  servicePlanId: `7e0c4d0a-5d55-4f0e-9d5c-3a4b1f2e6e0${serial}`,
})

/** What the platform is itself; a tenant has each of them from its first use on. */
export const platformServices = {
  directory: own(1, 'directory', 'Directory'),
  subscriptions: own(2, 'subscriptions', 'Subscriptions and resources'),
  billing: own(3, 'billing', 'Billing'),
  identity: own(4, 'identity', 'Identity for customers'),
  partner: own(5, 'partner', 'Partner centre'),
} as const

export type PlatformService = keyof typeof platformServices

/** By name; the platform's first. */
export function servicesOf(
  firstUses: Readonly<Record<PlatformService, Date | null>>,
  enabled: readonly TenantService[],
  baseUrl: string,
): readonly TenantService[] {
  const platform = Object.entries(platformServices).flatMap(([name, service]) => {
    const enabledAt = firstUses[name as PlatformService]
    return enabledAt === null ? [] : [{ ...service, portalUrl: `${baseUrl}${service.portalUrl}`, enabledAt }]
  })
  return [...platform, ...enabled]
}
