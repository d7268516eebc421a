import type { Operation } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { partnerOperations } from './partner.routes.ts'
import { relationshipOperations } from './relationship.routes.ts'

export const operations: readonly Operation<OperationContext>[] = [...partnerOperations, ...relationshipOperations]
