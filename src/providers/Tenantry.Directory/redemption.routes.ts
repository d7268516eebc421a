import { parseBody } from '../../http/body.ts'
import { type Operation, ok, pathParameter } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import {
  acceptInvitation,
  checkRedeemable,
  declineInvitation,
  homeIdentityOf,
  readRedemption,
} from '../../operations/redeem-invitation.ts'
import { acceptBody, toWireRedemption } from './redemption.wire.ts'

const common = {
  apiVersions: ['2026-11-01'],
  authentication: 'bearer',
  permission: 'the invited person, signed in at home',
  statuses: [200],
} as const
const path = '/providers/Tenantry.Directory/redemptions/{ticket}'

/** What the pages at /redeem do, for clients with a token of the home tenant; the ticket is the one of the link. */
export const redemptionOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'Redemptions_Get',
    method: 'GET',
    path,
    summary: 'Who invites where, until when, and on which terms. Reading it changes nothing.',
    async handle(context, request) {
      const redemption = await readRedemption(context, pathParameter(request, 'ticket'))
      const identity = await homeIdentityOf(context, context.caller)
      if (redemption.state === 'Pending') await checkRedeemable(context, redemption, identity)
      return ok(toWireRedemption(redemption))
    },
  },
  {
    ...common,
    id: 'Redemptions_Accept',
    method: 'POST',
    path: `${path}/accept`,
    summary: 'Accepts the invitation: the account is bound to the identity that accepts.',
    body: acceptBody,
    async handle(context, request) {
      const body = request.body === undefined ? {} : parseBody(request, acceptBody)
      const identity = await homeIdentityOf(context, context.caller)
      const redemption = await acceptInvitation(context, pathParameter(request, 'ticket'), identity, {
        acceptsTerms: body.properties?.acceptsTermsOfUse ?? false,
      })
      return ok(toWireRedemption(redemption))
    },
  },
  {
    ...common,
    id: 'Redemptions_Decline',
    method: 'POST',
    path: `${path}/decline`,
    summary: 'Declines the invitation for good.',
    async handle(context, request) {
      const identity = await homeIdentityOf(context, context.caller)
      return ok(toWireRedemption(await declineInvitation(context, pathParameter(request, 'ticket'), identity)))
    },
  },
]
