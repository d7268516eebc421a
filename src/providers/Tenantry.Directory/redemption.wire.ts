import { z } from 'zod'
import type { Redemption } from '../../operations/redeem-invitation.ts'

export const acceptBody = z.object({ properties: z.object({ acceptsTermsOfUse: z.boolean().optional() }).optional() })

/** Neither the link nor anything of the tenant but what the invited person must know to decide. */
export function toWireRedemption(redemption: Redemption) {
  const { invitation, tenant, policy } = redemption
  return {
    type: 'Tenantry.Directory/redemptions',
    properties: {
      state: redemption.state,
      invitedUserEmailAddress: invitation.address,
      invitedUserId: invitation.userId,
      inviterDisplayName: redemption.inviterName,
      tenantId: tenant.id,
      tenantDisplayName: tenant.displayName,
      tenantDomain: redemption.tenantDomain,
      expirationDateTime: invitation.expiresAt.toISOString(),
      inviteRedirectUrl: invitation.redirectUrl,
      privacyStatementUrl: policy.privacyStatementUrl,
      termsOfUseUrl: policy.termsOfUseUrl,
    },
  }
}
