import { findUsageDay } from '../rating/billing-period.ts'
import { invalid, type Refusal } from '../refusal.ts'

export type DateProperty = 'usageStart' | 'usageEnd'
export type TextProperty =
  | 'resourceGroup'
  | 'resourceName'
  | 'resourceId'
  | 'instanceName'
  | 'meterId'
  | 'chargeType'
  | 'tags'
export type Comparison = 'eq' | 'ge' | 'gt' | 'le' | 'lt'

export interface DateCondition {
  readonly property: DateProperty
  readonly comparison: Comparison
  readonly value: Date
}
export interface TextCondition {
  readonly property: TextProperty
  readonly value: string
}

/** All conditions must hold. */
export interface CostFilter {
  readonly dates: readonly DateCondition[]
  readonly texts: readonly TextCondition[]
}

export const noFilter: CostFilter = { dates: [], texts: [] }

const dateProperties: readonly DateProperty[] = ['usageStart', 'usageEnd']
const textProperties: readonly TextProperty[] = [
  'resourceGroup',
  'resourceName',
  'resourceId',
  'instanceName',
  'meterId',
  'chargeType',
  'tags',
]
const comparisons: readonly Comparison[] = ['eq', 'ge', 'gt', 'le', 'lt']
const longestFilter = 4000
const deepestNesting = 8

/**
 * Comparisons joined by `and`, in parentheses or not. Anything else is refused by name: a filter that was ignored would
 * show more than was asked for.
 */
export function parseCostFilter(text: string | undefined): CostFilter {
  if (text === undefined || text.trim() === '') return noFilter
  if (text.length > longestFilter) throw unsupported(`it is longer than ${longestFilter} characters`)
  const dates: DateCondition[] = []
  const texts: TextCondition[] = []
  const tokens = tokensOf(text)
  let at = 0
  readAll(0)
  if (at < tokens.length) throw unsupported(`'${tokens[at]?.text}' is not expected`)
  return { dates, texts }

  function readAll(depth: number): void {
    if (depth > deepestNesting) throw unsupported(`it is nested deeper than ${deepestNesting} levels`)
    for (;;) {
      if (tokens[at]?.kind === 'open') {
        at += 1
        readAll(depth + 1)
        if (tokens[at]?.kind !== 'close') throw unsupported('a parenthesis is not closed')
        at += 1
      } else readComparison()
      const next = tokens[at]
      if (next?.kind !== 'word' || next.text.toLowerCase() !== 'and') return
      at += 1
    }
  }

  function readComparison(): void {
    const [name, verb, value] = tokens.slice(at, at + 3)
    at += 3
    if (name?.kind !== 'word' || verb?.kind !== 'word' || (value?.kind !== 'word' && value?.kind !== 'quoted'))
      throw unsupported('a comparison is not complete')
    const comparison = comparisons.find((candidate) => candidate === verb.text.toLowerCase())
    if (!comparison) throw unsupported(`'${verb.text}' is not a comparison`)
    const wanted = name.text.toLowerCase().replace(/^properties\//, '')
    const date = dateProperties.find((candidate) => candidate.toLowerCase() === wanted)
    const property = textProperties.find((candidate) => candidate.toLowerCase() === wanted)
    if (date) dates.push({ property: date, comparison, value: costInstantOf(date, value.text) })
    else if (!property) throw unsupported(`there is no property '${name.text}' to filter by`)
    else if (comparison !== 'eq' || value.kind !== 'quoted') throw unsupported(`'${name.text}' takes only eq '…'`)
    else texts.push({ property, value: value.text })
  }
}

interface Token {
  readonly kind: 'open' | 'close' | 'word' | 'quoted'
  readonly text: string
}

const isSpace = (character: string): boolean => character === ' ' || character === '\t'

/** Walks over the text once; each character is looked at a bounded number of times. */
function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    const character = text.charAt(at)
    if (isSpace(character)) at += 1
    else if (character === '(' || character === ')') {
      tokens.push({ kind: character === '(' ? 'open' : 'close', text: character })
      at += 1
    } else if (character === "'") {
      let value = ''
      for (at += 1; ; at += 1) {
        if (at >= text.length) throw unsupported('a quoted text is not closed')
        if (text.charAt(at) !== "'") value += text.charAt(at)
        else if (text.charAt(at + 1) === "'") {
          value += "'"
          at += 1
        } else break
      }
      at += 1
      tokens.push({ kind: 'quoted', text: value })
    } else {
      const start = at
      while (at < text.length && !isSpace(text.charAt(at)) && !"()'".includes(text.charAt(at))) at += 1
      tokens.push({ kind: 'word', text: text.slice(start, at) })
    }
  }
  return tokens
}

const instantNotation = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,7})?)?(?:Z|[+-]\d{2}:\d{2})$/

/** A bare day is the instant at which usage of that day starts or ends. */
export function costInstantOf(property: DateProperty, text: string): Date {
  const day = findUsageDay(text)
  if (day) return property === 'usageStart' ? startOfDay(day) : endOfDay(day)
  const instant = instantNotation.test(text) ? new Date(text) : undefined
  if (!instant || Number.isNaN(instant.getTime()))
    throw unsupported(`'${text}' is neither a day such as 2026-10-01 nor an instant such as 2026-10-01T00:00:00Z`)
  return instant
}

export const startOfDay = (day: string): Date => new Date(`${day}T00:00:00.000Z`)
/** The last second of the day, as the published API has it. */
export const endOfDay = (day: string): Date => new Date(`${day}T23:59:59.000Z`)

export function holds(condition: DateCondition, value: Date): boolean {
  const [left, right] = [value.getTime(), condition.value.getTime()]
  switch (condition.comparison) {
    case 'eq':
      return left === right
    case 'ge':
      return left >= right
    case 'gt':
      return left > right
    case 'le':
      return left <= right
    default:
      return left < right
  }
}

export function unsupported(reason: string): Refusal {
  return invalid(
    'InvalidFilter',
    `The $filter is not supported: ${reason}. Supported are ${dateProperties
      .map((property) => `properties/${property} (${comparisons.join(', ')})`)
      .join(', ')} with days or instants, and ${textProperties
      .map((property) => (property === 'tags' ? "tags eq 'key:value'" : `properties/${property} eq '…'`))
      .join(', ')}, joined by 'and'.`,
    '$filter',
  )
}
