import { z } from 'zod'
import { isGuid } from '../../domain/directory/object-id.ts'
import { notFound } from '../../domain/refusal.ts'
import type { Communication, SupportTicket } from '../../domain/support/support-ticket.ts'
import { parseBody } from '../../http/body.ts'
import { type ApiRequest, type Operation, ok, pathParameter, queryValue } from '../../http/operation.ts'
import { readPage, splitPage, toPage } from '../../http/paging.ts'
import { getAnyTicket, listAllTickets, replyToTicket, setTicketStatus } from '../../operations/answer-support-ticket.ts'
import type { OperationContext } from '../../operations/context.ts'

const common = { apiVersions: ['2026-11-01'], authentication: 'bearer', permission: 'platform operator' } as const
const root = '/providers/Tenantry.Directory/supportTickets'

const statusBody = z.object({ properties: z.object({ status: z.enum(['Open', 'Closed']) }) })
const replyBody = z.object({
  properties: z.object({
    subject: z.string().trim().min(1).max(256),
    body: z.string().trim().min(1).max(32_768),
  }),
})

function ticketId(request: ApiRequest): string {
  const id = pathParameter(request, 'supportTicketId')
  if (!isGuid(id)) throw notFound('SupportTicketNotFound', `The support request '${id}' could not be found.`)
  return id.toLowerCase()
}

const toWireReply = ({ name, direction, sender, subject, body, createdAt }: Communication) => ({
  name,
  direction,
  sender,
  subject,
  body,
  createdDate: createdAt.toISOString(),
})

const toWire = (ticket: SupportTicket, communications?: readonly Communication[]) => ({
  id: `${root}/${ticket.id}`,
  name: ticket.id,
  type: 'Tenantry.Directory/supportTickets',
  properties: {
    tenantId: ticket.tenantId,
    requesterId: ticket.requesterId,
    supportTicketName: ticket.name,
    scope: ticket.scope,
    title: ticket.title,
    description: ticket.description,
    severity: ticket.severity,
    status: ticket.status,
    contactDetails: ticket.contact,
    createdDate: ticket.createdAt.toISOString(),
    modifiedDate: ticket.modifiedAt.toISOString(),
    ...(communications && { communications: communications.map(toWireReply) }),
  },
})

/** The operator answers what `Microsoft.Support` asks. */
export const supportTicketOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'SupportTickets_ListAll',
    method: 'GET',
    path: root,
    statuses: [200],
    summary: 'The support requests of all tenants.',
    query: { $top: 'optional', status: 'optional' },
    async handle(context, request) {
      const { after, top } = readPage(request)
      const status = queryValue(request, 'status')?.toLowerCase()
      const filter = status === undefined ? {} : ({ status: status === 'open' ? 'Open' : 'Closed' } as const)
      const found = await listAllTickets(context, filter, { after, limit: top + 1 })
      const { rows, next } = splitPage(found, top, (ticket) => ticket.id)
      return ok(
        toPage(
          request,
          rows.map((ticket) => toWire(ticket)),
          next,
        ),
      )
    },
  },
  {
    ...common,
    id: 'SupportTickets_GetAny',
    method: 'GET',
    path: `${root}/{supportTicketId}`,
    statuses: [200],
    summary: 'A support request with everything that was said in it.',
    async handle(context, request) {
      const { ticket, communications } = await getAnyTicket(context, ticketId(request))
      return ok(toWire(ticket, communications))
    },
  },
  {
    ...common,
    id: 'SupportTickets_Reply',
    method: 'POST',
    path: `${root}/{supportTicketId}/reply`,
    statuses: [200],
    summary: 'Answers a support request; the answer is also sent to whoever asked.',
    body: replyBody,
    async handle(context, request) {
      const { properties } = parseBody(request, replyBody)
      return ok(toWireReply(await replyToTicket(context, ticketId(request), properties)))
    },
  },
  {
    ...common,
    id: 'SupportTickets_SetStatus',
    method: 'PATCH',
    path: `${root}/{supportTicketId}`,
    statuses: [200],
    summary: 'Closes a support request, or opens it again.',
    body: statusBody,
    async handle(context, request) {
      const { status } = parseBody(request, statusBody).properties
      return ok(toWire(await setTicketStatus(context, ticketId(request), status)))
    },
  },
]
