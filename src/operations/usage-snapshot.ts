import type { Db, DbTransaction } from '../store/db.ts'
import { fixSnapshot } from '../store/snapshot.ts'
import type { Cutoff, UsageStore } from '../usage/usage-store.ts'

export interface UsageSnapshot {
  readonly read: DbTransaction
  /** Everything reported in a batch up to this one is seen, and nothing that was reported later. */
  readonly cutoff: Cutoff
}

/**
 * Reads usage and everything beside it as it stood at one cut-off, however long that takes. The snapshot is fixed while
 * the lock of the cut-off keeps usage from being committed; then usage goes on.
 */
export async function withUsageSnapshot<T>(
  pool: Db,
  usage: UsageStore,
  work: (snapshot: UsageSnapshot) => Promise<T>,
): Promise<T> {
  return pool
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (read) => {
      const cutoff = await pool.transaction().execute(async (lock) => {
        const taken = await usage.cutoff(lock)
        await fixSnapshot(read)
        return taken
      })
      return work({ read, cutoff })
    })
}
