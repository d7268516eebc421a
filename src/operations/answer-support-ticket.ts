import { notFound } from '../domain/refusal.ts'
import {
  changeTicket,
  type Communication,
  requireOpen,
  type SupportTicket,
  type TicketStatus,
} from '../domain/support/support-ticket.ts'
import {
  findTicketById,
  insertCommunication,
  listCommunications,
  listTickets,
  replaceTicket,
  type TicketFilter,
} from '../store/support-ticket.ts'
import { appendAudit } from './audit.ts'
import { authorizeOperator } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { queueMail } from './queue-mail.ts'

interface Page {
  readonly after?: string | undefined
  readonly limit: number
}

/** The operator's side of TEN-26: every request of every tenant. */
export async function listAllTickets(
  context: OperationContext,
  filter: TicketFilter,
  page: Page,
): Promise<SupportTicket[]> {
  authorizeOperator(context)
  return listTickets(context.db, '/', undefined, filter, page)
}

export async function getAnyTicket(
  context: OperationContext,
  id: string,
): Promise<{ readonly ticket: SupportTicket; readonly communications: readonly Communication[] }> {
  authorizeOperator(context)
  const ticket = await ticketById(context, id)
  return { ticket, communications: await listCommunications(context.db, id, { limit: 1000 }) }
}

/** The answer is in the request, and goes to the address that the requester gave. */
export async function replyToTicket(
  context: OperationContext,
  id: string,
  reply: { readonly subject: string; readonly body: string },
): Promise<Communication> {
  authorizeOperator(context)
  const ticket = await ticketById(context, id)
  requireOpen(ticket)
  const communication = {
    ticketId: id,
    name: context.random.uuid(),
    direction: 'outbound',
    sender: 'support',
    subject: reply.subject,
    body: reply.body,
    createdAt: context.now,
    createdBy: context.caller.objectId,
  } as const
  await insertCommunication(context.db, communication)
  await replaceTicket(context.db, { ...ticket, modifiedAt: context.now })
  await queueMail(context, {
    to: ticket.contact.primaryEmailAddress,
    cc: ticket.contact.additionalEmailAddresses,
    subject: `${ticket.title}: ${reply.subject}`,
    text: reply.body,
    kind: 'support-reply',
    relatedTo: scopeOf(id),
  })
  await appendAudit(context, {
    action: 'Tenantry.Directory/supportTickets/reply/action',
    scope: scopeOf(id),
    after: { name: communication.name, subject: reply.subject },
  })
  return communication
}

export async function setTicketStatus(
  context: OperationContext,
  id: string,
  status: TicketStatus,
): Promise<SupportTicket> {
  authorizeOperator(context)
  const ticket = await ticketById(context, id)
  const changed = changeTicket(ticket, { status }, context.now)
  if (changed === ticket) return ticket
  await replaceTicket(context.db, changed)
  await appendAudit(context, {
    action: 'Tenantry.Directory/supportTickets/write',
    scope: scopeOf(id),
    before: { status: ticket.status },
    after: { status },
  })
  return changed
}

async function ticketById(context: OperationContext, id: string): Promise<SupportTicket> {
  const ticket = await findTicketById(context.db, id)
  if (!ticket) throw notFound('SupportTicketNotFound', `The support request '${id}' could not be found.`)
  return ticket
}

const scopeOf = (id: string): string => `/providers/Tenantry.Directory/supportTickets/${id}`
