import { isGuid } from '../../domain/directory/object-id.ts'
import { invalid } from '../../domain/refusal.ts'
import { type ApiRequest, queryValue } from '../../http/operation.ts'

type Use = 'eq' | 'startswith'

/** Which properties of a list can be filtered on, and how. */
export type FilterableProperties = Readonly<
  Record<string, { readonly type: 'text' | 'guid' | 'boolean'; readonly uses: readonly Use[] }>
>

export interface Condition {
  readonly property: string
  readonly use: Use
  readonly value: string | boolean
}

const equality = /^(\w+)\s+eq\s+(?:'((?:[^']|'')*)'|(true|false))$/i
const prefix = /^startswith\(\s*(\w+)\s*,\s*'((?:[^']|'')*)'\s*\)(?:\s+eq\s+true)?$/i

/**
 * The conditions of `$filter`, all of which must hold. What is not understood is refused: a filter that was ignored
 * would show what was not asked for.
 */
export function readFilter(request: ApiRequest, properties: FilterableProperties): readonly Condition[] {
  const text = queryValue(request, '$filter')?.trim()
  if (text === undefined || text === '') return []
  const conditions = clausesOf(text).map((clause) => conditionOf(clause, properties))
  const keys = conditions.map((condition) => `${condition.property} ${condition.use}`)
  if (new Set(keys).size !== keys.length) throw unsupportedFilter(text, properties)
  return conditions
}

/** Splits at `and` outside quotes. */
function clausesOf(text: string): string[] {
  const clauses: string[] = []
  let clause = ''
  for (const part of text.split(/('(?:[^']|'')*')/)) {
    if (part.startsWith("'")) {
      clause += part
      continue
    }
    const [first = '', ...rest] = part.split(/\s+and\s+/i)
    clause += first
    for (const next of rest) {
      clauses.push(clause.trim())
      clause = next
    }
  }
  return [...clauses, clause.trim()]
}

function conditionOf(clause: string, properties: FilterableProperties): Condition {
  const equal = equality.exec(clause)
  const start = equal ? null : prefix.exec(clause)
  const name = equal?.[1] ?? start?.[1]
  const use: Use = equal ? 'eq' : 'startswith'
  const property = Object.keys(properties).find((candidate) => candidate.toLowerCase() === name?.toLowerCase())
  const rule = property === undefined ? undefined : properties[property]
  if (property === undefined || !rule?.uses.includes(use)) throw unsupportedFilter(clause, properties)
  const text = (equal?.[2] ?? start?.[2])?.replaceAll("''", "'")
  const value = text ?? equal?.[3]?.toLowerCase() === 'true'
  if ((rule.type === 'boolean') !== (typeof value === 'boolean')) throw unsupportedFilter(clause, properties)
  if (rule.type === 'guid' && !isGuid(String(value)))
    throw invalid(
      'Request_BadRequest',
      `Invalid value '${String(value)}' specified for property '${property}': it is a GUID.`,
      '$filter',
    )
  return { property, use, value: rule.type === 'guid' ? String(value).toLowerCase() : value }
}

const unsupportedFilter = (clause: string, properties: FilterableProperties) => {
  const forms = Object.entries(properties).flatMap(([name, { uses }]) =>
    uses.map((use) => (use === 'eq' ? `${name} eq …` : `startswith(${name},…)`)),
  )
  return invalid(
    'Request_UnsupportedQuery',
    `Unsupported or invalid query filter clause specified: '${clause}'. Supported are ${forms.join(', ')}, joined by 'and'.`,
    '$filter',
  )
}

export function textOf(conditions: readonly Condition[], property: string, use: Use = 'eq'): string | undefined {
  const value = conditions.find((condition) => condition.property === property && condition.use === use)?.value
  return typeof value === 'string' ? value : undefined
}

export function booleanOf(conditions: readonly Condition[], property: string): boolean | undefined {
  const value = conditions.find((condition) => condition.property === property)?.value
  return typeof value === 'boolean' ? value : undefined
}
