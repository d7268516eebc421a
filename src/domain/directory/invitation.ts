import { isMailAddress } from '../mail/address.ts'
import { conflict, forbidden, invalid, Refusal } from '../refusal.ts'
import { asciiDomain } from './domain-list.ts'
import { initialDomainNameOf, type TenantWithDomains } from './tenant.ts'
import type { UserAccount, UserType } from './user-account.ts'
import { externalPrincipalName } from './user-principal-name.ts'

export interface InvitationMessage {
  readonly isSent: boolean
  readonly language: 'en' | 'sv'
  readonly text: string | null
  readonly cc: readonly string[]
}

export type InvitationState = 'Pending' | 'Accepted' | 'Declined' | 'Revoked' | 'Replaced' | 'Expired'

export interface Invitation {
  readonly id: string
  readonly tenantId: string
  readonly userId: string
  readonly inviterId: string
  readonly address: string
  readonly displayName: string
  readonly redirectUrl: string
  readonly userType: UserType
  readonly message: InvitationMessage
  readonly ticketHash: string
  readonly state: InvitationState
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly decidedAt: Date | null
  readonly home: { readonly tenantId: string; readonly objectId: string } | null
  readonly acceptedTerms: string | null
}

const dayMs = 86_400_000

/** DEC-16. */
export const invitationExpiry = (from: Date): Date => new Date(from.getTime() + 30 * dayMs)

/** What an invitation is at an instant, whether or not the due work has come to it. */
export const stateAt = (invitation: Pick<Invitation, 'state' | 'expiresAt'>, now: Date): InvitationState =>
  invitation.state === 'Pending' && invitation.expiresAt <= now ? 'Expired' : invitation.state

/** Addresses are the same without case and whatever script their domain is written in. */
export function addressKey(address: string): string {
  const at = address.lastIndexOf('@')
  const domain = asciiDomain(address.slice(at + 1)) ?? address.slice(at + 1)
  return `${address.slice(0, at)}@${domain}`.toLowerCase()
}

/** TEN-11: an address, and of none of the tenant's own verified domains; a subdomain is somebody else's (DEC-47). */
export function checkInvitedAddress(text: string, tenant: TenantWithDomains): { address: string; domain: string } {
  const address = text.trim()
  const domain = asciiDomain(address.slice(address.lastIndexOf('@') + 1))
  if (!isMailAddress(address) || domain === undefined)
    throw invalid(
      'Request_BadRequest',
      'The value of invitedUserEmailAddress is not an e-mail address. Write it as name@domain.',
      'invitedUserEmailAddress',
    )
  if (tenant.domains.some((own) => own.verifiedAt !== null && own.name === domain))
    throw invalid(
      'InvitedUserIsInternal',
      `The domain '${domain}' is one of this tenant's own, so the person is internal and cannot be invited. Create a member instead (POST /v1.0/users).`,
      'invitedUserEmailAddress',
    )
  return { address, domain }
}

/** S23: people are sent on to a site that speaks TLS and to no other scheme. */
export function checkRedirectUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '' || text.length > 2048)
    throw invalid(
      'Request_BadRequest',
      'The value of inviteRedirectUrl must be an https address without user and password.',
      'inviteRedirectUrl',
    )
  return url.href
}

/** TEN-12: the account is there at once and cannot sign in. */
export function newGuest(
  wanted: { readonly address: string; readonly displayName: string; readonly userType: UserType },
  tenant: TenantWithDomains,
  id: string,
  createdAt: Date,
): Omit<UserAccount, 'revision'> {
  return {
    id,
    tenantId: tenant.id,
    displayName: wanted.displayName,
    createdAt,
    userPrincipalName: externalPrincipalName(wanted.address, initialDomainNameOf(tenant)),
    mail: wanted.address,
    mailNickname: null,
    givenName: null,
    surname: null,
    userType: wanted.userType,
    accountClass: 'guest',
    accountEnabled: true,
    home: null,
    externalUserState: 'PendingAcceptance',
    externalUserStateChangedAt: createdAt,
    identities: [],
  }
}

/** Somebody who signed in at home, as the provider of that home vouches for them. */
export interface HomeIdentity {
  readonly tenantId: string
  readonly objectId: string
  readonly userName: string
  readonly mail: string | null
}

/** S22: only who was invited redeems; known by mail address or user principal name, without case. */
export const isInvited = (identity: HomeIdentity, invitation: Pick<Invitation, 'address'>): boolean =>
  [identity.userName, identity.mail].some(
    (name) => name !== null && addressKey(name) === addressKey(invitation.address),
  )

export const wrongIdentity = (identity: HomeIdentity, invitation: Pick<Invitation, 'address'>): Refusal =>
  forbidden(
    'WrongIdentity',
    `You are signed in as '${identity.userName}', and '${invitation.address}' was invited. Sign in as '${invitation.address}', or ask who invited you to invite '${identity.userName}'. The invitation is still open.`,
  )

const endings: Record<Exclude<InvitationState, 'Pending' | 'Expired'>, string> = {
  Accepted: 'It was accepted already.',
  Declined: 'It was declined.',
  Revoked: 'It was revoked by the tenant.',
  Replaced: 'A newer invitation replaced it; use the link of the newest message.',
}

/** Refuses what cannot be redeemed any more (F0 step 5). */
export function refuseUnlessPending(invitation: Invitation, now: Date): void {
  const state = stateAt(invitation, now)
  if (state === 'Expired')
    throw new Refusal(
      'gone',
      'InvitationExpired',
      `The invitation expired at ${invitation.expiresAt.toISOString()}. Ask who invited you to send it again.`,
    )
  if (state !== 'Pending')
    throw conflict(
      'InvitationNotPending',
      `The invitation is not open any more. ${endings[state]} Ask who invited you to send a new one if you need it.`,
    )
}
