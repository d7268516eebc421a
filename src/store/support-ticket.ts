import { type Selectable, sql } from 'kysely'
import type { Communication, SupportTicket, TicketStatus } from '../domain/support/support-ticket.ts'
import { scopeKey } from '../domain/access/scope.ts'
import { type Db, json } from './db.ts'
import type { Database } from './schema.ts'

interface TicketPage {
  readonly after?: string | undefined
  readonly limit: number
}

export interface TicketFilter {
  readonly status?: TicketStatus | undefined
  readonly createdAfter?: { readonly at: Date; readonly isIncluded: boolean } | undefined
}

type Reader = { readonly tenantId: string; readonly objectId: string }

/** False when the name is taken in the container. */
export async function insertTicket(db: Db, ticket: SupportTicket, containerKey: string): Promise<boolean> {
  const result = await db
    .insertInto('support_ticket')
    .values({
      id: ticket.id,
      name: ticket.name,
      name_key: ticket.name.toLowerCase(),
      container_key: containerKey,
      scope: ticket.scope,
      scope_key: scopeKey(ticket.scope),
      tenant_id: ticket.tenantId,
      requester_id: ticket.requesterId,
      title: ticket.title,
      description: ticket.description,
      service_name: ticket.serviceName,
      problem_classification_name: ticket.problemClassificationName,
      severity: ticket.severity,
      status: ticket.status,
      contact: json(ticket.contact),
      require_24x7_response: ticket.require24X7Response,
      problem_started_at: ticket.problemStartedAt,
      created_at: ticket.createdAt,
      modified_at: ticket.modifiedAt,
      closed_at: ticket.closedAt,
    })
    .onConflict((conflict) => conflict.columns(['container_key', 'name_key']).doNothing())
    .executeTakeFirst()
  if ((result.numInsertedOrUpdatedRows ?? 0n) === 0n) return false
  await db
    .insertInto('support_ticket_reader')
    .values({ ticket_id: ticket.id, tenant_id: ticket.tenantId, principal_id: ticket.requesterId, kind: 'requester' })
    .execute()
  return true
}

export async function replaceTicket(db: Db, ticket: SupportTicket): Promise<void> {
  await db
    .updateTable('support_ticket')
    .set({
      severity: ticket.severity,
      status: ticket.status,
      contact: json(ticket.contact),
      modified_at: ticket.modifiedAt,
      closed_at: ticket.closedAt,
    })
    .where('id', '=', ticket.id)
    .execute()
}

export async function findTicket(db: Db, containerKey: string, name: string): Promise<SupportTicket | undefined> {
  const row = await db
    .selectFrom('support_ticket')
    .selectAll()
    .where('container_key', '=', containerKey)
    .where('name_key', '=', name.toLowerCase())
    .executeTakeFirst()
  return row && toTicket(row)
}

export async function findTicketById(db: Db, id: string): Promise<SupportTicket | undefined> {
  const row = await db.selectFrom('support_ticket').selectAll().where('id', '=', id).executeTakeFirst()
  return row && toTicket(row)
}

export async function isTicketReader(db: Db, ticketId: string, identities: readonly Reader[]): Promise<boolean> {
  const row = await db
    .selectFrom('support_ticket_reader')
    .select('ticket_id')
    .where('ticket_id', '=', ticketId)
    .where(sql<boolean>`(tenant_id, principal_id) in (select * from ${among(identities)})`)
    .executeTakeFirst()
  return row !== undefined
}

/** Those at or below the scope that one of the identities reads; nobody named means the operator, who reads all. */
export async function listTickets(
  db: Db,
  scope: string,
  readers: readonly Reader[] | undefined,
  filter: TicketFilter,
  page: TicketPage,
): Promise<SupportTicket[]> {
  let query = db.selectFrom('support_ticket').selectAll()
  const key = scopeKey(scope)
  if (key !== '/') query = query.where(sql<boolean>`(scope_key = ${key} or starts_with(scope_key, ${`${key}/`}))`)
  if (readers)
    query = query.where(
      sql<boolean>`exists (select from support_ticket_reader r where r.ticket_id = support_ticket.id
        and (r.tenant_id, r.principal_id) in (select * from ${among(readers)}))`,
    )
  if (filter.status !== undefined) query = query.where('status', '=', filter.status)
  if (filter.createdAfter)
    query = query.where('created_at', filter.createdAfter.isIncluded ? '>=' : '>', filter.createdAfter.at)
  if (page.after !== undefined) query = query.where('id', '>', page.after)
  return (await query.orderBy('id').limit(page.limit).execute()).map(toTicket)
}

const among = (identities: readonly Reader[]) =>
  sql`unnest(${identities.map(({ tenantId }) => tenantId)}::uuid[], ${identities.map(({ objectId }) => objectId)}::uuid[])`

/** False when the name is taken. */
export async function insertCommunication(db: Db, communication: Communication): Promise<boolean> {
  const result = await db
    .insertInto('support_communication')
    .values({
      ticket_id: communication.ticketId,
      name: communication.name,
      name_key: communication.name.toLowerCase(),
      direction: communication.direction,
      sender: communication.sender,
      subject: communication.subject,
      body: communication.body,
      created_at: communication.createdAt,
      created_by: communication.createdBy,
    })
    .onConflict((conflict) => conflict.columns(['ticket_id', 'name_key']).doNothing())
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

export async function findCommunication(db: Db, ticketId: string, name: string): Promise<Communication | undefined> {
  const row = await db
    .selectFrom('support_communication')
    .selectAll()
    .where('ticket_id', '=', ticketId)
    .where('name_key', '=', name.toLowerCase())
    .executeTakeFirst()
  return row && toCommunication(row)
}

export async function listCommunications(db: Db, ticketId: string, page: TicketPage): Promise<Communication[]> {
  let query = db.selectFrom('support_communication').selectAll().where('ticket_id', '=', ticketId)
  if (page.after !== undefined) query = query.where('name_key', '>', page.after)
  return (await query.orderBy('name_key').limit(page.limit).execute()).map(toCommunication)
}

const toTicket = (row: Selectable<Database['support_ticket']>): SupportTicket => ({
  id: row.id,
  name: row.name,
  scope: row.scope,
  tenantId: row.tenant_id,
  requesterId: row.requester_id,
  title: row.title,
  description: row.description,
  serviceName: row.service_name,
  problemClassificationName: row.problem_classification_name,
  severity: row.severity,
  status: row.status,
  contact: row.contact,
  require24X7Response: row.require_24x7_response,
  problemStartedAt: row.problem_started_at,
  createdAt: row.created_at,
  modifiedAt: row.modified_at,
  closedAt: row.closed_at,
})

const toCommunication = (row: Selectable<Database['support_communication']>): Communication => ({
  ticketId: row.ticket_id,
  name: row.name,
  direction: row.direction,
  sender: row.sender,
  subject: row.subject,
  body: row.body,
  createdAt: row.created_at,
  createdBy: row.created_by,
})
