import { allowsDomain, asciiDomain, refusedDomain } from '../domain/directory/domain-list.ts'
import { type Invitation, invitationExpiry, stateAt } from '../domain/directory/invitation.ts'
import type { TenantWithDomains } from '../domain/directory/tenant.ts'
import { conflict, notFound } from '../domain/refusal.ts'
import { listBillingAccountNamesOfTenant } from '../store/billing-account.ts'
import {
  findInvitation,
  findPendingInvitationOf,
  listInvitations,
  lockInvitation,
  replaceInvitation,
} from '../store/invitation.ts'
import { findTenant, listDomains, lockTenant } from '../store/tenant.ts'
import { appendAudit } from './audit.ts'
import { authorizeInvitation, managedInviter } from './authorize-invitation.ts'
import { activeDomainList } from './collaboration-policy.ts'
import type { OperationContext } from './context.ts'
import { facts, invitationScope, issueTicket } from './invite-guest.ts'

export async function listInvitationsOfTenant(
  context: OperationContext,
  tenantId: string,
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<Invitation[]> {
  const filter = await managedInviter(context, tenantId)
  return listInvitations(context.db, tenantId, filter, page)
}

export async function getInvitation(context: OperationContext, tenantId: string, id: string): Promise<Invitation> {
  const { inviterId } = await managedInviter(context, tenantId)
  const invitation = await findInvitation(context.db, tenantId, id)
  if (!invitation || (inviterId !== undefined && inviterId !== invitation.inviterId))
    throw notFound('InvitationNotFound', `The invitation '${id}' could not be found.`)
  return invitation
}

/** A new link for thirty more days; the former one works no more. */
export async function resendInvitation(
  context: OperationContext,
  tenantId: string,
  id: string,
  isSent: boolean | undefined,
): Promise<{ readonly invitation: Invitation; readonly redeemUrl: string; readonly ticket: string }> {
  const { db, now } = context
  await authorizeInvitation(context, tenantId)
  await lockTenant(db, tenantId)
  await getInvitation(context, tenantId, id)
  const tenant = await tenantOf(context, tenantId)
  const before = await lockedInvitation(context, id)
  const pending = await findPendingInvitationOf(db, before.userId)
  const isOpen = ['Pending', 'Expired'].includes(before.state) && (pending === undefined || pending.id === before.id)
  if (!isOpen)
    throw conflict(
      'InvitationNotPending',
      `The invitation is '${stateAt(before, now)}' and is not sent again. Make a new one with POST /v1.0/invitations.`,
    )
  const domain = asciiDomain(before.address.slice(before.address.lastIndexOf('@') + 1)) ?? ''
  const list = await activeDomainList(context, tenantId)
  if (list && !allowsDomain(list, domain)) throw refusedDomain(list, domain, tenant.displayName)
  const wanted: Invitation = {
    ...before,
    message: { ...before.message, isSent: isSent ?? before.message.isSent },
    state: 'Pending',
    decidedAt: null,
    expiresAt: invitationExpiry(now),
  }
  const sent = await issueTicket(context, tenant, wanted, replaceInvitation)
  await appendAudit(context, {
    action: 'invitations/resend',
    scope: invitationScope(before),
    before: facts(before),
    after: facts(sent.invitation),
  })
  return sent
}

/** The link works no more. The account stays as it is, without a way in, and can be invited again or deleted. */
export async function revokeInvitation(context: OperationContext, tenantId: string, id: string): Promise<Invitation> {
  const { db, now } = context
  await getInvitation(context, tenantId, id)
  const before = await lockedInvitation(context, id)
  if (before.state === 'Revoked') return before
  if (before.state !== 'Pending' && before.state !== 'Expired')
    throw conflict(
      'InvitationNotPending',
      before.state === 'Accepted'
        ? 'The invitation was accepted. To end the access delete the user (DELETE /v1.0/users/{id}).'
        : `The invitation is '${before.state}' already.`,
    )
  const after: Invitation = { ...before, state: 'Revoked', decidedAt: now }
  await replaceInvitation(db, after)
  await appendAudit(context, {
    action: 'invitations/revoke',
    scope: invitationScope(before),
    before: facts(before),
    after: facts(after),
  })
  return after
}

/** Done when an invitation falls due (DEC-16); reads say so already before. */
export async function expireInvitation(
  context: OperationContext,
  payload: Readonly<Record<string, unknown>>,
): Promise<void> {
  const before = await lockInvitation(context.db, String(payload.invitationId))
  // Sent again meanwhile, or decided: then this due date has lost its reason.
  if (before?.state !== 'Pending' || before.expiresAt > context.now) return
  const after: Invitation = { ...before, state: 'Expired', decidedAt: context.now }
  await replaceInvitation(context.db, after)
  await appendAudit(context, {
    action: 'invitations/expire',
    scope: invitationScope(before),
    before: facts(before),
    after: facts(after),
  })
}

/** TEN-20: whether a guest of this tenant comes into a tenant with a billing account, which inviters are told. */
export async function holdsBillingAccount(context: OperationContext, tenantId: string): Promise<boolean> {
  return (await listBillingAccountNamesOfTenant(context.db, tenantId)).length > 0
}

export async function readInvitationNotice(context: OperationContext, tenantId: string): Promise<boolean> {
  await authorizeInvitation(context, tenantId)
  return holdsBillingAccount(context, tenantId)
}

async function tenantOf(context: OperationContext, id: string): Promise<TenantWithDomains> {
  const tenant = await findTenant(context.db, id)
  if (!tenant) throw notFound('TenantNotFound', `The tenant '${id}' could not be found.`)
  return { ...tenant, domains: await listDomains(context.db, [id]) }
}

async function lockedInvitation(context: OperationContext, id: string): Promise<Invitation> {
  const invitation = await lockInvitation(context.db, id)
  if (!invitation) throw new Error(`invitation ${id} is gone`)
  return invitation
}
