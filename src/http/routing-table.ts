import type { Method, Operation } from './operation.ts'

interface Node<C> {
  readonly literals: Map<string, Node<C>>
  parameter: Node<C> | undefined
  readonly operations: Operation<C>[]
  readonly tails: Operation<C>[]
}

export interface Match<C> {
  readonly operations: readonly Operation<C>[]
  readonly values: readonly string[]
}

const newNode = <C>(): Node<C> => ({ literals: new Map(), parameter: undefined, operations: [], tails: [] })

/**
 * Finds the operations of a path. Literal segments win over parameters, a whole-path match over one by scope, and a
 * `{path*}` tail comes last, so that a type with behaviour of its own is found before the generic resource.
 */
export class RoutingTable<C> {
  readonly #whole = newNode<C>()
  readonly #scoped = newNode<C>()
  readonly operations: readonly Operation<C>[]

  constructor(operations: readonly Operation<C>[]) {
    this.operations = operations
    for (const operation of operations) this.#add(operation)
  }

  #add(operation: Operation<C>): void {
    let segments = operation.path.split('/').filter((segment) => segment !== '')
    const isScoped = segments[0] === '{scope}'
    if (isScoped) segments = segments.slice(1)
    let node = isScoped ? this.#scoped : this.#whole
    for (const segment of segments) {
      if (segment.endsWith('*}')) {
        node.tails.push(operation)
        return
      }
      if (segment.startsWith('{') && segment.endsWith('}')) {
        node.parameter ??= newNode<C>()
        node = node.parameter
      } else {
        const key = segment.toLowerCase()
        let next = node.literals.get(key)
        if (!next) {
          next = newNode<C>()
          node.literals.set(key, next)
        }
        node = next
      }
    }
    node.operations.push(operation)
  }

  /** All operations of the path, whatever their method; the caller tells 405 from 404. */
  find(segments: readonly string[]): Operation<C>[] {
    const lower = segments.map((segment) => segment.toLowerCase())
    const whole: Operation<C>[] = []
    const tails: Operation<C>[] = []
    walk(this.#whole, lower, 0, whole, tails)
    if (whole.length > 0) return whole
    for (let index = lower.lastIndexOf('providers'); index >= 0; index = lower.lastIndexOf('providers', index - 1)) {
      const scoped: Operation<C>[] = []
      walk(this.#scoped, lower.slice(index), 0, scoped, [])
      if (scoped.length > 0) return scoped
      if (index === 0) break
    }
    return tails
  }
}

function walk<C>(
  node: Node<C>,
  segments: readonly string[],
  index: number,
  found: Operation<C>[],
  tails: Operation<C>[],
): void {
  const segment = segments[index]
  if (segment === undefined) {
    found.push(...node.operations)
    return
  }
  const literal = node.literals.get(segment)
  if (literal) walk(literal, segments, index + 1, found, tails)
  if (found.length > 0) return
  if (node.parameter) walk(node.parameter, segments, index + 1, found, tails)
  if (found.length === 0) tails.push(...node.tails)
}

/** The path parameters of a matched operation, casing as sent. */
export function parametersOf(template: string, segments: readonly string[]): Record<string, string> {
  const parts = template.split('/').filter((part) => part !== '')
  const parameters: Record<string, string> = Object.create(null)
  let offset = 0
  if (parts[0] === '{scope}') {
    offset = segments.length - (parts.length - 1)
    const scope = segments.slice(0, offset)
    parameters.scope = scope.length === 0 ? '' : `/${scope.join('/')}`
    parts.shift()
  }
  parts.forEach((part, index) => {
    if (!part.startsWith('{')) return
    const name = part.slice(1, -1)
    if (name.endsWith('*')) parameters[name.slice(0, -1)] = segments.slice(offset + index).join('/')
    else parameters[name] = segments[offset + index] ?? ''
  })
  return parameters
}

export const methodsOf = <C>(operations: readonly Operation<C>[]): Method[] => [
  ...new Set(operations.map((operation) => operation.method)),
]
