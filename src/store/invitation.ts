import { sql } from 'kysely'
import { addressKey, type Invitation, type InvitationMessage } from '../domain/directory/invitation.ts'
import { type Db, json } from './db.ts'

export async function insertInvitation(db: Db, invitation: Invitation): Promise<void> {
  await db
    .insertInto('invitation')
    .values({
      id: invitation.id,
      tenant_id: invitation.tenantId,
      user_id: invitation.userId,
      inviter_id: invitation.inviterId,
      address: invitation.address,
      address_key: addressKey(invitation.address),
      display_name: invitation.displayName,
      redirect_url: invitation.redirectUrl,
      user_type: invitation.userType,
      message: json(invitation.message),
      ticket_hash: invitation.ticketHash,
      state: invitation.state,
      created_at: invitation.createdAt,
      expires_at: invitation.expiresAt,
    })
    .execute()
}

/** Writes what can change of an invitation. */
export async function replaceInvitation(db: Db, invitation: Invitation): Promise<void> {
  await db
    .updateTable('invitation')
    .set((row) => ({
      ticket_hash: invitation.ticketHash,
      state: invitation.state,
      expires_at: invitation.expiresAt,
      decided_at: invitation.decidedAt,
      home_tenant_id: invitation.home?.tenantId ?? null,
      home_object_id: invitation.home?.objectId ?? null,
      accepted_terms: invitation.acceptedTerms,
      revision: row('revision', '+', 1n),
    }))
    .where('id', '=', invitation.id)
    .execute()
}

export async function findInvitation(db: Db, tenantId: string, id: string): Promise<Invitation | undefined> {
  const row = await select(db).where('tenant_id', '=', tenantId).where('id', '=', id).executeTakeFirst()
  return row && toInvitation(row)
}

/** Reads it for update: of those who decide at the same time one comes first (F54). */
export async function lockInvitation(db: Db, id: string): Promise<Invitation | undefined> {
  const row = await select(db).where('id', '=', id).forUpdate().executeTakeFirst()
  return row && toInvitation(row)
}

export async function findInvitationByTicket(db: Db, ticketHash: string): Promise<Invitation | undefined> {
  const row = await select(db).where('ticket_hash', '=', ticketHash).executeTakeFirst()
  return row && toInvitation(row)
}

/** The invitation of an account whose link works. */
export async function findPendingInvitationOf(db: Db, userId: string): Promise<Invitation | undefined> {
  const row = await select(db).where('user_id', '=', userId).where('state', '=', 'Pending').executeTakeFirst()
  return row && toInvitation(row)
}

export async function listInvitations(
  db: Db,
  tenantId: string,
  filter: { readonly inviterId?: string | undefined },
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<Invitation[]> {
  let query = select(db).where('tenant_id', '=', tenantId)
  if (filter.inviterId !== undefined) query = query.where('inviter_id', '=', filter.inviterId)
  if (page.after !== undefined) query = query.where('id', '>', page.after)
  return (await query.orderBy('id').limit(page.limit).execute()).map(toInvitation)
}

/** A guest of the tenant who was invited under this address and is not deleted. */
export async function findGuestByAddress(db: Db, tenantId: string, address: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('user_account as u')
    .innerJoin('principal as p', 'p.id', 'u.id')
    .select('u.id')
    .where('u.tenant_id', '=', tenantId)
    .where('u.account_class', '=', 'guest')
    .where('p.deleted_at', 'is', null)
    .where(sql<string>`lower(u.mail)`, '=', address.toLowerCase())
    .orderBy('p.created_at')
    .limit(1)
    .executeTakeFirst()
  return row?.id
}

export async function insertSending(
  db: Db,
  sending: { readonly tenantId: string; readonly addressHash: string; readonly sentAt: Date },
): Promise<void> {
  await db
    .insertInto('invitation_sending')
    .values({ tenant_id: sending.tenantId, address_hash: sending.addressHash, sent_at: sending.sentAt })
    .execute()
}

/** How many invitations went out since, and when the oldest of them did. */
export async function countSendings(
  db: Db,
  who: { readonly tenantId?: string; readonly addressHash?: string },
  since: Date,
): Promise<{ readonly count: number; readonly oldest: Date | null }> {
  let query = db
    .selectFrom('invitation_sending')
    .select((row) => [row.fn.countAll<bigint>().as('count'), row.fn.min('sent_at').as('oldest')])
    .where('sent_at', '>', since)
  if (who.tenantId !== undefined) query = query.where('tenant_id', '=', who.tenantId)
  if (who.addressHash !== undefined) query = query.where('address_hash', '=', who.addressHash)
  const row = await query.executeTakeFirstOrThrow()
  return { count: Number(row.count), oldest: row.oldest }
}

export async function deleteSendingsBefore(db: Db, instant: Date): Promise<void> {
  await db.deleteFrom('invitation_sending').where('sent_at', '<', instant).execute()
}

const select = (db: Db) => db.selectFrom('invitation').selectAll()

type Row = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>

const toInvitation = (row: Row): Invitation => ({
  id: row.id,
  tenantId: row.tenant_id,
  userId: row.user_id,
  inviterId: row.inviter_id,
  address: row.address,
  displayName: row.display_name,
  redirectUrl: row.redirect_url,
  userType: row.user_type,
  message: row.message as InvitationMessage,
  ticketHash: row.ticket_hash,
  state: row.state,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  decidedAt: row.decided_at,
  home:
    row.home_tenant_id === null || row.home_object_id === null
      ? null
      : { tenantId: row.home_tenant_id, objectId: row.home_object_id },
  acceptedTerms: row.accepted_terms,
})
