import { Refusal } from '../../domain/refusal.ts'
import { cookieOf, setCookie, signInCookie } from '../../http/cookies.ts'
import { postedForm } from '../../http/form.ts'
import { pageAnswer, seeOther, styleSheetPath } from '../../http/html.ts'
import { languageOf, languageOfForm } from '../../http/language.ts'
import { type ApiRequest, type ApiResponse, type Operation, ok, queryValue } from '../../http/operation.ts'
import { ownPath, signInAddress } from '../../http/own-path.ts'
import { pageStyle } from '../../http/page-style.ts'
import type { OperationContext } from '../../operations/context.ts'
import { listProvidersOf } from '../../operations/outside-sign-in.ts'
import { changeOwnPassword, type SignInDecision, signInWithPassword } from '../../operations/sign-in.ts'
import { listDirectoriesOf } from '../../operations/list-directories.ts'
import { findSignInSession } from '../../operations/sign-in-session.ts'
import { accountPage, newPasswordPage, pickAccountPage, type SignInFields, signInPage } from './sign-in.page.ts'
import { texts } from './texts.ts'

export const onPage = {
  authentication: 'anonymous',
  permission: 'anybody',
  apiVersions: 'none',
  errorShape: 'page',
} as const

export const signInOperations: readonly Operation<OperationContext>[] = [
  {
    ...onPage,
    id: 'Login_StyleSheet',
    method: 'GET',
    path: styleSheetPath,
    statuses: [200],
    summary: 'The look of the pages of sign-in and invitations.',
    async handle() {
      return ok(pageStyle, { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'public, max-age=3600' })
    },
  },
  {
    ...onPage,
    id: 'Login_SignInPage',
    method: 'GET',
    path: '/login',
    statuses: [200, 303],
    summary: 'The page where people sign in; goes on at once for who is signed in, unless the link asks for more.',
    query: {
      returnTo: 'optional',
      tenant: 'optional',
      login_hint: 'optional',
      prompt: 'optional',
      ui_locales: 'optional',
    },
    async handle(context, request) {
      const fields = await fieldsOf(context, request, queryOf(request))
      const prompt = queryValue(request, 'prompt')
      const person = await findSignInSession(context, cookieOf(request, signInCookie))
      if (!person || prompt === 'login') return pageAnswer(200, signInPage(fields))
      if (prompt === 'select_account') return pageAnswer(200, pickAccountPage(fields, person))
      return seeOther(fields.returnTo)
    },
  },
  {
    ...onPage,
    id: 'Login_SignIn',
    method: 'POST',
    path: '/login',
    statuses: [200, 303, 429],
    summary: 'Signs a person in with user name and password and goes on to where they came from.',
    async handle(context, request) {
      const form = postedForm(request)
      const decision = await signInWithPassword(context, credentialsOf(request, form))
      return answerTo(context, decision, request, form, signInPage)
    },
  },
  {
    ...onPage,
    id: 'Login_ChangePassword',
    method: 'POST',
    path: '/login/password',
    statuses: [200, 303, 429],
    summary: "Changes one's own password and signs in with it.",
    async handle(context, request) {
      const form = postedForm(request)
      const fields = await fieldsOf(context, request, form)
      const newPassword = form.get('newPassword') ?? ''
      if (newPassword !== form.get('repeated'))
        return pageAnswer(200, newPasswordPage(fields, texts[fields.language].notRepeated))
      try {
        const decision = await changeOwnPassword(context, { ...credentialsOf(request, form), newPassword })
        return await answerTo(context, decision, request, form, newPasswordPage)
      } catch (error) {
        // A password that will not do is said on the form, as everything else about it is.
        if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error
        const text = texts[fields.language]
        return pageAnswer(
          200,
          newPasswordPage(fields, error.code === 'SamePassword' ? text.samePassword : text.badPassword),
        )
      }
    },
  },
  {
    ...onPage,
    id: 'Login_AccountPage',
    method: 'GET',
    path: '/account',
    statuses: [200, 303],
    summary: 'Who is signed in with this browser, and the directories of that person.',
    async handle(context, request) {
      const person = await findSignInSession(context, cookieOf(request, signInCookie))
      if (!person) return seeOther(signInAddress('/account'))
      return pageAnswer(200, accountPage(languageOf(request), person, await listDirectoriesOf(context, person)))
    },
  },
]

async function answerTo(
  context: OperationContext,
  decision: SignInDecision,
  request: ApiRequest,
  form: URLSearchParams,
  again: typeof signInPage,
): Promise<ApiResponse> {
  const fields = await fieldsOf(context, request, form)
  const text = texts[fields.language]
  switch (decision.kind) {
    case 'signedIn':
      return seeOther(fields.returnTo, [setCookie(signInCookie, decision.cookieValue)])
    case 'mustChangePassword':
      return pageAnswer(200, newPasswordPage(fields))
    case 'throttled': {
      const answer = pageAnswer(429, again(fields, text.throttled(decision.retryAfterSeconds)))
      return { ...answer, headers: { ...answer.headers, 'retry-after': String(decision.retryAfterSeconds) } }
    }
    case 'wrong':
    case 'disabled':
      return pageAnswer(200, again(fields, text[decision.kind]))
  }
}

const queryOf = (request: ApiRequest): URLSearchParams =>
  new URLSearchParams([...request.query].map(([name, value]) => [name === 'returnto' ? 'returnTo' : name, value]))

async function fieldsOf(
  context: OperationContext,
  request: ApiRequest,
  fields: URLSearchParams,
): Promise<SignInFields> {
  const field = (name: string): string | null => fields.get(name)
  const tenant = field('tenant')?.slice(0, 253) || undefined
  return {
    language: languageOfForm(request, fields),
    returnTo: ownPath(field('returnTo'), request.baseUrl) ?? '/account',
    tenant,
    providers: await listProvidersOf(context, tenant),
    userName: (field('userName') ?? field('login_hint') ?? '').slice(0, 320),
  }
}

const credentialsOf = (request: ApiRequest, form: URLSearchParams) => ({
  userName: (form.get('userName') ?? '').slice(0, 320),
  password: form.get('password') ?? '',
  tenant: form.get('tenant')?.slice(0, 253) || undefined,
  remoteAddress: request.remoteAddress,
  previousCookie: cookieOf(request, signInCookie),
})
