import { z } from 'zod'
import type { RedirectUris } from '../../domain/directory/redirect-uri.ts'
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
  'keyCredentials',
  'notes',
  'optionalClaims',
  'parentalControlSettings',
  'passwordCredentials',
  'requiredResourceAccess',
  'serviceManagementReference',
  'tags',
  'tokenEncryptionKeyId',
)

const redirects = z.object({ redirectUris: z.array(z.string()).optional() })

/** Of `web` only the redirect URIs are kept; implicit grants are refused, for there are none. */
const web = redirects.extend({
  ...refused('homePageUrl', 'logoutUrl', 'redirectUriSettings'),
  implicitGrantSettings: z
    .object({
      enableAccessTokenIssuance: z
        .literal(false, { error: 'there is no implicit grant; use the authorization code with PKCE' })
        .nullish(),
      enableIdTokenIssuance: z
        .literal(false, { error: 'there is no implicit grant; use the authorization code with PKCE' })
        .nullish(),
    })
    .nullish(),
})

const signInSettings = {
  signInAudience: signInAudience.optional(),
  web: web.nullish(),
  publicClient: redirects.nullish(),
  spa: redirects.nullish(),
  isFallbackPublicClient: z.boolean().nullish(),
}

export const newApplicationBody = z.object({ ...notKept, ...signInSettings, displayName })

export const applicationChangesBody = z.object({
  ...notKept,
  ...signInSettings,
  displayName: displayName.optional(),
})

export function fromWireRedirectUris(
  body: Pick<z.output<typeof newApplicationBody>, 'web' | 'publicClient' | 'spa'>,
): Partial<RedirectUris> {
  const named = (['web', 'publicClient', 'spa'] as const).flatMap((kind) => {
    const uris = body[kind]?.redirectUris
    return uris === undefined ? [] : [[kind, uris] as const]
  })
  return Object.fromEntries(named)
}

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
    isFallbackPublicClient: application.isFallbackPublicClient,
    web: {
      redirectUris: application.redirectUris.web,
      implicitGrantSettings: { enableAccessTokenIssuance: false, enableIdTokenIssuance: false },
    },
    publicClient: { redirectUris: application.redirectUris.publicClient },
    spa: { redirectUris: application.redirectUris.spa },
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
