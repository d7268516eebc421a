import { sql } from 'kysely'
import type { Db } from './db.ts'

/**
 * Call it before links, models, placements or what a tenant counts is changed. It waits for usage that is being
 * committed and holds back what comes next, so no batch that was attributed by the old facts commits after the change.
 */
export async function changeAttribution(db: Db): Promise<void> {
  await sql`select pg_advisory_xact_lock(7261001)`.execute(db)
  await sql`update attribution_version set version = version + 1`.execute(db)
}

/**
 * The instant from which a change of payer may hold: `now`, or just after the last reported batch when that is not
 * before it; usage that is committed already keeps its payer. Call it after `changeAttribution`.
 */
export async function instantOfChange(db: Db, now: Date): Promise<Date> {
  const { rows } = await sql<{ reported_at: Date }>`
    select reported_at from usage_batch order by id desc limit 1`.execute(db)
  const last = rows[0]?.reported_at
  return last && last >= now ? new Date(last.getTime() + 1) : now
}
