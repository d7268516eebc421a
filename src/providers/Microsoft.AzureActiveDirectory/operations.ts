import type { Operation } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { availableOperations } from './available-operation.routes.ts'
import { b2cDirectoryOperations } from './b2c-directory.routes.ts'
import { guestUsageOperations } from './guest-usage.routes.ts'

export const operations: readonly Operation<OperationContext>[] = [
  ...b2cDirectoryOperations,
  ...guestUsageOperations,
  ...availableOperations,
]
