import { z } from 'zod'
import { noContent, type Operation, ok, pathParameter } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { renameOrganization } from '../../operations/rename-organization.ts'
import { getOrganization, type Organization } from '../../operations/read-organization.ts'
import { objectNotFound } from '../../domain/directory/object-id.ts'
import { parseGraphBody, refused } from './body.ts'
import { type Entity, graph, onEntity, onList, toCollection, toEntity } from './entity.ts'

function toWireOrganization({ tenant, isWhole, services }: Organization): Entity {
  return {
    id: tenant.id,
    displayName: tenant.displayName,
    verifiedDomains: tenant.domains
      .filter((domain) => domain.verifiedAt !== null)
      .map((domain) => ({
        name: domain.name,
        isDefault: domain.isDefault,
        isInitial: domain.isInitial,
        type: 'Managed',
        capabilities: 'None',
      })),
    tenantType: isWhole ? (tenant.kind === 'identity' ? 'AAD B2C' : 'AAD') : null,
    countryLetterCode: isWhole ? tenant.countryCode : null,
    createdDateTime: isWhole ? tenant.createdAt.toISOString() : null,
    partnerTenantType: null,
    assignedPlans: isWhole
      ? services.map((service) => ({
          assignedDateTime: service.enabledAt.toISOString(),
          capabilityStatus: 'Enabled',
          service: service.name,
          servicePlanId: service.servicePlanId,
        }))
      : null,
  }
}

const organizationChangesBody = z.object({
  ...refused(
    'city',
    'countryLetterCode',
    'marketingNotificationEmails',
    'postalCode',
    'preferredLanguage',
    'privacyProfile',
    'securityComplianceNotificationMails',
    'securityComplianceNotificationPhones',
    'street',
    'technicalNotificationMails',
  ),
  displayName: z.string().trim().min(1).max(256).optional(),
})

export const organizationOperations: readonly Operation<OperationContext>[] = [
  {
    ...graph,
    ...onList,
    id: 'Graph_ListOrganization',
    method: 'GET',
    path: '/v1.0/organization',
    statuses: [200],
    permission: 'anybody of the tenant; the whole with organization/read',
    summary: 'The tenant of the token.',
    async handle(context, request) {
      return ok(toCollection(request, 'organization', [toWireOrganization(await getOrganization(context))]))
    },
  },
  {
    ...graph,
    ...onEntity,
    id: 'Graph_GetOrganization',
    method: 'GET',
    path: '/v1.0/organization/{organization}',
    statuses: [200],
    permission: 'anybody of the tenant; the whole with organization/read',
    summary: 'The tenant of the token by its id.',
    async handle(context, request) {
      const id = pathParameter(request, 'organization')
      const organization = await getOrganization(context)
      if (organization.tenant.id !== id.toLowerCase()) throw objectNotFound(id)
      return ok(toEntity(request, 'organization', toWireOrganization(organization)))
    },
  },
  {
    ...graph,
    id: 'Graph_UpdateOrganization',
    method: 'PATCH',
    path: '/v1.0/organization/{organization}',
    statuses: [204],
    permission: 'organization/update',
    summary: 'Gives the tenant of the token another name.',
    body: organizationChangesBody,
    async handle(context, request) {
      const { displayName } = parseGraphBody(request, organizationChangesBody)
      await renameOrganization(context, pathParameter(request, 'organization'), displayName)
      return noContent()
    },
  },
]
