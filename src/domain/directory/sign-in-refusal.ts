/** Why a sign-in or an exchange gives no token; the wire has Azure's number for each. */
export type SignInRefusal =
  | 'tenant_not_found'
  | 'application_not_found'
  | 'invalid_client_secret'
  | 'client_secret_missing'
  | 'public_client_with_secret'
  | 'not_a_public_client'
  | 'redirect_uri_mismatch'
  | 'foreign_origin'
  | 'invalid_grant'
  | 'code_redeemed'
  | 'code_expired'
  | 'verifier_mismatch'
  | 'refresh_token_expired'
  | 'grant_revoked'
  | 'sign_in_again'
  | 'invalid_scope'
  | 'resource_not_found'
  | 'user_not_in_tenant'
  | 'user_pending'
  | 'user_disabled'
  | 'consumer_not_allowed'
  | 'consent_required'
  | 'authorization_pending'
  | 'slow_down'
  | 'expired_token'
  | 'bad_verification_code'
  | 'authorization_declined'

export interface Refused {
  readonly kind: 'refused'
  readonly refusal: SignInRefusal
}

export const refusedBecause = (refusal: SignInRefusal): Refused => ({ kind: 'refused', refusal })
