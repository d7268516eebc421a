import type { Db } from '../store/db.ts'
import { deleteStoredAnswersBefore } from '../store/idempotency-record.ts'

const keptMs = 30 * 24 * 3_600_000

/** A repeat key means its first request for thirty days; after that its answer is forgotten. */
export async function forgetOldAnswers(db: Db, now: Date): Promise<void> {
  await deleteStoredAnswersBefore(db, new Date(now.getTime() - keptMs))
}
