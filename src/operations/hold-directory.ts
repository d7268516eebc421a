import { subscriptionOf } from '../domain/access/scope.ts'
import { isGuid } from '../domain/directory/object-id.ts'
import { holdDirectory } from '../store/subscription.ts'
import type { OperationContext } from './context.ts'

/**
 * SUB-19: call it before authorising what belongs to a tenant and lies in a subscription. Who loses the subscription at
 * this moment is then refused, and leaves nothing behind that would hold again if it came back.
 */
export async function holdDirectoryOf(context: OperationContext, scope: string): Promise<void> {
  const subscriptionId = subscriptionOf(scope)
  if (subscriptionId !== undefined && isGuid(subscriptionId)) await holdDirectory(context.db, subscriptionId)
}
