import { invalid } from '../../domain/refusal.ts'
import { type Operation, ok, queryValue } from '../../http/operation.ts'
import { readPage, splitPage, toPage } from '../../http/paging.ts'
import type { OperationContext } from '../../operations/context.ts'
import { listOutbox } from '../../operations/list-outbox.ts'
import { outboxStates, toWireOutboxMessage } from './outbox-message.wire.ts'

export const outboxMessageOperations: readonly Operation<OperationContext>[] = [
  {
    id: 'OutboxMessages_List',
    apiVersions: ['2026-11-01'],
    authentication: 'bearer',
    permission: 'platform operator',
    method: 'GET',
    path: '/providers/Tenantry.Directory/outboxMessages',
    statuses: [200],
    summary: 'Mail of the installation, the newest first: what waits, what was sent and what failed, with the reason.',
    query: { $top: 'optional', state: 'optional' },
    async handle(context, request) {
      const { after, top } = readPage(request)
      const text = queryValue(request, 'state')
      const state = outboxStates.find((candidate) => candidate.toLowerCase() === text?.toLowerCase())
      if (text !== undefined && state === undefined)
        throw invalid('InvalidState', `The state '${text}' is not one of ${outboxStates.join(', ')}.`, 'state')
      const messages = await listOutbox(context, { state }, { after, limit: top + 1 })
      const { rows, next } = splitPage(messages, top, (message) => String(message.sequence))
      return ok(toPage(request, rows.map(toWireOutboxMessage), next))
    },
  },
]
