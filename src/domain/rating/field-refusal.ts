/** Why one field of a price definition is not accepted; `field` is its path, such as `price.tiers[1].upTo`. */
export interface FieldRefusal {
  readonly field: string
  readonly refusal: string
  readonly message: string
}

export type Parsed<T> =
  | { readonly kind: 'parsed'; readonly value: T }
  | { readonly kind: 'refused'; readonly refusals: readonly FieldRefusal[] }

/** Reads the fields of unknown JSON and collects every refusal, so that the caller can mend all of them at once. */
export class FieldReader {
  readonly refusals: FieldRefusal[] = []

  refuse(field: string, refusal: string, message: string): undefined {
    this.refusals.push({ field, refusal, message })
    return undefined
  }

  /** Unknown keys are refused: a misspelt `minimumAmount` must not quietly cost nothing. */
  object(value: unknown, field: string, known: readonly string[]): Readonly<Record<string, unknown>> | undefined {
    if (!isJsonObject(value)) {
      return this.refuse(field, 'object_expected', `${field} must be an object.`)
    }
    for (const key of Object.keys(value)) {
      if (!known.includes(key)) {
        this.refuse(
          `${field}.${key}`,
          'unknown_field',
          `${field}.${key} is not known here. Known are: ${known.join(', ')}.`,
        )
      }
    }
    return value
  }

  list(value: unknown, field: string, longest: number): readonly unknown[] | undefined {
    if (!Array.isArray(value)) return this.refuse(field, 'list_expected', `${field} must be a list.`)
    if (value.length > longest) {
      return this.refuse(field, 'list_too_long', `${field} has ${value.length} items; ${longest} are allowed.`)
    }
    return value
  }

  text(value: unknown, field: string, longest: number): string | undefined {
    if (typeof value !== 'string' || value.trim() === '') {
      return this.refuse(field, 'text_expected', `${field} must be a text that is not empty.`)
    }
    if (value.length > longest) {
      return this.refuse(field, 'text_too_long', `${field} has ${value.length} characters; ${longest} are allowed.`)
    }
    return value
  }

  oneOf<T extends string>(value: unknown, field: string, choices: readonly T[]): T | undefined {
    const choice = choices.find((candidate) => candidate === value)
    return choice ?? this.refuse(field, 'choice_expected', `${field} must be one of: ${choices.join(', ')}.`)
  }

  outcome<T>(value: T | undefined): Parsed<T> {
    return value === undefined || this.refusals.length > 0
      ? { kind: 'refused', refusals: this.refusals }
      : { kind: 'parsed', value }
  }
}

export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
