import type { FastifyInstance } from 'fastify'
import type { Caller } from '../../domain/access/caller.ts'
import type { Random } from '../../domain/ports.ts'
import type { ParsedItem } from '../../domain/metering/usage-event.ts'
import { notFound } from '../../domain/refusal.ts'
import { decodeBody } from '../../http/content-encoding.ts'
import type { Operation, OperationSpec } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { parseEvents } from './events.wire.ts'

/** Of a body, compressed or not, after inflating. */
export const bodyBytesMax = 8 * 1024 * 1024

interface ItemAnswer {
  readonly status: 'accepted' | 'duplicate' | 'conflict' | 'rejected'
  readonly code?: string
  readonly message?: string
}

export interface EventsPorts {
  authenticate(authorization: string | undefined): Promise<Caller>
  /** `operations/append-events`, for this caller; durable when it resolves. */
  append(caller: Caller, items: readonly ParsedItem[]): Promise<readonly ItemAnswer[]>
  onAnswered(operationId: string, status: number): void
  readonly random: Random
}

const appendEventsSpec: OperationSpec = {
  id: 'Events_Append',
  method: 'POST',
  path: '/events',
  apiVersions: 'none',
  statuses: [200],
  authentication: 'bearer',
  permission: 'Tenantry.Metering/events/write',
  summary:
    'Takes in usage as CloudEvents 1.0: structured, batch or binary mode, NDJSON or plain JSON, gzip allowed; ' +
    'answers for each item: accepted, duplicate, conflict or rejected.',
}

/** Describes the path to OpenAPI. Its requests are taken by `eventsPlugin`, past the dispatcher. */
export const eventsOperations: readonly Operation<OperationContext>[] = [
  {
    ...appendEventsSpec,
    handle: async () => {
      throw notFound('ResourceNotFound', 'Events are posted to /events, written exactly so.')
    },
  },
]

/**
 * `POST /events` stands beside the dispatcher: bodies come in many forms, are never parsed as a whole, and events join
 * one transaction with those of other requests.
 */
export function eventsPlugin(ports: EventsPorts): (app: FastifyInstance) => void {
  return (app) => {
    app.post('/events', { bodyLimit: bodyBytesMax }, async (request, reply) => {
      const caller = await ports.authenticate(request.headers.authorization)
      const body = await decodeBody(
        (request.body as Buffer | undefined) ?? Buffer.alloc(0),
        request.headers['content-encoding'],
        bodyBytesMax,
      )
      const items = parseEvents(body, request.headers, request.raw.rawHeaders)
      const answers = await ports.append(caller, items)
      ports.onAnswered(appendEventsSpec.id, 200)
      return reply
        .header('x-ms-request-id', ports.random.uuid())
        .header('x-content-type-options', 'nosniff')
        .header('content-type', 'application/json; charset=utf-8')
        .send(renderAnswers(items, answers))
    })
  }
}

/** Written out by hand: nearly all items are accepted, and a request has thousands. */
function renderAnswers(items: readonly ParsedItem[], answers: readonly ItemAnswer[]): string {
  let text = '['
  for (let index = 0; index < answers.length; index++) {
    const answer = answers[index]!
    if (index > 0) text += ','
    if (answer.code === undefined) {
      text += `{"index":${index},"status":"${answer.status}"}`
      continue
    }
    const item = items[index]
    const id = item?.event?.id ?? (item?.refusal ? item.id : undefined)
    text += JSON.stringify({ index, id, status: answer.status, code: answer.code, message: answer.message })
  }
  return `${text}]`
}
