import { normalUserCode } from '../../domain/directory/sign-in-client.ts'
import { cookieOf, signInCookie } from '../../http/cookies.ts'
import { postedForm } from '../../http/form.ts'
import { pageAnswer, seeOther } from '../../http/html.ts'
import { languageOf, languageOfForm } from '../../http/language.ts'
import { type ApiRequest, type ApiResponse, type Operation, queryValue } from '../../http/operation.ts'
import { signInAddress } from '../../http/own-path.ts'
import type { OperationContext } from '../../operations/context.ts'
import { answerDevice, findDeviceByUserCode, type FoundDevice } from '../../operations/device-sign-in.ts'
import { findSignInSession, type SignedIn } from '../../operations/sign-in-session.ts'
import { refusedPage } from './answer.page.ts'
import { answeredDevicePage, confirmDevicePage, enterCodePage } from './device.page.ts'
import { onPage } from './sign-in.routes.ts'
import { texts } from './texts.ts'

export const deviceOperations: readonly Operation<OperationContext>[] = [
  {
    ...onPage,
    id: 'Login_DevicePage',
    method: 'GET',
    path: '/devicelogin',
    statuses: [200, 303],
    summary: 'Where people enter the code that a device without a browser shows.',
    query: { user_code: 'optional', ui_locales: 'optional' },
    async handle(context, request) {
      const person = await findSignInSession(context, cookieOf(request, signInCookie))
      const code = (queryValue(request, 'user_code') ?? '').slice(0, 20)
      if (!person) return toSignIn(code)
      return pageAnswer(200, enterCodePage(languageOf(request), code))
    },
  },
  {
    ...onPage,
    id: 'Login_EnterDeviceCode',
    method: 'POST',
    path: '/devicelogin',
    statuses: [200, 303, 429],
    summary: 'Looks up what the code is for and asks whether to let it in.',
    handle: (context, request) =>
      withDevice(context, request, async (found, person, language) =>
        pageAnswer(
          200,
          confirmDevicePage(language, {
            userCode: found.device.userCode,
            application: found.client.displayName,
            person: person.userName,
          }),
        ),
      ),
  },
  {
    ...onPage,
    id: 'Login_AnswerDevice',
    method: 'POST',
    path: '/devicelogin/answer',
    statuses: [200, 303, 400, 429],
    summary: 'Lets the device in, or tells it no.',
    handle: (context, request) =>
      withDevice(context, request, async (found, person, language, form) => {
        const outcome = await answerDevice(context, person, found, form.get('answer') === 'allow')
        if (outcome.kind !== 'refused') return pageAnswer(200, answeredDevicePage(language, outcome.kind))
        const query = new URLSearchParams({
          returnTo: `/devicelogin?user_code=${found.device.userCode}`,
          prompt: 'login',
          ui_locales: language,
        })
        const again = `/login?${query.toString()}`
        if (outcome.refusal === 'sign_in_again') return seeOther(again)
        return pageAnswer(400, refusedPage(language, outcome.refusal, found.client.appId, again))
      }),
  },
]

const toSignIn = (code: string): ApiResponse =>
  seeOther(signInAddress(`/devicelogin${code === '' ? '' : `?user_code=${encodeURIComponent(code)}`}`))

async function withDevice(
  context: OperationContext,
  request: ApiRequest,
  go: (
    found: Extract<FoundDevice, { kind: 'device' }>,
    person: SignedIn,
    language: ReturnType<typeof languageOf>,
    form: URLSearchParams,
  ) => Promise<ApiResponse>,
): Promise<ApiResponse> {
  const form = postedForm(request)
  const language = languageOfForm(request, form)
  const typed = (form.get('user_code') ?? '').slice(0, 20)
  const person = await findSignInSession(context, cookieOf(request, signInCookie))
  if (!person) return toSignIn(normalUserCode(typed))
  const found = await findDeviceByUserCode(context, person, typed)
  if (found.kind === 'unknown') return pageAnswer(200, enterCodePage(language, typed, texts[language].unknownCode))
  if (found.kind === 'device') return go(found, person, language, form)
  const page = enterCodePage(language, typed, texts[language].throttled(found.retryAfterSeconds))
  const held = pageAnswer(429, page)
  return { ...held, headers: { ...held.headers, 'retry-after': String(found.retryAfterSeconds) } }
}
