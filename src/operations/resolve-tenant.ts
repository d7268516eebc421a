import { findTenant } from '../store/tenant.ts'
import type { OperationContext } from './context.ts'

/** The id of the tenant that an id or one of its verified domains names. */
export async function resolveTenant(context: OperationContext, idOrDomain: string): Promise<string | undefined> {
  const tenant = await findTenant(context.db, idOrDomain)
  return tenant?.id
}
