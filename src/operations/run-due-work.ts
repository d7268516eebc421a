import { finishDueWork, lockFirstDueWork } from '../store/due-work.ts'
import type { OperationContext } from './context.ts'
import { deleteLongCancelledSubscriptions } from './delete-subscription.ts'

export type DoDueWork = (context: OperationContext, payload: Readonly<Record<string, unknown>>) => Promise<void>

/**
 * What falls due by the business clock, up to an instant, in the order of the instants, each at its own. Doing it
 * again, or in another process, changes nothing.
 */
export async function runDueWorkOf(
  kinds: Readonly<Record<string, DoDueWork>>,
  context: OperationContext,
  upTo: Date,
): Promise<void> {
  for (;;) {
    const due = await lockFirstDueWork(context.db, upTo)
    await deleteLongCancelledSubscriptions(context, due?.dueAt ?? upTo)
    if (!due) return
    const work = kinds[due.kind]
    if (!work) throw new Error(`nothing does due work of kind ${due.kind}`)
    await work({ ...context, now: due.dueAt }, due.payload)
    await finishDueWork(context.db, due.id, due.dueAt)
  }
}
