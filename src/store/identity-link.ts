import { sql } from 'kysely'
import { directoryRoleIds } from '../domain/access/directory-roles.ts'
import type { BillingModel } from '../domain/metering/authentication-model.ts'
import type { LinkPeriod } from '../domain/metering/link-period.ts'
import { period, type Db } from './db.ts'
import { listUsableRoleMembers } from './directory-role.ts'

/** A link as it holds now, and the model that holds with it. */
export interface IdentityLink {
  /** The uid of the link's resource. */
  readonly linkId: string
  readonly identityTenantId: string
  readonly subscriptionId: string
  /** Since when this link exists; a move inside a tenant does not change it (MAU-28). */
  readonly linkedAt: Date
  readonly model: BillingModel
  readonly modelSince: Date
  readonly modelSetBy: string
}

const instantOf = (at: Date) => sql`${at.toISOString()}::timestamptz`

function current(db: Db) {
  return db
    .selectFrom('identity_link as l')
    .innerJoin('metering_model as m', 'm.link_id', 'l.link_id')
    .where(sql<boolean>`upper_inf(l.during) and upper_inf(m.during)`)
    .select([
      'l.link_id as linkId',
      'l.identity_tenant_id as identityTenantId',
      'l.subscription_id as subscriptionId',
      'm.model',
      'm.decided_by as modelSetBy',
      sql<Date>`lower(m.during)`.as('modelSince'),
      sql<Date>`(select min(lower(x.during)) from identity_link x where x.link_id = l.link_id)`.as('linkedAt'),
    ])
}

export function findIdentityLink(db: Db, identityTenantId: string): Promise<IdentityLink | undefined> {
  return current(db).where('l.identity_tenant_id', '=', identityTenantId).executeTakeFirst()
}

export function findIdentityLinkById(db: Db, linkId: string): Promise<IdentityLink | undefined> {
  return current(db).where('l.link_id', '=', linkId).executeTakeFirst()
}

export async function listIdentityLinks(db: Db, linkIds: readonly string[]): Promise<IdentityLink[]> {
  if (linkIds.length === 0) return []
  return current(db)
    .where('l.link_id', 'in', [...linkIds])
    .execute()
}

export async function listIdentityLinksOfTenants(db: Db, tenantIds: readonly string[]): Promise<IdentityLink[]> {
  if (tenantIds.length === 0) return []
  return current(db)
    .where('l.identity_tenant_id', 'in', [...tenantIds])
    .execute()
}

/** Every period of the tenant's links and their models, in order of time, ended ones too. */
export async function listLinkPeriods(db: Db, identityTenantId: string): Promise<LinkPeriod[]> {
  return db
    .selectFrom('identity_link as l')
    .innerJoin('metering_model as m', (join) =>
      join.onRef('m.link_id', '=', 'l.link_id').on(sql<boolean>`m.during && l.during`),
    )
    .where('l.identity_tenant_id', '=', identityTenantId)
    .select([
      'l.link_id as linkId',
      'l.subscription_id as subscriptionId',
      'm.model',
      sql<Date>`lower(l.during * m.during)`.as('from'),
      sql<Date | null>`upper(l.during * m.during)`.as('to'),
    ])
    .orderBy(sql`lower(l.during * m.during)`)
    .execute()
}

/** Whether the tenant is or was linked at any instant from `from` on. */
export async function hasLinkSince(db: Db, identityTenantId: string, from: Date): Promise<boolean> {
  const row = await db
    .selectFrom('identity_link')
    .select('link_id')
    .where('identity_tenant_id', '=', identityTenantId)
    .where(sql<boolean>`during && tstzrange(${instantOf(from)}, null, '[)')`)
    .executeTakeFirst()
  return row !== undefined
}

/** The tenants that are or were linked to the subscription at any instant from `from` on. */
export async function listTenantsLinkedSince(db: Db, subscriptionId: string, from: Date): Promise<string[]> {
  const rows = await db
    .selectFrom('identity_link')
    .select('identity_tenant_id')
    .distinct()
    .where('subscription_id', '=', subscriptionId)
    .where(sql<boolean>`during && tstzrange(${instantOf(from)}, null, '[)')`)
    .execute()
  return rows.map((row) => row.identity_tenant_id)
}

export interface NewIdentityLink {
  readonly linkId: string
  readonly identityTenantId: string
  readonly subscriptionId: string
  readonly linkedAt: Date
  /** In order of time; the last holds from its instant on. */
  readonly models: readonly { readonly model: BillingModel; readonly from: Date }[]
  readonly decidedBy: string
}

/**
 * Call `changeAttribution` before this and before every other write below. A tenant that is linked already fails with
 * the constraint `identity_link_pkey`.
 */
export async function startIdentityLink(db: Db, link: NewIdentityLink): Promise<void> {
  await db
    .insertInto('identity_link')
    .values({
      identity_tenant_id: link.identityTenantId,
      during: period(link.linkedAt),
      link_id: link.linkId,
      subscription_id: link.subscriptionId,
    })
    .execute()
  for (const [index, { model, from }] of link.models.entries())
    await insertModel(db, link.linkId, model, link.decidedBy, from, link.models[index + 1]?.from)
}

/** Usage from `at` on is unlinked; what was recorded before stays with the subscription (MAU-32). */
export async function endIdentityLink(db: Db, linkId: string, at: Date): Promise<void> {
  await endLinkPeriod(db, linkId, at)
  await endModelPeriod(db, linkId, at)
}

/** The same link in another subscription from `at` on: never absent, with its model and its instant (MAU-28). */
export async function moveIdentityLink(db: Db, linkId: string, subscriptionId: string, at: Date): Promise<void> {
  const link = await findIdentityLinkById(db, linkId)
  if (!link || link.subscriptionId === subscriptionId) return
  await endLinkPeriod(db, linkId, at)
  await db
    .insertInto('identity_link')
    .values({
      identity_tenant_id: link.identityTenantId,
      during: period(at),
      link_id: linkId,
      subscription_id: subscriptionId,
    })
    .execute()
}

/** The new model from `at` on, the old one up to it. */
export async function changeMeteringModel(
  db: Db,
  linkId: string,
  model: BillingModel,
  decidedBy: string,
  at: Date,
): Promise<void> {
  await endModelPeriod(db, linkId, at)
  await insertModel(db, linkId, model, decidedBy, at)
}

async function insertModel(
  db: Db,
  linkId: string,
  model: BillingModel,
  decidedBy: string,
  from: Date,
  to?: Date,
): Promise<void> {
  await db
    .insertInto('metering_model')
    .values({ link_id: linkId, during: period(from, to), model, decided_by: decidedBy })
    .execute()
}

/** A period that began at this very instant never held for any usage, so nothing of it is kept. */
async function endLinkPeriod(db: Db, linkId: string, at: Date): Promise<void> {
  const starting = sql<boolean>`lower(during) >= ${instantOf(at)} and upper_inf(during)`
  await db.deleteFrom('identity_link').where('link_id', '=', linkId).where(starting).execute()
  await db
    .updateTable('identity_link')
    .set({ during: sql<string>`tstzrange(lower(during), ${instantOf(at)}, '[)')` })
    .where('link_id', '=', linkId)
    .where(sql<boolean>`upper_inf(during)`)
    .execute()
}

async function endModelPeriod(db: Db, linkId: string, at: Date): Promise<void> {
  const starting = sql<boolean>`lower(during) >= ${instantOf(at)} and upper_inf(during)`
  await db.deleteFrom('metering_model').where('link_id', '=', linkId).where(starting).execute()
  await db
    .updateTable('metering_model')
    .set({ during: sql<string>`tstzrange(lower(during), ${instantOf(at)}, '[)')` })
    .where('link_id', '=', linkId)
    .where(sql<boolean>`upper_inf(during)`)
    .execute()
}

/** Whether a usable Global administrator of the tenant is at home in a directory other than `tenantId` and its own. */
export async function hasAdministratorFromElsewhere(
  db: Db,
  identityTenantId: string,
  tenantId: string,
): Promise<boolean> {
  const holders = await listUsableRoleMembers(db, identityTenantId, directoryRoleIds.globalAdministrator)
  if (holders.length === 0) return false
  const row = await db
    .selectFrom('user_account')
    .select('id')
    .where('id', 'in', holders)
    .where('home_tenant_id', 'is not', null)
    .where('home_tenant_id', 'not in', [identityTenantId, tenantId])
    .executeTakeFirst()
  return row !== undefined
}

/** What a refusal or a statement calls the principal; the id when it has gone. */
export async function findPrincipalName(db: Db, principalId: string): Promise<string> {
  const row = await db
    .selectFrom('principal as p')
    .leftJoin('user_account as u', 'u.id', 'p.id')
    .where('p.id', '=', principalId)
    .select(['p.display_name', 'u.user_principal_name as upn'])
    .executeTakeFirst()
  return row?.upn ?? row?.display_name ?? principalId
}

export async function isDomainTaken(db: Db, name: string): Promise<boolean> {
  const row = await db.selectFrom('tenant_domain').select('name').where('name', '=', name).executeTakeFirst()
  return row !== undefined
}
