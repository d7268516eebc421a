import { Refusal } from '../domain/refusal.ts'

/** Classes 08, 53 and 57P: the connection or the server went away, or has no room. Without a code the driver saw it first. */
const unreachable = /^(?:08|53|57P|ECONN|EPIPE|ENOENT)/
const cut = /Connection terminated|not queryable|Client was closed/

/** The answer to a request whose database went away: try again, nothing is half done. */
export function refusalOfLostDatabase(error: unknown): Refusal | undefined {
  if (!(error instanceof Error) || error instanceof Refusal) return undefined
  const code = 'code' in error ? String(error.code) : ''
  if (!unreachable.test(code) && !cut.test(error.message)) return undefined
  const refusal = new Refusal(
    'unavailable',
    'ServerBusy',
    'The database could not be reached. Send the same request again; what was done is done whole or not at all.',
    { retryAfterSeconds: 2 },
  )
  refusal.cause = error
  return refusal
}
