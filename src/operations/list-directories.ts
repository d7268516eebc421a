import { listIdentities } from '../store/access-facts.ts'
import { listTenantsOf } from '../store/tenant.ts'
import type { OperationContext } from './context.ts'
import type { SignedIn } from './sign-in-session.ts'

/** TEN-7: the home directory of a person first, then those in which they are a guest. */
export async function listDirectoriesOf(
  context: OperationContext,
  person: SignedIn,
): Promise<{ id: string; displayName: string; isHome: boolean }[]> {
  const identities = await listIdentities(context.db, { tenantId: person.tenantId, objectId: person.objectId })
  const tenants = await listTenantsOf(context.db, identities)
  return tenants
    .map(({ id, displayName }) => ({ id, displayName, isHome: id === person.tenantId }))
    .sort((left, right) => Number(right.isHome) - Number(left.isHome))
}
