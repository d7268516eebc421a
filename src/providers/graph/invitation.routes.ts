import { invalid } from '../../domain/refusal.ts'
import { created, type Operation } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { inviteGuest } from '../../operations/invite-guest.ts'
import { holdsBillingAccount } from '../../operations/manage-invitation.ts'
import { parseGraphBody } from './body.ts'
import { graph, toEntity } from './entity.ts'
import { fromWireInvitation, invitationBody, toWireInvitation } from './invitation.wire.ts'
import { noticeHeaders, securityNotice } from '../../http/security-notice.ts'

export const invitationOperations: readonly Operation<OperationContext>[] = [
  {
    ...graph,
    id: 'Graph_CreateInvitation',
    method: 'POST',
    path: '/v1.0/invitations',
    statuses: [201],
    permission: 'users/inviteGuest, or as allowInvitesFrom says',
    summary: 'Invites somebody from elsewhere as a guest, and sends or shows their personal link.',
    body: invitationBody,
    async handle(context, request) {
      const body = parseGraphBody(request, invitationBody)
      if (body.resetRedemption && !body.invitedUser)
        throw invalid(
          'Request_BadRequest',
          'resetRedemption needs the id of the account in invitedUser.',
          'invitedUser',
        )
      const sent = await inviteGuest(context, fromWireInvitation(body))
      const isBilling = await holdsBillingAccount(context, context.caller.tenantId)
      const entity = {
        ...toWireInvitation(sent, context.now),
        ...(isBilling ? { '@tenantry.securityNotice': securityNotice(request.baseUrl) } : {}),
      }
      // The link is shown once and kept nowhere, so the answer is not kept for a repeated request either (S20).
      const answer = created(toEntity(request, 'invitations', entity), isBilling ? noticeHeaders(request.baseUrl) : {})
      return { ...answer, isShownOnce: true }
    },
  },
]
