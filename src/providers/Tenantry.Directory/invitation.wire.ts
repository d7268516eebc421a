import { z } from 'zod'
import { type Invitation, stateAt } from '../../domain/directory/invitation.ts'

export const resendBody = z.object({
  properties: z.object({ sendInvitationMessage: z.boolean().optional() }).optional(),
})

export function toWireInvitation(invitation: Invitation, now: Date, link?: { redeemUrl: string; ticket: string }) {
  return {
    id: `/providers/Tenantry.Directory/tenants/${invitation.tenantId}/invitations/${invitation.id}`,
    name: invitation.id,
    type: 'Tenantry.Directory/tenants/invitations',
    properties: {
      state: stateAt(invitation, now),
      invitedUserEmailAddress: invitation.address,
      invitedUserDisplayName: invitation.displayName,
      invitedUserType: invitation.userType,
      invitedUserId: invitation.userId,
      inviterId: invitation.inviterId,
      inviteRedirectUrl: invitation.redirectUrl,
      sendInvitationMessage: invitation.message.isSent,
      createdDateTime: invitation.createdAt.toISOString(),
      expirationDateTime: invitation.expiresAt.toISOString(),
      decidedDateTime: invitation.decidedAt?.toISOString() ?? null,
      homeTenantId: invitation.home?.tenantId ?? null,
      ...(link && {
        inviteRedeemUrl: link.redeemUrl,
        redemption: `/providers/Tenantry.Directory/redemptions/${link.ticket}`,
      }),
    },
  }
}
