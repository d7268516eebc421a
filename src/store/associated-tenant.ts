import { type Selectable, sql } from 'kysely'
import type { BillingManagementState, ProvisioningState } from '../domain/billing/associated-tenant.ts'
import type { Db } from './db.ts'
import type { Database } from './schema.ts'

export interface AssociatedTenant {
  readonly account: string
  readonly tenantId: string
  readonly displayName: string
  readonly billing: BillingManagementState
  readonly provisioning: ProvisioningState
  readonly provisioningRequest: string | null
  readonly createdAt: Date
  readonly createdBy: string
}

export async function findAssociatedTenant(
  db: Db,
  account: string,
  tenantId: string,
): Promise<AssociatedTenant | undefined> {
  const row = await db
    .selectFrom('associated_tenant as t')
    .selectAll()
    .where('t.billing_account_name', '=', account)
    .where('t.tenant_id', '=', tenantId)
    .executeTakeFirst()
  return row && toAssociated(row)
}

export async function listAssociatedTenants(
  db: Db,
  account: string,
  page: { includesRevoked: boolean; after?: string | undefined; limit: number },
): Promise<AssociatedTenant[]> {
  let query = db.selectFrom('associated_tenant').selectAll().where('billing_account_name', '=', account)
  if (!page.includesRevoked)
    query = query.where(sql<boolean>`not (billing_state in ('Revoked', 'NotAllowed')
      and provisioning_state in ('Revoked', 'NotRequested'))`)
  if (page.after !== undefined) query = query.where('tenant_id', '>', page.after)
  return (await query.orderBy('tenant_id').limit(page.limit).execute()).map(toAssociated)
}

export async function replaceAssociatedTenant(db: Db, tenant: AssociatedTenant): Promise<void> {
  const change = {
    display_name: tenant.displayName,
    billing_state: tenant.billing,
    provisioning_state: tenant.provisioning,
    provisioning_request_name: tenant.provisioningRequest,
  }
  await db
    .insertInto('associated_tenant')
    .values({
      billing_account_name: tenant.account,
      tenant_id: tenant.tenantId,
      ...change,
      created_at: tenant.createdAt,
      created_by: tenant.createdBy,
    })
    .onConflict((conflict) => conflict.columns(['billing_account_name', 'tenant_id']).doUpdateSet(change))
    .execute()
}

/** Takes every role of the tenant's people on the account, and gives what was taken. */
export async function deleteRolesOfTenant(
  db: Db,
  account: string,
  tenantId: string,
): Promise<{ scope: string; principalId: string; role: string }[]> {
  return db
    .deleteFrom('billing_role_assignment')
    .where('billing_account_name', '=', account)
    .where('principal_tenant_id', '=', tenantId)
    .returning(['scope', 'principal_id as principalId', 'role_definition_name as role'])
    .execute()
}

/** Who was given a role at a scope and is of its own tenant. */
export async function countOwnRoles(db: Db, scope: string, tenantId: string): Promise<number> {
  const row = await db
    .selectFrom('billing_role_assignment')
    .where('scope_key', '=', scope.toLowerCase())
    .where('principal_tenant_id', '=', tenantId)
    .select(({ fn }) => fn.countAll<bigint>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

function toAssociated(row: Selectable<Database['associated_tenant']>): AssociatedTenant {
  return {
    account: row.billing_account_name,
    tenantId: row.tenant_id,
    displayName: row.display_name,
    billing: row.billing_state,
    provisioning: row.provisioning_state,
    provisioningRequest: row.provisioning_request_name,
    createdAt: row.created_at,
    createdBy: row.created_by,
  }
}
