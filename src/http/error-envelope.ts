import type { Refusal, RefusalKind } from '../domain/refusal.ts'
import type { ErrorShape } from './operation.ts'
import { partnerCenterErrorBody } from './partner-center-error.ts'

const statusOf: Record<RefusalKind, number> = {
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  invalid: 400,
  conflict: 409,
  gone: 410,
  precondition_failed: 412,
  precondition_required: 428,
  unprocessable: 422,
  too_large: 413,
  unsupported_media_type: 415,
  throttled: 429,
  unavailable: 503,
  bad_gateway: 502,
}

export const statusOfRefusal = (refusal: Refusal): number => statusOf[refusal.kind]

export interface ErrorContext {
  readonly requestId: string
  readonly clientRequestId: string | undefined
  readonly at: Date
}

/** Never empty: the newest SDKs read `error` of whatever body comes back (API.md trap 6). */
export function errorBody(refusal: Refusal, shape: ErrorShape, context: ErrorContext): unknown {
  if (shape === 'partnerCenter') return partnerCenterErrorBody(refusal)
  const details = refusal.details.length > 0 ? { details: refusal.details } : {}
  const target = refusal.target === undefined ? {} : { target: refusal.target }
  const additionalInfo = refusal.additionalInfo ? { additionalInfo: refusal.additionalInfo } : {}
  if (shape === 'graph') {
    return {
      error: {
        code: refusal.code,
        message: refusal.message,
        ...target,
        innerError: {
          ...(refusal.details[0] ? { code: refusal.details[0].code, message: refusal.details[0].message } : {}),
          date: context.at.toISOString().slice(0, 19),
          'request-id': context.requestId,
          'client-request-id': context.clientRequestId ?? context.requestId,
        },
      },
    }
  }
  const error = { code: refusal.code, message: refusal.message, ...target, ...details, ...additionalInfo }
  if (shape === 'doubled') return { error, code: refusal.code, message: refusal.message }
  return { error }
}
