import type { listOutbox } from '../../operations/list-outbox.ts'

export const outboxStates = ['Queued', 'Sent', 'Failed'] as const

export function toWireOutboxMessage(message: Awaited<ReturnType<typeof listOutbox>>[number]) {
  return {
    id: `/providers/Tenantry.Directory/outboxMessages/${message.id}`,
    name: message.id,
    type: 'Tenantry.Directory/outboxMessages',
    properties: {
      kind: message.kind,
      state: message.state,
      to: message.recipients,
      cc: message.copies,
      subject: message.subject,
      text: message.text,
      messageId: message.messageId,
      relatedTo: message.relatedTo,
      createdDateTime: message.createdAt.toISOString(),
      tries: message.tries,
      nextTryDateTime: message.nextTryAt?.toISOString() ?? null,
      finishedDateTime: message.finishedAt?.toISOString() ?? null,
      lastError: message.lastError,
    },
  }
}
