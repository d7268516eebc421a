import { listOutboxMessages, type OutboxMessage } from '../store/outbox-message.ts'
import { authorizeOperator } from './authorize.ts'
import type { OperationContext } from './context.ts'

/** What was to be sent to whom and what became of it; a personal link stays out of it (S20). */
export async function listOutbox(
  context: OperationContext,
  filter: { readonly state?: string | undefined },
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<OutboxMessage[]> {
  authorizeOperator(context)
  return listOutboxMessages(context.db, filter, page)
}
