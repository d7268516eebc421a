import { invalid } from '../domain/refusal.ts'
import { authorizeDirectory } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { getOwnTenant } from './directory-scope.ts'
import { getUser } from './read-user.ts'

/**
 * A link pays for the sign-ins of an identity tenant and for nothing inside it: licences cannot be had there through
 * it (MAU-8). Licences of other tenants are not kept here, which is said as plainly.
 */
export async function assignLicense(context: OperationContext, userId: string): Promise<never> {
  await authorizeDirectory(context, context.caller.tenantId, 'users/update')
  await getUser(context, userId)
  const tenant = await getOwnTenant(context)
  if (tenant.kind === 'identity')
    throw invalid(
      'LicensesNotSupportedInIdentityTenant',
      'Licences cannot be assigned inside an identity tenant. The subscription that it is linked to pays for its sign-ins only; assign licences in a workforce tenant.',
      'addLicenses',
    )
  throw invalid('LicensesNotSupported', 'Licences are not kept here. Manage them where they are bought.', 'addLicenses')
}
