import type { SignInRefusal } from '../../domain/directory/sign-in-refusal.ts'
import type { ApiRequest, ApiResponse } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { resolveTenant } from '../../operations/resolve-tenant.ts'

/** What the endpoints for clients have in common. */
export const anonymous = {
  authentication: 'anonymous',
  permission: 'anybody',
  apiVersions: 'none',
  errorShape: 'sts',
} as const

/** Authorities that are no tenant: whoever signs in decides which it is, namely their home. */
export const sharedAuthorities: readonly string[] = ['common', 'organizations', 'consumers']

export type Authority =
  | { readonly kind: 'tenant'; readonly tenantId: string }
  | { readonly kind: 'home' }
  | { readonly kind: 'unknown' }

/** The tenant in an address. `consumers`, which is for personal Microsoft accounts, is nobody's here. */
export async function authorityOf(context: OperationContext, tenant: string): Promise<Authority> {
  const name = tenant.toLowerCase()
  if (name === 'common' || name === 'organizations') return { kind: 'home' }
  const tenantId = name === 'consumers' ? undefined : await resolveTenant(context, name)
  return tenantId === undefined ? { kind: 'unknown' } : { kind: 'tenant', tenantId }
}

export type StsRefusal =
  | SignInRefusal
  | 'missing_parameter'
  | 'unsupported_grant_type'
  | 'unsupported_response_type'
  | 'unsupported_parameter'
  | 'pkce_required'
  | 'pkce_invalid'
  | 'login_required'

interface Form {
  readonly status: 400 | 401
  readonly error: string
  readonly number: number
  readonly text: (what: string) => string
}

const form = (status: 400 | 401, error: string, number: number, text: Form['text']): Form => ({
  status,
  error,
  number,
  text,
})

// Numbers and OAuth words that clients switch on; the sentences are ours.
const forms: Record<StsRefusal, Form> = {
  tenant_not_found: form(
    400,
    'invalid_request',
    90002,
    (what) => `Tenant '${what}' not found. Check the tenant id or one of its domains.`,
  ),
  application_not_found: form(
    400,
    'unauthorized_client',
    700016,
    (what) =>
      `Application '${what}' was not found in the directory. Register it, or create its service principal in this tenant first.`,
  ),
  invalid_client_secret: form(
    401,
    'invalid_client',
    7000215,
    (what) =>
      `Invalid client secret provided for application '${what}'. Send the secret's value, not its id, and check its end date.`,
  ),
  client_secret_missing: form(
    401,
    'invalid_client',
    7000218,
    () =>
      "The request body must contain the following parameter: 'client_secret'. The redirect URI is of a web client.",
  ),
  not_a_public_client: form(
    401,
    'invalid_client',
    7000218,
    (what) =>
      `Application '${what}' is not a public client. Set 'isFallbackPublicClient' of the application to true for sign-in by device code.`,
  ),
  public_client_with_secret: form(
    401,
    'invalid_client',
    700025,
    () => "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
  ),
  redirect_uri_mismatch: form(
    400,
    'invalid_grant',
    50011,
    (what) =>
      `The redirect URI specified in the request does not match the redirect URIs configured for the application '${what}'. Register it to the letter.`,
  ),
  foreign_origin: form(
    400,
    'invalid_request',
    9002327,
    () =>
      "Tokens issued for the 'Single-Page Application' client-type may only be redeemed by a page of its own origin.",
  ),
  invalid_grant: form(
    400,
    'invalid_grant',
    70000,
    () => 'The provided grant is not valid, or it is of another client or tenant. Sign in again.',
  ),
  code_redeemed: form(
    400,
    'invalid_grant',
    54005,
    () => 'The code was redeemed already. What it gave is revoked, because two have had it; sign in again.',
  ),
  code_expired: form(400, 'invalid_grant', 70008, () => 'The code has expired. Sign in again and redeem it at once.'),
  verifier_mismatch: form(
    400,
    'invalid_grant',
    501481,
    () => "The 'code_verifier' does not match the 'code_challenge' of the authorization request.",
  ),
  refresh_token_expired: form(
    400,
    'invalid_grant',
    700082,
    () => 'The refresh token has expired because it was not used for too long. Sign in again.',
  ),
  grant_revoked: form(
    400,
    'invalid_grant',
    50173,
    () => 'The grant was revoked, or a token of it was used twice. A fresh sign-in is needed.',
  ),
  sign_in_again: form(400, 'interaction_required', 50173, () => 'The sign-in was revoked. Sign in again.'),
  invalid_scope: form(
    400,
    'invalid_scope',
    70011,
    (what) =>
      `The scope '${what}' is not valid. Ask for one resource, as '{resource}/.default', and for openid scopes.`,
  ),
  resource_not_found: form(
    400,
    'invalid_resource',
    500011,
    (what) => `The resource of the scope '${what}' was not found in the tenant. Ask for this origin's '/.default'.`,
  ),
  user_not_in_tenant: form(
    400,
    'invalid_grant',
    50020,
    () => 'The account does not exist in this tenant. Ask to be invited as a guest, or sign in with another account.',
  ),
  user_pending: form(
    400,
    'invalid_grant',
    50020,
    () => 'The account is a guest who has not accepted the invitation yet. Open the link of the invitation first.',
  ),
  user_disabled: form(400, 'invalid_grant', 50057, () => 'The account is disabled. Ask an administrator to enable it.'),
  consumer_not_allowed: form(
    400,
    'access_denied',
    50105,
    () => 'A consumer signs in to applications of its identity tenant only, and to no management API (TEN-9).',
  ),
  consent_required: form(
    400,
    'invalid_grant',
    65001,
    (what) =>
      `No administrator of the tenant has let application '${what}' act for people. A Global Administrator does it with POST /v1.0/servicePrincipals; without that it can ask for 'openid' and for its own resources.`,
  ),
  authorization_pending: form(
    400,
    'authorization_pending',
    70016,
    () => 'The user has not answered yet. Ask again after the interval.',
  ),
  slow_down: form(400, 'slow_down', 70016, () => 'Too early. The interval is now five seconds longer.'),
  expired_token: form(400, 'expired_token', 70020, () => 'The device code has expired. Begin again with a new one.'),
  bad_verification_code: form(
    400,
    'bad_verification_code',
    70018,
    () => 'The device code is unknown, or it is of another client or tenant.',
  ),
  authorization_declined: form(400, 'authorization_declined', 65004, () => 'The user said no.'),
  missing_parameter: form(
    400,
    'invalid_request',
    900144,
    (what) => `The request body must contain the following parameter: '${what}'.`,
  ),
  unsupported_grant_type: form(
    400,
    'unsupported_grant_type',
    70003,
    (what) => `The grant type '${what}' is not supported here.`,
  ),
  unsupported_response_type: form(
    400,
    'unsupported_response_type',
    700054,
    (what) => `The response type '${what}' is not enabled: there is no implicit grant. Use 'code' with PKCE.`,
  ),
  unsupported_parameter: form(
    400,
    'invalid_request',
    90023,
    (what) => `The parameter '${what}' has a value that is not supported here.`,
  ),
  pkce_required: form(
    400,
    'invalid_request',
    9002325,
    () => "Proof Key for Code Exchange is required for a public client. Send 'code_challenge' with the method S256.",
  ),
  pkce_invalid: form(
    400,
    'invalid_request',
    50147,
    () => "The code challenge is not valid. Send the 43 characters of S256, and 'code_challenge_method=S256'.",
  ),
  login_required: form(
    400,
    'login_required',
    50058,
    () => 'A silent sign-in was asked for, and nobody is signed in, or not the one who is meant.',
  ),
}

export const describeRefusal = (refusal: StsRefusal, what: string): { error: string; description: string } => {
  const { error, number, text } = forms[refusal]
  return { error, description: `AADSTS${number}: ${text(what)}` }
}

/** The sign-in endpoints have an error form of their own (API.md 3.1). */
export function stsError(request: ApiRequest, at: Date, refusal: StsRefusal, what: string): ApiResponse {
  const { status, number } = forms[refusal]
  const { error, description } = describeRefusal(refusal, what)
  const timestamp = `${at.toISOString().slice(0, 19).replace('T', ' ')}Z`
  return {
    status,
    headers: { 'cache-control': 'no-store' },
    body: {
      error,
      error_description: `${description} Trace ID: ${request.requestId} Correlation ID: ${request.correlationId} Timestamp: ${timestamp}`,
      error_codes: [number],
      timestamp,
      trace_id: request.requestId,
      correlation_id: request.correlationId,
      error_uri: `${request.baseUrl}/error?code=${number}`,
    },
  }
}
