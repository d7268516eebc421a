/** Why a text is not taken as JSON. The message is for the sender. */
export class JsonRefusal extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.name = 'JsonRefusal'
    this.code = code
  }
}

/** A number that a double cannot hold as it was written; its text is kept. */
export class ExactNumber {
  readonly source: string
  constructor(source: string) {
    this.source = source
  }
}

export const jsonDepthMax = 32
const membersMax = 256
const quickLengthMax = 16_384

/**
 * JSON without what makes two readers disagree: no name twice in an object, no `__proto__`, no lone surrogate, no NUL,
 * no depth that breaks a later step, and numbers exact.
 *
 * The engine's parser is many times faster and has none of these promises. But where writing its result gives back
 * the very text that was read, nothing was lost, repaired or named twice; so this is tried first.
 */
export function parseStrictJson(text: string): unknown {
  if (
    text.length <= quickLengthMax &&
    !text.includes('__proto__') &&
    !text.includes('\\u') &&
    countUpTo(text, '{', jsonDepthMax) + countUpTo(text, '[', jsonDepthMax) <= jsonDepthMax
  ) {
    try {
      const value: unknown = JSON.parse(text)
      if (JSON.stringify(value) === text) return value
    } catch {
      // Said again below, with the place.
    }
  }
  return new StrictReader(text).read()
}

/** Where so few brackets open, nothing can be nested too deep. */
function countUpTo(text: string, character: string, max: number): number {
  let count = 0
  for (let at = text.indexOf(character); at >= 0 && count <= max; at = text.indexOf(character, at + 1)) count++
  return count
}

const numberNotation = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
// JSON itself forbids these control characters in a text.
// oxlint-disable-next-line eslint/no-control-regex
const plainText = /[^"\\\u0000-\u001f]*/y
const hexDigits = /^[0-9a-fA-F]{4}$/
const escapes: Record<string, string> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

class StrictReader {
  private readonly text: string
  private at = 0

  constructor(text: string) {
    this.text = text
  }

  read(): unknown {
    const value = this.readValue(0)
    this.skipSpace()
    if (this.at < this.text.length) throw this.malformed('something follows the value')
    return value
  }

  private readValue(depth: number): unknown {
    this.skipSpace()
    const character = this.text[this.at]
    if (character === '{') return this.readObject(depth + 1)
    if (character === '[') return this.readArray(depth + 1)
    if (character === '"') return this.readString()
    if (this.take('true')) return true
    if (this.take('false')) return false
    if (this.take('null')) return null
    return this.readNumber()
  }

  private readObject(depth: number): Record<string, unknown> {
    this.assertDepth(depth)
    this.at++
    const members = new Map<string, unknown>()
    this.skipSpace()
    if (this.text[this.at] === '}') {
      this.at++
      return {}
    }
    for (;;) {
      this.skipSpace()
      if (this.text[this.at] !== '"') throw this.malformed('a name in quotes was expected')
      const name = this.readString()
      if (name === '__proto__') {
        throw new JsonRefusal('MemberNotAllowed', 'The member "__proto__" is not allowed. Remove it.')
      }
      if (members.has(name)) {
        const shown = JSON.stringify(name.slice(0, 64))
        throw new JsonRefusal('DuplicateMember', `The member ${shown} stands twice in one object. Send it once.`)
      }
      if (members.size === membersMax) {
        throw new JsonRefusal('TooManyMembers', `An object may have at most ${membersMax} members.`)
      }
      this.skipSpace()
      if (this.text[this.at] !== ':') throw this.malformed('a colon was expected')
      this.at++
      members.set(name, this.readValue(depth))
      this.skipSpace()
      const next = this.text[this.at++]
      if (next === '}') return Object.fromEntries(members)
      if (next !== ',') throw this.malformed('a comma or the end of the object was expected')
    }
  }

  private readArray(depth: number): unknown[] {
    this.assertDepth(depth)
    this.at++
    const items: unknown[] = []
    this.skipSpace()
    if (this.text[this.at] === ']') {
      this.at++
      return items
    }
    for (;;) {
      items.push(this.readValue(depth))
      this.skipSpace()
      const next = this.text[this.at++]
      if (next === ']') return items
      if (next !== ',') throw this.malformed('a comma or the end of the array was expected')
    }
  }

  private readString(): string {
    let value = ''
    this.at++
    for (;;) {
      plainText.lastIndex = this.at
      plainText.test(this.text)
      value += this.text.slice(this.at, plainText.lastIndex)
      this.at = plainText.lastIndex
      const character = this.text[this.at++]
      if (character === '"') break
      if (character !== '\\') throw this.malformed('a text has no end, or a control character that is not escaped')
      value += this.readEscape()
    }
    if (!value.isWellFormed()) {
      throw new JsonRefusal('TextNotWellFormed', 'A text contains half of a surrogate pair. Send whole characters.')
    }
    if (value.includes('\0')) {
      throw new JsonRefusal('TextNotWellFormed', 'A text contains the character NUL. Remove it.')
    }
    return value
  }

  private readEscape(): string {
    const letter = this.text[this.at++] ?? ''
    if (letter !== 'u') {
      const character = escapes[letter]
      if (character === undefined) throw this.malformed('an escape is not one of JSON')
      return character
    }
    const digits = this.text.slice(this.at, this.at + 4)
    if (!hexDigits.test(digits)) throw this.malformed('\\u must be followed by four hexadecimal digits')
    this.at += 4
    return String.fromCharCode(Number.parseInt(digits, 16))
  }

  private readNumber(): number | ExactNumber {
    numberNotation.lastIndex = this.at
    const source = numberNotation.exec(this.text)?.[0]
    if (source === undefined) throw this.malformed('a value was expected')
    this.at += source.length
    const value = Number(source)
    return String(value) === source ? value : new ExactNumber(source)
  }

  private take(word: string): boolean {
    if (!this.text.startsWith(word, this.at)) return false
    this.at += word.length
    return true
  }

  private skipSpace(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return
      this.at++
    }
  }

  private assertDepth(depth: number): void {
    if (depth > jsonDepthMax) {
      throw new JsonRefusal('JsonTooDeep', `JSON may be at most ${jsonDepthMax} levels deep.`)
    }
  }

  private malformed(what: string): JsonRefusal {
    return new JsonRefusal('InvalidJson', `This is not JSON: ${what}, at character ${this.at}.`)
  }
}
