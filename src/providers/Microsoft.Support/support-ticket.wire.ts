import { z } from 'zod'
import { subscriptionOf } from '../../domain/access/scope.ts'
import { invalid } from '../../domain/refusal.ts'
import { findProblem, findSupportService } from '../../domain/support/support-service.ts'
import {
  type Communication,
  severities,
  type SupportTicket,
  type TicketStatus,
} from '../../domain/support/support-ticket.ts'
import { type ApiRequest, pathParameter, queryValue } from '../../http/operation.ts'

export const apiVersions = ['2020-04-01', '2024-04-01']

/** `/` where the request stands on no scope: it is about the tenant. */
export const scopeOf = (request: ApiRequest): string => request.params.scope || '/'

const contact = z.object({
  firstName: z.string().max(256),
  lastName: z.string().max(256),
  preferredContactMethod: z.enum(['email', 'phone']),
  primaryEmailAddress: z.email(),
  additionalEmailAddresses: z.array(z.email()).max(10).default([]),
  phoneNumber: z.string().max(64).nullable().default(null),
  preferredTimeZone: z.string().max(64),
  country: z.string().max(64),
  preferredSupportLanguage: z.string().max(64),
})

const lastSegment = z.string().transform((id) => id.slice(id.lastIndexOf('/') + 1).toLowerCase())
const severity = z.enum(severities)

export const ticketBody = z.object({
  properties: z.object({
    serviceId: lastSegment,
    problemClassificationId: lastSegment,
    title: z.string().trim().min(1).max(256),
    description: z.string().trim().min(1).max(32_768),
    severity,
    contactDetails: contact,
    require24X7Response: z.boolean().default(false),
    problemStartTime: z.iso.datetime({ offset: true }).optional(),
    technicalTicketDetails: z.object({ resourceId: z.string().optional() }).optional(),
    quotaTicketDetails: z.undefined({ error: 'is not offered here: there are no quotas to raise' }).optional(),
  }),
})

export const fromWireTicket = ({ properties }: z.output<typeof ticketBody>) => ({
  title: properties.title,
  description: properties.description,
  serviceName: properties.serviceId,
  problemClassificationName: properties.problemClassificationId,
  severity: properties.severity,
  contact: properties.contactDetails,
  require24X7Response: properties.require24X7Response,
  problemStartedAt: properties.problemStartTime === undefined ? null : new Date(properties.problemStartTime),
  about: properties.technicalTicketDetails?.resourceId,
})

/** Unwrapped, as published. */
export const ticketChangesBody = z.object({
  severity: severity.optional(),
  status: z.enum(['open', 'closed', 'Open', 'Closed']).optional(),
  contactDetails: contact.partial().optional(),
})

export const fromWireStatus = (status: string | undefined): TicketStatus | undefined =>
  status === undefined ? undefined : status.toLowerCase() === 'open' ? 'Open' : 'Closed'

export const communicationBody = z.object({
  properties: z.object({
    subject: z.string().trim().min(1).max(256),
    body: z.string().trim().min(1).max(32_768),
    sender: z.email().optional(),
  }),
})

export const nameBody = z.object({
  name: z.string(),
  type: z.enum(['Microsoft.Support/supportTickets', 'Microsoft.Support/communications']),
})

/** Names are the caller's; they stand in a path. */
export function nameIn(request: ApiRequest, parameter: string): string {
  const name = pathParameter(request, parameter)
  if (/^[\w-]{1,128}$/.test(name)) return name
  throw invalid('InvalidResourceName', `The name '${name}' may have letters, digits, '-' and '_', at most 128.`)
}

const rootOf = (scope: string): string => {
  const subscriptionId = subscriptionOf(scope)
  return subscriptionId === undefined ? '' : `/subscriptions/${subscriptionId}`
}

export const ticketIdOf = (ticket: Pick<SupportTicket, 'scope' | 'name'>): string =>
  `${rootOf(ticket.scope)}/providers/Microsoft.Support/supportTickets/${ticket.name}`

export function toWireTicket(ticket: SupportTicket) {
  const service = findSupportService(ticket.serviceName)
  const serviceId = `/providers/Microsoft.Support/services/${ticket.serviceName}`
  const isAboutResource = ticket.scope.toLowerCase() !== (rootOf(ticket.scope) || '/')
  return {
    id: ticketIdOf(ticket),
    name: ticket.name,
    type: 'Microsoft.Support/supportTickets',
    properties: {
      supportTicketId: ticket.id,
      title: ticket.title,
      description: ticket.description,
      serviceId,
      serviceDisplayName: service?.displayName,
      problemClassificationId: `${serviceId}/problemClassifications/${ticket.problemClassificationName}`,
      problemClassificationDisplayName: findProblem(service, ticket.problemClassificationName)?.displayName,
      severity: ticket.severity,
      status: ticket.status,
      require24X7Response: ticket.require24X7Response,
      contactDetails: ticket.contact,
      createdDate: ticket.createdAt.toISOString(),
      modifiedDate: ticket.modifiedAt.toISOString(),
      ...(ticket.problemStartedAt && { problemStartTime: ticket.problemStartedAt.toISOString() }),
      ...(isAboutResource && { technicalTicketDetails: { resourceId: ticket.scope } }),
    },
  }
}

export const toWireCommunication = (ticketId: string, communication: Communication) => ({
  id: `${ticketId}/communications/${communication.name}`,
  name: communication.name,
  type: 'Microsoft.Support/communications',
  properties: {
    communicationType: 'web',
    communicationDirection: communication.direction,
    sender: communication.sender,
    subject: communication.subject,
    body: communication.body,
    createdDate: communication.createdAt.toISOString(),
  },
})

const clause = /^(?:(status)\s+eq\s+'(open|closed)'|(createddate)\s+(gt|ge)\s+'?([\d-]+T?[\d:.]*Z?)'?)$/i

/** `Status eq 'Open'` and `CreatedDate ge 2026-03-01T00:00:00Z`, joined by `and`; anything else is refused. */
export function readTicketFilter(request: ApiRequest) {
  const text = queryValue(request, '$filter')?.trim()
  const filter: { status?: TicketStatus; createdAfter?: { at: Date; isIncluded: boolean } } = {}
  for (const part of text ? text.split(/\s+and\s+/i) : []) {
    const [, isStatus, status, isCreated, use, instant] = clause.exec(part.trim()) ?? []
    if (isStatus !== undefined) filter.status = fromWireStatus(status) ?? 'Open'
    else if (isCreated !== undefined && !Number.isNaN(Date.parse(instant ?? '')))
      filter.createdAfter = { at: new Date(instant ?? ''), isIncluded: use?.toLowerCase() === 'ge' }
    else
      throw invalid(
        'InvalidFilter',
        `The filter '${part}' is not understood. Supported are Status eq '…' and CreatedDate gt or ge an instant.`,
        '$filter',
      )
  }
  return filter
}
