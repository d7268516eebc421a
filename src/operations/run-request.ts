import type { Caller } from '../domain/access/caller.ts'
import { conflict } from '../domain/refusal.ts'
import type { Db } from '../store/db.ts'
import { findStoredAnswer, insertStoredAnswer, lockIdempotencyKey } from '../store/idempotency-record.ts'
import { anonymousCaller, type OperationContext, type OperationEnvironment } from './context.ts'

/** The business instant, read inside the transaction that acts at it. */
export type ReadBusinessTime = (db: Db) => Promise<Date>

export interface RepeatKey {
  readonly key: string
  /**
   * `named`: an Idempotency-Key or MS-RequestId, which means one command for as long as it is kept. `retry`:
   * x-ms-client-request-id, which the SDKs keep through the retries of one call but people may reuse.
   */
  readonly kind: 'named' | 'retry'
  readonly route: string
  readonly bodyHash: string
}

export interface RequestToRun {
  readonly isWrite: boolean
  readonly caller: Caller | undefined
  readonly correlationId: string
  readonly repeatKey: RepeatKey | undefined
}

export interface Answer {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** The body is shown in this answer only: it is kept nowhere, not even for a repeated request. */
  readonly isShownOnce?: boolean
  /** What a repeated request is answered in place of a body that is shown once; without it, it runs again. */
  readonly bodyOnRepeat?: unknown
}

const retryWindowMs = 15 * 60_000

/** Runs one request: a write in one transaction with its repeat key, a read on the pool. */
export async function runRequest<A extends Answer>(
  environment: OperationEnvironment,
  db: Db,
  readBusinessTime: ReadBusinessTime,
  request: RequestToRun,
  handle: (context: OperationContext) => Promise<A | Answer>,
): Promise<A | Answer> {
  const caller = request.caller ?? anonymousCaller
  const contextOf = async (scope: Db): Promise<OperationContext> => ({
    ...environment,
    db: scope,
    caller,
    now: await readBusinessTime(scope),
    correlationId: request.correlationId,
  })
  if (!request.isWrite) return handle(await contextOf(db))
  return db.transaction().execute(async (transaction) => {
    const context = await contextOf(transaction)
    const { repeatKey } = request
    if (!repeatKey || !request.caller) return handle(context)
    const key = {
      tenantId: caller.tenantId,
      principalId: caller.objectId,
      route: repeatKey.route,
      key: repeatKey.key,
    }
    await lockIdempotencyKey(transaction, key)
    const stored = await findStoredAnswer(transaction, key)
    if (stored) {
      const isSame = stored.bodyHash === repeatKey.bodyHash
      if (repeatKey.kind === 'named' && !isSame)
        throw conflict(
          'IdempotencyKeyReused',
          `The key '${repeatKey.key}' was used for another request. Use a new key for each command.`,
        )
      const isRecent = context.now.getTime() - stored.createdAt.getTime() <= retryWindowMs
      if (isSame && (repeatKey.kind === 'named' || isRecent))
        return { status: stored.status, headers: stored.headers, body: stored.body ?? undefined }
    }
    const answer = await handle(context)
    const body = answer.isShownOnce ? answer.bodyOnRepeat : answer.body
    if (!(body instanceof Uint8Array) && (body !== undefined || !answer.isShownOnce))
      await insertStoredAnswer(transaction, key, {
        bodyHash: repeatKey.bodyHash,
        status: answer.status,
        headers: { ...answer.headers },
        body,
        createdAt: context.now,
      })
    return answer
  })
}
