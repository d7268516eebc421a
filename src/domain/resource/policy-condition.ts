import { matchesWildcard } from '../access/action.ts'
import { normalizeLocation } from './location.ts'
import {
  invalidRule,
  type ParameterValues,
  parametersIn,
  parsePolicyValue,
  type PolicyValue,
  resolvePolicyValue,
  textOf as text,
} from './policy-expression.ts'

/** What a policy sees of a resource or a resource group. */
export interface PolicyResource {
  readonly id: string
  readonly type: string
  readonly name: string
  readonly location: string | undefined
  readonly kind?: string | undefined
  readonly tags: Readonly<Record<string, string>>
}

export type PolicyCondition =
  | { readonly kind: 'allOf'; readonly conditions: readonly PolicyCondition[] }
  | { readonly kind: 'anyOf'; readonly conditions: readonly PolicyCondition[] }
  | { readonly kind: 'not'; readonly condition: PolicyCondition }
  | { readonly kind: 'field'; readonly field: PolicyValue; readonly operator: Operator; readonly target: PolicyValue }

/** One comparison with what it found, as the refusal shows it to the caller. */
export interface EvaluatedExpression {
  readonly result: boolean
  readonly path: string
  readonly expressionValue: unknown
  readonly targetValue: unknown
  readonly operator: string
  /** Whether the comparison stands under an odd number of `not`. */
  readonly isNegated: boolean
}

type Compare = (actual: unknown, target: unknown, same: (left: unknown, right: unknown) => boolean) => boolean

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value])
const escapeText = (plain: string): string => plain.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
const like = (actual: unknown, target: unknown): boolean =>
  actual !== undefined && matchesWildcard(text(target).toLowerCase(), text(actual).toLowerCase())
const contains = (actual: unknown, target: unknown): boolean =>
  Array.isArray(actual)
    ? actual.some((item) => text(item).toLowerCase() === text(target).toLowerCase())
    : actual !== undefined && text(actual).toLowerCase().includes(text(target).toLowerCase())
const hasKey = (actual: unknown, target: unknown): boolean =>
  typeof actual === 'object' &&
  actual !== null &&
  Object.keys(actual).some((key) => key.toLowerCase() === text(target).toLowerCase())

/** `#` is a digit, `?` a letter, `.` anything; the rest stands for itself. */
function matches(actual: unknown, target: unknown, flags: string): boolean {
  if (typeof actual !== 'string') return false
  const source = text(target)
    .split('')
    .map((letter) => ({ '#': '\\d', '?': '[a-zA-Z]', '.': '.' })[letter] ?? escapeText(letter))
    .join('')
  return new RegExp(`^${source}$`, flags).test(actual)
}

const positive = {
  equals: (actual, target, same) => same(actual, target),
  in: (actual, target, same) => list(target).some((item) => same(actual, item)),
  like,
  contains,
  containsKey: hasKey,
  match: (actual, target) => matches(actual, target, 's'),
  matchInsensitively: (actual, target) => matches(actual, target, 'is'),
} as const satisfies Record<string, Compare>

type Positive = keyof typeof positive
const not =
  (name: Positive): Compare =>
  (actual, target, same) =>
    !positive[name](actual, target, same)

const operators = {
  ...positive,
  notEquals: not('equals'),
  notIn: not('in'),
  notLike: not('like'),
  notContains: not('contains'),
  notContainsKey: not('containsKey'),
  notMatch: not('match'),
  notMatchInsensitively: not('matchInsensitively'),
  exists: (actual, target) => (actual !== undefined) === (text(target).toLowerCase() === 'true'),
} as const satisfies Record<string, Compare>

export type Operator = keyof typeof operators
const operatorNames = Object.keys(operators) as Operator[]
const deepest = 20

/** Reads the `if` of a rule; what is published but not supported here is refused by its name. */
export function parsePolicyCondition(raw: unknown, depth = 0): PolicyCondition {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    throw invalidRule('A condition of the policy rule must be an object.')
  if (depth > deepest) throw invalidRule(`The policy rule nests conditions deeper than ${deepest} levels.`)
  const entries = new Map(Object.entries(raw).map(([name, value]) => [name.toLowerCase(), value]))
  for (const kind of ['allOf', 'anyOf'] as const) {
    const conditions: unknown = entries.get(kind.toLowerCase())
    if (conditions === undefined) continue
    if (!Array.isArray(conditions) || conditions.length === 0)
      throw invalidRule(`'${kind}' of the policy rule must be a list of at least one condition.`)
    return { kind, conditions: conditions.map((condition) => parsePolicyCondition(condition, depth + 1)) }
  }
  if (entries.has('not')) return { kind: 'not', condition: parsePolicyCondition(entries.get('not'), depth + 1) }
  for (const unsupported of ['value', 'count', 'source'])
    if (entries.has(unsupported))
      throw invalidRule(`Conditions with '${unsupported}' are not supported. Compare a field instead.`)
  return parseComparison(entries)
}

function parseComparison(entries: ReadonlyMap<string, unknown>): PolicyCondition {
  const field = entries.get('field')
  if (typeof field !== 'string')
    throw invalidRule("A condition of the policy rule must have 'field', 'allOf', 'anyOf' or 'not'.")
  const parsed = parsePolicyValue(field)
  if ('literal' in parsed && !isKnownField(text(parsed.literal)))
    throw invalidRule(
      `The field '${field}' is not supported. Use id, type, name, location, kind, tags or tags['name'].`,
    )
  const rest = [...entries].filter(([name]) => name !== 'field')
  const [name, target] = rest[0] ?? []
  const operator = operatorNames.find((candidate) => candidate.toLowerCase() === name)
  if (rest.length !== 1 || !operator)
    throw invalidRule(
      `The condition on the field '${field}' must have exactly one operator out of ${operatorNames.join(', ')}; it has '${rest.map(([given]) => given).join(', ')}'.`,
    )
  return { kind: 'field', field: parsed, operator, target: parsePolicyValue(target) }
}

/** Names of the parameters that a condition asks for. */
export function parametersOfCondition(condition: PolicyCondition): string[] {
  if (condition.kind === 'field') return [...parametersIn(condition.field), ...parametersIn(condition.target)]
  if (condition.kind === 'not') return parametersOfCondition(condition.condition)
  return condition.conditions.flatMap(parametersOfCondition)
}

/** Whether the condition holds; every comparison that was made is added to `evaluated`. */
export function holds(
  condition: PolicyCondition,
  resource: PolicyResource,
  parameters: ParameterValues,
  evaluated: EvaluatedExpression[],
  isNegated = false,
): boolean {
  if (condition.kind === 'not') return !holds(condition.condition, resource, parameters, evaluated, !isNegated)
  if (condition.kind === 'allOf')
    return condition.conditions.every((part) => holds(part, resource, parameters, evaluated, isNegated))
  if (condition.kind === 'anyOf')
    return condition.conditions.some((part) => holds(part, resource, parameters, evaluated, isNegated))
  const path = text(resolvePolicyValue(condition.field, parameters))
  const expressionValue = fieldOf(resource, path)
  const targetValue = resolvePolicyValue(condition.target, parameters)
  const same = path.toLowerCase() === 'location' ? isSameLocation : isSame
  const result = operators[condition.operator](expressionValue, targetValue, same)
  evaluated.push({ result, path, expressionValue, targetValue, operator: condition.operator, isNegated })
  return result
}

const isSame = (left: unknown, right: unknown): boolean =>
  left !== undefined && right !== undefined && text(left).toLowerCase() === text(right).toLowerCase()
const isSameLocation = (left: unknown, right: unknown): boolean =>
  typeof left === 'string' && typeof right === 'string' && normalizeLocation(left) === normalizeLocation(right)

const plainFields = ['id', 'type', 'name', 'fullname', 'location', 'kind', 'tags']
const tagOf = (path: string): string | undefined => {
  const match = /^tags(?:\.(.+)|\['(.+)'\]|\[(.+)\])$/i.exec(path)
  return match?.[1] ?? match?.[2] ?? match?.[3]
}
const isKnownField = (path: string): boolean => plainFields.includes(path.toLowerCase()) || tagOf(path) !== undefined

function fieldOf(resource: PolicyResource, path: string): unknown {
  const tag = tagOf(path)?.toLowerCase()
  if (tag !== undefined) return Object.entries(resource.tags).find(([name]) => name.toLowerCase() === tag)?.[1]
  switch (path.toLowerCase()) {
    case 'id':
      return resource.id
    case 'type':
      return resource.type
    case 'fullname':
      return resource.name
    case 'name':
      return resource.name.slice(resource.name.lastIndexOf('/') + 1)
    case 'location':
      return resource.location
    case 'kind':
      return resource.kind
    case 'tags':
      return Object.keys(resource.tags).length === 0 ? undefined : resource.tags
    default:
      return undefined
  }
}
