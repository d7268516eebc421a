import { type Selectable, sql } from 'kysely'
import type { CreationRequest } from '../domain/resource/subscription-creation-request.ts'
import { type Db, json } from './db.ts'
import type { Database } from './schema.ts'

/** Whether subscriptions that the account pays for may be created in other tenants; off unless it was said. */
export async function allowsOtherTenants(db: Db, billingAccountName: string): Promise<boolean> {
  const row = await db
    .selectFrom('account_creation_policy')
    .select('allows_other_tenants')
    .where('billing_account_name', '=', billingAccountName)
    .executeTakeFirst()
  return row?.allows_other_tenants ?? false
}

export async function setAllowsOtherTenants(
  db: Db,
  billingAccountName: string,
  allows: boolean,
  by: string,
  at: Date,
): Promise<void> {
  const said = { allows_other_tenants: allows, updated_at: at, updated_by: by }
  await db
    .insertInto('account_creation_policy')
    .values({ billing_account_name: billingAccountName, ...said })
    .onConflict((conflict) => conflict.column('billing_account_name').doUpdateSet(said))
    .execute()
}

export async function insertCreationRequest(db: Db, request: CreationRequest): Promise<void> {
  await db
    .insertInto('subscription_creation_request')
    .values({
      subscription_id: request.subscriptionId,
      source_tenant_id: request.source.tenantId,
      requester_id: request.source.requesterId,
      alias: request.alias,
      alias_key: request.alias.toLowerCase(),
      billing_scope: request.billingScope,
      display_name: request.displayName,
      workload: request.workload,
      tags: json(request.tags),
      destination_tenant_id: request.destination.tenantId,
      destination_owner_id: request.destination.ownerId,
      state: request.state,
      created_at: request.createdAt,
      expires_at: request.expiresAt,
    })
    .execute()
}

export async function findCreationRequest(db: Db, subscriptionId: string): Promise<CreationRequest | undefined> {
  const row = await select(db).where('subscription_id', '=', subscriptionId).executeTakeFirst()
  return row && toRequest(row)
}

/** Two acceptances take turns. */
export async function lockCreationRequest(db: Db, subscriptionId: string): Promise<CreationRequest | undefined> {
  const row = await select(db).where('subscription_id', '=', subscriptionId).forUpdate().executeTakeFirst()
  return row && toRequest(row)
}

export async function findCreationRequestByAlias(
  db: Db,
  tenantId: string,
  alias: string,
): Promise<CreationRequest | undefined> {
  const row = await select(db)
    .where('source_tenant_id', '=', tenantId)
    .where('alias_key', '=', alias.toLowerCase())
    .executeTakeFirst()
  return row && toRequest(row)
}

/** Those of a tenant that bear a name; of one requester only, where one is given. */
export async function listCreationRequests(
  db: Db,
  tenantId: string,
  requesterId: string | undefined,
): Promise<CreationRequest[]> {
  let query = select(db).where('source_tenant_id', '=', tenantId).where('alias_key', 'is not', null)
  if (requesterId !== undefined) query = query.where('requester_id', '=', requesterId)
  return (await query.orderBy('alias_key').execute()).map(toRequest)
}

/** False when it is not pending any more. */
export async function endCreationRequest(
  db: Db,
  subscriptionId: string,
  state: 'Completed' | 'Expired' | 'Canceled',
  at: Date,
): Promise<boolean> {
  const result = await db
    .updateTable('subscription_creation_request')
    .set({ state, ended_at: at })
    .where('subscription_id', '=', subscriptionId)
    .where('state', '=', 'Pending')
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** Gives the alias free. */
export async function forgetCreationAlias(db: Db, subscriptionId: string): Promise<void> {
  await db
    .updateTable('subscription_creation_request')
    .set({ alias_key: sql`null` })
    .where('subscription_id', '=', subscriptionId)
    .execute()
}

function select(db: Db) {
  return db.selectFrom('subscription_creation_request').selectAll()
}

function toRequest(row: Selectable<Database['subscription_creation_request']>): CreationRequest {
  return {
    subscriptionId: row.subscription_id,
    source: { tenantId: row.source_tenant_id, requesterId: row.requester_id },
    alias: row.alias,
    billingScope: row.billing_scope,
    displayName: row.display_name,
    workload: row.workload,
    tags: row.tags,
    destination: { tenantId: row.destination_tenant_id, ownerId: row.destination_owner_id },
    state: row.state,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    endedAt: row.ended_at,
  }
}
