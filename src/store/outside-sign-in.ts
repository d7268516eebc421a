import type { Db } from './db.ts'

export interface OutsideSignIn {
  readonly stateHash: string
  readonly browserHash: string
  readonly providerId: string
  readonly returnTo: string
  readonly expiresAt: Date
}

export async function insertOutsideSignIn(db: Db, begun: OutsideSignIn): Promise<void> {
  await db
    .insertInto('outside_sign_in')
    .values({
      state_hash: begun.stateHash,
      browser_hash: begun.browserHash,
      provider_id: begun.providerId,
      return_to: begun.returnTo,
      expires_at: begun.expiresAt,
    })
    .execute()
}

/** Takes it away in one statement, so that of two answers with one state at most one goes on. */
export async function takeOutsideSignIn(
  db: Db,
  stateHash: string,
  browserHash: string,
): Promise<OutsideSignIn | undefined> {
  const row = await db
    .deleteFrom('outside_sign_in')
    .where('state_hash', '=', stateHash)
    .where('browser_hash', '=', browserHash)
    .returningAll()
    .executeTakeFirst()
  return (
    row && {
      stateHash: row.state_hash,
      browserHash: row.browser_hash,
      providerId: row.provider_id,
      returnTo: row.return_to,
      expiresAt: row.expires_at,
    }
  )
}

export async function deleteOutsideSignInsBefore(db: Db, expiresAt: Date): Promise<void> {
  await db.deleteFrom('outside_sign_in').where('expires_at', '<', expiresAt).execute()
}
