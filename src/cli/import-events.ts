import type { Timers } from '../domain/ports.ts'
import { sendPatiently } from './patient-request.ts'
import { ServerRefusal } from './server-refusal.ts'
import type { Session } from './session.ts'
import type { TextLine } from './text-lines.ts'

const batchEventsMax = 5_000
const batchBytesMax = 4 * 1024 * 1024
/** While one batch is being committed, the next are on their way. */
const batchesInFlightMax = 3

export interface ImportProgress {
  accepted: number
  duplicate: number
  conflict: number
  rejected: number
}
export type ImportSummary = Readonly<ImportProgress>

/** An event that is on no bill now: the server refused it, knows its id with other content, or could not read it. */
export interface Unaccepted {
  readonly lineNumber: number
  readonly status: 'conflict' | 'rejected'
  readonly code: string
  readonly message: string
  readonly original: string
}

interface Listener {
  onProgress(progress: ImportSummary): void
  onUnaccepted(item: Unaccepted): Promise<void>
}

interface ItemAnswer {
  readonly index: number
  readonly status: keyof ImportProgress
  readonly code?: string
  readonly message?: string
}

type ReadableLine = Extract<TextLine, { text: string }>

/** Sends the lines in batches as the principal `reporter`. A line that is wrong is told and never stops the others. */
export async function importEvents(
  session: Session,
  lines: AsyncIterable<TextLine>,
  timers: Timers,
  listener: Listener,
): Promise<ImportSummary> {
  const progress: ImportProgress = { accepted: 0, duplicate: 0, conflict: 0, rejected: 0 }
  const inFlight = new Set<Promise<void>>()
  let failure: unknown
  let batch: ReadableLine[] = []
  let batchBytes = 0
  const reject = async (item: Unaccepted): Promise<void> => {
    await listener.onUnaccepted(item)
  }
  const send = async (): Promise<void> => {
    const sent = batch
    batch = []
    batchBytes = 0
    if (sent.length === 0) return
    while (inFlight.size >= batchesInFlightMax) await Promise.race(inFlight)
    if (failure !== undefined) throw failure
    const work = sendBatch(session, timers, sent)
      .then(async (answers) => {
        for (const { index, status, code = '', message = '' } of answers) {
          progress[status]++
          const line = sent[index]
          if (line && (status === 'conflict' || status === 'rejected'))
            await reject({ lineNumber: line.lineNumber, status, code, message, original: line.text })
        }
        listener.onProgress(progress)
      })
      .catch((error: unknown) => {
        failure ??= error
      })
      .finally(() => inFlight.delete(work))
    inFlight.add(work)
  }
  for await (const line of lines) {
    if ('problem' in line) {
      progress.rejected++
      const { lineNumber, problem, original } = line
      await reject({ lineNumber, status: 'rejected', code: 'UnreadableLine', message: problem, original })
      continue
    }
    batch.push(line)
    batchBytes += line.text.length
    if (batch.length >= batchEventsMax || batchBytes >= batchBytesMax) await send()
  }
  await send()
  await Promise.all(inFlight)
  if (failure !== undefined) throw failure
  return progress
}

/** A batch that is sent again because its answer was lost costs nothing: what had arrived is a duplicate. */
async function sendBatch(session: Session, timers: Timers, lines: readonly ReadableLine[]): Promise<ItemAnswer[]> {
  const body = lines.map(({ text }) => text).join('\n')
  const reply = await sendPatiently(timers, () =>
    session.send('reporter', 'POST', '/events', body, { 'content-type': 'application/x-ndjson' }),
  )
  if (reply.status !== 200) throw new ServerRefusal('The events were not taken', reply)
  return reply.body as ItemAnswer[]
}
