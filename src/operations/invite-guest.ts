import { initialDomainNameOf, type TenantWithDomains } from '../domain/directory/tenant.ts'
import { allowsDomain, refusedDomain } from '../domain/directory/domain-list.ts'
import {
  checkInvitedAddress,
  checkRedirectUrl,
  type Invitation,
  type InvitationMessage,
  invitationExpiry,
  newGuest,
} from '../domain/directory/invitation.ts'
import type { UserAccount, UserType } from '../domain/directory/user-account.ts'
import { invitationMail } from '../domain/mail/invitation-mail.ts'
import { invalid } from '../domain/refusal.ts'
import {
  findGuestByAddress,
  findPendingInvitationOf,
  insertInvitation,
  replaceInvitation,
} from '../store/invitation.ts'
import { findPrincipal } from '../store/principal.ts'
import { lockTenant } from '../store/tenant.ts'
import { findUser, insertUser, replaceUser } from '../store/user-account.ts'
import { appendAudit } from './audit.ts'
import { authorizeDirectory } from './authorize.ts'
import { authorizeInvitation } from './authorize-invitation.ts'
import { activeDomainList } from './collaboration-policy.ts'
import type { OperationContext } from './context.ts'
import { getOwnTenant, keepGlobalAdministrator, refuseChangeOfAdministrator } from './directory-scope.ts'
import { limitInvitations } from './limit-invitations.ts'
import { personalLinkMark, queueMail } from './queue-mail.ts'
import { getLockedUserOf } from './read-user.ts'
import { refusingDuplicates } from './refuse-duplicate-object.ts'
import { scheduleDueWork } from './schedule-due-work.ts'
import { hashSecret } from './secret-hash.ts'

export interface WantedInvitation {
  readonly address: string
  readonly redirectUrl: string
  readonly displayName: string | undefined
  readonly userType: UserType
  readonly message: InvitationMessage
  /** The account that is to be redeemed anew, perhaps by another address (Graph's resetRedemption). */
  readonly resetUserId: string | undefined
}

export interface SentInvitation {
  readonly invitation: Invitation
  readonly user: UserAccount
  /** The personal link; in this answer and in the message only. Absent when there is nothing to redeem any more. */
  readonly redeemUrl: string | undefined
  readonly ticket: string | undefined
}

/** Invites somebody from elsewhere: the account is there at once and can do nothing yet (TEN-12, F0 step 4). */
export async function inviteGuest(context: OperationContext, wanted: WantedInvitation): Promise<SentInvitation> {
  const { db, caller, now } = context
  const inviter = await authorizeInvitation(context, caller.tenantId)
  if (wanted.userType === 'Member') await authorizeDirectory(context, caller.tenantId, 'users/update')
  // One invitation of a tenant after the other, so that an address is invited once and the limits are exact.
  await lockTenant(db, caller.tenantId)
  const tenant = await getOwnTenant(context)
  const { address, domain } = checkInvitedAddress(wanted.address, tenant)
  const redirectUrl = checkRedirectUrl(wanted.redirectUrl)
  const list = await activeDomainList(context, tenant.id)
  if (list && !allowsDomain(list, domain)) throw refusedDomain(list, domain, tenant.displayName)
  const user = await accountFor(context, tenant, { ...wanted, address })
  const invitation: Invitation = {
    id: context.random.uuid(),
    tenantId: tenant.id,
    userId: user.id,
    inviterId: inviter.objectId,
    address,
    displayName: user.displayName,
    redirectUrl,
    userType: user.userType,
    message: wanted.message,
    ticketHash: '',
    state: 'Pending',
    createdAt: now,
    expiresAt: invitationExpiry(now),
    decidedAt: null,
    home: null,
    acceptedTerms: null,
  }
  if (user.externalUserState === 'Accepted') return { invitation, user, redeemUrl: undefined, ticket: undefined }
  const former = await findPendingInvitationOf(db, user.id)
  if (former) await replaceInvitation(db, { ...former, state: 'Replaced', decidedAt: now })
  const { ticket, redeemUrl, ...sent } = await issueTicket(context, tenant, invitation, insertInvitation)
  await appendAudit(context, {
    action: 'invitations/write',
    scope: invitationScope(sent.invitation),
    after: facts(sent.invitation),
  })
  return { ...sent, user, ticket, redeemUrl }
}

/** Makes a new personal link, so that an earlier one of the invitation works no more, and sends it if wanted. */
export async function issueTicket(
  context: OperationContext,
  tenant: TenantWithDomains,
  wanted: Invitation,
  write: (db: OperationContext['db'], invitation: Invitation) => Promise<void>,
): Promise<{ readonly invitation: Invitation; readonly redeemUrl: string; readonly ticket: string }> {
  await limitInvitations(context, wanted.tenantId, wanted.address)
  const ticket = context.random.secret()
  const invitation = { ...wanted, ticketHash: hashSecret(ticket) }
  const redeemUrl = `${context.settings.baseUrl}/redeem?ticket=${ticket}`
  await write(context.db, invitation)
  await scheduleDueWork(context, {
    dueAt: invitation.expiresAt,
    kind: 'directory/invitations/expire',
    payload: { invitationId: invitation.id },
  })
  const { message } = invitation
  if (message.isSent) {
    const inviter = await findPrincipal(context.db, invitation.inviterId)
    const mail = invitationMail({
      language: message.language,
      tenantName: tenant.displayName,
      tenantDomain: initialDomainNameOf(tenant),
      inviterName: inviter?.displayName ?? tenant.displayName,
      text: message.text,
      link: personalLinkMark,
      expiresOn: invitation.expiresAt.toISOString().slice(0, 10),
    })
    await queueMail(context, {
      ...mail,
      to: invitation.address,
      cc: message.cc,
      kind: 'invitation',
      relatedTo: invitationScope(invitation),
      personalLink: redeemUrl,
    })
  }
  return { invitation, redeemUrl, ticket }
}

export const invitationScope = ({ tenantId, id }: { tenantId: string; id: string }): string =>
  `/tenants/${tenantId}/invitations/${id}`

/** What the audit keeps of an invitation: neither link nor hash. */
export const facts = ({ address, userId, userType, state, expiresAt }: Invitation) => ({
  address,
  userId,
  userType,
  state,
  expiresAt,
})

/** The account that is invited: the one that was invited before under the address, the one to reset, or a new one. */
async function accountFor(
  context: OperationContext,
  tenant: TenantWithDomains,
  wanted: WantedInvitation,
): Promise<UserAccount> {
  const { db, now } = context
  if (wanted.resetUserId !== undefined) return resetAccount(context, wanted.resetUserId, wanted.address)
  const existingId = await findGuestByAddress(db, tenant.id, wanted.address)
  const existing = existingId === undefined ? undefined : await findUser(db, tenant.id, existingId)
  if (existing) return existing
  const displayName = wanted.displayName ?? wanted.address.slice(0, wanted.address.lastIndexOf('@'))
  const user = newGuest({ ...wanted, displayName }, tenant, context.random.uuid(), now)
  await refusingDuplicates(() => insertUser(db, { ...user, password: undefined }))
  await appendAudit(context, {
    action: 'users/create',
    scope: `/tenants/${tenant.id}/users/${user.id}`,
    after: user,
  })
  return { ...user, revision: 1n }
}

/** The account keeps its id and its roles, and forgets who it is at home until somebody redeems it again. */
async function resetAccount(context: OperationContext, id: string, address: string): Promise<UserAccount> {
  const { db, caller, now } = context
  await authorizeDirectory(context, caller.tenantId, 'users/update')
  const user = await getLockedUserOf(db, caller.tenantId, id)
  if (user.accountClass !== 'guest')
    throw invalid('Request_BadRequest', 'Only an invited account can be reset for another redemption.', 'invitedUser')
  await refuseChangeOfAdministrator(context, user.id)
  await keepGlobalAdministrator(context, user.id)
  const reset: UserAccount = {
    ...user,
    mail: address,
    home: null,
    externalUserState: 'PendingAcceptance',
    externalUserStateChangedAt: now,
  }
  await replaceUser(db, reset)
  await appendAudit(context, {
    action: 'users/resetRedemption',
    scope: `/tenants/${user.tenantId}/users/${user.id}`,
    before: { home: user.home, mail: user.mail, externalUserState: user.externalUserState },
    after: { home: null, mail: address, externalUserState: reset.externalUserState },
  })
  return reset
}
