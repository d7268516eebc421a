import type { ApiResponse } from './operation.ts'
import type { Language } from './language.ts'

/** Markup that was made by `html`; every other text is escaped when it is put into a page. */
export class Html {
  readonly markup: string

  constructor(markup: string) {
    this.markup = markup
  }
}

type Value = Html | string | number | false | null | undefined | readonly Value[]

/** `html\`<p>${text}</p>\``: values are escaped, other `Html` is taken as it is, lists are joined, nothing gives nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(parts.map((part, index) => (index === 0 ? part : markupOf(values[index - 1]) + part)).join(''))
}

function markupOf(value: Value): string {
  if (value === undefined || value === null || value === false) return ''
  if (value instanceof Html) return value.markup
  if (typeof value === 'object') return value.map(markupOf).join('')
  return String(value).replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`)
}

/** Where the style sheet of every page is served. */
export const styleSheetPath = '/page.css'

export interface Page {
  readonly title: string
  readonly language: Language
  readonly body: Html
  /** Where the browser goes on by itself; the page must have a link there as well. */
  readonly refreshTo?: string
}

/** A whole document: one card in the middle, no script, nothing from another origin. */
export const page = ({ title, language, body, refreshTo }: Page): string =>
  html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
${refreshTo !== undefined && html`<meta http-equiv="refresh" content="0; url=${refreshTo}">`}
<title>${title} · Tenantry</title>
<link rel="stylesheet" href="${styleSheetPath}">
</head>
<body>
<main class="card">
<p class="brand" aria-hidden="true">Tenantry</p>
${body}
</main>
</body>
</html>
`.markup

/** TRUST S16. A page runs no script, is shown in no frame, is kept nowhere and tells no other site where it was. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

export const pageAnswer = (status: number, shown: Page, cookies?: readonly string[]): ApiResponse => ({
  status,
  body: page(shown),
  headers: pageHeaders,
  ...(cookies ? { cookies } : {}),
})

/** Sends a browser on after a form, or to a page that has to come first. */
export const seeOther = (location: string, cookies?: readonly string[]): ApiResponse => ({
  status: 303,
  headers: { location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' },
  ...(cookies ? { cookies } : {}),
})
