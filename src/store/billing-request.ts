import { type Selectable, sql } from 'kysely'
import type { BillingRequestStatus, BillingRequestType } from '../domain/billing/billing-request.ts'
import type { Db } from './db.ts'
import type { Database } from './schema.ts'

export interface BillingRequest {
  readonly name: string
  readonly type: BillingRequestType
  readonly status: BillingRequestStatus
  readonly account: string
  readonly tenantId: string
  readonly scope: string
  /** Who has to agree to a role; null where any Global administrator of the tenant may answer. */
  readonly principalId: string | null
  readonly roleDefinitionName: string | null
  readonly justification: string | null
  readonly createdAt: Date
  readonly createdBy: string
  readonly createdByName: string
  readonly expiresAt: Date
  readonly reviewedAt: Date | null
  readonly reviewedByName: string | null
  readonly decisionReason: string | null
}

export type NewBillingRequest = Omit<BillingRequest, 'status' | 'reviewedAt' | 'reviewedByName' | 'decisionReason'>

export async function insertBillingRequest(db: Db, request: NewBillingRequest): Promise<void> {
  await db
    .insertInto('billing_request')
    .values({
      name: request.name,
      type: request.type,
      billing_account_name: request.account,
      tenant_id: request.tenantId,
      scope: request.scope,
      scope_key: request.scope.toLowerCase(),
      principal_id: request.principalId,
      role_definition_name: request.roleDefinitionName,
      justification: request.justification,
      created_at: request.createdAt,
      created_by: request.createdBy,
      created_by_name: request.createdByName,
      expires_at: request.expiresAt,
    })
    .execute()
}

export async function findBillingRequest(db: Db, name: string): Promise<BillingRequest | undefined> {
  const row = await db.selectFrom('billing_request').selectAll().where('name', '=', name).executeTakeFirst()
  return row && toRequest(row)
}

/** The request as it stays until the transaction ends. */
export async function lockBillingRequest(db: Db, name: string): Promise<BillingRequest | undefined> {
  const row = await db.selectFrom('billing_request').selectAll().where('name', '=', name).forUpdate().executeTakeFirst()
  return row && toRequest(row)
}

export async function findOpenRoleRequest(
  db: Db,
  of: { readonly scope: string; readonly roleDefinitionName: string; readonly principalId: string },
): Promise<BillingRequest | undefined> {
  const row = await db
    .selectFrom('billing_request')
    .selectAll()
    .where('scope_key', '=', of.scope.toLowerCase())
    .where('role_definition_name', '=', of.roleDefinitionName)
    .where('principal_id', '=', of.principalId)
    .where('status', '=', 'Pending')
    .executeTakeFirst()
  return row && toRequest(row)
}

export async function listOpenRequestsOf(db: Db, account: string, tenantId: string): Promise<BillingRequest[]> {
  const rows = await db
    .selectFrom('billing_request')
    .selectAll()
    .where('billing_account_name', '=', account)
    .where('tenant_id', '=', tenantId)
    .where('status', '=', 'Pending')
    .orderBy('name')
    .forUpdate()
    .execute()
  return rows.map(toRequest)
}

/** By scope: made there or below. By person: to answer, or made by that person. */
export async function listBillingRequests(
  db: Db,
  of:
    | { readonly account: string; readonly scope: string }
    | { readonly principalId: string; readonly administratedTenantId: string | undefined },
  page: { after?: string | undefined; limit: number },
): Promise<BillingRequest[]> {
  let query = db.selectFrom('billing_request').selectAll()
  if ('scope' in of) {
    const key = of.scope.toLowerCase()
    query = query
      .where('billing_account_name', '=', of.account)
      .where(sql<boolean>`(scope_key = ${key} or starts_with(scope_key, ${`${key}/`}))`)
  } else
    query = query.where(
      sql<boolean>`(principal_id = ${of.principalId}::uuid or created_by = ${of.principalId}::uuid
        or (type = 'ProvisioningAccess' and tenant_id = ${of.administratedTenantId ?? null}::uuid))`,
    )
  if (page.after !== undefined) query = query.where('name', '>', page.after)
  return (await query.orderBy('name').limit(page.limit).execute()).map(toRequest)
}

/** The database refuses it for a request that was answered already. */
export async function answerBillingRequest(
  db: Db,
  name: string,
  answer: {
    readonly status: Exclude<BillingRequestStatus, 'Pending'>
    readonly at: Date
    readonly by: string | null
    readonly byName: string | null
    readonly reason: string | null
  },
): Promise<void> {
  await db
    .updateTable('billing_request')
    .set({
      status: answer.status,
      reviewed_at: answer.at,
      reviewed_by: answer.by,
      reviewed_by_name: answer.byName,
      decision_reason: answer.reason,
    })
    .where('name', '=', name)
    .execute()
}

function toRequest(row: Selectable<Database['billing_request']>): BillingRequest {
  return {
    name: row.name,
    type: row.type,
    status: row.status,
    account: row.billing_account_name,
    tenantId: row.tenant_id,
    scope: row.scope,
    principalId: row.principal_id,
    roleDefinitionName: row.role_definition_name,
    justification: row.justification,
    createdAt: row.created_at,
    createdBy: row.created_by,
    createdByName: row.created_by_name,
    expiresAt: row.expires_at,
    reviewedAt: row.reviewed_at,
    reviewedByName: row.reviewed_by_name,
    decisionReason: row.decision_reason,
  }
}
