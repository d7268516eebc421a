import { invalid } from '../domain/refusal.ts'

/**
 * Takes a request path apart: empty segments collapse (`//subscriptions`, `Microsoft.AzureStack//registrations`),
 * each segment is decoded once, and what could be read as another path is refused (API.md trap 7).
 */
export function segmentsOf(rawPath: string): string[] {
  const segments: string[] = []
  for (const raw of rawPath.split('/')) {
    if (raw === '') continue
    let segment: string
    try {
      segment = decodeURIComponent(raw)
    } catch {
      throw invalid('InvalidRequestUri', 'The request path has a percent-encoding that is not valid UTF-8.')
    }
    if (segment === '.' || segment === '..' || segment.includes('/') || segment.includes('\\') || hasControl(segment))
      throw invalid('InvalidRequestUri', 'The request path has a segment that is not allowed.')
    segments.push(segment)
  }
  return segments
}

function hasControl(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code < 0x20 || code === 0x7f) return true
  }
  return false
}

/** First value of each parameter by lower-case name, and the names that came more than once. */
export function parseQuery(rawQuery: string): { values: Map<string, string>; repeated: Set<string> } {
  const values = new Map<string, string>()
  const repeated = new Set<string>()
  for (const [name, value] of new URLSearchParams(rawQuery)) {
    const key = name.toLowerCase()
    if (values.has(key)) repeated.add(key)
    else values.set(key, value)
  }
  return { values, repeated }
}
