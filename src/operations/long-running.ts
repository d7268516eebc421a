import { notFound, Refusal } from '../domain/refusal.ts'
import type { Db } from '../store/db.ts'
import {
  findLongRunningOperation,
  finishLongRunningOperation,
  insertLongRunningOperation,
  lockNextLongRunningOperation,
  type LongRunningOperation,
} from '../store/long-running-operation.ts'
import type { OperationContext } from './context.ts'
import type { ReadBusinessTime } from './run-request.ts'

/**
 * Does the work of one kind of operation, inside one transaction; what it returns is what the last poll answers. It acts
 * at the instant in its context; `readNow` tells the business time as it is by then, for work that has to end in time.
 */
export type LongRunningWorker = (
  context: OperationContext,
  input: never,
  readNow: () => Promise<Date>,
) => Promise<unknown>

/** Registers work that goes on after the answer, in the transaction of the request that asks for it. */
export async function startLongRunning(
  context: OperationContext,
  work: { kind: string; scope: string; input: unknown },
): Promise<string> {
  // The id is what lets somebody poll, so it is a secret of full strength and not a GUID.
  const id = context.random.secret()
  await insertLongRunningOperation(context.db, {
    id,
    kind: work.kind,
    tenantId: context.caller.tenantId,
    principalId: context.caller.objectId,
    scope: work.scope,
    input: work.input,
    createdAt: context.now,
  })
  return id
}

/** What a poll answers; an operation that failed throws its refusal. Somebody else's operation looks absent. */
export async function pollLongRunning(context: OperationContext, id: string): Promise<LongRunningOperation> {
  const operation = await findLongRunningOperation(context.db, id)
  const isOwn = operation?.tenantId === context.caller.tenantId && operation.principalId === context.caller.objectId
  if (!operation || !isOwn) throw notFound('OperationNotFound', 'The operation could not be found or has expired.')
  if (operation.state === 'Failed') {
    const error = operation.error as {
      kind: Refusal['kind']
      code: string
      message: string
      target?: string
      details?: Refusal['details']
    }
    throw new Refusal(error.kind, error.code, error.message, {
      ...(error.target === undefined ? {} : { target: error.target }),
      ...(error.details ? { details: error.details } : {}),
    })
  }
  return operation
}

/**
 * Does the next open operation, if there is one. A process that dies in the middle leaves the row open and its
 * transaction undone, so the next worker starts it again from the beginning.
 */
export async function runNextLongRunning(
  db: Db,
  workers: ReadonlyMap<string, LongRunningWorker>,
  contextFor: (db: Db, operation: LongRunningOperation) => Promise<OperationContext>,
  readBusinessTime: ReadBusinessTime,
  onFailure: (error: unknown, operation: LongRunningOperation) => void,
): Promise<boolean> {
  let taken: LongRunningOperation | undefined
  let failure: unknown
  try {
    await db.transaction().execute(async (transaction) => {
      taken = await lockNextLongRunningOperation(transaction)
      if (!taken) return
      const worker = workers.get(taken.kind)
      if (!worker) throw new Error(`no worker for long-running operations of kind ${taken.kind}`)
      const context = await contextFor(transaction, taken)
      const result = await worker(context, taken.input as never, () => readBusinessTime(transaction))
      await finishLongRunningOperation(transaction, taken.id, { state: 'Succeeded', result }, context.now)
    })
  } catch (error) {
    if (!taken) throw error
    failure = error
  }
  if (!taken) return false
  if (failure !== undefined) {
    const operation = taken
    if (!(failure instanceof Refusal)) onFailure(failure, operation)
    const error =
      failure instanceof Refusal
        ? {
            kind: failure.kind,
            code: failure.code,
            message: failure.message,
            target: failure.target,
            details: failure.details,
          }
        : { kind: 'unavailable', code: 'InternalServerError', message: 'The operation failed inside the server.' }
    await db.transaction().execute(async (transaction) => {
      // Not through a context: who asked may be gone, and the operation has to end all the same.
      const now = await readBusinessTime(transaction)
      await finishLongRunningOperation(transaction, operation.id, { state: 'Failed', error }, now)
    })
  }
  return true
}
