import { invalid } from '../../domain/refusal.ts'
import { type ApiRequest, queryValue } from '../../http/operation.ts'

/** Not being eligible is an answer and no error. */
export function toWireEligibility(obstacles: readonly { readonly code: string; readonly message: string }[]) {
  return obstacles.length === 0
    ? { eligibilityStatus: 'Allowed', eligibilityDetails: [] }
    : { eligibilityStatus: 'NotAllowed', eligibilityDetails: obstacles }
}

export function includesDeleted(request: ApiRequest): boolean {
  const value = queryValue(request, 'includeDeleted')?.toLowerCase()
  if (value === undefined || value === 'false') return false
  if (value === 'true') return true
  throw invalid('InvalidQueryParameter', `'${value}' is neither true nor false.`, 'includeDeleted')
}
