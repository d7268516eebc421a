import { forbidden } from '../domain/refusal.ts'
import { allowsDirectoryPermission } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { type CreatedTenant, createTenant, type NewTenant } from './create-tenant.ts'
import { findMemberCaller } from './directory-scope.ts'

/** TEN-3, TEN-25: a member creates a tenant, and is its first Global administrator with the account they have. */
export async function createOwnTenant(
  context: OperationContext,
  wanted: Omit<NewTenant, 'id' | 'administrator'>,
): Promise<CreatedTenant> {
  const { tenantId, objectId, name } = context.caller
  const isAllowed =
    (await findMemberCaller(context)) !== undefined ||
    (await allowsDirectoryPermission(context, tenantId, 'tenants/create'))
  if (!isAllowed)
    throw forbidden(
      'AuthorizationFailed',
      `The client '${name}' with object id '${objectId}' may not create tenants. A member of tenant '${tenantId}' or its Global Administrator can.`,
      { details: [{ code: 'TenantCreationNotAllowed', message: 'Guests and applications create no tenants.' }] },
    )
  return createTenant(context, {
    ...wanted,
    administrator: { kind: 'external', homeTenantId: tenantId, homeObjectId: objectId },
  })
}
