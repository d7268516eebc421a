import { commandLineClient, type SignInClient } from '../domain/directory/sign-in-client.ts'
import { findApplicationByAppId, listUsablePasswords } from '../store/application.ts'
import { findServicePrincipal } from '../store/service-principal.ts'
import type { OperationContext } from './context.ts'
import { isSecretOf } from './secret-hash.ts'

export async function findSignInClient(context: OperationContext, appId: string): Promise<SignInClient | undefined> {
  const wanted = appId.toLowerCase()
  if (wanted === commandLineClient.appId) return commandLineClient
  const application = await findApplicationByAppId(context.db, wanted)
  return (
    application && {
      appId: application.appId,
      displayName: application.displayName,
      redirectUris: application.redirectUris,
      isFallbackPublicClient: application.isFallbackPublicClient,
      registration: {
        id: application.id,
        tenantId: application.tenantId,
        isMultiTenant: application.signInAudience === 'AzureADMultipleOrgs',
      },
    }
  )
}

/** An application signs people in where it was registered, and in each tenant that has taken it in. */
export async function isClientKnownIn(
  context: OperationContext,
  client: SignInClient,
  tenantId: string,
): Promise<boolean> {
  const { registration } = client
  if (!registration || registration.tenantId === tenantId) return true
  return registration.isMultiTenant && (await findServicePrincipal(context.db, tenantId, client.appId)) !== undefined
}

/** A secret's period is business time, in which it was made. */
export async function isSecretOfApplication(
  context: OperationContext,
  applicationId: string,
  secret: string,
): Promise<boolean> {
  const passwords = await listUsablePasswords(context.db, applicationId, context.now)
  return passwords.some((password) => isSecretOf(secret, password.secretHash))
}
