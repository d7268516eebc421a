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
}
