import type { Refusal } from '../domain/refusal.ts'
import { html, pageAnswer } from './html.ts'
import type { Language } from './language.ts'
import type { ApiResponse } from './operation.ts'

const titles: Record<Language, string> = { en: 'That did not work', sv: 'Det gick inte' }

/** A refusal as people see it in a browser. */
export const errorPage = (status: number, language: Language, refusal: Refusal): ApiResponse =>
  pageAnswer(status, {
    title: titles[language],
    language,
    body: html`<h1>${titles[language]}</h1>
<p class="error" role="alert">${refusal.message}</p>
<p class="muted">${refusal.code}</p>`,
  })
