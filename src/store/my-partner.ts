import { sql } from 'kysely'
import type { Db } from './db.ts'

/** A partner as its customer sees it (PAR-13). */
export interface MyPartner {
  readonly partnerId: string
  readonly tenantId: string
  readonly displayName: string
  readonly since: Date
  readonly hasDelegatedPrivileges: boolean
}

export async function listPartnersOfCustomer(db: Db, customerTenantId: string): Promise<MyPartner[]> {
  return db
    .selectFrom('partner_relationship as r')
    .innerJoin('partner as p', 'p.id', 'r.partner_id')
    .where('r.tenant_id', '=', customerTenantId)
    .where(sql<boolean>`upper_inf(r.during)`)
    .select([
      'p.id as partnerId',
      'p.tenant_id as tenantId',
      'p.display_name as displayName',
      sql<Date>`lower(r.during)`.as('since'),
      sql<boolean>`exists (select from delegated_privilege g where g.partner_id = r.partner_id
        and g.tenant_id = r.tenant_id and upper_inf(g.during))`.as('hasDelegatedPrivileges'),
    ])
    .orderBy('p.display_name')
    .orderBy('p.id')
    .execute()
}

/** The partners whose agents the groups are, among those whose privileges in the customer's tenant hold now (PAR-7). */
export async function listDelegatedGroups(
  db: Db,
  customerTenantId: string,
  partnerTenantId: string,
): Promise<{ adminAgents: string; helpdeskAgents: string }[]> {
  return db
    .selectFrom('delegated_privilege as g')
    .innerJoin('partner as p', 'p.id', 'g.partner_id')
    .where('g.tenant_id', '=', customerTenantId)
    .where('p.tenant_id', '=', partnerTenantId)
    .where(sql<boolean>`upper_inf(g.during)`)
    .select(['p.admin_agents_group_id as adminAgents', 'p.helpdesk_agents_group_id as helpdeskAgents'])
    .execute()
}

/** ACC-12, PAR-12: whether the principal is a group of agents of a partner that the tenant has a relationship with. */
export async function isForeignGroupOf(db: Db, tenantId: string, groupId: string): Promise<boolean> {
  const row = await db
    .selectFrom('partner_relationship as r')
    .innerJoin('partner as p', 'p.id', 'r.partner_id')
    .where('r.tenant_id', '=', tenantId)
    .where(sql<boolean>`upper_inf(r.during)`)
    .where((where) =>
      where.or([
        where('p.admin_agents_group_id', '=', groupId),
        where('p.helpdesk_agents_group_id', '=', groupId),
        where('p.sales_agents_group_id', '=', groupId),
      ]),
    )
    .select('p.id')
    .executeTakeFirst()
  return row !== undefined
}
