import type { Db } from './db.ts'

export interface CallerFacts {
  readonly kind: 'user' | 'servicePrincipal'
  /** User principal name or application id. */
  readonly name: string
  readonly appId: string | undefined
  /** False for a disabled account, a deleted one, a guest who has not accepted, and anything of a deleted tenant. */
  readonly isUsable: boolean
}

/** A principal as it is now, in one look-up: every request asks, so that a revocation holds from the next one. */
export async function findCallerFacts(db: Db, tenantId: string, objectId: string): Promise<CallerFacts | undefined> {
  const row = await db
    .selectFrom('principal as p')
    .innerJoin('tenant as t', 't.id', 'p.tenant_id')
    .leftJoin('user_account as u', 'u.id', 'p.id')
    .leftJoin('service_principal as s', 's.id', 'p.id')
    .leftJoin('application as a', 'a.app_id', 's.app_id')
    .select([
      'p.kind',
      'p.deleted_at as principalDeletedAt',
      't.deleted_at as tenantDeletedAt',
      'u.user_principal_name as userPrincipalName',
      'u.account_enabled as accountEnabled',
      'u.external_user_state as externalUserState',
      's.app_id as appId',
      'a.deleted_at as applicationDeletedAt',
    ])
    .where('p.id', '=', objectId)
    .where('p.tenant_id', '=', tenantId)
    .executeTakeFirst()
  if (!row || row.kind === 'group') return undefined
  const isAlive = row.principalDeletedAt === null && row.tenantDeletedAt === null
  if (row.kind === 'user')
    return {
      kind: 'user',
      name: row.userPrincipalName ?? objectId,
      appId: undefined,
      isUsable: isAlive && row.accountEnabled === true && row.externalUserState !== 'PendingAcceptance',
    }
  return {
    kind: 'servicePrincipal',
    name: row.appId ?? objectId,
    appId: row.appId ?? undefined,
    isUsable: isAlive && row.applicationDeletedAt === null,
  }
}
