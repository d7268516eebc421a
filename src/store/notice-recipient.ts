import { sql } from 'kysely'
import type { Db } from './db.ts'

/**
 * The addresses of the users who hold one of the roles at the scope itself, not above it and not through a group
 * (BIL-12). Who is disabled, deleted or not yet a guest gets nothing.
 */
export async function listDirectHolderAddresses(
  db: Db,
  scope: string,
  roleDefinitionNames: readonly string[],
): Promise<string[]> {
  const rows = await db
    .selectFrom('billing_role_assignment as r')
    .innerJoin('principal as p', 'p.id', 'r.principal_id')
    .innerJoin('user_account as u', 'u.id', 'p.id')
    .where('r.scope_key', '=', scope.toLowerCase())
    .where('r.role_definition_name', 'in', [...roleDefinitionNames])
    .where('p.deleted_at', 'is', null)
    .where('u.account_enabled', '=', true)
    .where(sql<boolean>`coalesce(u.external_user_state, 'Accepted') = 'Accepted'`)
    .select(sql<string>`coalesce(u.mail, u.user_principal_name)`.as('address'))
    .distinct()
    .orderBy('address')
    .execute()
  return rows.map((row) => row.address)
}
