import type { Timers } from '../domain/ports.ts'
import type { HttpReply } from './https-client.ts'

const attemptsMax = 8

/**
 * Sends again when the connection is lost or the server is busy, and waits as long as it asks. Only for requests that
 * may be repeated.
 */
export async function sendPatiently(timers: Timers, send: () => Promise<HttpReply>): Promise<HttpReply> {
  for (let attempt = 1; ; attempt++) {
    const reply = await send().catch((error: unknown) => {
      if (attempt === attemptsMax || !isConnectionLost(error)) throw error
      return undefined
    })
    if (reply && ((reply.status !== 429 && reply.status !== 503) || attempt === attemptsMax)) return reply
    const retryAfterSeconds = Number(reply?.headers['retry-after'])
    await timers.sleep(retryAfterSeconds > 0 ? retryAfterSeconds * 1000 : 100 * 2 ** attempt)
  }
}

const isConnectionLost = (error: unknown): boolean =>
  ['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT'].includes(String((error as { code?: unknown }).code))
