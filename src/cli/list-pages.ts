import type { Timers } from '../domain/ports.ts'
import { sendPatiently } from './patient-request.ts'
import { ServerRefusal } from './server-refusal.ts'
import type { Session } from './session.ts'

/** The items of a list as the operator, page by page, as they are asked for. */
export async function* readPages<T>(session: Session, timers: Timers, firstPath: string): AsyncGenerator<T, void> {
  for (let path: string | undefined = firstPath; path !== undefined; ) {
    const current: string = path
    const reply = await sendPatiently(timers, () => session.send('operator', 'GET', current))
    if (reply.status !== 200) throw new ServerRefusal('The list was not given', reply)
    const { value, nextLink } = reply.body as { value: readonly T[]; nextLink?: string }
    yield* value
    const next: URL | undefined = nextLink === undefined ? undefined : new URL(nextLink)
    path = next && `${next.pathname}${next.search}`
  }
}
