import { type Html, html, type Page } from '../../http/html.ts'
import type { Language } from '../../http/language.ts'
import { outsideTexts } from './outside-texts.ts'
import { texts } from './texts.ts'

/** What travels through the forms of a sign-in unchanged. */
export interface SignInFields {
  readonly language: Language
  readonly returnTo: string
  readonly tenant: string | undefined
  readonly userName: string
  /** Where else the people of the tenant may sign in. */
  readonly providers: readonly { readonly id: string; readonly displayName: string }[]
}

const kept = ({ returnTo, tenant, language }: SignInFields): Html => html`
<input type="hidden" name="returnTo" value="${returnTo}">
${tenant !== undefined && html`<input type="hidden" name="tenant" value="${tenant}">`}
<input type="hidden" name="ui_locales" value="${language}">`

const alert = (error: string | undefined): Html =>
  error === undefined ? html`` : html`<p class="error" role="alert" id="error">${error}</p>`

const describedBy = (error: string | undefined): Html =>
  error === undefined ? html`` : html` aria-invalid="true" aria-describedby="error"`

export function signInPage(fields: SignInFields, error?: string): Page {
  const text = texts[fields.language]
  const isNameKnown = fields.userName !== ''
  return {
    title: text.signIn,
    language: fields.language,
    body: html`<h1>${text.signIn}</h1>
<p class="muted">${text.signInHint}</p>
${alert(error)}
<form method="post" action="/login">
${kept(fields)}
<label for="userName">${text.userName}</label>
<input id="userName" name="userName" type="text" value="${fields.userName}" autocomplete="username" autocapitalize="none"
 spellcheck="false" required maxlength="320"${describedBy(error)}${isNameKnown ? html`` : html` autofocus`}>
<label for="password">${text.password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required
 maxlength="256"${describedBy(error)}${isNameKnown ? html` autofocus` : html``}>
<button type="submit">${text.signIn}</button>
</form>
${fields.providers.map((provider) => providerLink(fields, provider))}`,
  }
}

/** A link and no form: a form may not lead to another origin, not even by a redirect (TRUST S16). */
function providerLink(fields: SignInFields, provider: SignInFields['providers'][number]): Html {
  const query = new URLSearchParams({
    provider: provider.id,
    returnTo: fields.returnTo,
    ui_locales: fields.language,
    ...(fields.userName === '' ? {} : { login_hint: fields.userName }),
  })
  const text = outsideTexts[fields.language].signInWith(provider.displayName)
  return html`<a class="button quiet" href="/login/outside?${query.toString()}">${text}</a>
`
}

export function newPasswordPage(fields: SignInFields, error?: string): Page {
  const text = texts[fields.language]
  return {
    title: text.newPasswordTitle,
    language: fields.language,
    body: html`<h1>${text.newPasswordTitle}</h1>
<p class="muted">${text.newPasswordHint}</p>
${alert(error)}
<form method="post" action="/login/password">
${kept(fields)}
<label for="userName">${text.userName}</label>
<input id="userName" name="userName" type="text" value="${fields.userName}" autocomplete="username" required readonly>
<label for="password">${text.presentPassword}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required
 maxlength="256" autofocus${describedBy(error)}>
<label for="newPassword">${text.newPassword}</label>
<input id="newPassword" name="newPassword" type="password" autocomplete="new-password" required minlength="8"
 maxlength="256" aria-describedby="rule">
<label for="repeated">${text.repeatPassword}</label>
<input id="repeated" name="repeated" type="password" autocomplete="new-password" required minlength="8" maxlength="256">
<p class="muted" id="rule">${text.newPasswordRule}</p>
<button type="submit">${text.saveAndSignIn}</button>
</form>`,
  }
}

export function pickAccountPage(fields: SignInFields, person: { displayName: string; userName: string }): Page {
  const text = texts[fields.language]
  const other = new URLSearchParams({ returnTo: fields.returnTo, prompt: 'login', ui_locales: fields.language })
  if (fields.tenant !== undefined) other.set('tenant', fields.tenant)
  return {
    title: text.pickTitle,
    language: fields.language,
    body: html`<h1>${text.pickTitle}</h1>
<p>${text.signedInAs} ${person.displayName}<br><span class="muted">${person.userName}</span></p>
<a class="button" href="${fields.returnTo}">${text.continueAs(person.displayName)}</a>
<a class="button quiet" href="/login?${other.toString()}">${text.otherAccount}</a>`,
  }
}

export interface Directory {
  readonly id: string
  readonly displayName: string
  readonly isHome: boolean
}

/** Both lists of TEN-7: where the person is at home, and where they are a guest. */
export function accountPage(
  language: Language,
  person: { displayName: string; userName: string },
  directories: readonly Directory[],
): Page {
  const text = texts[language]
  return {
    title: text.accountTitle,
    language,
    body: html`<h1>${text.accountTitle}</h1>
<p>${person.displayName}<br><span class="muted">${person.userName}</span></p>
<h2>${text.directories}</h2>
<dl>${directories.map(
      (directory) =>
        html`<dt>${directory.isHome ? text.home : text.guest}</dt><dd>${directory.displayName}<br>
<span class="muted">${directory.id}</span></dd>`,
    )}</dl>
<a class="button quiet" href="/logout">${text.signOut}</a>`,
  }
}

export function signOutPage(language: Language, next?: { clientId: string; address: string }): Page {
  const text = texts[language]
  return {
    title: text.signOut,
    language,
    body: html`<h1>${text.signOutQuestion}</h1>
<p class="muted">${text.signOutHint}</p>
<form method="post" action="/logout"><input type="hidden" name="ui_locales" value="${language}">
${
  next !== undefined &&
  html`<input type="hidden" name="client_id" value="${next.clientId}">
<input type="hidden" name="post_logout_redirect_uri" value="${next.address}">`
}
<button type="submit">${text.signOut}</button></form>
<a class="button quiet" href="/account">${text.stay}</a>`,
  }
}

export function signedOutPage(language: Language): Page {
  const text = texts[language]
  return {
    title: text.signedOut,
    language,
    body: html`<h1>${text.signedOut}</h1>
<p class="muted">${text.signedOutHint}</p>
<a class="button quiet" href="/login">${text.signInAgain}</a>`,
  }
}
