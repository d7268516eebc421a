import { createLocalJWKSet, jwtVerify } from 'jose'
import { clearCookie, cookieOf, signInCookie } from '../../http/cookies.ts'
import { postedForm } from '../../http/form.ts'
import { pageAnswer } from '../../http/html.ts'
import { type Language, languageOf, languageOfForm } from '../../http/language.ts'
import { type ApiRequest, type ApiResponse, type Operation, queryValue } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { findAddressAfterSignOut, isAboutPerson } from '../../operations/end-session.ts'
import { endSignInSession, findSignInSession } from '../../operations/sign-in-session.ts'
import { goOnPage } from './answer.page.ts'
import { signedOutPage, signOutPage } from './sign-in.page.ts'
import { onPage } from './sign-in.routes.ts'

interface KeyPorts {
  publicKeys(): readonly Record<string, unknown>[]
}

export const endSessionOperations = (ports: KeyPorts): readonly Operation<OperationContext>[] => [
  ...(['/{tenant}/oauth2/v2.0/logout', '/{tenant}/oauth2/logout', '/logout'] as const).map(
    (path, index): Operation<OperationContext> => ({
      ...onPage,
      id: ['Login_EndSession', 'Login_EndSessionV1', 'Login_SignOutPage'][index] ?? '',
      method: 'GET',
      path,
      statuses: [200],
      isWrite: true,
      summary: 'Asks whether to sign out; an application that shows whom it signed in signs that person out at once.',
      handle: (context, request) => endSession(ports, context, request),
    }),
  ),
  {
    ...onPage,
    id: 'Login_SignOut',
    method: 'POST',
    path: '/logout',
    statuses: [200],
    summary: 'Ends the session of this browser.',
    async handle(context, request) {
      const form = postedForm(request)
      const next = await findAddressAfterSignOut(
        context,
        form.get('client_id') ?? undefined,
        form.get('post_logout_redirect_uri') ?? undefined,
      )
      return signOut(context, request, languageOfForm(request, form), next)
    },
  },
]

/** OpenID Connect RP-Initiated Logout: without the proof of an id token the person is asked first. */
async function endSession(ports: KeyPorts, context: OperationContext, request: ApiRequest): Promise<ApiResponse> {
  const language = languageOf(request)
  const hint = await readHint(ports, context, queryValue(request, 'id_token_hint'))
  const clientId = hint?.clientId ?? queryValue(request, 'client_id')
  const address = withState(queryValue(request, 'post_logout_redirect_uri'), queryValue(request, 'state'))
  const next = await findAddressAfterSignOut(context, clientId, queryValue(request, 'post_logout_redirect_uri'))
  const person = await findSignInSession(context, cookieOf(request, signInCookie))
  if (!person) return pageAnswer(200, next ? goOnPage(language, address ?? next) : signedOutPage(language))
  if (hint && (await isAboutPerson(context, person, hint)))
    return signOut(context, request, language, next && (address ?? next))
  return pageAnswer(200, signOutPage(language, next && clientId ? { clientId, address: next } : undefined))
}

async function signOut(
  context: OperationContext,
  request: ApiRequest,
  language: Language,
  next: string | undefined,
): Promise<ApiResponse> {
  await endSignInSession(context, cookieOf(request, signInCookie))
  const shown = next === undefined ? signedOutPage(language) : goOnPage(language, next)
  return pageAnswer(200, shown, [clearCookie(signInCookie)])
}

function withState(address: string | undefined, state: string | undefined): string | undefined {
  if (address === undefined || state === undefined) return address
  return `${address}${address.includes('?') ? '&' : '?'}${new URLSearchParams({ state }).toString()}`
}

/** An id token of ours, also an expired one: it only says who is meant. */
async function readHint(
  ports: KeyPorts,
  context: OperationContext,
  token: string | undefined,
): Promise<{ tenantId: string; objectId: string; clientId: string } | undefined> {
  if (!token || token.length > 16_384) return undefined
  try {
    const keys = createLocalJWKSet({ keys: ports.publicKeys() as never })
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ['RS256'],
      typ: 'JWT',
      clockTolerance: 30 * 24 * 3600,
      currentDate: context.wallClock.now(),
    })
    const { tid, oid, aud } = payload
    if (typeof tid !== 'string' || typeof oid !== 'string' || typeof aud !== 'string') return undefined
    return { tenantId: tid, objectId: oid, clientId: aud }
  } catch {
    return undefined
  }
}
