import { isMailAddress, oneLine } from '../domain/mail/address.ts'
import { invalid } from '../domain/refusal.ts'
import { insertOutboxAttachments, type NewOutboxAttachment } from '../store/outbox-attachment.ts'
import { insertOutboxMessage } from '../store/outbox-message.ts'
import type { OperationContext } from './context.ts'
import { seal } from './seal-secret.ts'

/** Stands in a text for the personal link, which is kept apart from it and put in when the message leaves. */
export const personalLinkMark = '{personal-link}'

export interface MailToQueue {
  /** Plain addresses. */
  readonly to: string | readonly string[]
  readonly cc?: readonly string[]
  readonly subject: string
  readonly text: string
  readonly html?: string
  /** What it is about, `invitation`: a word that operators can search for. */
  readonly kind: string
  /** The scope of what it is about. */
  readonly relatedTo?: string
  /** Files that are kept already. */
  readonly attachments?: readonly NewOutboxAttachment[]
  /** A link that works like a key. It is neither shown to operators nor kept in clear (S20). */
  readonly personalLink?: string
}

/** Has a message sent when this transaction is committed, and not at all when it is not (F39). Gives its id. */
export async function queueMail(
  context: Pick<OperationContext, 'db' | 'random' | 'now' | 'settings' | 'sealingKey'>,
  mail: MailToQueue,
): Promise<string> {
  const recipients = typeof mail.to === 'string' ? [mail.to] : mail.to
  for (const address of [...recipients, ...(mail.cc ?? [])])
    if (!isMailAddress(address))
      throw invalid('InvalidEmailAddress', `'${oneLine(address)}' is not an e-mail address.`, 'emailAddress')
  const id = context.random.uuid()
  await insertOutboxMessage(context.db, {
    id,
    kind: mail.kind,
    relatedTo: mail.relatedTo ?? null,
    recipients,
    copies: mail.cc ?? [],
    subject: oneLine(mail.subject),
    text: mail.text,
    html: mail.html ?? null,
    messageId: `<${id}@${new URL(context.settings.baseUrl).hostname}>`,
    createdAt: context.now,
    sealedLink:
      mail.personalLink === undefined
        ? null
        : { sealed: seal(context.sealingKey, context.random, mail.personalLink), keyId: context.sealingKey.id },
  })
  await insertOutboxAttachments(context.db, id, mail.attachments ?? [])
  return id
}
