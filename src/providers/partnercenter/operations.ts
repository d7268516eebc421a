import type { Operation } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { agreementOperations } from './agreement.routes.ts'
import { customerOperations } from './customer.routes.ts'
import { orderOperations } from './order.routes.ts'
import { subscriptionOperations } from './subscription.routes.ts'

export const operations: readonly Operation<OperationContext>[] = [
  ...customerOperations,
  ...agreementOperations,
  ...orderOperations,
  ...subscriptionOperations,
]
