import { html, type Page } from '../../http/html.ts'
import type { Language } from '../../http/language.ts'
import type { OutsideRefused } from '../../operations/outside-sign-in.ts'
import { outsideTexts } from './outside-texts.ts'

/** Says what to do next. Nothing that a provider answered is shown (TRUST S40). */
export function outsideRefusedPage(language: Language, { refusal, returnTo, tenantId }: OutsideRefused): Page {
  const text = outsideTexts[language]
  const again = new URLSearchParams({ ui_locales: language })
  if (returnTo !== undefined) again.set('returnTo', returnTo)
  if (tenantId !== undefined) again.set('tenant', tenantId)
  return {
    title: text.title,
    language,
    body: html`<h1>${text.title}</h1>
<p class="error" role="alert">${text.refusals[refusal]}</p>
<a class="button quiet" href="/login?${again.toString()}">${text.again}</a>`,
  }
}
