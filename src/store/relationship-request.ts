import type { Selectable } from 'kysely'
import type { Db } from './db.ts'
import type { Database } from './schema.ts'

export interface RelationshipRequest {
  readonly id: string
  readonly partnerId: string
  readonly codeHash: string
  readonly delegatedPrivileges: boolean
  readonly recipientEmail: string | null
  readonly createdAt: Date
  readonly createdBy: string
  readonly expiresAt: Date
  readonly acceptedAt: Date | null
  readonly customerTenantId: string | null
}

export async function insertRelationshipRequest(
  db: Db,
  request: Omit<RelationshipRequest, 'acceptedAt' | 'customerTenantId'>,
): Promise<void> {
  await db
    .insertInto('relationship_request')
    .values({
      id: request.id,
      partner_id: request.partnerId,
      code_hash: request.codeHash,
      delegated_privileges: request.delegatedPrivileges,
      recipient_email: request.recipientEmail,
      created_at: request.createdAt,
      created_by: request.createdBy,
      expires_at: request.expiresAt,
    })
    .execute()
}

/** Held until the transaction ends: one acceptance of it at a time. */
export async function lockRelationshipRequest(db: Db, id: string): Promise<RelationshipRequest | undefined> {
  const row = await db
    .selectFrom('relationship_request')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  return row && toRequest(row)
}

/** The latest first. */
export async function listRelationshipRequests(db: Db, partnerId: string, id?: string): Promise<RelationshipRequest[]> {
  let query = db.selectFrom('relationship_request').selectAll().where('partner_id', '=', partnerId)
  if (id !== undefined) query = query.where('id', '=', id)
  return (await query.orderBy('created_at', 'desc').orderBy('id').execute()).map(toRequest)
}

export async function noteAcceptance(
  db: Db,
  id: string,
  acceptance: { readonly at: Date; readonly by: string; readonly customerTenantId: string },
): Promise<void> {
  await db
    .updateTable('relationship_request')
    .set({
      accepted_at: acceptance.at,
      accepted_by: acceptance.by,
      customer_tenant_id: acceptance.customerTenantId,
    })
    .where('id', '=', id)
    .execute()
}

function toRequest(row: Selectable<Database['relationship_request']>): RelationshipRequest {
  return {
    id: row.id,
    partnerId: row.partner_id,
    codeHash: row.code_hash,
    delegatedPrivileges: row.delegated_privileges,
    recipientEmail: row.recipient_email,
    createdAt: row.created_at,
    createdBy: row.created_by,
    expiresAt: row.expires_at,
    acceptedAt: row.accepted_at,
    customerTenantId: row.customer_tenant_id,
  }
}
