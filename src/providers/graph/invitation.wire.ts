import { z } from 'zod'
import { stateAt } from '../../domain/directory/invitation.ts'
import { isMailAddress } from '../../domain/mail/address.ts'
import type { SentInvitation, WantedInvitation } from '../../operations/invite-guest.ts'
import { refused } from './body.ts'
import type { Entity } from './entity.ts'
import { toWireUser } from './user.wire.ts'

const largestText = 1000

/** S24: what an inviter writes is text. Control characters besides the line break are dropped. */
const plainText = z
  .string()
  .max(largestText, `has at most ${largestText} characters`)
  .transform((text) => text.replace(/\r\n?/g, '\n').replace(/[^\P{C}\n\u200d]/gu, ''))

const recipient = z.object({
  emailAddress: z.object({ address: z.string().refine(isMailAddress, 'is not an e-mail address') }),
})

export const invitationBody = z.object({
  invitedUserEmailAddress: z.string().max(320),
  inviteRedirectUrl: z.string(),
  invitedUserDisplayName: z.string().trim().min(1).max(256).optional(),
  invitedUserType: z.enum(['Guest', 'Member']).default('Guest'),
  sendInvitationMessage: z.boolean().default(false),
  invitedUserMessageInfo: z
    .object({
      messageLanguage: z.string().max(35).nullish(),
      customizedMessageBody: plainText.nullish(),
      ccRecipients: z.array(recipient).max(1, 'takes one recipient, as in Azure').nullish(),
    })
    .nullish(),
  resetRedemption: z.boolean().default(false),
  invitedUser: z.object({ id: z.guid() }).nullish(),
  ...refused('invitedUserSponsors'),
})

export function fromWireInvitation(body: z.output<typeof invitationBody>): WantedInvitation {
  const info = body.invitedUserMessageInfo
  return {
    address: body.invitedUserEmailAddress,
    redirectUrl: body.inviteRedirectUrl,
    displayName: body.invitedUserDisplayName,
    userType: body.invitedUserType,
    message: {
      isSent: body.sendInvitationMessage,
      language: info?.messageLanguage?.toLowerCase().startsWith('sv') ? 'sv' : 'en',
      text: info?.customizedMessageBody?.trim() || null,
      cc: info?.ccRecipients?.map(({ emailAddress }) => emailAddress.address) ?? [],
    },
    resetUserId: body.resetRedemption ? body.invitedUser?.id.toLowerCase() : undefined,
  }
}

const graphLanguages = { en: 'en-US', sv: 'sv-SE' } as const

export function toWireInvitation({ invitation, user, redeemUrl, ticket }: SentInvitation, now: Date): Entity {
  const { message } = invitation
  return {
    id: invitation.id,
    invitedUserDisplayName: invitation.displayName,
    invitedUserEmailAddress: invitation.address,
    invitedUserType: invitation.userType,
    sendInvitationMessage: message.isSent,
    resetRedemption: false,
    inviteRedeemUrl: redeemUrl ?? invitation.redirectUrl,
    inviteRedirectUrl: invitation.redirectUrl,
    status:
      user.externalUserState === 'Accepted' || stateAt(invitation, now) !== 'Pending'
        ? 'Completed'
        : 'PendingAcceptance',
    invitedUserMessageInfo: {
      messageLanguage: graphLanguages[message.language],
      customizedMessageBody: message.text,
      ccRecipients: message.cc.map((address) => ({ emailAddress: { name: null, address } })),
    },
    invitedUser: toWireUser(user),
    ...(ticket === undefined
      ? {}
      : {
          '@tenantry.redemption': `/providers/Tenantry.Directory/redemptions/${ticket}`,
          '@tenantry.expirationDateTime': invitation.expiresAt.toISOString(),
        }),
  }
}
