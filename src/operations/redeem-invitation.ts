import type { CollaborationPolicy } from '../domain/directory/collaboration-policy.ts'
import { allowsDomain, asciiDomain, refusedDomain } from '../domain/directory/domain-list.ts'
import {
  type HomeIdentity,
  type Invitation,
  isInvited,
  refuseUnlessPending,
  stateAt,
  wrongIdentity,
} from '../domain/directory/invitation.ts'
import { initialDomainNameOf, type TenantWithDomains } from '../domain/directory/tenant.ts'
import { conflict, forbidden, invalid, notFound } from '../domain/refusal.ts'
import { getCollaborationPolicy } from '../store/collaboration-policy.ts'
import { findInvitationByTicket, lockInvitation, replaceInvitation } from '../store/invitation.ts'
import { findPrincipal } from '../store/principal.ts'
import { findTenant, listDomains, lockTenant } from '../store/tenant.ts'
import { findUser, hasAccountOfHome, lockUser, replaceUser } from '../store/user-account.ts'
import { appendAudit } from './audit.ts'
import { isAllowedToInvite } from './authorize-invitation.ts'
import { activeDomainList } from './collaboration-policy.ts'
import type { OperationContext } from './context.ts'
import { facts, invitationScope } from './invite-guest.ts'
import { holdsBillingAccount } from './manage-invitation.ts'
import { meterSignIn } from './meter-sign-in.ts'
import { hashSecret } from './secret-hash.ts'

/** What the holder of a link is told before deciding (TEN-13). */
export interface Redemption {
  readonly invitation: Invitation
  readonly state: ReturnType<typeof stateAt>
  readonly tenant: TenantWithDomains
  readonly tenantDomain: string
  readonly inviterName: string
  readonly policy: CollaborationPolicy
  readonly holdsBillingAccount: boolean
}

/** Reading changes nothing, however often the link is followed (S21). */
export async function readRedemption(context: OperationContext, ticket: string): Promise<Redemption> {
  const invitation = await findInvitationByTicket(context.db, hashSecret(ticket))
  if (!invitation) throw ticketNotFound()
  const { tenantId } = invitation
  const found = await findTenant(context.db, tenantId)
  if (!found) throw ticketNotFound()
  const tenant = { ...found, domains: await listDomains(context.db, [tenantId]) }
  const inviter = await findPrincipal(context.db, invitation.inviterId)
  return {
    invitation,
    state: stateAt(invitation, context.now),
    tenant,
    tenantDomain: initialDomainNameOf(tenant),
    inviterName: inviter?.displayName ?? tenant.displayName,
    policy: await getCollaborationPolicy(context.db, tenantId),
    holdsBillingAccount: await holdsBillingAccount(context, tenantId),
  }
}

/** Who somebody is at home: a work account of its own tenant. A guest account and a consumer vouch for nobody. */
export async function homeIdentityOf(
  context: OperationContext,
  person: { readonly tenantId: string; readonly objectId: string },
): Promise<HomeIdentity> {
  const user = await findUser(context.db, person.tenantId, person.objectId)
  if (!user || user.accountClass !== 'work' || user.home !== null)
    throw forbidden(
      'WrongIdentity',
      'An invitation is redeemed with a work account of your own home tenant. Sign in there and follow the link again. The invitation is still open.',
    )
  const mail = user.mail !== null && (await isOwnAddress(context, user.tenantId, user.mail)) ? user.mail : null
  return { tenantId: user.tenantId, objectId: user.id, userName: user.userPrincipalName, mail }
}

/**
 * An address at a domain that some tenant has verified is of people of that tenant only (as in OWN-1). The inviter sees
 * the link too, and the administrator of any other tenant could write the address into an account.
 */
async function isOwnAddress(context: OperationContext, tenantId: string, address: string): Promise<boolean> {
  const domain = asciiDomain(address.slice(address.lastIndexOf('@') + 1))
  const owner = domain === undefined ? undefined : await findTenant(context.db, domain)
  return owner === undefined || owner.id === tenantId
}

/** Refuses unless this person can redeem it now; nothing changes (F0 step 5). */
export async function checkRedeemable(
  context: OperationContext,
  { invitation, tenant }: Pick<Redemption, 'invitation' | 'tenant'>,
  identity: HomeIdentity,
): Promise<void> {
  refuseUnlessPending(invitation, context.now)
  if (!isInvited(identity, invitation) || identity.tenantId === tenant.id) throw wrongIdentity(identity, invitation)
  const domain = asciiDomain(invitation.address.slice(invitation.address.lastIndexOf('@') + 1)) ?? ''
  const list = await activeDomainList(context, tenant.id)
  if (list && !allowsDomain(list, domain)) throw refusedDomain(list, domain, tenant.displayName)
  if (!(await isAllowedToInvite(context, { tenantId: tenant.id, objectId: invitation.inviterId })))
    throw forbidden(
      'InvitationNotAllowed',
      `Who invited you may no longer invite guests to '${tenant.displayName}'. Ask somebody there who may to invite you again.`,
    )
}

/**
 * The third act of TEN-13: only now is the account accepted and bound to its home. Whoever comes second, with the same
 * link at the same moment too, finds it used (F54).
 */
export async function acceptInvitation(
  context: OperationContext,
  ticket: string,
  identity: HomeIdentity,
  consent: { readonly acceptsTerms: boolean },
): Promise<Redemption> {
  const { db, now } = context
  const redemption = await lockRedemption(context, ticket)
  const { invitation, tenant, policy } = redemption
  await checkRedeemable(context, redemption, identity)
  if (policy.termsOfUseUrl !== null && !consent.acceptsTerms)
    throw invalid(
      'TermsNotAccepted',
      `The terms of use of '${tenant.displayName}' (${policy.termsOfUseUrl}) have to be accepted with the invitation.`,
      'properties.acceptsTermsOfUse',
    )
  const guest = await lockUser(db, tenant.id, invitation.userId)
  if (guest?.externalUserState !== 'PendingAcceptance')
    throw conflict(
      'InvitationNotPending',
      'The account that was invited is gone or in use. Ask who invited you to send a new invitation.',
    )
  const home = { tenantId: identity.tenantId, objectId: identity.objectId }
  if (await hasAccountOfHome(db, tenant.id, home))
    throw conflict(
      'AlreadyGuest',
      `'${identity.userName}' has an account in '${tenant.displayName}' already. Use that one; nothing needs to be accepted.`,
    )
  const accepted: Invitation = {
    ...invitation,
    state: 'Accepted',
    decidedAt: now,
    home,
    acceptedTerms: policy.termsOfUseUrl,
  }
  await replaceUser(db, { ...guest, home, externalUserState: 'Accepted', externalUserStateChangedAt: now })
  await replaceInvitation(db, accepted)
  const isGuest = guest.userType === 'Guest'
  await meterSignIn(context, { tenantId: tenant.id, objectId: guest.id, isGuest }, 'invitationRedemption')
  await audit(context, identity, 'invitations/accept', invitation, accepted)
  return { ...redemption, invitation: accepted, state: 'Accepted' }
}

/** Only who was invited declines. The account stays without a way in until the tenant deletes it or invites again. */
export async function declineInvitation(
  context: OperationContext,
  ticket: string,
  identity: HomeIdentity,
): Promise<Redemption> {
  const redemption = await lockRedemption(context, ticket)
  const { invitation } = redemption
  refuseUnlessPending(invitation, context.now)
  if (!isInvited(identity, invitation)) throw wrongIdentity(identity, invitation)
  const declined: Invitation = { ...invitation, state: 'Declined', decidedAt: context.now }
  await replaceInvitation(context.db, declined)
  await audit(context, identity, 'invitations/decline', invitation, declined)
  return { ...redemption, invitation: declined, state: 'Declined' }
}

/** Locks in the order in which inviting does: the tenant, then the invitation. */
async function lockRedemption(context: OperationContext, ticket: string): Promise<Redemption> {
  const found = await findInvitationByTicket(context.db, hashSecret(ticket))
  if (!found) throw ticketNotFound()
  await lockTenant(context.db, found.tenantId)
  await lockInvitation(context.db, found.id)
  return readRedemption(context, ticket)
}

async function audit(
  context: OperationContext,
  identity: HomeIdentity,
  action: string,
  before: Invitation,
  after: Invitation,
): Promise<void> {
  // Who redeems by the page has no token; the session says who it is.
  const caller = { ...context.caller, ...identity, kind: 'user' as const, name: identity.userName, isOperator: false }
  await appendAudit(
    { ...context, caller },
    {
      action,
      scope: invitationScope(before),
      before: facts(before),
      after: { ...facts(after), home: after.home, acceptedTerms: after.acceptedTerms },
    },
  )
}

const ticketNotFound = () =>
  notFound(
    'InvitationNotFound',
    'This link leads to no invitation. It may have been replaced: use the link of the newest message, or ask who invited you to send it again.',
  )
