import { z } from 'zod'
import { isHeld, operationKinds } from '../../domain/resource/group-lock.ts'
import { formatResourceGroupId } from '../../domain/resource/resource-id.ts'
import type { getResourceGroup } from '../../operations/change-resource-group.ts'

type ResourceGroup = Awaited<ReturnType<typeof getResourceGroup>>

export const tagsBody = z.record(z.string(), z.string()).nullish()

export const resourceGroupBody = z.object({
  location: z.string(),
  managedBy: z.string().nullish(),
  tags: tagsBody,
})

export const resourceGroupPatchBody = z.object({
  name: z.string().optional(),
  managedBy: z.string().nullish(),
  tags: tagsBody,
})

export const toWireResourceGroup = (group: ResourceGroup, at: Date) => ({
  id: formatResourceGroupId({ subscriptionId: group.subscriptionId, resourceGroupName: group.name }),
  name: group.name,
  type: 'Microsoft.Resources/resourceGroups',
  location: group.location,
  ...(group.managedBy === null ? {} : { managedBy: group.managedBy }),
  ...(Object.keys(group.tags).length === 0 ? {} : { tags: group.tags }),
  properties: { provisioningState: provisioningState(group, at) },
})

function provisioningState({ lock }: ResourceGroup, at: Date): string {
  if (!isHeld(lock, at)) return 'Succeeded'
  return lock.kind === operationKinds.deleteGroup ? 'Deleting' : 'MovingResources'
}
