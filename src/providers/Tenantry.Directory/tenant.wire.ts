import { z } from 'zod'
import { parseDataResidency } from '../../domain/directory/data-residency.ts'
import { initialDomainOf } from '../../domain/directory/domain-name.ts'
import { initialDomainNameOf, type TenantWithDomains, verifiedDomainNamesOf } from '../../domain/directory/tenant.ts'
import { guid } from '../../http/body.ts'
import { etagOf } from '../../http/etag.ts'
import type { TenantMembership } from '../../operations/list-tenant-memberships.ts'
import type { NamedAdministrator, NewTenant, WantedAdministrator } from '../../operations/create-tenant.ts'

const name = z.string().trim().min(1).max(256)

const administrator = z.union(
  [
    z.object({ homeTenantId: guid, homeObjectId: guid }),
    z.object({ application: z.object({ displayName: name }) }),
    z.object({
      displayName: name,
      userPrincipalName: z.string().max(1024).optional(),
      mail: z.email().optional(),
      passwordProfile: z.object({ password: z.string() }).optional(),
    }),
  ],
  'is {displayName, userPrincipalName?, mail?}, {homeTenantId, homeObjectId} or {application: {displayName}}',
)

const tenantProperties = z.object({
  displayName: name,
  initialDomainLabel: z.string().optional(),
  initialDomain: z.string().optional(),
  countryCode: z
    .string()
    .regex(/^[A-Za-z]{2}$/, 'is a country code of two letters (ISO 3166-1)')
    .transform((code) => code.toUpperCase()),
  kind: z.enum(['workforce', 'identity']),
  dataResidency: z.string().optional(),
  externalIdentityPricing: z.boolean().optional(),
})

export const tenantBody = z.object({ properties: tenantProperties.extend({ administrator: administrator.optional() }) })

/** Who creates a tenant of their own administers it. */
export const ownTenantBody = z.object({ properties: tenantProperties })

type Wanted = z.output<typeof ownTenantBody> | z.output<typeof tenantBody>

export function fromWireTenant({ properties }: Wanted, domainSuffix: string): NewTenant {
  const named = 'administrator' in properties ? properties.administrator : undefined
  return {
    displayName: properties.displayName,
    kind: properties.kind,
    countryCode: properties.countryCode,
    initialDomain: initialDomainOf(
      { label: properties.initialDomainLabel, name: properties.initialDomain },
      domainSuffix,
    ),
    dataResidency: properties.dataResidency === undefined ? undefined : parseDataResidency(properties.dataResidency),
    externalIdentityPricing: properties.externalIdentityPricing,
    administrator: named && fromWireAdministrator(named),
  }
}

function fromWireAdministrator(wire: z.output<typeof administrator>): WantedAdministrator {
  if ('homeTenantId' in wire) return { kind: 'external', ...wire }
  if ('application' in wire) return { kind: 'application', displayName: wire.application.displayName }
  return {
    kind: 'user',
    displayName: wire.displayName,
    userPrincipalName: wire.userPrincipalName,
    mail: wire.mail,
    password: wire.passwordProfile?.password,
  }
}

/** The administrator, with an application's secret, is in the answer that named it and in no other. */
export function toWireTenant(tenant: TenantWithDomains, named?: NamedAdministrator) {
  return {
    id: `/providers/Tenantry.Directory/tenants/${tenant.id}`,
    name: tenant.id,
    type: 'Tenantry.Directory/tenants',
    etag: etagOf(tenant.revision),
    properties: {
      tenantId: tenant.id,
      displayName: tenant.displayName,
      kind: tenant.kind,
      countryCode: tenant.countryCode,
      initialDomain: initialDomainNameOf(tenant),
      domains: verifiedDomainNamesOf(tenant),
      dataResidency: tenant.dataResidency,
      externalIdentityPricing: tenant.externalIdentityPricing,
      createdDateTime: tenant.createdAt.toISOString(),
      ...(named && { administrator: named }),
    },
  }
}

export const toWireMembership = (membership: TenantMembership) => ({
  id: `/providers/Tenantry.Directory/tenantMemberships/${membership.tenantId}`,
  name: membership.tenantId,
  type: 'Tenantry.Directory/tenantMemberships',
  properties: {
    tenantId: membership.tenantId,
    tenantDisplayName: membership.tenantDisplayName,
    objectId: membership.objectId,
    relationship: membership.isHome ? 'home' : membership.userType === 'Guest' ? 'guest' : 'externalMember',
    state: membership.isPending ? 'PendingAcceptance' : 'Accepted',
    createdDateTime: membership.since.toISOString(),
  },
})
