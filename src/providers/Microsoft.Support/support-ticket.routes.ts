import { parseBody } from '../../http/body.ts'
import { type ApiRequest, type Operation, ok } from '../../http/operation.ts'
import { readPage, splitPage, toPage } from '../../http/paging.ts'
import type { OperationContext } from '../../operations/context.ts'
import {
  createTicket,
  getTicket,
  isTicketNameFree,
  listTicketsAt,
  updateTicket,
} from '../../operations/support-ticket.ts'
import {
  apiVersions,
  fromWireStatus,
  fromWireTicket,
  nameBody,
  nameIn,
  readTicketFilter,
  scopeOf,
  ticketBody,
  ticketChangesBody,
  toWireTicket,
} from './support-ticket.wire.ts'

const common = { apiVersions, authentication: 'bearer' } as const
const root = '{scope}/providers/Microsoft.Support'
const one = `${root}/supportTickets/{supportTicketName}`
const ticketName = (request: ApiRequest): string => nameIn(request, 'supportTicketName')

export const availability = (isFree: boolean, name: string) => ({
  nameAvailable: isFree,
  ...(isFree ? {} : { reason: 'AlreadyExists', message: `The name '${name}' is in use. Choose another one.` }),
})

export const supportTicketOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'SupportTickets_CheckNameAvailability',
    method: 'POST',
    path: `${root}/checkNameAvailability`,
    statuses: [200],
    permission: 'Microsoft.Support/supportTickets/read',
    summary: 'Whether a name is free for a support request.',
    body: nameBody,
    async handle(context, request) {
      const { name } = parseBody(request, nameBody)
      return ok(availability(await isTicketNameFree(context, scopeOf(request), name), name))
    },
  },
  {
    ...common,
    id: 'SupportTickets_List',
    method: 'GET',
    path: `${root}/supportTickets`,
    statuses: [200],
    permission: 'Microsoft.Support/supportTickets/read; only requests that the caller reads',
    summary: 'The support requests about the scope and what lies in it; without a scope, all of the caller.',
    query: { $top: 'optional', $filter: 'optional' },
    async handle(context, request) {
      const { after, top } = readPage(request, { default: 25, largest: 100 })
      const filter = readTicketFilter(request)
      const found = await listTicketsAt(context, scopeOf(request), filter, { after, limit: top + 1 })
      const { rows, next } = splitPage(found, top, (ticket) => ticket.id)
      return ok(toPage(request, rows.map(toWireTicket), next))
    },
  },
  {
    ...common,
    id: 'SupportTickets_Get',
    method: 'GET',
    path: one,
    statuses: [200],
    permission: 'Microsoft.Support/supportTickets/read, as a reader of the request',
    summary: 'A support request.',
    async handle(context, request) {
      return ok(toWireTicket(await getTicket(context, scopeOf(request), ticketName(request))))
    },
  },
  {
    ...common,
    id: 'SupportTickets_Create',
    method: 'PUT',
    path: one,
    statuses: [200],
    permission: 'Microsoft.Support/supportTickets/write',
    summary: 'Asks for support, about the tenant, a subscription, or the resource that is the scope.',
    body: ticketBody,
    async handle(context, request) {
      const wanted = fromWireTicket(parseBody(request, ticketBody))
      return ok(toWireTicket(await createTicket(context, scopeOf(request), ticketName(request), wanted)))
    },
  },
  {
    ...common,
    id: 'SupportTickets_Update',
    method: 'PATCH',
    path: one,
    statuses: [200],
    permission: 'Microsoft.Support/supportTickets/write, as a reader of the request',
    summary: 'Changes severity, contact or state of a support request.',
    body: ticketChangesBody,
    async handle(context, request) {
      const { severity, status, contactDetails } = parseBody(request, ticketChangesBody)
      const changes = { severity, status: fromWireStatus(status), contact: contactDetails }
      return ok(toWireTicket(await updateTicket(context, scopeOf(request), ticketName(request), changes)))
    },
  },
]
