import type { ColumnType } from 'kysely'
import type { Instant, Json, NullableInstant, Revision } from './column-types.ts'

type InvitationState = 'Pending' | 'Accepted' | 'Declined' | 'Revoked' | 'Replaced' | 'Expired'

/** Guests: what a tenant allows, and whom it invited. */
export interface GuestTables {
  collaboration_policy: {
    tenant_id: string
    allow_invites_from: 'none' | 'adminsAndGuestInviters' | 'adminsGuestInvitersAndAllMembers' | 'everyone'
    guest_visibility: 'asMembers' | 'limited' | 'restricted'
    members_create_apps: boolean
    members_create_security_groups: boolean
    members_create_tenants: boolean
    members_read_other_users: boolean
    privacy_statement_url: string | null
    terms_of_use_url: string | null
  }
  domain_list: {
    tenant_id: string
    id: string
    display_name: string
    description: string | null
    kind: 'allow' | 'deny'
    domains: Json<string[]>
    is_active: boolean
  }
  invitation: {
    id: string
    tenant_id: string
    user_id: string
    inviter_id: string
    address: string
    address_key: string
    display_name: string
    redirect_url: string
    user_type: 'Member' | 'Guest'
    message: Json<unknown>
    ticket_hash: string
    state: ColumnType<InvitationState, InvitationState, InvitationState>
    created_at: Instant
    expires_at: Instant
    decided_at: NullableInstant
    home_tenant_id: string | null
    home_object_id: string | null
    accepted_terms: string | null
    revision: Revision
  }
  invitation_sending: { tenant_id: string; address_hash: string; sent_at: Instant }
}
