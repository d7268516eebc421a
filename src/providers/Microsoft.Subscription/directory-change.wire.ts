import { z } from 'zod'
import { guid } from '../../http/body.ts'
import type { DirectoryChange } from '../../domain/resource/directory-change.ts'

export const directoryChangeApiVersions = ['2025-11-01-preview', '2024-08-01-preview'] as const

export const directoryChangeBody = z.object({
  properties: z.object({
    destinationOwnerId: z.string().trim().min(1).max(320),
    destinationTenantId: guid,
  }),
})

/** The acceptor's own view is flat and says nothing of what the other side loses. */
export const toWireDirectoryChangeStatus = (change: DirectoryChange) => ({
  subscriptionId: change.subscriptionId,
  sourceTenantId: change.source.tenantId,
  sourceOwnerId: change.source.ownerId,
  ...(change.source.ownerEmail === null ? {} : { sourceOwnerEmail: change.source.ownerEmail }),
  destinationTenantId: change.destination.tenantId,
  destinationOwnerId: change.destination.ownerId,
  createdDate: change.createdAt.toISOString(),
  expiresOn: change.expiresAt.toISOString(),
  ...(change.state === 'Completed' && change.endedAt ? { acceptedDate: change.endedAt.toISOString() } : {}),
  status: change.state,
})

export const toWireDirectoryChange = (change: DirectoryChange) => ({
  id: `/subscriptions/${change.subscriptionId}/providers/Microsoft.Subscription/changeTenantRequest/default`,
  name: 'default',
  type: 'Microsoft.Subscription/changeTenantRequest',
  properties: {
    ...toWireDirectoryChangeStatus(change),
    // Ours (SUB-19): how much of each kind acceptance deletes or breaks, and where it is listed and exported.
    losses: change.losses,
    lossesId: `/subscriptions/${change.subscriptionId}/providers/Tenantry.Directory/directoryChangeLosses/default`,
  },
})
