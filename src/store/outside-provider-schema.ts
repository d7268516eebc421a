import type { Instant } from './column-types.ts'

/** The tables of sign-in through providers outside. */
export interface OutsideProviderTables {
  outside_provider: {
    id: string
    tenant_id: string
    display_name: string
    client_id: string
    sealed_secret: string
    secret_key_id: string
    metadata_url: string
    scope: string
    domain_hint: string | null
    allows_sign_up: boolean
    created_at: Instant
  }
  outside_sign_in: {
    state_hash: string
    browser_hash: string
    provider_id: string
    return_to: string
    expires_at: Instant
  }
}
