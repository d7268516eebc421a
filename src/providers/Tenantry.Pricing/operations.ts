import type { Operation } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { priceListOperations } from './price-list.routes.ts'
import { productOfferOperations } from './product-offer.routes.ts'

export const operations: readonly Operation<OperationContext>[] = [...priceListOperations, ...productOfferOperations]
