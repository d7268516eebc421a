import { isGuid } from '../../domain/directory/object-id.ts'
import { notFound } from '../../domain/refusal.ts'
import { parseBody } from '../../http/body.ts'
import { type ApiRequest, type Operation, ok, pathParameter } from '../../http/operation.ts'
import { readPage, splitPage, toPage } from '../../http/paging.ts'
import { securityNotice } from '../../http/security-notice.ts'
import type { OperationContext } from '../../operations/context.ts'
import {
  getInvitation,
  listInvitationsOfTenant,
  readInvitationNotice,
  resendInvitation,
  revokeInvitation,
} from '../../operations/manage-invitation.ts'
import { resendBody, toWireInvitation } from './invitation.wire.ts'

const common = { apiVersions: ['2026-11-01'], authentication: 'bearer' } as const
const collection = '/providers/Tenantry.Directory/tenants/{tenantId}/invitations'
const permission = 'users/inviteGuest; without it one manages the invitations that one sent'

export const invitationOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'Invitations_List',
    method: 'GET',
    path: collection,
    statuses: [200],
    permission,
    summary: 'The invitations of a tenant with their states.',
    query: { $top: 'optional' },
    async handle(context, request) {
      const { after, top } = readPage(request)
      const page = { after, limit: top + 1 }
      const invitations = await listInvitationsOfTenant(context, guidOf(request, 'tenantId'), page)
      const { rows, next } = splitPage(invitations, top, (invitation) => invitation.id)
      const values = rows.map((invitation) => toWireInvitation(invitation, context.now))
      return ok(toPage(request, values, next))
    },
  },
  {
    ...common,
    id: 'Invitations_Get',
    method: 'GET',
    path: `${collection}/{invitationId}`,
    statuses: [200],
    permission,
    summary: 'An invitation; its link was shown when it was sent and is not known any more.',
    async handle(context, request) {
      const invitation = await getInvitation(context, guidOf(request, 'tenantId'), guidOf(request, 'invitationId'))
      return ok(toWireInvitation(invitation, context.now))
    },
  },
  {
    ...common,
    id: 'Invitations_Resend',
    method: 'POST',
    path: `${collection}/{invitationId}/resend`,
    statuses: [200],
    permission,
    summary: 'Makes a new link for thirty more days; the former one works no more.',
    body: resendBody,
    async handle(context, request) {
      const body = request.body === undefined ? {} : parseBody(request, resendBody)
      const { invitation, ...link } = await resendInvitation(
        context,
        guidOf(request, 'tenantId'),
        guidOf(request, 'invitationId'),
        body.properties?.sendInvitationMessage,
      )
      return { ...ok(toWireInvitation(invitation, context.now, link)), isShownOnce: true }
    },
  },
  {
    ...common,
    id: 'Invitations_Revoke',
    method: 'POST',
    path: `${collection}/{invitationId}/revoke`,
    statuses: [200],
    permission,
    summary: 'Ends an invitation that is not accepted yet.',
    async handle(context, request) {
      const invitation = await revokeInvitation(context, guidOf(request, 'tenantId'), guidOf(request, 'invitationId'))
      return ok(toWireInvitation(invitation, context.now))
    },
  },
  {
    ...common,
    id: 'InvitationNotice_Get',
    method: 'GET',
    path: '/providers/Tenantry.Directory/tenants/{tenantId}/invitationNotice',
    statuses: [200],
    permission: 'who may invite',
    summary: 'What to say to whoever is about to invite: the security notice of a tenant with a billing account.',
    async handle(context, request) {
      const isBilling = await readInvitationNotice(context, guidOf(request, 'tenantId'))
      return ok({
        properties: {
          holdsBillingAccount: isBilling,
          securityNotice: isBilling ? securityNotice(request.baseUrl) : null,
        },
      })
    },
  },
]

function guidOf(request: ApiRequest, name: string): string {
  const id = pathParameter(request, name)
  if (!isGuid(id)) throw notFound('ResourceNotFound', `'${id}' is not the id of anything here.`)
  return id.toLowerCase()
}
