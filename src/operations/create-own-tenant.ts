import { forbidden } from '../domain/refusal.ts'
import { allowsDirectoryPermission } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { type CreatedTenant, createTenant, type NewTenant } from './create-tenant.ts'

/** TEN-3, TEN-25: a member creates a tenant, and is its first Global administrator with the account they have. */
export async function createOwnTenant(
  context: OperationContext,
  wanted: Omit<NewTenant, 'id' | 'administrator'>,
): Promise<CreatedTenant> {
  const { tenantId, objectId, name } = context.caller
  if (!(await allowsDirectoryPermission(context, tenantId, 'tenants/create')))
    throw forbidden(
      'AuthorizationFailed',
      `The client '${name}' with object id '${objectId}' may not create tenants. A Global Administrator of tenant '${tenantId}' can, and its members while its authorization policy has allowedToCreateTenants.`,
      {
        details: [
          {
            code: 'TenantCreationNotAllowed',
            message: 'The setting allowedToCreateTenants is for members; guests and applications create no tenants.',
          },
        ],
      },
    )
  return createTenant(context, {
    ...wanted,
    administrator: { kind: 'external', homeTenantId: tenantId, homeObjectId: objectId },
  })
}
