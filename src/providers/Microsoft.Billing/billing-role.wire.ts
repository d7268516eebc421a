import {
  type BillingTask,
  type BillingRoleDefinition,
  describeBillingTask,
  rolesAllowedTo,
  billingTasks,
} from '../../domain/access/billing-roles.ts'

interface AssignmentToWire {
  readonly name: string
  readonly scope: string
  readonly roleDefinitionName: string
  readonly principalTenantId: string
  readonly principalId: string
  readonly createdAt: Date
  readonly createdBy: string
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
    },
  }
}

export function toWireDefinition(scope: string, definition: BillingRoleDefinition) {
  return {
    id: `${scope}/billingRoleDefinitions/${definition.id}`,
    name: definition.id,
    type: `${typeOf(scope)}/billingRoleDefinitions`,
    properties: {
      roleName: definition.name,
      description: definition.description,
      permissions: [toWirePermissions(billingTasks.filter((task) => rolesAllowedTo(task).includes(definition.role)))],
    },
  }
}

/** Rows of the matrix, `A1` to `U5`, each with what it says. */
export function toWirePermissions(tasks: readonly BillingTask[]) {
  return { actions: tasks.map((task) => `${task} ${describeBillingTask(task)}`), notActions: [] }
}

function typeOf(scope: string): string {
  if (scope.includes('/invoiceSections/')) return 'Microsoft.Billing/billingAccounts/billingProfiles/invoiceSections'
  return scope.includes('/billingProfiles/')
    ? 'Microsoft.Billing/billingAccounts/billingProfiles'
    : 'Microsoft.Billing/billingAccounts'
}
