import { z } from 'zod'
import { guid } from '../../http/body.ts'
import type { AnyServicePrincipal, ShownAppRoleAssignment } from '../../operations/consent-to-application.ts'
import { refused } from './body.ts'
import type { Entity } from './entity.ts'

export const newServicePrincipalBody = z.object({
  ...refused(
    'alternativeNames',
    'appRoles',
    'appRoleAssignmentRequired',
    'description',
    'homepage',
    'keyCredentials',
    'loginUrl',
    'notificationEmailAddresses',
    'passwordCredentials',
    'preferredSingleSignOnMode',
    'replyUrls',
    'tags',
  ),
  appId: guid,
  accountEnabled: z.literal(true, { error: 'must be true: delete the service principal instead' }).optional(),
})

export const newAppRoleAssignmentBody = z.object({ principalId: guid, resourceId: guid, appRoleId: guid })

export function toWireServicePrincipal(any: AnyServicePrincipal): Entity {
  const common = any.kind === 'resource' ? any.resource : any.servicePrincipal
  return {
    id: any.kind === 'resource' ? any.resource.servicePrincipalId : any.servicePrincipal.id,
    appId: common.appId,
    displayName: common.displayName,
    appDisplayName: common.displayName,
    appOwnerOrganizationId: any.kind === 'resource' ? null : any.servicePrincipal.appOwnerTenantId,
    accountEnabled: true,
    servicePrincipalType: 'Application',
    servicePrincipalNames: [common.appId],
    createdDateTime: any.kind === 'resource' ? null : any.servicePrincipal.createdAt.toISOString(),
    tags: [],
    appRoles:
      any.kind === 'resource'
        ? any.resource.appRoles.map((role) => ({
            id: role.id,
            value: role.value,
            displayName: role.displayName,
            description: role.description,
            allowedMemberTypes: ['Application'],
            isEnabled: true,
            origin: 'Application',
          }))
        : [],
  }
}

export const toWireAppRoleAssignment = (assignment: ShownAppRoleAssignment): Entity => ({
  id: assignment.id,
  appRoleId: assignment.appRoleId,
  createdDateTime: assignment.createdAt.toISOString(),
  deletedDateTime: null,
  principalDisplayName: assignment.principalDisplayName,
  principalId: assignment.principalId,
  principalType: 'ServicePrincipal',
  resourceDisplayName: assignment.resource.displayName,
  resourceId: assignment.resource.servicePrincipalId,
})
