import type { AppRoleAssignment, ServicePrincipal } from '../domain/directory/service-principal.ts'
import type { Db } from './db.ts'
import { endPrincipal, insertPrincipal, restorePrincipal } from './principal.ts'

export async function findServicePrincipal(
  db: Db,
  tenantId: string,
  appId: string,
): Promise<ServicePrincipal | undefined> {
  const row = await current(db, tenantId).where('sp.app_id', '=', appId).executeTakeFirst()
  return row && toServicePrincipal(row)
}

export async function findServicePrincipalById(
  db: Db,
  tenantId: string,
  id: string,
): Promise<ServicePrincipal | undefined> {
  const row = await current(db, tenantId).where('sp.id', '=', id).executeTakeFirst()
  return row && toServicePrincipal(row)
}

export interface ServicePrincipalFilter {
  readonly appId?: string
  readonly displayName?: string
  readonly displayNamePrefix?: string
}

export async function listServicePrincipals(
  db: Db,
  tenantId: string,
  filter: ServicePrincipalFilter,
  page: { after?: string | undefined; limit: number },
): Promise<ServicePrincipal[]> {
  let query = current(db, tenantId)
  if (filter.appId !== undefined) query = query.where('sp.app_id', '=', filter.appId)
  if (filter.displayName !== undefined)
    query = query.where((row) => row(row.fn('lower', ['p.display_name']), '=', filter.displayName?.toLowerCase() ?? ''))
  if (filter.displayNamePrefix !== undefined) {
    const prefix = filter.displayNamePrefix.toLowerCase()
    query = query.where((row) =>
      row(row.fn('starts_with', [row.fn('lower', ['p.display_name']), row.val(prefix)]), '=', true),
    )
  }
  if (page.after !== undefined) query = query.where('sp.id', '>', page.after)
  const rows = await query.orderBy('sp.id').limit(page.limit).execute()
  return rows.map(toServicePrincipal)
}

export async function insertServicePrincipal(
  db: Db,
  servicePrincipal: { id: string; tenantId: string; appId: string; displayName: string; createdAt: Date },
): Promise<void> {
  await insertPrincipal(db, { ...servicePrincipal, kind: 'servicePrincipal' })
  await db
    .insertInto('service_principal')
    .values({ id: servicePrincipal.id, tenant_id: servicePrincipal.tenantId, app_id: servicePrincipal.appId })
    .execute()
}

/** Whether an administrator of the tenant let the application act for people at the APIs of the platform. */
export async function actsForPeople(db: Db, tenantId: string, appId: string): Promise<boolean> {
  const row = await db
    .selectFrom('service_principal')
    .select('acts_for_people')
    .where('tenant_id', '=', tenantId)
    .where('app_id', '=', appId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  return row?.acts_for_people ?? false
}

export async function letActForPeople(db: Db, id: string): Promise<void> {
  await db.updateTable('service_principal').set({ acts_for_people: true }).where('id', '=', id).execute()
}

/** Soft (TEN-22): the application can be taken in anew at once, under a new object id. */
export async function endServicePrincipal(db: Db, id: string, deletedAt: Date): Promise<void> {
  await db.updateTable('service_principal').set({ deleted_at: deletedAt }).where('id', '=', id).execute()
  await endPrincipal(db, id, deletedAt)
}

/** Violates `service_principal_app` when the application was taken in anew meanwhile. */
export async function restoreServicePrincipal(db: Db, id: string): Promise<void> {
  await db.updateTable('service_principal').set({ deleted_at: null }).where('id', '=', id).execute()
  await restorePrincipal(db, id)
}

export async function listAppRoleAssignments(
  db: Db,
  tenantId: string,
  principalId: string,
): Promise<AppRoleAssignment[]> {
  const rows = await db
    .selectFrom('app_role_assignment')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('principal_id', '=', principalId)
    .orderBy('id')
    .execute()
  return rows.map((row) => ({
    id: row.id,
    tenantId: row.tenant_id,
    principalId: row.principal_id,
    appRoleId: row.app_role_id,
    createdAt: row.created_at,
  }))
}

/** False when the principal has the role already. */
export async function insertAppRoleAssignment(db: Db, assignment: AppRoleAssignment): Promise<boolean> {
  const result = await db
    .insertInto('app_role_assignment')
    .values({
      id: assignment.id,
      tenant_id: assignment.tenantId,
      principal_id: assignment.principalId,
      app_role_id: assignment.appRoleId,
      created_at: assignment.createdAt,
    })
    .onConflict((conflict) => conflict.columns(['principal_id', 'app_role_id']).doNothing())
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

export async function deleteAppRoleAssignment(
  db: Db,
  tenantId: string,
  principalId: string,
  id: string,
): Promise<boolean> {
  const result = await db
    .deleteFrom('app_role_assignment')
    .where('tenant_id', '=', tenantId)
    .where('principal_id', '=', principalId)
    .where('id', '=', id)
    .executeTakeFirst()
  return result.numDeletedRows > 0n
}

const current = (db: Db, tenantId: string) =>
  db
    .selectFrom('service_principal as sp')
    .innerJoin('principal as p', 'p.id', 'sp.id')
    .leftJoin('application as a', (join) => join.onRef('a.app_id', '=', 'sp.app_id').on('a.deleted_at', 'is', null))
    .select([
      'sp.id',
      'sp.tenant_id',
      'sp.app_id',
      'p.display_name',
      'p.created_at',
      'a.tenant_id as app_owner_tenant_id',
    ])
    .where('sp.tenant_id', '=', tenantId)
    .where('p.deleted_at', 'is', null)

function toServicePrincipal(row: {
  id: string
  tenant_id: string
  app_id: string
  display_name: string
  created_at: Date
  app_owner_tenant_id: string | null
}): ServicePrincipal {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    appId: row.app_id,
    displayName: row.display_name,
    createdAt: row.created_at,
    appOwnerTenantId: row.app_owner_tenant_id,
  }
}
