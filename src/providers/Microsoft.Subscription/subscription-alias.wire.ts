import { z } from 'zod'
import { guid } from '../../http/body.ts'
import { type getAlias, unsupported, type WantedAlias } from '../../operations/subscription-alias.ts'

export const aliasApiVersions = ['2021-10-01', '2020-09-01'] as const

const tags = z.record(z.string(), z.string()).nullish()

export const aliasBody = z.object({
  properties: z.object({
    displayName: z.string().nullish(),
    workload: z.enum(['Production', 'DevTest']).nullish(),
    billingScope: z.string().nullish(),
    subscriptionId: guid.nullish(),
    resellerId: z.string().nullish(),
    additionalProperties: z
      .object({
        managementGroupId: z.string().nullish(),
        subscriptionTenantId: guid.nullish(),
        subscriptionOwnerId: guid.nullish(),
        tags,
      })
      .nullish(),
  }),
})

export function wantedAlias(name: string, { properties }: z.output<typeof aliasBody>): WantedAlias {
  const more = properties.additionalProperties ?? {}
  if (properties.resellerId)
    throw unsupported('properties.resellerId', 'Subscriptions of a reseller are ordered by the partner.')
  if (more.managementGroupId)
    throw unsupported('properties.additionalProperties.managementGroupId', 'There are no management groups here.')
  return {
    name,
    displayName: properties.displayName ?? undefined,
    workload: properties.workload ?? undefined,
    billingScope: properties.billingScope ?? undefined,
    subscriptionId: properties.subscriptionId ?? undefined,
    subscriptionTenantId: more.subscriptionTenantId ?? undefined,
    subscriptionOwnerId: more.subscriptionOwnerId ?? undefined,
    tags: more.tags ?? {},
  }
}

/** Everything is done when the answer leaves, so the SDK's poller stops at the first look. */
export const toWireAlias = (alias: Awaited<ReturnType<typeof getAlias>>) => ({
  id: `/providers/Microsoft.Subscription/aliases/${alias.name}`,
  name: alias.name,
  type: 'Microsoft.Subscription/aliases',
  properties: {
    subscriptionId: alias.subscriptionId,
    displayName: alias.displayName,
    provisioningState: 'Succeeded',
    acceptOwnershipState: 'Completed',
    ...(alias.billingScope === null ? {} : { billingScope: alias.billingScope }),
    ...(alias.workload === null ? {} : { workload: alias.workload }),
    subscriptionOwnerId: alias.createdBy,
    createdTime: alias.createdAt.toISOString(),
    tags: alias.tags,
  },
  systemData: {
    createdBy: alias.createdBy,
    createdAt: alias.createdAt.toISOString(),
    lastModifiedBy: alias.createdBy,
    lastModifiedAt: alias.createdAt.toISOString(),
  },
})
