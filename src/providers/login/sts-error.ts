import type { ApiRequest, ApiResponse } from '../../http/operation.ts'

export type StsRefusal =
  | 'tenant_not_found'
  | 'application_not_found'
  | 'invalid_client_secret'
  | 'missing_parameter'
  | 'unsupported_grant_type'
  | 'invalid_scope'

// Numbers and OAuth words that clients switch on; the sentences are ours.
const forms: Record<StsRefusal, { status: 400 | 401; error: string; number: number; text: (what: string) => string }> =
  {
    tenant_not_found: {
      status: 400,
      error: 'invalid_request',
      number: 90002,
      text: (what) => `Tenant '${what}' not found. Check the tenant id or one of its domains.`,
    },
    application_not_found: {
      status: 400,
      error: 'unauthorized_client',
      number: 700016,
      text: (what) =>
        `Application '${what}' was not found in the directory. Create its service principal in this tenant first.`,
    },
    invalid_client_secret: {
      status: 401,
      error: 'invalid_client',
      number: 7000215,
      text: (what) =>
        `Invalid client secret provided for application '${what}'. Send the secret's value, not its id, and check its end date.`,
    },
    missing_parameter: {
      status: 400,
      error: 'invalid_request',
      number: 900144,
      text: (what) => `The request body must contain the following parameter: '${what}'.`,
    },
    unsupported_grant_type: {
      status: 400,
      error: 'unsupported_grant_type',
      number: 70003,
      text: (what) => `The grant type '${what}' is not supported here.`,
    },
    invalid_scope: {
      status: 400,
      error: 'invalid_scope',
      number: 70011,
      text: (what) => `The scope '${what}' is not of this server. Ask for this origin's '/.default'.`,
    },
  }

/** The sign-in endpoints have an error form of their own (API.md 3.1). */
export function stsError(request: ApiRequest, at: Date, refusal: StsRefusal, what: string): ApiResponse {
  const form = forms[refusal]
  const timestamp = `${at.toISOString().slice(0, 19).replace('T', ' ')}Z`
  return {
    status: form.status,
    headers: { 'cache-control': 'no-store' },
    body: {
      error: form.error,
      error_description: `AADSTS${form.number}: ${form.text(what)} Trace ID: ${request.requestId} Correlation ID: ${request.correlationId} Timestamp: ${timestamp}`,
      error_codes: [form.number],
      timestamp,
      trace_id: request.requestId,
      correlation_id: request.correlationId,
      error_uri: `${request.baseUrl}/error?code=${form.number}`,
    },
  }
}
