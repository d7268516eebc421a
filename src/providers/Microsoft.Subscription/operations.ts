import type { Operation } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { acceptOwnershipOperations } from './accept-ownership.routes.ts'
import { availableOperation } from './available-operation.routes.ts'
import { directoryChangeOperations } from './directory-change.routes.ts'
import { aliasOperations } from './subscription-alias.routes.ts'
import { subscriptionPolicyOperations } from './subscription-policy.routes.ts'
import { subscriptionStateOperations } from './subscription-state.routes.ts'

const served = [
  ...aliasOperations,
  ...acceptOwnershipOperations,
  ...subscriptionStateOperations,
  ...directoryChangeOperations,
  ...subscriptionPolicyOperations,
]

export const operations: readonly Operation<OperationContext>[] = [...served, availableOperation(served)]
