const compiled = new Map<string, RegExp>()

/** `*` stands for any text, segments included; letters compare without case. */
export function matchesAction(pattern: string, action: string): boolean {
  let expression = compiled.get(pattern)
  if (!expression) {
    const source = pattern.split('*').map(escapeText).join('.*')
    expression = new RegExp(`^${source}$`, 'is')
    // Custom roles come and go; what is kept here never needs to be right, only small.
    if (compiled.size > 5000) compiled.clear()
    compiled.set(pattern, expression)
  }
  return expression.test(action)
}

const escapeText = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&')

/** Reading and deleting stay possible where a subscription is disabled or expired (SUB-5). */
export function isReadOrDelete(action: string): boolean {
  return /\/(read|delete)$/i.test(action)
}
