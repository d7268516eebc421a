import { createHash } from 'node:crypto'
import { invalid, notFound } from '../domain/refusal.ts'
import { findInvoice } from '../store/invoice.ts'
import { findDownload, insertDownload } from '../store/invoice-download.ts'
import type { OperationContext } from './context.ts'
import { getInvoiceIn, getInvoiceOfSubscription } from './list-invoices.ts'
import { type LongRunningWorker, startLongRunning } from './long-running.ts'
import { type InvoiceFileKind, readInvoiceFile } from './read-invoice.ts'

export const invoiceDownloadKind = 'invoiceDownload'
interface DownloadInput {
  readonly invoice: string
  readonly kind: InvoiceFileKind
}
export interface DownloadUrl {
  readonly expiryTime: string
  readonly url: string
}

const validMs = 3_600_000
const path = '/providers/Tenantry.Billing/downloads'

/** The token says which document is wanted; `pdf` where it is one of another server's. */
export const kindOfToken = (token: string): InvoiceFileKind => {
  const kind = token.split('-')[0]?.toLowerCase()
  return kind === 'csv' || kind === 'json' ? kind : 'pdf'
}

export async function requestDownload(
  context: OperationContext,
  owner: { readonly account: string } | { readonly subscriptionId: string },
  name: string,
  token: string,
): Promise<string> {
  if (token === '') throw invalid('MissingDownloadToken', 'The downloadToken is required.', 'downloadToken')
  const invoice =
    'account' in owner
      ? await getInvoiceIn(context, owner.account, name)
      : await getInvoiceOfSubscription(context, owner.subscriptionId, name)
  const input: DownloadInput = { invoice: invoice.id, kind: kindOfToken(token) }
  return startLongRunning(context, {
    kind: invoiceDownloadKind,
    scope: `/providers/Tenantry.Billing/invoices/${invoice.number ?? invoice.id}`,
    input,
  })
}

/** Draws the document if nobody has yet, and opens a link to it that needs no token for an hour. */
export const invoiceDownloadWorker: LongRunningWorker = async (context, input: DownloadInput): Promise<DownloadUrl> => {
  const invoice = await findInvoice(context.db, input.invoice)
  if (!invoice) throw notFound('InvoiceNotFound', 'The invoice could not be found.')
  await readInvoiceFile(context, invoice, input.kind)
  const ticket = context.random.secret()
  const expiresAt = new Date(context.now.getTime() + validMs)
  await insertDownload(context.db, { ticketHash: hashOf(ticket), invoiceId: invoice.id, kind: input.kind, expiresAt })
  return { expiryTime: expiresAt.toISOString(), url: `${context.settings.baseUrl}${path}/${ticket}` }
}

/** Who has the link has the document, until it expires. */
export async function openDownload(
  context: OperationContext,
  ticket: string,
): Promise<{
  readonly bytes: Uint8Array
  readonly sha256: string
  readonly kind: InvoiceFileKind
  readonly name: string
}> {
  const download = await findDownload(context.db, hashOf(ticket), context.now)
  const invoice = download && (await findInvoice(context.db, download.invoiceId))
  if (!download || !invoice)
    throw notFound('DownloadNotFound', 'This link has expired or never was one. Ask for the document again.')
  const kind = kindOfToken(download.kind)
  return { ...(await readInvoiceFile(context, invoice, kind)), kind, name: invoice.number ?? invoice.id }
}

const hashOf = (ticket: string): string => createHash('sha256').update(ticket).digest('base64url')
