import type { Db } from './db.ts'

/** A file of an invoice that goes with a message. */
export interface NewOutboxAttachment {
  readonly fileName: string
  readonly contentType: string
  readonly invoiceId: string
  /** As `invoice_file` names it, `pdf-en`. */
  readonly fileKind: string
}

export async function insertOutboxAttachments(
  db: Db,
  messageId: string,
  attachments: readonly NewOutboxAttachment[],
): Promise<void> {
  if (attachments.length === 0) return
  await db
    .insertInto('outbox_attachment')
    .values(
      attachments.map(({ fileName, contentType, invoiceId, fileKind }, position) => ({
        message_id: messageId,
        position,
        file_name: fileName,
        content_type: contentType,
        invoice_id: invoiceId,
        file_kind: fileKind,
      })),
    )
    .execute()
}

/** With the bytes that they stand for. */
export async function loadOutboxAttachments(
  db: Db,
  messageId: string,
): Promise<{ fileName: string; contentType: string; content: Uint8Array }[]> {
  return db
    .selectFrom('outbox_attachment as a')
    .innerJoin('invoice_file as f', (join) =>
      join.onRef('f.invoice_id', '=', 'a.invoice_id').onRef('f.kind', '=', 'a.file_kind'),
    )
    .where('a.message_id', '=', messageId)
    .select(['a.file_name as fileName', 'a.content_type as contentType', 'f.bytes as content'])
    .orderBy('a.position')
    .execute()
}
