import { billingActionsOf } from '../../domain/access/billing-actions.ts'
import { type BillingRoleDefinition, billingTasks, rolesAllowedTo } from '../../domain/access/billing-roles.ts'

interface AssignmentToWire {
  readonly name: string
  readonly scope: string
  readonly roleDefinitionName: string
  readonly principalTenantId: string
  readonly principalId: string
  readonly createdAt: Date
  readonly createdBy: string
  /** Of a role that somebody has yet to agree to. */
  readonly billingRequest?: string
}

export function toWireAssignment(assignment: AssignmentToWire) {
  const { scope } = assignment
  return {
    id: `${scope}/billingRoleAssignments/${assignment.name}`,
    name: assignment.name,
    type: `${typeOf(scope)}/billingRoleAssignments`,
    properties: {
      createdOn: assignment.createdAt.toISOString(),
      createdByPrincipalId: assignment.createdBy,
      principalId: assignment.principalId,
      principalTenantId: assignment.principalTenantId,
      roleDefinitionId: `${scope}/billingRoleDefinitions/${assignment.roleDefinitionName}`,
      scope,
      ...(assignment.billingRequest === undefined
        ? {}
        : { billingRequestId: `/providers/Microsoft.Billing/billingRequests/${assignment.billingRequest}` }),
    },
  }
}

export function toWireDefinition(scope: string, definition: BillingRoleDefinition) {
  const tasks = billingTasks.filter((task) => rolesAllowedTo(task).includes(definition.role))
  return {
    id: `${scope}/billingRoleDefinitions/${definition.id}`,
    name: definition.id,
    type: `${typeOf(scope)}/billingRoleDefinitions`,
    properties: {
      roleName: definition.name,
      description: definition.description,
      permissions: [toWirePermissions(billingActionsOf(tasks))],
    },
  }
}

export const toWirePermissions = (actions: readonly string[]) => ({ actions, notActions: [] })

function typeOf(scope: string): string {
  if (scope.includes('/invoiceSections/')) return 'Microsoft.Billing/billingAccounts/billingProfiles/invoiceSections'
  return scope.includes('/billingProfiles/')
    ? 'Microsoft.Billing/billingAccounts/billingProfiles'
    : 'Microsoft.Billing/billingAccounts'
}
