import type { Operation } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { communicationOperations } from './communication.routes.ts'
import { serviceOperations } from './service.routes.ts'
import { supportTicketOperations } from './support-ticket.routes.ts'

export const operations: readonly Operation<OperationContext>[] = [
  ...serviceOperations,
  ...supportTicketOperations,
  ...communicationOperations,
]
