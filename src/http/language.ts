import { type ApiRequest, queryValue } from './operation.ts'

export type Language = 'en' | 'sv'

const languages: readonly Language[] = ['en', 'sv']

/** What the link asks for (`ui_locales`, `mkt`) wins over what the browser prefers; English when neither is ours. */
export function languageOf(request: Pick<ApiRequest, 'headers' | 'query'>): Language {
  const asked = ['ui_locales', 'mkt'].flatMap((name) => (queryValue(request as ApiRequest, name) ?? '').split(' '))
  return asked.map(languageOfTag).find((language) => language !== undefined) ?? preferredLanguage(request.headers)
}

/** The language that a form of a page carries on, so that it does not change between two pages. */
export const languageOfForm = (request: Pick<ApiRequest, 'headers'>, form: URLSearchParams): Language =>
  languageOf({ headers: request.headers, query: new Map([['ui_locales', form.get('ui_locales') ?? '']]) })

/** The language of an Accept-Language header, by its weights. */
export function preferredLanguage(headers: ApiRequest['headers']): Language {
  const header = headers['accept-language']
  const ranges = (Array.isArray(header) ? header.join(',') : (header ?? '')).slice(0, 1000).split(',')
  const weighted = ranges.map((range) => {
    const [tag = '', ...parameters] = range.trim().split(';')
    const weight = Number(/q=([\d.]+)/.exec(parameters.join(';'))?.[1] ?? '1')
    return { language: languageOfTag(tag), weight: Number.isFinite(weight) ? weight : 0 }
  })
  const best = weighted
    .filter(({ language, weight }) => language !== undefined && weight > 0)
    .sort((left, right) => right.weight - left.weight)[0]
  return best?.language ?? 'en'
}

function languageOfTag(tag: string): Language | undefined {
  const primary = tag.trim().toLowerCase().split('-')[0]
  return languages.find((language) => language === primary)
}
