import type { Db } from './db.ts'

export interface InvoiceFile {
  readonly bytes: Uint8Array
  readonly sha256: string
}

export async function findInvoiceFile(db: Db, invoiceId: string, kind: string): Promise<InvoiceFile | undefined> {
  return db
    .selectFrom('invoice_file')
    .select(['bytes', 'sha256'])
    .where('invoice_id', '=', invoiceId)
    .where('kind', '=', kind)
    .executeTakeFirst()
}

/** Once stored never changed: the first one stays, and it is what is answered. */
export async function establishInvoiceFile(
  db: Db,
  file: InvoiceFile & { readonly invoiceId: string; readonly kind: string },
): Promise<InvoiceFile> {
  await db
    .insertInto('invoice_file')
    .values({ invoice_id: file.invoiceId, kind: file.kind, bytes: Buffer.from(file.bytes), sha256: file.sha256 })
    .onConflict((conflict) => conflict.columns(['invoice_id', 'kind']).doNothing())
    .execute()
  return (await findInvoiceFile(db, file.invoiceId, file.kind)) ?? file
}
