import type { Operation } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { availableOperations } from './available-operation.routes.ts'

export const operations: readonly Operation<OperationContext>[] = [...availableOperations]
