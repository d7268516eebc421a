import type { Tenant, TenantDomain, TenantWithDomains } from '../domain/directory/tenant.ts'
import { type Selectable, sql } from 'kysely'
import type { Db } from './db.ts'
import type { Database } from './schema.ts'

const guidText = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** A tenant by its id or by one of its verified domains, as sign-in addresses and links name it. */
export async function findTenant(db: Db, idOrDomain: string): Promise<Tenant | undefined> {
  const key = idOrDomain.toLowerCase()
  let query = db.selectFrom('tenant').selectAll('tenant').where('tenant.deleted_at', 'is', null)
  if (guidText.test(key)) query = query.where('tenant.id', '=', key)
  else
    query = query
      .innerJoin('tenant_domain', 'tenant_domain.tenant_id', 'tenant.id')
      .where('tenant_domain.name', '=', key)
      .where('tenant_domain.verified_at', 'is not', null)
  const row = await query.executeTakeFirst()
  return row && toTenant(row)
}

/** Reads the tenant for update: what is decided about its administrators takes turns. */
export async function lockTenant(db: Db, id: string): Promise<Tenant | undefined> {
  const row = await db
    .selectFrom('tenant')
    .selectAll()
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .forUpdate()
    .executeTakeFirst()
  return row && toTenant(row)
}

/** Keeps the tenant and its domains as they are; those who hold it do not wait for each other. False when it is gone. */
export async function holdTenant(db: Db, id: string): Promise<boolean> {
  const row = await db
    .selectFrom('tenant')
    .select('id')
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .forKeyShare()
    .executeTakeFirst()
  return row !== undefined
}

export async function listTenants(db: Db, page: { after?: string | undefined; limit: number }): Promise<Tenant[]> {
  let query = db.selectFrom('tenant').selectAll().where('deleted_at', 'is', null)
  if (page.after !== undefined) query = query.where('id', '>', page.after)
  const rows = await query.orderBy('id').limit(page.limit).execute()
  return rows.map(toTenant)
}

/** The tenants of a person or application (TEN-7): home and wherever they are a guest, as `identities` says. */
export async function listTenantsOf(
  db: Db,
  identities: readonly { readonly tenantId: string; readonly objectId: string }[],
): Promise<TenantWithDomains[]> {
  const ids = [...new Set(identities.map((identity) => identity.tenantId))]
  if (ids.length === 0) return []
  const rows = await db
    .selectFrom('tenant')
    .selectAll()
    .where('id', 'in', ids)
    .where('deleted_at', 'is', null)
    .orderBy('id')
    .execute()
  const domains = await listDomains(db, ids)
  return rows.map((row) => ({ ...toTenant(row), domains: domains.filter((domain) => domain.tenantId === row.id) }))
}

/** The initial domain first, then by name. */
export async function listDomains(db: Db, tenantIds: readonly string[]): Promise<TenantDomain[]> {
  if (tenantIds.length === 0) return []
  const rows = await db
    .selectFrom('tenant_domain')
    .selectAll()
    .where('tenant_id', 'in', tenantIds)
    .orderBy('is_initial', 'desc')
    .orderBy('name')
    .execute()
  return rows.map((row) => ({
    name: row.name,
    tenantId: row.tenant_id,
    isInitial: row.is_initial,
    isDefault: row.is_default,
    verifiedAt: row.verified_at,
  }))
}

/** False when a tenant with this id exists already. */
export async function insertTenant(db: Db, tenant: Omit<Tenant, 'revision'>): Promise<boolean> {
  const result = await db
    .insertInto('tenant')
    .values({
      id: tenant.id,
      kind: tenant.kind,
      display_name: tenant.displayName,
      country_code: tenant.countryCode,
      data_residency: tenant.dataResidency,
      external_identity_pricing: tenant.externalIdentityPricing,
      created_at: tenant.createdAt,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** False when the name belongs to a tenant already (TEN-4). */
export async function insertDomain(db: Db, domain: TenantDomain): Promise<boolean> {
  const result = await db
    .insertInto('tenant_domain')
    .values({
      name: domain.name,
      tenant_id: domain.tenantId,
      is_initial: domain.isInitial,
      is_default: domain.isDefault,
      verified_at: domain.verifiedAt,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

export async function isDomainTaken(db: Db, name: string): Promise<boolean> {
  const row = await db
    .selectFrom('tenant_domain')
    .select('name')
    .where('name', '=', name.toLowerCase())
    .executeTakeFirst()
  return row !== undefined
}

export async function replaceTenant(
  db: Db,
  tenant: Pick<Tenant, 'id' | 'displayName' | 'countryCode' | 'dataResidency' | 'externalIdentityPricing'>,
): Promise<void> {
  await db
    .updateTable('tenant')
    .set({
      display_name: tenant.displayName,
      country_code: tenant.countryCode,
      data_residency: tenant.dataResidency,
      external_identity_pricing: tenant.externalIdentityPricing,
      revision: sql<bigint>`revision + 1`,
    })
    .where('id', '=', tenant.id)
    .execute()
}

function toTenant(row: Selectable<Database['tenant']>): Tenant {
  return {
    id: row.id,
    kind: row.kind,
    displayName: row.display_name,
    countryCode: row.country_code,
    dataResidency: row.data_residency,
    externalIdentityPricing: row.external_identity_pricing,
    createdAt: row.created_at,
    revision: row.revision,
  }
}
