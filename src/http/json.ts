import { invalid } from '../domain/refusal.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Decodes a body without repairing it: two different byte strings never become the same text, and a member named
 * `__proto__` never becomes a prototype.
 */
export function parseJson(bytes: Uint8Array): unknown {
  let text: string
  try {
    text = decoder.decode(bytes)
  } catch {
    throw invalid('InvalidRequestContent', 'The request content is not valid UTF-8.')
  }
  if (text.trim() === '') return undefined
  try {
    return JSON.parse(text, refuseDangerous)
  } catch (error) {
    if (error instanceof SyntaxError)
      throw invalid('InvalidRequestContent', `The request content is not valid JSON: ${error.message}.`)
    throw error
  }
}

function refuseDangerous(key: string, value: unknown): unknown {
  if (key === '__proto__')
    throw invalid('InvalidRequestContent', "The request content has a member named '__proto__', which is not allowed.")
  if (typeof value === 'string' && (value.includes('\u0000') || !value.isWellFormed()))
    throw invalid(
      'InvalidRequestContent',
      `The value of '${key}' has a character that is not allowed (NUL or half of a surrogate pair).`,
      key,
    )
  return value
}
