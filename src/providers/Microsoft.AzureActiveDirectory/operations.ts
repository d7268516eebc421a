import type { Operation } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { b2cDirectoryOperations } from './b2c-directory.routes.ts'
import { availableOperations } from './available-operation.routes.ts'

export const operations: readonly Operation<OperationContext>[] = [...b2cDirectoryOperations, ...availableOperations]
