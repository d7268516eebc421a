import { Refusal } from '../domain/refusal.ts'
import { isDomainTaken } from '../store/identity-link.ts'
import { authorizeResource } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { newTenantDomain } from './create-identity-link.ts'

export interface NameAvailability {
  readonly nameAvailable: boolean
  readonly reason: 'AlreadyExists' | 'Invalid' | null
  readonly message: string | null
}

/** `b2CTenants.checkNameAvailability`: an answer and never a refusal. */
export async function checkTenantNameAvailability(
  context: OperationContext,
  subscriptionId: string,
  name: string,
): Promise<NameAvailability> {
  await authorizeResource(
    context,
    'Microsoft.AzureActiveDirectory/checkNameAvailability/action',
    `/subscriptions/${subscriptionId}`,
  )
  let domain: string
  try {
    domain = newTenantDomain(name, context.settings.domainSuffix)
  } catch (error) {
    if (error instanceof Refusal) return { nameAvailable: false, reason: 'Invalid', message: error.message }
    throw error
  }
  if (await isDomainTaken(context.db, domain))
    return {
      nameAvailable: false,
      reason: 'AlreadyExists',
      message: `The domain '${domain}' belongs to a tenant already. Choose another label.`,
    }
  return { nameAvailable: true, reason: null, message: null }
}
