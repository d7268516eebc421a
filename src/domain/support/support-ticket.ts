import { conflict, invalid } from '../refusal.ts'
import { scopeKey, subscriptionOf } from '../access/scope.ts'

export const severities = ['minimal', 'moderate', 'critical', 'highestcriticalimpact'] as const
export type Severity = (typeof severities)[number]
export type TicketStatus = 'Open' | 'Closed'

/** How whoever asked is reached. */
export interface Contact {
  readonly firstName: string
  readonly lastName: string
  readonly preferredContactMethod: 'email' | 'phone'
  readonly primaryEmailAddress: string
  readonly additionalEmailAddresses: readonly string[]
  readonly phoneNumber: string | null
  readonly preferredTimeZone: string
  readonly country: string
  readonly preferredSupportLanguage: string
}

/** A question to the operator, with what it is about (TEN-26). */
export interface SupportTicket {
  readonly id: string
  readonly name: string
  /** `/` for the tenant, a subscription, or something in one. */
  readonly scope: string
  readonly tenantId: string
  readonly requesterId: string
  readonly title: string
  readonly description: string
  readonly serviceName: string
  readonly problemClassificationName: string
  readonly severity: Severity
  readonly status: TicketStatus
  readonly contact: Contact
  readonly require24X7Response: boolean
  readonly problemStartedAt: Date | null
  readonly createdAt: Date
  readonly modifiedAt: Date
  readonly closedAt: Date | null
}

export interface Communication {
  readonly ticketId: string
  readonly name: string
  /** From the one who asked, or from the operator. */
  readonly direction: 'inbound' | 'outbound'
  readonly sender: string
  readonly subject: string
  readonly body: string
  readonly createdAt: Date
  readonly createdBy: string
}

/** The subscription, or the caller's tenant, in which the names of requests are unique. */
export function containerOf(scope: string, tenantId: string): string {
  const subscriptionId = subscriptionOf(scope)
  if (subscriptionId !== undefined) return `/subscriptions/${subscriptionId}`
  if (scopeKey(scope) === '/') return `/tenants/${tenantId}`
  throw invalid(
    'InvalidScope',
    `'${scope}' is not something that a support request can be about. Use a subscription, something in it, or no scope for the tenant.`,
  )
}

export function changeTicket(
  ticket: SupportTicket,
  changes: { readonly severity?: Severity | undefined; readonly status?: TicketStatus | undefined },
  now: Date,
): SupportTicket {
  const severity = changes.severity ?? ticket.severity
  const status = changes.status ?? ticket.status
  if (severity === ticket.severity && status === ticket.status) return ticket
  if (status === 'Closed' && severity !== ticket.severity)
    throw conflict(
      'SupportTicketClosed',
      'The severity of a closed support request is of no use. Open it again first.',
      'severity',
    )
  const closedAt = status === 'Closed' ? (ticket.closedAt ?? now) : null
  return { ...ticket, severity, status, closedAt, modifiedAt: now }
}

export function requireOpen(ticket: SupportTicket): void {
  if (ticket.status === 'Open') return
  throw conflict('SupportTicketClosed', `The support request '${ticket.name}' is closed. Open it again to add to it.`)
}
