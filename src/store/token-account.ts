import type { AccountClass } from '../domain/directory/user-account.ts'
import type { Db } from './db.ts'

/** An account as tokens are made of it, usable or not. */
export interface TokenAccount {
  readonly id: string
  readonly tenantId: string
  readonly userPrincipalName: string
  readonly displayName: string
  readonly mail: string | null
  readonly accountClass: AccountClass
  readonly isGuest: boolean
  readonly isEnabled: boolean
  readonly isPending: boolean
  readonly sessionsValidFrom: Date | null
}

export async function findTokenAccount(db: Db, tenantId: string, id: string): Promise<TokenAccount | undefined> {
  const row = await current(db, tenantId).where('u.id', '=', id).executeTakeFirst()
  return row && toTokenAccount(row)
}

/** Who somebody of another tenant is in this one (TEN-7). */
export async function findExternalTokenAccount(
  db: Db,
  tenantId: string,
  home: { readonly tenantId: string; readonly objectId: string },
): Promise<TokenAccount | undefined> {
  const row = await current(db, tenantId)
    .where('u.home_tenant_id', '=', home.tenantId)
    .where('u.home_object_id', '=', home.objectId)
    .orderBy('u.id')
    .executeTakeFirst()
  return row && toTokenAccount(row)
}

const current = (db: Db, tenantId: string) =>
  db
    .selectFrom('user_account as u')
    .innerJoin('principal as p', 'p.id', 'u.id')
    .innerJoin('tenant as t', 't.id', 'u.tenant_id')
    .select([
      'u.id',
      'u.tenant_id',
      'u.user_principal_name',
      'u.mail',
      'u.user_type',
      'u.account_class',
      'u.account_enabled',
      'u.external_user_state',
      'u.sessions_valid_from',
      'p.display_name',
    ])
    .where('u.tenant_id', '=', tenantId)
    .where('p.deleted_at', 'is', null)
    .where('t.deleted_at', 'is', null)

type Row = Awaited<ReturnType<ReturnType<typeof current>['executeTakeFirstOrThrow']>>

const toTokenAccount = (row: Row): TokenAccount => ({
  id: row.id,
  tenantId: row.tenant_id,
  userPrincipalName: row.user_principal_name,
  displayName: row.display_name,
  mail: row.mail,
  accountClass: row.account_class,
  isGuest: row.user_type === 'Guest',
  isEnabled: row.account_enabled,
  isPending: row.external_user_state === 'PendingAcceptance',
  sessionsValidFrom: row.sessions_valid_from,
})
