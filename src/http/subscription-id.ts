import { invalid } from '../domain/refusal.ts'
import { isSubscriptionId } from '../domain/resource/resource-id.ts'
import { type ApiRequest, pathParameter } from './operation.ts'

export function subscriptionIdOf(request: ApiRequest): string {
  const id = pathParameter(request, 'subscriptionId')
  if (!isSubscriptionId(id))
    throw invalid(
      'InvalidSubscriptionId',
      `The provided subscription identifier '${id}' is malformed or invalid. It must be a GUID.`,
    )
  return id.toLowerCase()
}
