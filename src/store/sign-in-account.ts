import { sql } from 'kysely'
import type { AccountClass } from '../domain/directory/user-account.ts'
import type { Db } from './db.ts'
import type { UserPassword } from './user-account.ts'

/** What the sign-in page looks up of an account; nothing else reads a password's hash. */
export interface SignInAccount {
  readonly id: string
  readonly tenantId: string
  readonly userPrincipalName: string
  readonly displayName: string
  readonly accountClass: AccountClass
  readonly accountEnabled: boolean
  readonly passwordHash: string | null
  readonly mustChangePassword: boolean
}

/** A work account by its user principal name, which is unique in the whole installation by its domain (TEN-4). */
export async function findWorkSignInAccount(
  db: Db,
  tenantId: string,
  userPrincipalName: string,
): Promise<SignInAccount | undefined> {
  const row = await current(db, tenantId)
    .where(sql<string>`lower(u.user_principal_name)`, '=', userPrincipalName.toLowerCase())
    .where('u.home_tenant_id', 'is', null)
    .executeTakeFirst()
  return row && toSignInAccount(row)
}

/** A consumer by a name or address that they sign in with in this identity tenant. */
export async function findConsumerSignInAccount(
  db: Db,
  tenantId: string,
  name: string,
): Promise<SignInAccount | undefined> {
  const row = await current(db, tenantId)
    .innerJoin('user_identity as i', 'i.user_id', 'u.id')
    .where('i.tenant_id', '=', tenantId)
    .where('i.issuer_assigned_id', '=', name.toLowerCase())
    .where('u.account_class', '=', 'consumer')
    .where((query) =>
      query.exists(
        query
          .selectFrom('tenant_domain as d')
          .select('d.name')
          .whereRef('d.name', '=', 'i.issuer')
          .where('d.tenant_id', '=', tenantId),
      ),
    )
    .orderBy('i.issuer')
    .executeTakeFirst()
  return row && toSignInAccount(row)
}

export async function writeOwnPassword(db: Db, userId: string, password: UserPassword): Promise<void> {
  await db
    .updateTable('user_account')
    .set({ password_hash: password.hash, must_change_password: password.mustChange })
    .where('id', '=', userId)
    .execute()
}

/** Ends everything that began with a sign-in before this instant: sessions, codes and refresh tokens. */
export async function endSignInsBefore(db: Db, userId: string, at: Date): Promise<void> {
  await db.updateTable('user_account').set({ sessions_valid_from: at }).where('id', '=', userId).execute()
}

const current = (db: Db, tenantId: string) =>
  db
    .selectFrom('user_account as u')
    .innerJoin('principal as p', 'p.id', 'u.id')
    .select([
      'u.id',
      'u.tenant_id',
      'u.user_principal_name',
      'u.account_class',
      'u.account_enabled',
      'u.password_hash',
      'u.must_change_password',
      'p.display_name',
    ])
    .where('u.tenant_id', '=', tenantId)
    .where('p.deleted_at', 'is', null)

type Row = Awaited<ReturnType<ReturnType<typeof current>['executeTakeFirstOrThrow']>>

const toSignInAccount = (row: Row): SignInAccount => ({
  id: row.id,
  tenantId: row.tenant_id,
  userPrincipalName: row.user_principal_name,
  displayName: row.display_name,
  accountClass: row.account_class,
  accountEnabled: row.account_enabled,
  passwordHash: row.password_hash,
  mustChangePassword: row.must_change_password,
})
