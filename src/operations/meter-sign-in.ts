import type { SignInKind } from '../domain/metering/authentication.ts'
import { findTenant } from '../store/tenant.ts'
import type { OperationContext } from './context.ts'

/** Under which source Tenantry reports what it issued itself. */
const source = 'tenantry:sign-in'

/**
 * MAU-34: what Tenantry issues to a person in an identity tenant is an authentication like a reported one, in the
 * commit that issues it. Of a workforce tenant with prices for guests its guests count (MAU-16).
 */
export async function meterSignIn(
  context: OperationContext,
  person: { readonly tenantId: string; readonly objectId: string; readonly isGuest: boolean },
  kind: SignInKind,
): Promise<void> {
  const tenant = await findTenant(context.db, person.tenantId)
  const isMetered = tenant?.kind === 'identity' || (tenant?.externalIdentityPricing && person.isGuest)
  if (!isMetered) return
  const [outcome] = await context.usage.appendWithin(
    context.db,
    { tenantId: person.tenantId, principalId: person.objectId },
    [
      {
        type: 'authentication',
        source,
        id: context.random.uuid(),
        subject: person.objectId,
        usageAtMs: context.now.getTime(),
        identityTenantId: person.tenantId,
        kind,
        userType: person.isGuest ? 'Guest' : 'Member',
        outcome: 'success',
      },
    ],
  )
  if (outcome?.status !== 'accepted') throw new Error(`a sign-in was not metered: ${JSON.stringify(outcome)}`)
}
