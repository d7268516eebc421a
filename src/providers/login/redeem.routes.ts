import { refuseUnlessPending } from '../../domain/directory/invitation.ts'
import { invalid, Refusal } from '../../domain/refusal.ts'
import { cookieOf, signInCookie } from '../../http/cookies.ts'
import { statusOfRefusal } from '../../http/error-envelope.ts'
import { postedForm } from '../../http/form.ts'
import { pageAnswer, seeOther } from '../../http/html.ts'
import { languageOf, languageOfForm } from '../../http/language.ts'
import { type ApiRequest, type ApiResponse, type Operation, queryValue } from '../../http/operation.ts'
import { signInAddress } from '../../http/own-path.ts'
import type { OperationContext } from '../../operations/context.ts'
import {
  acceptInvitation,
  checkRedeemable,
  declineInvitation,
  homeIdentityOf,
  readRedemption,
} from '../../operations/redeem-invitation.ts'
import { findSignInSession } from '../../operations/sign-in-session.ts'
import { closedPage, consentPage, decidedPage, invitationPage, redeemPath } from './redeem.page.ts'

const onPage = {
  authentication: 'anonymous',
  permission: 'who has the link; to decide, the invited person',
  apiVersions: 'none',
  errorShape: 'page',
} as const

export const redeemOperations: readonly Operation<OperationContext>[] = [
  {
    ...onPage,
    id: 'Login_RedeemPage',
    method: 'GET',
    path: '/redeem',
    statuses: [200, 403, 409, 410],
    summary: 'Where the link of an invitation leads. Following it changes nothing, however often.',
    query: { ticket: 'required', ui_locales: 'optional' },
    handle: showInvitation,
  },
  {
    ...onPage,
    id: 'Login_Redeem',
    method: 'POST',
    path: '/redeem',
    statuses: [200, 303],
    summary: 'Accepts or declines the invitation as the person who is signed in.',
    async handle(context, request) {
      const form = postedForm(request)
      const ticket = form.get('ticket') ?? ''
      const decision = form.get('decision')
      const person = await findSignInSession(context, cookieOf(request, signInCookie))
      if (!person) return seeOther(signInAddress(redeemPath(ticket)))
      if (decision !== 'accept' && decision !== 'decline')
        throw invalid('InvalidDecision', 'Choose Accept or Decline on the page of the invitation.')
      const identity = await homeIdentityOf(context, person)
      const redemption =
        decision === 'accept'
          ? await acceptInvitation(context, ticket, identity, { acceptsTerms: form.get('acceptsTerms') === 'yes' })
          : await declineInvitation(context, ticket, identity)
      return pageAnswer(200, decidedPage(languageOfForm(request, form), redemption))
    },
  },
]

async function showInvitation(context: OperationContext, request: ApiRequest): Promise<ApiResponse> {
  const language = languageOf(request)
  const ticket = queryValue(request, 'ticket') ?? ''
  const redemption = await readRedemption(context, ticket)
  const person = await findSignInSession(context, cookieOf(request, signInCookie))
  try {
    refuseUnlessPending(redemption.invitation, context.now)
    if (!person) return pageAnswer(200, invitationPage(language, redemption, ticket))
    await checkRedeemable(context, redemption, await homeIdentityOf(context, person))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return pageAnswer(statusOfRefusal(error), closedPage(language, redemption, ticket, error))
  }
  return pageAnswer(200, consentPage(language, redemption, ticket, person))
}
