import { z } from 'zod'
import { formatResourceId } from '../../domain/resource/resource-id.ts'
import { guid, parseBody } from '../../http/body.ts'
import { created, type Operation, ok, pathParameter } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import type { LinkedResource } from '../../operations/identity-link-target.ts'
import { importIdentityLink } from '../../operations/import-identity-link.ts'

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text))

const legacyLinkBody = z.object({
  properties: z.object({
    tenantId: guid.optional(),
    subscriptionId: guid,
    resourceGroup: z.string().min(1),
    linkedAt: instant,
    billingType: z.enum(['MAU', 'Auths']).optional(),
    mauSince: instant.optional(),
  }),
})

const modelOf = { MAU: 'mau', Auths: 'perAuthentication' } as const
const billingTypeOf = { mau: 'MAU', perAuthentication: 'Auths' } as const

export const legacyLinkOperations: readonly Operation<OperationContext>[] = [
  {
    id: 'LegacyLinks_Import',
    method: 'PUT',
    path: '/providers/Tenantry.Metering/legacyLinks/{name}',
    apiVersions: ['2026-11-01'],
    statuses: [200, 201],
    authentication: 'bearer',
    permission: 'platform operator',
    summary: 'Brings in a link that was made elsewhere, with its true date and the billing model of that date.',
    body: legacyLinkBody,
    async handle(context, request) {
      const { properties } = parseBody(request, legacyLinkBody)
      const result = await importIdentityLink(context, {
        name: pathParameter(request, 'name'),
        tenantId: properties.tenantId,
        subscriptionId: properties.subscriptionId,
        resourceGroupName: properties.resourceGroup,
        linkedAt: properties.linkedAt,
        model: properties.billingType && modelOf[properties.billingType],
        mauSince: properties.mauSince,
      })
      return (result.isNew ? created : ok)(toWireLegacyLink(result))
    },
  },
]

const toWireLegacyLink = ({ resource, link }: LinkedResource) => ({
  id: `/providers/Tenantry.Metering/legacyLinks/${resource.name}`,
  name: resource.name,
  type: 'Tenantry.Metering/legacyLinks',
  properties: {
    tenantId: link.identityTenantId,
    subscriptionId: link.subscriptionId,
    resourceGroup: resource.resourceGroupName,
    linkId: formatResourceId(resource),
    linkedAt: link.linkedAt.toISOString(),
    billingType: billingTypeOf[link.model],
    effectiveStartDateUtc: link.modelSince.toISOString(),
  },
})
