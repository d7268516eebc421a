import type { Operation, OperationSpec } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { accessOperations } from './access.routes.ts'
import { managementLockOperations } from './management-lock.routes.ts'
import { policyAssignmentOperations } from './policy-assignment.routes.ts'
import { policyDefinitionOperations } from './policy-definition.routes.ts'
import { roleAssignmentOperations } from './role-assignment.routes.ts'
import { roleDefinitionOperations } from './role-definition.routes.ts'

export const operations = (served: () => readonly OperationSpec[]): readonly Operation<OperationContext>[] => [
  ...roleAssignmentOperations,
  ...roleDefinitionOperations,
  ...policyDefinitionOperations,
  ...policyAssignmentOperations,
  ...managementLockOperations,
  ...accessOperations(served),
]
