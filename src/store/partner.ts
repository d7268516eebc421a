import { type Selectable, sql } from 'kysely'
import type { AgentGroups } from '../domain/access/partner-console.ts'
import type { Db } from './db.ts'
import type { Database } from './schema.ts'

export type PartnerKind = Database['partner']['kind']

export interface Partner {
  readonly id: string
  readonly tenantId: string
  readonly kind: PartnerKind
  readonly displayName: string
  readonly countryCode: string
  /** Null for a reseller, who is not invoiced by us (PAR-1). */
  readonly billingAccountName: string | null
  readonly groups: AgentGroups
  readonly createdAt: Date
  readonly createdBy: string
  readonly revision: bigint
}

/** Two requests about one partner take turns. */
export async function lockPartnerId(db: Db, id: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`partner ${id}`}, 0))`.execute(db)
}

export async function findPartner(db: Db, id: string): Promise<Partner | undefined> {
  const row = await db.selectFrom('partner').selectAll().where('id', '=', id).executeTakeFirst()
  return row && toPartner(row)
}

export async function findPartnerOfTenant(db: Db, tenantId: string): Promise<Partner | undefined> {
  const row = await db.selectFrom('partner').selectAll().where('tenant_id', '=', tenantId).executeTakeFirst()
  return row && toPartner(row)
}

/** The partner whose billing account it is, by the account's name in any casing. */
export async function findPartnerOfAccount(db: Db, billingAccountName: string): Promise<Partner | undefined> {
  const row = await db
    .selectFrom('partner')
    .selectAll()
    .where(sql<boolean>`lower(billing_account_name) = lower(${billingAccountName})`)
    .executeTakeFirst()
  return row && toPartner(row)
}

export async function isAgentsGroup(db: Db, groupId: string): Promise<boolean> {
  const row = await db
    .selectFrom('partner')
    .select('id')
    .where((where) =>
      where.or([
        where('admin_agents_group_id', '=', groupId),
        where('helpdesk_agents_group_id', '=', groupId),
        where('sales_agents_group_id', '=', groupId),
      ]),
    )
    .executeTakeFirst()
  return row !== undefined
}

export async function listPartners(db: Db, page: { after?: string | undefined; limit: number }): Promise<Partner[]> {
  let query = db.selectFrom('partner').selectAll()
  if (page.after !== undefined) query = query.where('id', '>', page.after)
  return (await query.orderBy('id').limit(page.limit).execute()).map(toPartner)
}

export async function insertPartner(db: Db, partner: Omit<Partner, 'revision'>): Promise<void> {
  await db
    .insertInto('partner')
    .values({
      id: partner.id,
      tenant_id: partner.tenantId,
      kind: partner.kind,
      display_name: partner.displayName,
      country_code: partner.countryCode,
      billing_account_name: partner.billingAccountName,
      admin_agents_group_id: partner.groups.adminAgents,
      helpdesk_agents_group_id: partner.groups.helpdeskAgents,
      sales_agents_group_id: partner.groups.salesAgents,
      created_at: partner.createdAt,
      created_by: partner.createdBy,
    })
    .execute()
}

/** Its name; kind, tenant, account and groups stay for good. */
export async function renamePartner(db: Db, id: string, displayName: string): Promise<void> {
  await db
    .updateTable('partner')
    .set((row) => ({ display_name: displayName, revision: row('revision', '+', 1n) }))
    .where('id', '=', id)
    .execute()
}

export interface PartnerProfile {
  readonly partnerId: string
  readonly currency: string
  readonly billingProfileName: string
}

export async function insertPartnerProfile(db: Db, profile: PartnerProfile): Promise<void> {
  await db
    .insertInto('partner_profile')
    .values({
      partner_id: profile.partnerId,
      currency: profile.currency,
      billing_profile_name: profile.billingProfileName,
    })
    .execute()
}

export async function listPartnerProfiles(db: Db, partnerId: string): Promise<PartnerProfile[]> {
  const rows = await db
    .selectFrom('partner_profile')
    .selectAll()
    .where('partner_id', '=', partnerId)
    .orderBy('currency')
    .execute()
  return rows.map((row) => ({
    partnerId: row.partner_id,
    currency: row.currency,
    billingProfileName: row.billing_profile_name,
  }))
}

function toPartner(row: Selectable<Database['partner']>): Partner {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    kind: row.kind,
    displayName: row.display_name,
    countryCode: row.country_code,
    billingAccountName: row.billing_account_name,
    groups: {
      adminAgents: row.admin_agents_group_id,
      helpdeskAgents: row.helpdesk_agents_group_id,
      salesAgents: row.sales_agents_group_id,
    },
    createdAt: row.created_at,
    createdBy: row.created_by,
    revision: row.revision,
  }
}
