import type { SignInSession } from '../domain/directory/sign-in-session.ts'
import type { AccountClass } from '../domain/directory/user-account.ts'
import type { Db } from './db.ts'

export interface SessionWithUser extends SignInSession {
  readonly tenantId: string
  readonly userId: string
  readonly userPrincipalName: string
  readonly displayName: string
  readonly accountClass: AccountClass
  readonly sessionsValidFrom: Date | null
}

/** The session of a usable account; one that was disabled or deleted, also with its tenant, has none. */
export async function findSession(db: Db, secretHash: string): Promise<SessionWithUser | undefined> {
  const row = await db
    .selectFrom('sign_in_session as s')
    .innerJoin('user_account as u', 'u.id', 's.user_id')
    .innerJoin('principal as p', 'p.id', 's.user_id')
    .innerJoin('tenant as t', 't.id', 's.tenant_id')
    .select([
      's.tenant_id',
      's.user_id',
      's.authenticated_at',
      's.last_used_at',
      'u.user_principal_name',
      'u.account_class',
      'u.sessions_valid_from',
      'p.display_name',
    ])
    .where('s.secret_hash', '=', secretHash)
    .where('u.account_enabled', '=', true)
    .where('p.deleted_at', 'is', null)
    .where('t.deleted_at', 'is', null)
    .executeTakeFirst()
  return (
    row && {
      tenantId: row.tenant_id,
      userId: row.user_id,
      authenticatedAt: row.authenticated_at,
      lastUsedAt: row.last_used_at,
      userPrincipalName: row.user_principal_name,
      displayName: row.display_name,
      accountClass: row.account_class,
      sessionsValidFrom: row.sessions_valid_from,
    }
  )
}

export async function insertSession(
  db: Db,
  session: { secretHash: string; tenantId: string; userId: string; authenticatedAt: Date },
): Promise<void> {
  await db
    .insertInto('sign_in_session')
    .values({
      secret_hash: session.secretHash,
      tenant_id: session.tenantId,
      user_id: session.userId,
      authenticated_at: session.authenticatedAt,
      last_used_at: session.authenticatedAt,
    })
    .execute()
}

export async function writeSessionUse(db: Db, secretHash: string, at: Date): Promise<void> {
  await db.updateTable('sign_in_session').set({ last_used_at: at }).where('secret_hash', '=', secretHash).execute()
}

export async function deleteSession(db: Db, secretHash: string): Promise<void> {
  await db.deleteFrom('sign_in_session').where('secret_hash', '=', secretHash).execute()
}

export async function deleteSessionsBefore(db: Db, authenticatedAt: Date): Promise<void> {
  await db.deleteFrom('sign_in_session').where('authenticated_at', '<', authenticatedAt).execute()
}
