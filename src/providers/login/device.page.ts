import { readableUserCode } from '../../domain/directory/sign-in-client.ts'
import { html, type Page } from '../../http/html.ts'
import type { Language } from '../../http/language.ts'
import { texts } from './texts.ts'

export function enterCodePage(language: Language, code: string, error?: string): Page {
  const text = texts[language]
  return {
    title: text.enterCode,
    language,
    body: html`<h1>${text.enterCode}</h1>
<p class="muted">${text.enterCodeHint}</p>
${error !== undefined && html`<p class="error" role="alert" id="error">${error}</p>`}
<form method="post" action="/devicelogin">
<input type="hidden" name="ui_locales" value="${language}">
<label for="user_code">${text.code}</label>
<input id="user_code" name="user_code" type="text" class="code" value="${code}" autocomplete="off" autocapitalize="characters"
 spellcheck="false" required maxlength="20" autofocus${error === undefined ? html`` : html` aria-invalid="true" aria-describedby="error"`}>
<button type="submit">${text.next}</button>
</form>`,
  }
}

export function confirmDevicePage(
  language: Language,
  shown: { userCode: string; application: string; person: string },
): Page {
  const text = texts[language]
  return {
    title: text.confirmDevice,
    language,
    body: html`<h1>${text.confirmDevice}</h1>
<dl><dt>${text.application}</dt><dd>${shown.application}</dd>
<dt>${text.code}</dt><dd class="code">${readableUserCode(shown.userCode)}</dd>
<dt>${text.signedInAs}</dt><dd>${shown.person}</dd></dl>
<p class="muted">${text.confirmDeviceHint}</p>
<form method="post" action="/devicelogin/answer">
<input type="hidden" name="ui_locales" value="${language}">
<input type="hidden" name="user_code" value="${shown.userCode}">
<button type="submit" name="answer" value="allow">${text.allowDevice}</button>
<button type="submit" name="answer" value="deny" class="quiet">${text.denyDevice}</button>
</form>`,
  }
}

export function answeredDevicePage(language: Language, answer: 'allowed' | 'denied'): Page {
  const text = texts[language]
  const title = answer === 'allowed' ? text.deviceAllowed : text.deviceDenied
  return { title, language, body: html`<h1>${title}</h1><p class="muted">${text.deviceAnsweredHint}</p>` }
}
