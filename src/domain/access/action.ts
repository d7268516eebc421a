/** `*` stands for any text, segments included; letters compare without case. */
export function matchesAction(pattern: string, action: string): boolean {
  return matchesWildcard(pattern.toLowerCase(), action.toLowerCase())
}

/**
 * Whether the whole text fits the pattern. Patterns come from callers, so it goes back to the last `*` only: its cost
 * is the product of the two lengths, where a regular expression's could explode.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  let at = 0
  let position = 0
  let star = -1
  let resumeAt = 0
  while (position < text.length) {
    if (pattern[at] === '*') {
      star = at
      at++
      resumeAt = position
    } else if (at < pattern.length && pattern[at] === text[position]) {
      at++
      position++
    } else if (star >= 0) {
      at = star + 1
      resumeAt++
      position = resumeAt
    } else return false
  }
  while (pattern[at] === '*') at++
  return at === pattern.length
}

/** Reading and deleting stay possible where a subscription is disabled or expired (SUB-5). */
export function isReadOrDelete(action: string): boolean {
  return /\/(read|delete)$/i.test(action)
}
