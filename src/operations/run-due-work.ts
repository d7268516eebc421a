import { finishDueWork, lockFirstDueWork } from '../store/due-work.ts'
import type { OperationContext } from './context.ts'
import { deleteLongCancelledSubscriptions } from './delete-subscription.ts'

export type DoDueWork = (context: OperationContext, payload: Readonly<Record<string, unknown>>) => Promise<void>
export type DueWorkKinds = Readonly<Record<string, DoDueWork>>

/** Runs something in a transaction of its own. */
export type InTransaction = <T>(run: (context: OperationContext) => Promise<T>) => Promise<T>

/**
 * What falls due by the business clock, up to an instant, in the order of the instants, each at its own; all of it in
 * the transaction of the context. Doing it again, or in another process, changes nothing.
 */
export async function runDueWorkUpTo(kinds: DueWorkKinds, context: OperationContext, upTo: Date): Promise<void> {
  while (await runFirstDueWork(kinds, context, upTo));
}

/**
 * The same with a transaction for each piece of work, so that one that fails is reported and tried again the next
 * time, and keeps nothing else from being done.
 */
export async function runDueWorkOneByOne(
  kinds: DueWorkKinds,
  inTransaction: InTransaction,
  onFailure: (error: unknown) => void,
): Promise<void> {
  const failed: string[] = []
  for (let isLeft = true; isLeft; ) {
    let current: string | undefined
    try {
      isLeft = await inTransaction((context) =>
        runFirstDueWork(kinds, context, context.now, { except: failed, onStart: (id) => (current = id) }),
      )
    } catch (error) {
      onFailure(error)
      if (current === undefined) return
      failed.push(current)
    }
  }
}

/** Does the first piece of work that is due; false when there is none. */
async function runFirstDueWork(
  kinds: DueWorkKinds,
  context: OperationContext,
  upTo: Date,
  { except = [], onStart }: { except?: readonly string[]; onStart?: (id: string) => void } = {},
): Promise<boolean> {
  const due = await lockFirstDueWork(context.db, upTo, except)
  if (due) onStart?.(due.id)
  await deleteLongCancelledSubscriptions(context, due?.dueAt ?? upTo)
  if (!due) return false
  const work = kinds[due.kind]
  if (!work) throw new Error(`nothing does due work of kind ${due.kind}`)
  await work({ ...context, now: due.dueAt }, due.payload)
  await finishDueWork(context.db, due.id, due.dueAt)
  return true
}
