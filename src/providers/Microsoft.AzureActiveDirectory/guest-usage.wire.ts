import { z } from 'zod'
import { formatResourceId } from '../../domain/resource/resource-id.ts'
import { guid } from '../../http/body.ts'
import type { LinkedResource } from '../../operations/identity-link-target.ts'
import { tags, toWireSystemData } from './b2c-directory.wire.ts'

export const guestUsageBody = z.object({
  location: z.string().optional(),
  tags: tags.default({}),
  properties: z.object({ tenantId: guid.optional() }).default({}),
})

export const guestUsagePatch = z.object({ tags: tags.optional() })

export function toWireGuestUsage({ resource, link }: LinkedResource) {
  return {
    id: formatResourceId(resource),
    name: resource.name,
    type: 'Microsoft.AzureActiveDirectory/GuestUsages',
    location: resource.location,
    tags: resource.tags,
    systemData: toWireSystemData(resource),
    properties: { tenantId: link.identityTenantId },
  }
}
