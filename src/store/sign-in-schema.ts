import type { Instant, NullableInstant } from './column-types.ts'

/** The tables of people who sign in interactively. */
export interface SignInTables {
  sign_in_session: {
    secret_hash: string
    tenant_id: string
    user_id: string
    authenticated_at: Instant
    last_used_at: Instant
  }
  sign_in_failure: { subject: string; count: number; last_at: Instant; blocked_until: NullableInstant }
  sign_in_grant: {
    id: string
    app_id: string
    client_kind: 'web' | 'publicClient' | 'spa' | 'device'
    home_tenant_id: string
    home_user_id: string
    authenticated_at: Instant
    scope: string
    created_at: Instant
    revoked_at: NullableInstant
  }
  authorization_code: {
    code_hash: string
    grant_id: string
    tenant_id: string
    redirect_uri: string
    code_challenge: string | null
    nonce: string | null
    expires_at: Instant
    redeemed_at: NullableInstant
  }
  refresh_token: { token_hash: string; grant_id: string; expires_at: Instant; replaced_at: NullableInstant }
  device_authorization: {
    device_code_hash: string
    user_code: string
    tenant_id: string | null
    app_id: string
    scope: string
    expires_at: Instant
    interval_seconds: number
    last_polled_at: NullableInstant
    denied_at: NullableInstant
    grant_id: string | null
    redeemed_at: NullableInstant
  }
}
