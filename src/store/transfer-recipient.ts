import { sql } from 'kysely'
import type { RecipientFacts } from '../domain/billing/transfer-recipient.ts'
import type { Db } from './db.ts'

/** How a person can be addressed; the tenant is that of the account which the person signs in with. */
export async function findRecipientFacts(
  db: Db,
  user: { readonly tenantId: string; readonly objectId: string },
): Promise<RecipientFacts | undefined> {
  return db
    .selectFrom('user_account as u')
    .where('u.tenant_id', '=', user.tenantId)
    .where('u.id', '=', user.objectId)
    .select([
      sql<string>`coalesce(u.home_tenant_id, u.tenant_id)`.as('homeTenantId'),
      'u.user_principal_name as userPrincipalName',
      'u.mail',
      sql<string | null>`(select d.tenant_id from tenant_domain d
        where d.name = lower(split_part(u.mail, '@', 2)) and d.verified_at is not null)`.as('mailDomainTenantId'),
    ])
    .executeTakeFirst()
}
