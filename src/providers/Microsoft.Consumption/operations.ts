import type { Operation } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { availableOperations } from './available-operation.routes.ts'
import { balanceOperations } from './balance.routes.ts'
import { chargeOperations } from './charge.routes.ts'
import { priceSheetOperations } from './price-sheet.routes.ts'
import { usageDetailOperations } from './usage-detail.routes.ts'

export const operations: readonly Operation<OperationContext>[] = [
  ...availableOperations,
  ...usageDetailOperations,
  ...chargeOperations,
  ...balanceOperations,
  ...priceSheetOperations,
]
