import { z } from 'zod'
import { guid } from '../../http/body.ts'
import type { CreationRequest } from '../../domain/resource/subscription-creation-request.ts'
import { type getAlias, unsupported, type WantedAlias } from '../../operations/subscription-alias.ts'
import { acceptOwnershipUrl } from '../../operations/request-subscription.ts'

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

type Alias = Awaited<ReturnType<typeof getAlias>>

export const toWireAlias = (alias: Alias, baseUrl: string) =>
  'destination' in alias ? toWireCreationRequest(alias, baseUrl) : toWireOwnAlias(alias)

/** Everything is done when the answer leaves, so the SDK's poller stops at the first look. */
const toWireOwnAlias = (alias: Exclude<Alias, CreationRequest>) => ({
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
  systemData: systemDataOf(alias.createdBy, alias.createdAt),
})

/** What was asked for, also after its acceptance: what becomes of it in the other tenant is that tenant's. */
const toWireCreationRequest = (request: CreationRequest, baseUrl: string) => ({
  id: `/providers/Microsoft.Subscription/aliases/${request.alias}`,
  name: request.alias,
  type: 'Microsoft.Subscription/aliases',
  properties: {
    subscriptionId: request.subscriptionId,
    displayName: request.displayName,
    // The request stands; a poller that waited for the other side would wait for days.
    provisioningState: 'Succeeded',
    acceptOwnershipState: wireStateOf(request),
    acceptOwnershipUrl: acceptOwnershipUrl(baseUrl, request.subscriptionId),
    billingScope: request.billingScope,
    workload: request.workload,
    subscriptionOwnerId: request.destination.ownerId,
    createdTime: request.createdAt.toISOString(),
    tags: request.tags,
  },
  systemData: systemDataOf(request.source.requesterId, request.createdAt),
})

/** The published words are three; one that was withdrawn can no more be accepted than one that expired. */
const wireStateOf = ({ state }: CreationRequest) => (state === 'Canceled' ? 'Expired' : state)

const systemDataOf = (by: string, at: Date) => ({
  createdBy: by,
  createdAt: at.toISOString(),
  lastModifiedBy: by,
  lastModifiedAt: at.toISOString(),
})

export const acceptOwnershipBody = z.object({
  properties: z.object({
    displayName: z.string(),
    managementGroupId: z.string().nullish(),
    tags,
  }),
})

/** Flat. */
export const toWireOwnershipStatus = (request: CreationRequest) => ({
  subscriptionId: request.subscriptionId,
  acceptOwnershipState: wireStateOf(request),
  provisioningState: request.state === 'Completed' ? 'Succeeded' : 'Pending',
  billingOwner: request.source.requesterId,
  subscriptionTenantId: request.destination.tenantId,
  displayName: request.displayName,
  tags: request.tags,
})
