import type { SignInFailures } from '../domain/directory/sign-in-throttle.ts'
import type { Db } from './db.ts'

/** Guesses at one account take turns, so that many at once are not all the first. */
export async function lockFailures(db: Db, subject: string, at: Date): Promise<SignInFailures> {
  const row = await db
    .insertInto('sign_in_failure')
    .values({ subject, count: 0, last_at: at })
    .onConflict((conflict) =>
      conflict.column('subject').doUpdateSet((query) => ({ count: query.ref('sign_in_failure.count') })),
    )
    .returning(['count', 'last_at', 'blocked_until'])
    .executeTakeFirstOrThrow()
  return { count: row.count, lastAt: row.last_at, blockedUntil: row.blocked_until }
}

export async function findFailures(db: Db, subject: string): Promise<SignInFailures | undefined> {
  const row = await db.selectFrom('sign_in_failure').selectAll().where('subject', '=', subject).executeTakeFirst()
  return row && { count: row.count, lastAt: row.last_at, blockedUntil: row.blocked_until }
}

export async function writeFailures(db: Db, subject: string, failures: SignInFailures): Promise<void> {
  const values = { count: failures.count, last_at: failures.lastAt, blocked_until: failures.blockedUntil }
  await db
    .insertInto('sign_in_failure')
    .values({ subject, ...values })
    .onConflict((conflict) => conflict.column('subject').doUpdateSet(values))
    .execute()
}

export async function deleteFailures(db: Db, subject: string): Promise<void> {
  await db.deleteFrom('sign_in_failure').where('subject', '=', subject).execute()
}

export async function deleteFailuresBefore(db: Db, lastAt: Date): Promise<void> {
  await db.deleteFrom('sign_in_failure').where('last_at', '<', lastAt).execute()
}
