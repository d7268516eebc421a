import { parseBody } from '../../http/body.ts'
import { type ApiRequest, type Operation, ok } from '../../http/operation.ts'
import { readPage, splitPage, toPage } from '../../http/paging.ts'
import type { OperationContext } from '../../operations/context.ts'
import {
  addCommunication,
  getCommunication,
  getTicket,
  isCommunicationNameFree,
  listCommunicationsOf,
} from '../../operations/support-ticket.ts'
import { availability } from './support-ticket.routes.ts'
import {
  apiVersions,
  communicationBody,
  nameBody,
  nameIn,
  scopeOf,
  ticketIdOf,
  toWireCommunication,
} from './support-ticket.wire.ts'

const common = { apiVersions, authentication: 'bearer' } as const
const root = '{scope}/providers/Microsoft.Support/supportTickets/{supportTicketName}'
const ticketName = (request: ApiRequest): string => nameIn(request, 'supportTicketName')
const ticketId = (request: ApiRequest): string => ticketIdOf({ scope: scopeOf(request), name: ticketName(request) })

export const communicationOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'Communications_CheckNameAvailability',
    method: 'POST',
    path: `${root}/checkNameAvailability`,
    statuses: [200],
    permission: 'Microsoft.Support/supportTickets/read, as a reader of the request',
    summary: 'Whether a name is free for a communication.',
    body: nameBody,
    async handle(context, request) {
      const { name } = parseBody(request, nameBody)
      return ok(availability(await isCommunicationNameFree(context, scopeOf(request), ticketName(request), name), name))
    },
  },
  {
    ...common,
    id: 'Communications_List',
    method: 'GET',
    path: `${root}/communications`,
    statuses: [200],
    permission: 'Microsoft.Support/supportTickets/read, as a reader of the request',
    summary: 'What was said in a support request, by both sides.',
    query: { $top: 'optional', $filter: 'unsupported' },
    async handle(context, request) {
      const { after, top } = readPage(request, { default: 10, largest: 100 })
      const page = { after, limit: top + 1 }
      const ticket = await getTicket(context, scopeOf(request), ticketName(request))
      const found = await listCommunicationsOf(context, scopeOf(request), ticketName(request), page)
      const { rows, next } = splitPage(found, top, ({ name }) => name.toLowerCase())
      const shown = rows.map((row) => toWireCommunication(ticketIdOf(ticket), row))
      return ok(toPage(request, shown, next))
    },
  },
  {
    ...common,
    id: 'Communications_Get',
    method: 'GET',
    path: `${root}/communications/{communicationName}`,
    statuses: [200],
    permission: 'Microsoft.Support/supportTickets/read, as a reader of the request',
    summary: 'One communication.',
    async handle(context, request) {
      const name = nameIn(request, 'communicationName')
      const found = await getCommunication(context, scopeOf(request), ticketName(request), name)
      return ok(toWireCommunication(ticketId(request), found))
    },
  },
  {
    ...common,
    id: 'Communications_Create',
    method: 'PUT',
    path: `${root}/communications/{communicationName}`,
    statuses: [200],
    permission: 'Microsoft.Support/supportTickets/write, as a reader of the request',
    summary: 'Adds something to an open support request.',
    body: communicationBody,
    async handle(context, request) {
      const { properties } = parseBody(request, communicationBody)
      const wanted = { ...properties, name: nameIn(request, 'communicationName') }
      const added = await addCommunication(context, scopeOf(request), ticketName(request), wanted)
      return ok(toWireCommunication(ticketId(request), added))
    },
  },
]
