import { sql } from 'kysely'
import type { Db } from './db.ts'
import { findSetting, replaceSetting } from './platform-setting.ts'

const name = 'sandbox-clock'

/** Where the sandbox's clock stands; nothing before it was set for the first time. */
export async function findSandboxClock(db: Db): Promise<Date | undefined> {
  const value = await findSetting<{ now: string }>(db, name)
  return value && new Date(value.now)
}

/** Settings of the clock take turns; readers are not held up. */
export async function lockSandboxClock(db: Db): Promise<void> {
  await sql`select pg_advisory_xact_lock(7261003)`.execute(db)
}

export async function replaceSandboxClock(db: Db, now: Date): Promise<void> {
  await replaceSetting(db, name, { now: now.toISOString() })
}

/** Whether anything has happened yet that carries a business instant; settings of the clock do not count. */
export async function hasHistory(db: Db, clockAction: string): Promise<boolean> {
  const result = await sql<{
    has: boolean
  }>`select exists (select from audit_record where action <> ${clockAction}) as has`.execute(db)
  return result.rows[0]?.has ?? false
}

/** The same reading for a room with a connection of its own. */
export async function readSandboxClock(
  run: <R extends object>(text: string, values?: readonly unknown[]) => Promise<readonly R[]>,
): Promise<Date | undefined> {
  const [row] = await run<{ value: { now: string } }>('select value from platform_setting where name = $1', [name])
  return row && new Date(row.value.now)
}
