import type { Operation } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { availableOperation } from './available-operation.routes.ts'
import { moveOperations } from './move.routes.ts'
import { providerOperations } from './provider.routes.ts'
import { resourceGroupOperations } from './resource-group.routes.ts'
import { resourceOperations } from './resource.routes.ts'
import { subscriptionOperations } from './subscription.routes.ts'
import { tagOperations } from './tags.routes.ts'

const served = [
  ...subscriptionOperations,
  ...resourceGroupOperations,
  ...resourceOperations,
  ...moveOperations,
  ...providerOperations,
  ...tagOperations,
]

export const operations: readonly Operation<OperationContext>[] = [...served, availableOperation(served)]
