import type { Refusal, RefusalKind } from '../domain/refusal.ts'

/** Partner Center names an error by digits (API.md 1.11); the word stays, in `data`. */
const digitsOfCode: Readonly<Record<string, string>> = {
  AccessDenied: '2032',
  AuthorizationFailed: '2032',
  ResellerMayNot: '2006',
  OfferNotFound: '2006',
  CustomerNotFound: '60003',
  TenantNotFound: '60003',
  SubscriptionNotFound: '20003',
  OrderNotFound: '20000',
  CustomerAgreementMissing: '13605',
  PartnerConfirmedAgreementAlreadyExists: '600061',
  EtagNotValid: '2055',
  IdempotencyKeyReused: '27009',
}

const digitsOfKind: Readonly<Partial<Record<RefusalKind, string>>> = {
  unauthenticated: '400',
  forbidden: '2032',
  not_found: '1000',
  conflict: '27009',
}
const invalidProperty = '3000'

const source = 'Tenantry'

export function partnerCenterErrorBody(refusal: Refusal): unknown {
  if (refusal.kind === 'throttled') return { statusCode: 429, message: refusal.message }
  return {
    code: digitsOfCode[refusal.code] ?? digitsOfKind[refusal.kind] ?? invalidProperty,
    description: refusal.message,
    data: [refusal.code, ...refusal.details.map((detail) => `${detail.code}: ${detail.message}`)],
    source,
  }
}
