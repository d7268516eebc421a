import { z } from 'zod'
import type { BillingModel } from '../../domain/metering/authentication-model.ts'
import { formatResourceId } from '../../domain/resource/resource-id.ts'
import { guid } from '../../http/body.ts'
import type { LinkedResource } from '../../operations/identity-link-target.ts'
import type { LinkToPut } from '../../operations/put-identity-link.ts'
import type { LinkChanges } from '../../operations/update-identity-link.ts'

const sku = z.object({
  name: z.enum(['Standard', 'PremiumP1', 'PremiumP2']),
  tier: z.literal('A0').default('A0'),
})
export const tags = z.record(z.string(), z.string())

const billingConfig = z.object({
  billingType: z.enum(['MAU', 'Auths']).optional(),
  // Read-only; a client that sends back what it has read is understood, one that asks for a date is refused.
  effectiveStartDateUtc: z
    .string()
    .transform((text) => new Date(text))
    .refine((instant) => !Number.isNaN(instant.getTime()), 'is not an instant')
    .optional(),
})

export const b2cDirectoryBody = z.object({
  location: z.string().optional(),
  sku: sku.optional(),
  tags: tags.optional(),
  properties: z
    .object({
      tenantId: guid.optional(),
      createTenantProperties: z
        .object({
          displayName: z.string().trim().min(1).max(256),
          countryCode: z
            .string()
            .regex(/^[A-Za-z]{2}$/, 'is a country code of two letters (ISO 3166-1)')
            .transform((code) => code.toUpperCase()),
        })
        .optional(),
      billingConfig: billingConfig.optional(),
    })
    .default({}),
})

export const b2cDirectoryPatch = z.object({
  sku: sku.optional(),
  tags: tags.optional(),
  properties: z.object({ tenantId: guid.optional(), billingConfig: billingConfig.optional() }).default({}),
})

export const nameAvailabilityBody = z.object({
  name: z.string(),
  countryCode: z.string().regex(/^[A-Za-z]{2}$/, 'is a country code of two letters (ISO 3166-1)'),
})

const modelOf = { MAU: 'mau', Auths: 'perAuthentication' } as const satisfies Record<string, BillingModel>
export const billingTypeOf: Record<BillingModel, 'MAU' | 'Auths'> = { mau: 'MAU', perAuthentication: 'Auths' }

const fromWireConfig = (config: z.output<typeof billingConfig> | undefined) => ({
  billingModel: config?.billingType && modelOf[config.billingType],
  effectiveFrom: config?.effectiveStartDateUtc,
})

export const fromWireB2cDirectory = (body: z.output<typeof b2cDirectoryBody>): LinkToPut => ({
  location: body.location,
  sku: body.sku,
  tags: body.tags,
  tenantId: body.properties.tenantId,
  create: body.properties.createTenantProperties,
  ...fromWireConfig(body.properties.billingConfig),
})

export const fromWireB2cDirectoryPatch = (body: z.output<typeof b2cDirectoryPatch>): LinkChanges => ({
  sku: body.sku,
  tags: body.tags,
  tenantId: body.properties.tenantId,
  ...fromWireConfig(body.properties.billingConfig),
})

export function toWireB2cDirectory({ resource, link }: LinkedResource) {
  const scope = `/subscriptions/${resource.subscriptionId}`
  return {
    id: formatResourceId(resource),
    name: resource.name,
    type: 'Microsoft.AzureActiveDirectory/b2cDirectories',
    location: resource.location,
    sku: resource.sku,
    tags: resource.tags,
    systemData: toWireSystemData(resource),
    properties: {
      tenantId: link.identityTenantId,
      billingConfig: {
        billingType: billingTypeOf[link.model],
        effectiveStartDateUtc: link.modelSince.toISOString(),
      },
      // Where to go from the link (MAU-6).
      links: {
        tenant: `/v1.0/organization/${link.identityTenantId}`,
        billing: `${scope}/providers/Microsoft.Consumption/usageDetails`,
        monthlyActiveUsers: `${formatResourceId(resource)}/providers/Tenantry.Metering/monthlyActiveUsers`,
        move: `${scope}/resourceGroups/${resource.resourceGroupName}/moveResources`,
      },
    },
  }
}

export function toWireSystemData({ createdBy, createdAt, changedBy, changedAt }: LinkedResource['resource']) {
  return {
    createdBy: createdBy.name,
    createdByType: createdBy.type,
    createdAt: createdAt.toISOString(),
    lastModifiedBy: changedBy.name,
    lastModifiedByType: changedBy.type,
    lastModifiedAt: changedAt.toISOString(),
  }
}
