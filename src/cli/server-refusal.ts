import type { HttpReply } from './https-client.ts'

/** What a server refused, for the person at the terminal: what was tried, and the answer's own words. */
export class ServerRefusal extends Error {
  readonly code: string

  constructor(tried: string, { status, body }: HttpReply) {
    const { error } = (body ?? {}) as { error?: { code?: string; message?: string } | string }
    const known = typeof error === 'object' && error.code !== undefined
    super(`${tried}: ${known ? `${error.code}: ${error.message ?? ''}` : `${status} ${JSON.stringify(body)}`}`)
    this.code = known ? (error.code ?? '') : String(status)
  }
}
