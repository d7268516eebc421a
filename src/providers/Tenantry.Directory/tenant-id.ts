import { isGuid } from '../../domain/directory/object-id.ts'
import { invalid } from '../../domain/refusal.ts'
import { type ApiRequest, pathParameter } from '../../http/operation.ts'

export function tenantIdOf(request: ApiRequest): string {
  const id = pathParameter(request, 'tenantId')
  if (!isGuid(id)) throw invalid('InvalidTenantId', `The tenant id '${id}' is not a GUID.`, 'tenantId')
  return id.toLowerCase()
}
