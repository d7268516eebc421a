import { html, type Page } from '../../http/html.ts'
import type { Language } from '../../http/language.ts'
import { describeRefusal, type StsRefusal } from './sts.ts'
import { refusalTexts, texts } from './texts.ts'

/** Lets the browser go on to the application by itself. */
export const goOnPage = (language: Language, location: string): Page => ({
  title: texts[language].goingOn,
  language,
  refreshTo: location,
  body: html`<h1>${texts[language].goingOn}</h1>
<p class="muted">${texts[language].goingOnHint}</p>
<a class="button" href="${location}">${texts[language].goOn}</a>`,
})

export function refusedPage(language: Language, refusal: StsRefusal, what: string, otherAccount?: string): Page {
  const text = texts[language]
  const { description } = describeRefusal(refusal, what)
  const forPeople = refusalTexts[language][refusal]
  return {
    title: text.refused,
    language,
    body: html`<h1>${text.refused}</h1>
<p class="error" role="alert">${forPeople ?? text.refusedByMistake}</p>
<p class="muted">${description}</p>
${otherAccount !== undefined && html`<a class="button quiet" href="${otherAccount}">${text.otherAccount}</a>`}`,
  }
}
