import { insertDueWork } from '../store/due-work.ts'
import type { OperationContext } from './context.ts'

/**
 * Has something done at a later business instant, in the transaction that asks for it. `kind` is a name of
 * `jobs/due-work.ts`; what is done then looks at the state it finds, so work that lost its reason does nothing.
 */
export async function scheduleDueWork(
  context: Pick<OperationContext, 'db' | 'random'>,
  work: { readonly dueAt: Date; readonly kind: string; readonly payload: Readonly<Record<string, unknown>> },
): Promise<void> {
  await insertDueWork(context.db, { id: context.random.uuid(), ...work })
}
