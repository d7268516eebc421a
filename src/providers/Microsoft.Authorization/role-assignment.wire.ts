import { z } from 'zod'
import { subscriptionOf } from '../../domain/access/scope.ts'
import { invalid } from '../../domain/refusal.ts'
import { guid } from '../../http/body.ts'

export interface RoleAssignmentView {
  readonly id: string
  readonly scope: string
  readonly roleDefinitionId: string
  readonly principalId: string
  readonly principalType: string
  readonly description: string | null
  readonly createdAt: Date
  readonly createdBy: string
  readonly updatedAt: Date
  readonly updatedBy: string
}

export const idOfRoleDefinition = (scope: string, id: string): string => {
  const subscriptionId = subscriptionOf(scope)
  const at = subscriptionId === undefined ? '' : `/subscriptions/${subscriptionId}`
  return `${at}/providers/Microsoft.Authorization/roleDefinitions/${id}`
}

export const toWireRoleAssignment = (assignment: RoleAssignmentView) => ({
  id: `${assignment.scope === '/' ? '' : assignment.scope}/providers/Microsoft.Authorization/roleAssignments/${assignment.id}`,
  name: assignment.id,
  type: 'Microsoft.Authorization/roleAssignments',
  properties: {
    roleDefinitionId: idOfRoleDefinition(assignment.scope, assignment.roleDefinitionId),
    principalId: assignment.principalId,
    principalType: assignment.principalType,
    scope: assignment.scope,
    description: assignment.description,
    condition: null,
    conditionVersion: null,
    createdOn: assignment.createdAt.toISOString(),
    updatedOn: assignment.updatedAt.toISOString(),
    createdBy: assignment.createdBy,
    updatedBy: assignment.updatedBy,
    delegatedManagedIdentityResourceId: null,
  },
})

const notSupported = (property: string) =>
  z
    .unknown()
    .optional()
    .refine((value) => value === undefined || value === null || value === '', {
      message: `${property} is not supported by this server; leave it out`,
    })

export const roleAssignmentBody = z.object({
  properties: z.object({
    roleDefinitionId: z.string().min(1),
    principalId: guid,
    principalType: z.enum(['User', 'Group', 'ServicePrincipal', 'ForeignGroup']).optional(),
    description: z.string().max(2048).nullish(),
    condition: notSupported('condition'),
    conditionVersion: notSupported('conditionVersion'),
    delegatedManagedIdentityResourceId: notSupported('delegatedManagedIdentityResourceId'),
  }),
})

export interface RoleAssignmentFilter {
  readonly isAtScope: boolean
  readonly principalId: string | undefined
  readonly assignedTo: string | undefined
}

/** `atScope()`, `principalId eq '…'`, `assignedTo('…')`, joined by `and`; any other filter would disclose too much if ignored. */
export function parseRoleAssignmentFilter(filter: string | undefined): RoleAssignmentFilter {
  const parsed = {
    isAtScope: false,
    principalId: undefined as string | undefined,
    assignedTo: undefined as string | undefined,
  }
  for (const term of (filter ?? '').split(/\s+and\s+/i).map((part) => part.trim())) {
    if (term === '') continue
    const principalId = /^principalId\s+eq\s+'?([0-9a-f-]{36})'?$/i.exec(term)?.[1]
    const assignedTo = /^assignedTo\('?([0-9a-f-]{36})'?\)$/i.exec(term)?.[1]
    if (/^atScope\(\)$/i.test(term)) parsed.isAtScope = true
    else if (principalId !== undefined && guid.safeParse(principalId).success)
      parsed.principalId = principalId.toLowerCase()
    else if (assignedTo !== undefined && guid.safeParse(assignedTo).success)
      parsed.assignedTo = assignedTo.toLowerCase()
    else
      throw invalid(
        'InvalidFilter',
        `The filter '${filter}' is not supported. Use atScope(), principalId eq '{objectId}', assignedTo('{objectId}'), or several of them joined by and.`,
        '$filter',
      )
  }
  return parsed
}
