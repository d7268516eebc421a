import { isDeepStrictEqual } from 'node:util'
import { subscriptionOf } from '../domain/access/scope.ts'
import { conflict, invalid, notFound } from '../domain/refusal.ts'
import { findProblem, findSupportService } from '../domain/support/support-service.ts'
import {
  changeTicket,
  type Communication,
  type Contact,
  containerOf,
  requireOpen,
  type Severity,
  type SupportTicket,
  type TicketStatus,
} from '../domain/support/support-ticket.ts'
import {
  findCommunication,
  findTicket,
  insertCommunication,
  insertTicket,
  isTicketReader,
  listCommunications,
  listTickets,
  replaceTicket,
  type TicketFilter,
} from '../store/support-ticket.ts'
import { appendAudit } from './audit.ts'
import { allowsResource, authorizationFailed, authorizeResource, identitiesOf } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { isConsumer } from './directory-scope.ts'

export interface WantedTicket {
  readonly title: string
  readonly description: string
  readonly serviceName: string
  readonly problemClassificationName: string
  readonly severity: Severity
  readonly contact: Contact
  readonly require24X7Response: boolean
  readonly problemStartedAt: Date | null
}

interface Page {
  readonly after?: string | undefined
  readonly limit: number
}

/** TEN-26. The same request again changes nothing; its name with another content is refused. */
export async function createTicket(
  context: OperationContext,
  scope: string,
  name: string,
  { about = scope, ...wanted }: WantedTicket & { readonly about?: string | undefined },
): Promise<SupportTicket> {
  await authorizeSupport(context, 'write', scope)
  const { caller, now } = context
  const container = containerOf(scope, caller.tenantId)
  if (containerOf(about, caller.tenantId) !== container)
    throw invalid(
      'InvalidResourceId',
      `'${about}' is not in '${scope}'. Ask where the resource is.`,
      'properties.technicalTicketDetails.resourceId',
    )
  const service = findSupportService(wanted.serviceName)
  if (!service || !findProblem(service, wanted.problemClassificationName))
    throw invalid(
      'InvalidProblemClassification',
      'serviceId and problemClassificationId do not name a service and one of its problems. GET /providers/Microsoft.Support/services lists them.',
      service ? 'properties.problemClassificationId' : 'properties.serviceId',
    )
  const ticket = {
    ...wanted,
    id: context.random.uuid(),
    name,
    scope: about,
    tenantId: caller.tenantId,
    requesterId: caller.objectId,
    status: 'Open',
    createdAt: now,
    modifiedAt: now,
    closedAt: null,
  } as const
  if (!(await insertTicket(context.db, ticket, container))) return repeated(context, container, ticket)
  await appendAudit(context, {
    action: 'Microsoft.Support/supportTickets/write',
    scope: auditScope(container, name),
    after: { about, title: ticket.title, severity: ticket.severity },
  })
  return ticket
}

async function repeated(context: OperationContext, container: string, ticket: SupportTicket): Promise<SupportTicket> {
  const existing = await findTicket(context.db, container, ticket.name)
  const isSame =
    existing !== undefined &&
    (await isTicketReader(context.db, existing.id, await identitiesOf(context))) &&
    existing.title === ticket.title &&
    existing.description === ticket.description &&
    existing.scope.toLowerCase() === ticket.scope.toLowerCase()
  if (isSame) return existing
  throw conflict(
    'SupportTicketNameInUse',
    `The name '${ticket.name}' is that of another support request. Choose another one.`,
  )
}

export async function getTicket(context: OperationContext, scope: string, name: string): Promise<SupportTicket> {
  await authorizeSupport(context, 'read', scope)
  return ticketOf(context, scope, name)
}

/** Those at or below the scope that the caller reads: a resource lists its own. */
export async function listTicketsAt(
  context: OperationContext,
  scope: string,
  filter: TicketFilter,
  page: Page,
): Promise<SupportTicket[]> {
  await authorizeSupport(context, 'read', scope)
  containerOf(scope, context.caller.tenantId)
  return listTickets(context.db, scope, await identitiesOf(context), filter, page)
}

export async function updateTicket(
  context: OperationContext,
  scope: string,
  name: string,
  changes: {
    readonly severity?: Severity | undefined
    readonly status?: TicketStatus | undefined
    readonly contact?: Partial<Contact> | undefined
  },
): Promise<SupportTicket> {
  await authorizeSupport(context, 'write', scope)
  const ticket = await ticketOf(context, scope, name)
  const contact = { ...ticket.contact, ...changes.contact }
  const hasOtherContact = !isDeepStrictEqual(contact, ticket.contact)
  const decided = changeTicket(ticket, changes, context.now)
  if (decided === ticket && !hasOtherContact) return ticket
  const changed = { ...decided, contact, modifiedAt: context.now }
  await replaceTicket(context.db, changed)
  await appendAudit(context, {
    action: 'Microsoft.Support/supportTickets/write',
    scope: auditScope(containerOf(scope, context.caller.tenantId), name),
    before: { severity: ticket.severity, status: ticket.status },
    // More people read the log than the request, so it says of the contact only that it is another one (TEN-26).
    after: { severity: changed.severity, status: changed.status, ...(hasOtherContact && { contact: 'changed' }) },
  })
  return changed
}

export async function addCommunication(
  context: OperationContext,
  scope: string,
  ticketName: string,
  wanted: {
    readonly name: string
    readonly subject: string
    readonly body: string
    readonly sender?: string | undefined
  },
): Promise<Communication> {
  await authorizeSupport(context, 'write', scope)
  const ticket = await ticketOf(context, scope, ticketName)
  requireOpen(ticket)
  const communication = {
    ticketId: ticket.id,
    name: wanted.name,
    direction: 'inbound',
    sender: wanted.sender ?? context.caller.name,
    subject: wanted.subject,
    body: wanted.body,
    createdAt: context.now,
    createdBy: context.caller.objectId,
  } as const
  if (!(await insertCommunication(context.db, communication))) {
    const existing = await findCommunication(context.db, ticket.id, wanted.name)
    if (existing?.subject === wanted.subject && existing.body === wanted.body) return existing
    throw conflict('CommunicationNameInUse', `The name '${wanted.name}' is that of another communication.`)
  }
  await replaceTicket(context.db, { ...ticket, modifiedAt: context.now })
  await appendAudit(context, {
    action: 'Microsoft.Support/supportTickets/communications/write',
    scope: auditScope(containerOf(scope, context.caller.tenantId), ticketName),
    after: { name: wanted.name, subject: wanted.subject },
  })
  return communication
}

export async function getCommunication(
  context: OperationContext,
  scope: string,
  ticketName: string,
  name: string,
): Promise<Communication> {
  const ticket = await getTicket(context, scope, ticketName)
  const communication = await findCommunication(context.db, ticket.id, name)
  if (!communication) throw notFound('CommunicationNotFound', `The communication '${name}' could not be found.`)
  return communication
}

export async function listCommunicationsOf(
  context: OperationContext,
  scope: string,
  ticketName: string,
  page: Page,
): Promise<Communication[]> {
  const ticket = await getTicket(context, scope, ticketName)
  return listCommunications(context.db, ticket.id, page)
}

export async function isTicketNameFree(context: OperationContext, scope: string, name: string): Promise<boolean> {
  await authorizeSupport(context, 'read', scope)
  return (await findTicket(context.db, containerOf(scope, context.caller.tenantId), name)) === undefined
}

export async function isCommunicationNameFree(
  context: OperationContext,
  scope: string,
  ticketName: string,
  name: string,
): Promise<boolean> {
  const ticket = await getTicket(context, scope, ticketName)
  return (await findCommunication(context.db, ticket.id, name)) === undefined
}

/** A request that the caller does not read looks like one that is not there. */
async function ticketOf(context: OperationContext, scope: string, name: string): Promise<SupportTicket> {
  const ticket = await findTicket(context.db, containerOf(scope, context.caller.tenantId), name)
  if (ticket && (await isTicketReader(context.db, ticket.id, await identitiesOf(context)))) return ticket
  throw notFound('SupportTicketNotFound', `The support request '${name}' could not be found.`)
}

/**
 * In a subscription by role, whatever its state, for a disabled one needs help most; about the tenant everybody in it
 * may ask but consumers, who reach no management (TEN-9).
 */
async function authorizeSupport(context: OperationContext, verb: 'read' | 'write', scope: string): Promise<void> {
  const action = `Microsoft.Support/supportTickets/${verb}`
  if (subscriptionOf(scope) === undefined) {
    if (await isConsumer(context)) throw authorizationFailed(context, { action }, scope)
    return
  }
  if (!(await allowsResource(context, action, scope))) await authorizeResource(context, action, scope)
}

const auditScope = (container: string, name: string): string =>
  `${container}/providers/Microsoft.Support/supportTickets/${name}`
