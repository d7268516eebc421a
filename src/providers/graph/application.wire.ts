import { z } from 'zod'
import type { AddedPassword, ApplicationWithPasswords } from '../../operations/register-application.ts'
import { refused } from './body.ts'
import type { Entity } from './entity.ts'

const displayName = z.string().trim().min(1).max(256)
const signInAudience = z.enum(['AzureADMyOrg', 'AzureADMultipleOrgs'])

const notKept = refused(
  'api',
  'appRoles',
  'description',
  'groupMembershipClaims',
  'identifierUris',
  'info',
  'isFallbackPublicClient',
  'keyCredentials',
  'notes',
  'optionalClaims',
  'parentalControlSettings',
  'passwordCredentials',
  'publicClient',
  'requiredResourceAccess',
  'serviceManagementReference',
  'spa',
  'tags',
  'tokenEncryptionKeyId',
  'web',
)

export const newApplicationBody = z.object({ ...notKept, displayName, signInAudience: signInAudience.optional() })

export const applicationChangesBody = z.object({
  ...notKept,
  displayName: displayName.optional(),
  signInAudience: signInAudience.optional(),
})

const instant = z.iso.datetime({ offset: true }).nullish()

export const addPasswordBody = z
  .object({
    passwordCredential: z
      .object({
        displayName: z.string().max(90).nullish(),
        startDateTime: instant,
        endDateTime: instant,
      })
      .nullish(),
  })
  .nullish()

export const removePasswordBody = z.object({ keyId: z.guid().transform((id) => id.toLowerCase()) })

export function toWireApplication(application: ApplicationWithPasswords): Entity {
  return {
    id: application.id,
    appId: application.appId,
    displayName: application.displayName,
    signInAudience: application.signInAudience,
    createdDateTime: application.createdAt.toISOString(),
    identifierUris: [],
    appRoles: [],
    keyCredentials: [],
    requiredResourceAccess: [],
    tags: [],
    passwordCredentials: application.passwords.map((password) => toWirePassword({ ...password, secretText: null })),
  }
}

/** The secret is in the answer that added it and is null ever after. */
export function toWirePassword(
  password: Omit<AddedPassword, 'secretText'> & { readonly secretText: string | null },
): Entity {
  return {
    customKeyIdentifier: null,
    displayName: password.displayName,
    endDateTime: password.endAt.toISOString(),
    hint: password.hint,
    keyId: password.keyId,
    secretText: password.secretText,
    startDateTime: password.startAt.toISOString(),
  }
}
