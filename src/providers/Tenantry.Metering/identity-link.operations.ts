import type { Operation } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { identityUsageOperations } from './identity-usage.routes.ts'
import { legacyLinkOperations } from './legacy-link.routes.ts'
import { reportedEventOperations } from './reported-event.routes.ts'

export const operations: readonly Operation<OperationContext>[] = [
  ...identityUsageOperations,
  ...legacyLinkOperations,
  ...reportedEventOperations,
]
