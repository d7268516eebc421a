import { createHash } from 'node:crypto'
import type { BillingTask } from '../domain/access/billing-roles.ts'
import { billingProfileId } from '../domain/billing/billing-ids.ts'
import type { InvoiceDocument, InvoiceLanguage } from '../domain/billing/invoice-document.ts'
import type { InvoiceStatus } from '../domain/billing/invoice-life.ts'
import { notFound, Refusal } from '../domain/refusal.ts'
import { findInvoice, loadInvoiceDocument, type StoredInvoice } from '../store/invoice.ts'
import { establishInvoiceFile, findInvoiceFile, type InvoiceFile } from '../store/invoice-file.ts'
import { authorizeBilling } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { invoiceStatusOf } from './invoice-status.ts'

/** An issued document by its number; the operator reads all, others by their billing role on its profile. */
export async function getInvoice(
  context: OperationContext,
  name: string,
  task: BillingTask = 'P7',
): Promise<StoredInvoice> {
  const invoice = await findInvoice(context.db, name)
  if (!invoice) throw invoiceNotFound(name)
  if (context.caller.isOperator) return invoice
  try {
    await authorizeBilling(context, task, billingProfileId(invoice.account, invoice.profile))
  } catch (error) {
    // An account of another tenant looks absent, and so does what it was sent.
    if (error instanceof Refusal && error.kind === 'not_found') throw invoiceNotFound(name)
    throw error
  }
  return invoice
}

export async function getInvoiceDocument(
  context: OperationContext,
  name: string,
): Promise<{ invoice: InvoiceNow; document: InvoiceDocument }> {
  const invoice = withStatus(context, await getInvoice(context, name))
  return { invoice, document: JSON.parse(await loadInvoiceDocument(context.db, invoice.id)) as InvoiceDocument }
}

export type InvoiceNow = StoredInvoice & { readonly status: InvoiceStatus | null }

/** An invoice with what it is now (BIL-23). */
export const withStatus = (context: OperationContext, invoice: StoredInvoice): InvoiceNow => ({
  ...invoice,
  status: invoiceStatusOf(context, invoice),
})

export type InvoiceFileKind = 'pdf' | 'csv' | 'json'

/** The bytes of a document (BIL-24, P9). A file is drawn once and then kept, so that it never changes (INV-14). */
export async function downloadInvoiceFile(
  context: OperationContext,
  name: string,
  kind: InvoiceFileKind,
  language?: InvoiceLanguage,
): Promise<InvoiceFile> {
  return readInvoiceFile(context, await getInvoice(context, name, 'P9'), kind, language)
}

export async function readInvoiceFile(
  context: OperationContext,
  invoice: StoredInvoice,
  kind: InvoiceFileKind,
  language?: InvoiceLanguage,
): Promise<InvoiceFile> {
  if (kind === 'json') {
    const bytes = new TextEncoder().encode(await loadInvoiceDocument(context.db, invoice.id))
    return { bytes, sha256: invoice.documentSha256 }
  }
  const document = JSON.parse(await loadInvoiceDocument(context.db, invoice.id)) as InvoiceDocument
  const inLanguage = language ?? document.language
  const fileKind = `${kind}-${inLanguage}`
  const kept = await findInvoiceFile(context.db, invoice.id, fileKind)
  if (kept) return kept
  const bytes = await context.renderDocument(document, kind, inLanguage)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return establishInvoiceFile(context.db, { invoiceId: invoice.id, kind: fileKind, bytes, sha256 })
}

export function invoiceNotFound(name: string): Refusal {
  return notFound('InvoiceNotFound', `The invoice '${name}' could not be found.`)
}
