import { invalid } from '../refusal.ts'
import { initialDomainNameOf, type TenantWithDomains } from './tenant.ts'
import { checkUserPrincipalName, externalPrincipalName } from './user-principal-name.ts'

export interface SignInIdentity {
  readonly signInType: string
  readonly issuer: string
  readonly issuerAssignedId: string
}

/** What a user may see by default; it says nothing of how they sign in or which role they hold (TEN-8). */
export type UserType = 'Member' | 'Guest'

/** TEN-9: administrators of their own, administrators from elsewhere, and the customers of an identity tenant. */
export type AccountClass = 'work' | 'guest' | 'consumer'

export interface UserAccount {
  readonly id: string
  readonly tenantId: string
  readonly displayName: string
  readonly createdAt: Date
  readonly revision: bigint
  readonly userPrincipalName: string
  readonly mail: string | null
  readonly mailNickname: string | null
  readonly givenName: string | null
  readonly surname: string | null
  readonly userType: UserType
  readonly accountClass: AccountClass
  readonly accountEnabled: boolean
  /** Who an external account is at home (TEN-7). */
  readonly home: { readonly tenantId: string; readonly objectId: string } | null
  readonly externalUserState: 'PendingAcceptance' | 'Accepted' | null
  readonly externalUserStateChangedAt: Date | null
  readonly identities: readonly SignInIdentity[]
}

export interface NewPassword {
  readonly text: string
  readonly mustChange: boolean
}

export interface WantedUser {
  readonly accountEnabled: boolean
  readonly displayName: string
  readonly userPrincipalName?: string | undefined
  readonly mailNickname?: string | undefined
  readonly mail?: string | null | undefined
  readonly givenName?: string | null | undefined
  readonly surname?: string | null | undefined
  readonly userType?: UserType | undefined
  readonly identities?: readonly SignInIdentity[] | undefined
  readonly password?: NewPassword | undefined
}

/**
 * A new account of the tenant's own. With sign-in identities it is a consumer, which only an identity tenant has
 * (TEN-9); otherwise it is a work account, named in one of the tenant's domains.
 */
export function newUser(
  wanted: WantedUser,
  tenant: TenantWithDomains,
  id: string,
  createdAt: Date,
): Omit<UserAccount, 'revision'> {
  const identities = wanted.identities ?? []
  const isConsumer = identities.length > 0
  if (isConsumer) checkIdentities(identities, tenant)
  if (!isConsumer && (wanted.userPrincipalName === undefined || wanted.mailNickname === undefined))
    throw invalid(
      'Request_BadRequest',
      'A value is required for userPrincipalName and mailNickname; only consumers of an identity tenant are created by identities instead.',
      wanted.userPrincipalName === undefined ? 'userPrincipalName' : 'mailNickname',
    )
  const needsPassword = identities.every((identity) => identity.signInType !== 'federated')
  if (needsPassword && wanted.password === undefined)
    throw invalid('Request_BadRequest', 'A value is required for passwordProfile.password.', 'passwordProfile')
  if (isConsumer && wanted.userType === 'Guest')
    throw invalid(
      'Request_BadRequest',
      'A consumer account is a member. Repeat the request without userType.',
      'userType',
    )
  const userPrincipalName = checkUserPrincipalName(
    wanted.userPrincipalName ?? `${id}@${initialDomainNameOf(tenant)}`,
    tenant.domains,
  )
  return {
    id,
    tenantId: tenant.id,
    displayName: wanted.displayName,
    createdAt,
    userPrincipalName,
    mail: wanted.mail ?? null,
    mailNickname: wanted.mailNickname ?? null,
    givenName: wanted.givenName ?? null,
    surname: wanted.surname ?? null,
    userType: wanted.userType ?? 'Member',
    accountClass: isConsumer ? 'consumer' : 'work',
    accountEnabled: wanted.accountEnabled,
    home: null,
    externalUserState: null,
    externalUserStateChangedAt: null,
    identities,
  }
}

const localSignIns = ['emailAddress', 'userName']

export function checkIdentities(identities: readonly SignInIdentity[], tenant: TenantWithDomains): void {
  if (tenant.kind !== 'identity')
    throw invalid(
      'Request_BadRequest',
      'Consumer accounts, which sign in by identities, exist only in identity tenants. Give userPrincipalName instead, or invite the person as a guest.',
      'identities',
    )
  const domains = tenant.domains.filter((domain) => domain.verifiedAt !== null)
  for (const { signInType, issuer } of identities) {
    if (signInType !== 'federated' && !localSignIns.includes(signInType))
      throw invalid(
        'Request_BadRequest',
        `The signInType '${signInType}' is not one of 'emailAddress', 'userName' and 'federated'.`,
        'identities',
      )
    if (signInType !== 'federated' && !domains.some((domain) => domain.name === issuer.toLowerCase()))
      throw invalid(
        'Request_BadRequest',
        `The issuer '${issuer}' of a local identity must be a domain of this tenant: ${domains.map((domain) => domain.name).join(', ')}.`,
        'identities',
      )
  }
}

/** Somebody of another tenant who works here as a member (TEN-8); who they are at home is decided there. */
export function newExternalMember(
  person: { readonly displayName: string; readonly userPrincipalName: string; readonly mail: string | null },
  home: { readonly tenantId: string; readonly objectId: string },
  tenant: TenantWithDomains,
  id: string,
  createdAt: Date,
): Omit<UserAccount, 'revision'> {
  return {
    id,
    tenantId: tenant.id,
    displayName: person.displayName,
    createdAt,
    userPrincipalName: externalPrincipalName(person.mail ?? person.userPrincipalName, initialDomainNameOf(tenant)),
    mail: person.mail,
    mailNickname: null,
    givenName: null,
    surname: null,
    userType: 'Member',
    accountClass: 'guest',
    accountEnabled: true,
    home,
    externalUserState: 'Accepted',
    externalUserStateChangedAt: createdAt,
    identities: [],
  }
}

export interface UserChanges {
  readonly accountEnabled?: boolean | undefined
  readonly displayName?: string | undefined
  readonly userPrincipalName?: string | undefined
  readonly mailNickname?: string | undefined
  readonly mail?: string | null | undefined
  readonly givenName?: string | null | undefined
  readonly surname?: string | null | undefined
  readonly userType?: UserType | undefined
  readonly identities?: readonly SignInIdentity[] | undefined
}

/** What is not named stays. A class is for life: a consumer never becomes an administrator, nor the reverse (TEN-9). */
export function changeUser(user: UserAccount, changes: UserChanges, tenant: TenantWithDomains): UserAccount {
  if (changes.identities !== undefined && user.accountClass !== 'consumer')
    throw invalid(
      'Request_BadRequest',
      'Only consumer accounts sign in by identities. Change userPrincipalName instead.',
      'identities',
    )
  if (changes.identities?.length === 0)
    throw invalid('Request_BadRequest', 'A consumer account keeps at least one identity.', 'identities')
  if (changes.userType === 'Guest' && user.accountClass === 'consumer')
    throw invalid(
      'Request_BadRequest',
      'A consumer account is a member. Repeat the request without userType.',
      'userType',
    )
  if (changes.userPrincipalName !== undefined) {
    if (user.home !== null)
      throw invalid(
        'Request_BadRequest',
        'The userPrincipalName of an external account is made from its home and stays.',
        'userPrincipalName',
      )
    checkUserPrincipalName(changes.userPrincipalName, tenant.domains)
  }
  const kept = <T>(value: T | undefined, current: T): T => (value === undefined ? current : value)
  return {
    ...user,
    accountEnabled: kept(changes.accountEnabled, user.accountEnabled),
    displayName: kept(changes.displayName, user.displayName),
    userPrincipalName: kept(changes.userPrincipalName, user.userPrincipalName),
    mailNickname: kept(changes.mailNickname, user.mailNickname),
    mail: kept(changes.mail, user.mail),
    givenName: kept(changes.givenName, user.givenName),
    surname: kept(changes.surname, user.surname),
    userType: kept(changes.userType, user.userType),
    identities: kept(changes.identities, user.identities),
  }
}
