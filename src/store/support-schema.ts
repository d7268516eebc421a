import type { Contact } from '../domain/support/support-ticket.ts'
import type { Instant, Json, NullableInstant } from './column-types.ts'

export interface SupportTables {
  support_ticket: {
    id: string
    name: string
    name_key: string
    container_key: string
    scope: string
    scope_key: string
    tenant_id: string
    requester_id: string
    title: string
    description: string
    service_name: string
    problem_classification_name: string
    severity: 'minimal' | 'moderate' | 'critical' | 'highestcriticalimpact'
    status: 'Open' | 'Closed'
    contact: Json<Contact>
    require_24x7_response: boolean
    problem_started_at: NullableInstant
    created_at: Instant
    modified_at: Instant
    closed_at: NullableInstant
  }
  support_ticket_reader: {
    ticket_id: string
    tenant_id: string
    principal_id: string
    kind: 'requester' | 'partner'
  }
  support_communication: {
    ticket_id: string
    name: string
    name_key: string
    direction: 'inbound' | 'outbound'
    sender: string
    subject: string
    body: string
    created_at: Instant
    created_by: string
  }
}
