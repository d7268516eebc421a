import { listIdentities } from '../store/access-facts.ts'
import type { OperationContext } from './context.ts'
import { findSignInClient } from './find-sign-in-client.ts'
import type { SignedIn } from './sign-in-session.ts'

/** Whether an id token is about the person that is signed in here, in whichever of their tenants. */
export async function isAboutPerson(
  context: OperationContext,
  person: SignedIn,
  token: { readonly tenantId: string; readonly objectId: string },
): Promise<boolean> {
  const identities = await listIdentities(context.db, person)
  return identities.some(({ tenantId, objectId }) => tenantId === token.tenantId && objectId === token.objectId)
}

/** An address that the application registered, to the letter; nothing else is gone to after a sign-out. */
export async function findAddressAfterSignOut(
  context: OperationContext,
  clientId: string | undefined,
  address: string | undefined,
): Promise<string | undefined> {
  if (!clientId || !address || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(clientId)) return undefined
  const client = await findSignInClient(context, clientId)
  const { web = [], spa = [], publicClient = [] } = client?.redirectUris ?? {}
  return [...web, ...spa, ...publicClient].includes(address) ? address : undefined
}
