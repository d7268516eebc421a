import { largestTries, nextTryAt, tryTimeMs } from '../domain/mail/retry.ts'
import type { Mailer, MailDelivery, WallClock } from '../domain/ports.ts'
import type { Db } from '../store/db.ts'
import { loadOutboxAttachments } from '../store/outbox-attachment.ts'
import { finishMessage, type OutboxMessage, postponeMessage, startNextTry } from '../store/outbox-message.ts'
import { personalLinkMark } from './queue-mail.ts'
import { type SealingKey, unseal } from './seal-secret.ts'

export interface MailSending {
  readonly db: Db
  readonly mailer: Mailer
  readonly clock: WallClock
  readonly key: SealingKey
  /** A message that will not arrive. */
  onFailed(message: { readonly id: string; readonly kind: string; readonly reason: string }): void
}

/**
 * Sends the next message that is due; false when there is none. A message goes out at least once and at most as often
 * as it has tries: a server that took it and was not heard to say so gets it again, under the same Message-ID (F39).
 */
export async function sendNextMail(sending: MailSending): Promise<boolean> {
  const { db, clock } = sending
  const message = await startNextTry(db, {
    now: clock.now(),
    keyId: sending.key.id,
    lostAt: new Date(clock.now().getTime() + tryTimeMs),
  })
  if (!message) return false
  const delivery: MailDelivery =
    message.tries > largestTries
      ? { kind: 'refused', reason: message.lastError ?? 'Every try ended without an answer.' }
      : await deliver(sending, message)
  if (delivery.kind === 'sent') {
    await finishMessage(db, message.id, { state: 'Sent', at: clock.now(), error: delivery.note })
    return true
  }
  const retryAt = delivery.kind === 'postponed' ? nextTryAt(message.tries, clock.now()) : undefined
  if (retryAt) {
    await postponeMessage(db, message.id, retryAt, delivery.reason)
    return true
  }
  await finishMessage(db, message.id, { state: 'Failed', at: clock.now(), error: delivery.reason })
  sending.onFailed({ id: message.id, kind: message.kind, reason: delivery.reason })
  return true
}

async function deliver({ db, mailer, key }: MailSending, message: OutboxMessage): Promise<MailDelivery> {
  const link = message.sealedLink && unseal(key, message.sealedLink.sealed)
  const withLink = (text: string): string => (link === null ? text : text.replaceAll(personalLinkMark, () => link))
  return mailer.send({
    messageId: message.messageId,
    to: message.recipients,
    cc: message.copies,
    subject: message.subject,
    text: withLink(message.text),
    html: message.html === null ? null : withLink(message.html),
    attachments: await loadOutboxAttachments(db, message.id),
  })
}
