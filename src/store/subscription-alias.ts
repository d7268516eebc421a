import { sql, type Selectable } from 'kysely'
import type { PayingProfile, PayingSection, SectionScope } from '../domain/resource/subscription-creation.ts'
import type { Db } from './db.ts'
import type { Database } from './schema.ts'

export interface SubscriptionAlias {
  readonly tenantId: string
  readonly name: string
  readonly subscriptionId: string
  readonly billingScope: string | null
  readonly workload: string | null
  readonly createdAt: Date
  readonly createdBy: string
  /** Of the subscription, as it is now. */
  readonly displayName: string
  readonly tags: Readonly<Record<string, string>>
  readonly subscriptionState: Database['subscription']['state']
}

function select(db: Db, tenantId: string) {
  return db
    .selectFrom('subscription_alias as a')
    .innerJoin('subscription as s', 's.id', 'a.subscription_id')
    .where('a.tenant_id', '=', tenantId)
    .selectAll('a')
    .select(['s.display_name', 's.tags', 's.state'])
}

/** Two requests for the same alias take turns, so that one of them creates and the other finds. */
export async function reserveAlias(db: Db, tenantId: string, name: string): Promise<void> {
  const key = `${tenantId}/${name.toLowerCase()}`
  await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 7261020))`.execute(db)
}

export async function findAlias(db: Db, tenantId: string, name: string): Promise<SubscriptionAlias | undefined> {
  const row = await select(db, tenantId).where('a.name_key', '=', name.toLowerCase()).executeTakeFirst()
  return row && toAlias(row)
}

/** The aliases that somebody made, and those of the subscriptions given. */
export async function listAliases(
  db: Db,
  tenantId: string,
  visible: { readonly createdBy: string; readonly subscriptionIds: readonly string[] },
): Promise<SubscriptionAlias[]> {
  const rows = await select(db, tenantId)
    .where((where) =>
      where.or([
        where('a.created_by', '=', visible.createdBy),
        sql<boolean>`a.subscription_id = any(${[...visible.subscriptionIds]}::uuid[])`,
      ]),
    )
    .orderBy('a.name_key')
    .execute()
  return rows.map(toAlias)
}

export async function insertAlias(
  db: Db,
  alias: Omit<SubscriptionAlias, 'displayName' | 'tags' | 'subscriptionState'>,
): Promise<void> {
  await db
    .insertInto('subscription_alias')
    .values({
      tenant_id: alias.tenantId,
      name: alias.name,
      name_key: alias.name.toLowerCase(),
      subscription_id: alias.subscriptionId,
      billing_scope: alias.billingScope,
      workload: alias.workload,
      created_at: alias.createdAt,
      created_by: alias.createdBy,
    })
    .execute()
}

/** The subscription stays. */
export async function deleteAlias(db: Db, tenantId: string, name: string): Promise<void> {
  await db
    .deleteFrom('subscription_alias')
    .where('tenant_id', '=', tenantId)
    .where('name_key', '=', name.toLowerCase())
    .execute()
}

export async function listAliasesOfSubscription(
  db: Db,
  tenantId: string,
  subscriptionId: string,
): Promise<SubscriptionAlias[]> {
  const rows = await select(db, tenantId)
    .where('a.subscription_id', '=', subscriptionId)
    .orderBy('a.name_key')
    .execute()
  return rows.map(toAlias)
}

/** The section that a scope names, with what must be known of its account and profile before it pays for more. */
export async function lockPayingSection(db: Db, scope: SectionScope): Promise<PayingSection | undefined> {
  return db
    .selectFrom('invoice_section as i')
    .innerJoin('billing_profile as p', 'p.name', 'i.billing_profile_name')
    .innerJoin('billing_account as a', 'a.name', 'p.billing_account_name')
    .where(sql<boolean>`lower(i.name) = lower(${scope.invoiceSectionName})`)
    .where(sql<boolean>`lower(p.name) = lower(${scope.billingProfileName})`)
    .where(sql<boolean>`lower(a.name) = lower(${scope.billingAccountName})`)
    .select([
      'a.name as billingAccountName',
      'p.name as billingProfileName',
      'i.name as invoiceSectionName',
      'a.tenant_id as tenantId',
      'a.account_status as accountStatus',
      'p.status as profileStatus',
      'i.state as sectionState',
    ])
    .forShare()
    .executeTakeFirst()
}

/** The same of a profile, which a partner's customer pays through. */
export async function lockPayingProfile(db: Db, billingProfileName: string): Promise<PayingProfile | undefined> {
  return db
    .selectFrom('billing_profile as p')
    .innerJoin('billing_account as a', 'a.name', 'p.billing_account_name')
    .where(sql<boolean>`lower(p.name) = lower(${billingProfileName})`)
    .select([
      'a.name as billingAccountName',
      'p.name as billingProfileName',
      'a.account_status as accountStatus',
      'p.status as profileStatus',
    ])
    .forShare()
    .executeTakeFirst()
}

function toAlias(
  row: Selectable<Database['subscription_alias']> & {
    display_name: string
    tags: Record<string, string>
    state: Database['subscription']['state']
  },
): SubscriptionAlias {
  return {
    tenantId: row.tenant_id,
    name: row.name,
    subscriptionId: row.subscription_id,
    billingScope: row.billing_scope,
    workload: row.workload,
    createdAt: row.created_at,
    createdBy: row.created_by,
    displayName: row.display_name,
    tags: row.tags,
    subscriptionState: row.state,
  }
}
