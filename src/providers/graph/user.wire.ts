import { z } from 'zod'
import type { NewPassword, UserAccount, UserChanges, WantedUser } from '../../domain/directory/user-account.ts'
import { refused } from './body.ts'
import type { Entity } from './entity.ts'

const text = z.string().trim().min(1).max(256)
const shortText = z.string().max(64)

const identity = z.object({
  signInType: z.string().max(64),
  issuer: z.string().min(1).max(512),
  issuerAssignedId: z.string().min(1).max(256),
})

const passwordProfile = z.object({
  password: z.string(),
  forceChangePasswordNextSignIn: z.boolean().optional(),
  forceChangePasswordNextSignInWithMfa: z.literal(false, { error: 'is not supported here: use false' }).optional(),
})

const notKept = refused(
  'aboutMe',
  'ageGroup',
  'birthday',
  'city',
  'companyName',
  'consentProvidedForMinor',
  'country',
  'customSecurityAttributes',
  'department',
  'employeeHireDate',
  'employeeId',
  'employeeOrgData',
  'employeeType',
  'faxNumber',
  'hireDate',
  'jobTitle',
  'mobilePhone',
  'officeLocation',
  'onPremisesExtensionAttributes',
  'onPremisesImmutableId',
  'otherMails',
  'postalCode',
  'preferredDataLocation',
  'preferredLanguage',
  'preferredName',
  'state',
  'streetAddress',
  'usageLocation',
)

const common = {
  ...notKept,
  businessPhones: z.array(z.string()).max(0, { error: 'is not kept here; repeat the request without it' }).optional(),
  // Passwords never expire here, so this is the only policy that is true.
  passwordPolicies: z
    .literal('DisablePasswordExpiration', { error: "is not supported here besides 'DisablePasswordExpiration'" })
    .nullish(),
  mail: z.email().nullish(),
  givenName: shortText.nullish(),
  surname: shortText.nullish(),
  userType: z.enum(['Member', 'Guest']).optional(),
  identities: z.array(identity).max(10).optional(),
}

export const newUserBody = z.object({
  ...common,
  accountEnabled: z.boolean(),
  displayName: text,
  mailNickname: shortText.min(1).optional(),
  userPrincipalName: z.string().max(1024).optional(),
  passwordProfile: passwordProfile.optional(),
})

export const userChangesBody = z.object({
  ...common,
  accountEnabled: z.boolean().optional(),
  displayName: text.optional(),
  mailNickname: shortText.min(1).optional(),
  userPrincipalName: z.string().max(1024).optional(),
  passwordProfile: passwordProfile.optional(),
})

const fromWirePassword = (profile: z.output<typeof passwordProfile> | undefined): NewPassword | undefined =>
  profile && { text: profile.password, mustChange: profile.forceChangePasswordNextSignIn ?? false }

export function fromWireUserChanges(
  body: z.output<typeof userChangesBody>,
): UserChanges & { readonly password: NewPassword | undefined } {
  const { accountEnabled, displayName, mailNickname, userPrincipalName, mail, givenName, surname, userType } = body
  return {
    accountEnabled,
    displayName,
    mailNickname,
    userPrincipalName,
    mail,
    givenName,
    surname,
    userType,
    // The user principal name is listed as an identity too; it is changed by its own property.
    identities: body.identities?.filter(({ signInType }) => signInType !== 'userPrincipalName'),
    password: fromWirePassword(body.passwordProfile),
  }
}

export const fromWireNewUser = (body: z.output<typeof newUserBody>): WantedUser => ({
  ...fromWireUserChanges(body),
  accountEnabled: body.accountEnabled,
  displayName: body.displayName,
})

const creationTypes = { work: null, guest: 'Invitation', consumer: 'LocalAccount' } as const

/** Everything that is kept, and the properties that Azure always answers although nothing is in them here. */
export function toWireUser(user: UserAccount): Entity {
  const name = user.userPrincipalName
  return {
    id: user.id,
    displayName: user.displayName,
    givenName: user.givenName,
    surname: user.surname,
    mail: user.mail,
    mailNickname: user.mailNickname,
    userPrincipalName: name,
    userType: user.userType,
    accountEnabled: user.accountEnabled,
    creationType: creationTypes[user.accountClass],
    createdDateTime: user.createdAt.toISOString(),
    externalUserState: user.externalUserState,
    externalUserStateChangeDateTime: user.externalUserStateChangedAt?.toISOString() ?? null,
    identities: [
      ...user.identities,
      // Who accepted signs in at home; who did not accept signs in nowhere (TEN-8, TEN-12).
      ...(user.home === null ? [] : [{ signInType: 'federated', issuer: 'ExternalAzureAD', issuerAssignedId: null }]),
      ...(user.home === null && user.accountClass !== 'guest'
        ? [{ signInType: 'userPrincipalName', issuer: name.slice(name.lastIndexOf('@') + 1), issuerAssignedId: name }]
        : []),
    ],
    businessPhones: [],
    jobTitle: null,
    mobilePhone: null,
    officeLocation: null,
    preferredLanguage: null,
  }
}
