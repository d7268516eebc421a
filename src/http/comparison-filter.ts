import { invalid } from '../domain/refusal.ts'
import { type ApiRequest, queryValue } from './operation.ts'

export type Comparison = 'eq' | 'ge' | 'le'

/** What a list can be filtered by: instants within bounds, texts that are equal. */
export type ComparableProperties = Readonly<Record<string, 'instant' | 'text'>>

export interface Comparisons {
  text(property: string): string | undefined
  instant(property: string, comparison: 'ge' | 'le'): Date | undefined
}

const clause = /^([\w/]+)\s+(eq|ge|le)\s+(?:'((?:[^']|'')*)'|(\S+))$/i
const longest = 4000

/**
 * `$filter` as comparisons joined by `and`. What is not understood is refused by name: a filter that was ignored would
 * show what was not asked for.
 */
export function readComparisons(request: ApiRequest, properties: ComparableProperties): Comparisons {
  const text = queryValue(request, '$filter')?.trim() ?? ''
  if (text.length > longest) throw unsupported(`${text.slice(0, 100)}…`, properties)
  const texts = new Map<string, string>()
  const instants = new Map<string, Date>()
  for (const part of text === '' ? [] : clausesOf(text)) {
    const [, name = '', use = '', quoted, bare] = clause.exec(part) ?? []
    const property = Object.keys(properties).find((candidate) => candidate.toLowerCase() === name.toLowerCase())
    const comparison = use.toLowerCase() as Comparison
    const value = quoted?.replaceAll("''", "'") ?? bare ?? ''
    if (property === undefined) throw unsupported(part, properties)
    const isInstant = properties[property] === 'instant'
    if (isInstant === (comparison === 'eq') || (!isInstant && quoted === undefined)) throw unsupported(part, properties)
    const key = `${property} ${comparison}`
    if (texts.has(key) || instants.has(key)) throw unsupported(part, properties)
    if (isInstant) instants.set(key, instantOf(value, property))
    else texts.set(key, value)
  }
  return {
    text: (property) => texts.get(`${property} eq`),
    instant: (property, comparison) => instants.get(`${property} ${comparison}`),
  }
}

/** Splits at `and` outside quotes. */
function clausesOf(text: string): string[] {
  const clauses = ['']
  for (const part of text.split(/('(?:[^']|'')*')/)) {
    const [first = '', ...rest] = part.startsWith("'") ? [part] : part.split(/\s+and\s+/i)
    clauses.push((clauses.pop() ?? '') + first, ...rest)
  }
  return clauses.map((one) => one.trim())
}

function instantOf(text: string, property: string): Date {
  const instant = /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?$/.test(text) ? new Date(text) : new Date(Number.NaN)
  if (!Number.isNaN(instant.getTime())) return instant
  throw invalid('BadRequest', `'${property}' is compared with an instant such as 2026-10-05T00:00:00Z.`, '$filter')
}

function unsupported(part: string, properties: ComparableProperties) {
  const forms = Object.entries(properties).flatMap(([name, type]) =>
    type === 'instant' ? [`${name} ge …`, `${name} le …`] : [`${name} eq '…'`],
  )
  return invalid(
    'BadRequest',
    `The filter '${part}' is not supported. Supported are ${forms.join(', ')}, each once, joined by 'and'.`,
    '$filter',
  )
}
