import { invalid } from '../refusal.ts'
import { normalizeLocation } from './location.ts'

export type FilterField = 'resourceType' | 'name' | 'location' | 'resourceGroup' | 'tagName' | 'tagValue'
type Filter = Partial<Record<FilterField, string>>

const term = /^\s*([A-Za-z]+)\s+eq\s+'((?:[^']|'')*)'\s*(?:and\s+|$)/i

/**
 * Terms `field eq 'value'` joined by `and`. Anything else is refused: a filter that is not understood must not be
 * ignored, because the answer would show more than was asked for.
 */
export function parseFilter(text: string, allowed: readonly FilterField[]): Filter {
  const filter: Filter = {}
  let rest = text.trim()
  while (rest !== '') {
    const match = term.exec(rest)
    const field = allowed.find((candidate) => candidate.toLowerCase() === match?.[1]?.toLowerCase())
    if (!match || field === undefined || filter[field] !== undefined) throw unsupported(text, allowed)
    filter[field] = (match[2] ?? '').replaceAll("''", "'")
    const isContinued = /and\s+$/i.test(match[0])
    rest = rest.slice(match[0].length)
    if (isContinued === (rest === '')) throw unsupported(text, allowed)
  }
  if (filter.tagValue !== undefined && filter.tagName === undefined) throw unsupported(text, allowed)
  if (filter.location !== undefined) filter.location = normalizeLocation(filter.location)
  return filter
}

const unsupported = (text: string, allowed: readonly FilterField[]) =>
  invalid(
    'InvalidFilterInQueryString',
    `The filter "${text}" is not supported here. Use terms like ${allowed.map((field) => `${field} eq '…'`).join(', ')}, joined by 'and'; tagValue needs tagName.`,
    '$filter',
  )
