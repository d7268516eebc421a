import { isGuid } from '../../domain/directory/object-id.ts'
import { clearCookie, cookieOf, outsideSignInCookie, setCookie, signInCookie } from '../../http/cookies.ts'
import { pageAnswer, seeOther } from '../../http/html.ts'
import { languageOf } from '../../http/language.ts'
import { type ApiRequest, type ApiResponse, type Operation, queryValue } from '../../http/operation.ts'
import { ownPath } from '../../http/own-path.ts'
import type { OperationContext } from '../../operations/context.ts'
import { beginOutsideSignIn, completeOutsideSignIn, type OutsideRefused } from '../../operations/outside-sign-in.ts'
import { outsideRefusedPage } from './outside.page.ts'
import { onPage } from './sign-in.routes.ts'

const callbackPath = '/login/callback'
const redirectUriOf = (request: ApiRequest): string => `${request.baseUrl}${callbackPath}`

/** What of an answer is looked at (OpenID Connect Core 3.1.2.5, RFC 9207). */
const answerParameters = ['code', 'state', 'iss', 'error']

/** Both ask the provider, so neither is one transaction; what they write is in transactions of its own. */
export const outsideOperations: readonly Operation<OperationContext>[] = [
  {
    ...onPage,
    id: 'Login_BeginOutside',
    method: 'GET',
    path: '/login/outside',
    statuses: [303, 400, 502],
    summary: 'Sends the browser to sign in at a provider of the tenant.',
    query: { provider: 'required', returnTo: 'optional', login_hint: 'optional', ui_locales: 'optional' },
    async handle(context, request) {
      const provider = queryValue(request, 'provider') ?? ''
      const returnTo = ownPath(queryValue(request, 'returnTo'), request.baseUrl) ?? '/account'
      if (!isGuid(provider)) return refuse(request, { kind: 'refused', refusal: 'gone', returnTo })
      const outcome = await beginOutsideSignIn(context, {
        providerId: provider.toLowerCase(),
        returnTo,
        loginHint: queryValue(request, 'login_hint')?.slice(0, 320) || undefined,
        browserCookie: cookieOf(request, outsideSignInCookie),
        redirectUri: redirectUriOf(request),
      })
      if (outcome.kind === 'refused') return refuse(request, outcome)
      return seeOther(outcome.address, [setCookie(outsideSignInCookie, outcome.browserCookie)])
    },
  },
  {
    ...onPage,
    id: 'Login_CompleteOutside',
    method: 'GET',
    path: callbackPath,
    statuses: [303, 400, 403, 502],
    summary: 'Where a provider sends the browser back to; begins the session of whom it vouches for.',
    async handle(context, request) {
      const outcome = await completeOutsideSignIn(context, {
        answer: answerOf(request),
        browserCookie: cookieOf(request, outsideSignInCookie),
        previousCookie: cookieOf(request, signInCookie),
        redirectUri: redirectUriOf(request),
      })
      if (outcome.kind === 'refused') return refuse(request, outcome)
      return seeOther(outcome.returnTo, [
        setCookie(signInCookie, outcome.cookieValue),
        clearCookie(outsideSignInCookie),
      ])
    },
  },
]

const answerOf = (request: ApiRequest): URLSearchParams =>
  new URLSearchParams(
    answerParameters.flatMap((name) => {
      const value = queryValue(request, name)
      return value === undefined ? [] : [[name, value]]
    }),
  )

const statuses: Readonly<Record<OutsideRefused['refusal'], number>> = {
  lost: 400,
  expired: 400,
  gone: 400,
  denied: 403,
  unknown: 403,
  subjectTaken: 403,
  disabled: 403,
  unreachable: 502,
  unsafe: 502,
  untrusted: 502,
}

const refuse = (request: ApiRequest, refused: OutsideRefused): ApiResponse =>
  pageAnswer(statuses[refused.refusal], outsideRefusedPage(languageOf(request), refused))
