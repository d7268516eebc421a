import { invalid, type Refusal } from '../refusal.ts'

/** A value of a rule: plain JSON, or a template expression such as `[parameters('locations')]`. */
export type PolicyValue = { readonly literal: unknown } | { readonly call: PolicyCall }

export type PolicyCall =
  | { readonly name: 'parameters'; readonly parameter: string }
  | { readonly name: 'concat'; readonly parts: readonly PolicyValue[] }

export type ParameterValues = ReadonlyMap<string, unknown>

export const invalidRule = (message: string): Refusal => invalid('InvalidPolicyRule', message, 'properties.policyRule')

export function parsePolicyValue(raw: unknown): PolicyValue {
  if (typeof raw !== 'string' || !raw.startsWith('[') || !raw.endsWith(']')) return { literal: raw }
  // Two brackets are an escaped one: the text is meant as it stands.
  if (raw.startsWith('[[')) return { literal: raw.slice(1) }
  const reader = new ExpressionReader(raw)
  return reader.readAll()
}

class ExpressionReader {
  readonly #source: string
  readonly #text: string
  #at = 0

  constructor(source: string) {
    this.#source = source
    this.#text = source.slice(1, -1)
  }

  readAll(): PolicyValue {
    const value = this.#value()
    this.#skipSpace()
    if (this.#at < this.#text.length) throw this.#refusal()
    return value
  }

  #value(): PolicyValue {
    this.#skipSpace()
    const string = /^'((?:[^']|'')*)'/.exec(this.#text.slice(this.#at))
    if (string) {
      this.#at += string[0].length
      return { literal: (string[1] ?? '').replaceAll("''", "'") }
    }
    const name = /^([A-Za-z]+)\s*\(/.exec(this.#text.slice(this.#at))
    if (!name) throw this.#refusal()
    this.#at += name[0].length
    return this.#call(name[1] ?? '', this.#arguments())
  }

  #arguments(): PolicyValue[] {
    const values: PolicyValue[] = []
    for (;;) {
      this.#skipSpace()
      if (values.length === 0 && this.#take(')')) return values
      values.push(this.#value())
      this.#skipSpace()
      if (this.#take(')')) return values
      if (!this.#take(',')) throw this.#refusal()
    }
  }

  #call(name: string, values: readonly PolicyValue[]): PolicyValue {
    const [first] = values
    if (name.toLowerCase() === 'parameters' && values.length === 1 && first && 'literal' in first)
      return { call: { name: 'parameters', parameter: textOf(first.literal) } }
    if (name.toLowerCase() === 'concat') return { call: { name: 'concat', parts: values } }
    throw this.#refusal()
  }

  #take(letter: string): boolean {
    if (this.#text[this.#at] !== letter) return false
    this.#at++
    return true
  }

  #skipSpace(): void {
    while (this.#text[this.#at] === ' ') this.#at++
  }

  #refusal(): Refusal {
    return invalidRule(
      `The expression '${this.#source}' is not supported. Use [parameters('name')] or [concat(…)] of texts and parameters.`,
    )
  }
}

export function resolvePolicyValue(value: PolicyValue, parameters: ParameterValues): unknown {
  if ('literal' in value) return value.literal
  if (value.call.name === 'parameters') return parameters.get(value.call.parameter.toLowerCase())
  return value.call.parts.map((part) => textOf(resolvePolicyValue(part, parameters) ?? '')).join('')
}

/** A value as rules compare and show it: text as it is, anything else as JSON. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))

/** Names of the parameters that a value asks for. */
export function parametersIn(value: PolicyValue): string[] {
  if ('literal' in value) return []
  return value.call.name === 'parameters' ? [value.call.parameter] : value.call.parts.flatMap(parametersIn)
}
