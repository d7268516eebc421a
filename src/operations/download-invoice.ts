import { createHash } from 'node:crypto'
import { billingProfileId } from '../domain/billing/billing-ids.ts'
import { invalid, notFound } from '../domain/refusal.ts'
import { findInvoice } from '../store/invoice.ts'
import { findDownload, insertDownload } from '../store/invoice-download.ts'
import { allowsBillingTask } from './authorize.ts'
import { anonymousCaller, type OperationContext } from './context.ts'
import { getInvoiceIn, getInvoiceOfSubscription } from './list-invoices.ts'
import { type LongRunningWorker, startLongRunning } from './long-running.ts'
import { type InvoiceFileKind, invoiceNotFound, readInvoiceFile } from './read-invoice.ts'

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

/** The downloadToken of a document's url says which of the invoice's documents is wanted. */
function kindOfToken(token: string): InvoiceFileKind {
  const kind = token.toLowerCase()
  if (kind === 'pdf' || kind === 'csv' || kind === 'json') return kind
  throw invalid(
    'InvalidDownloadToken',
    `The downloadToken '${token}' is not one of this invoice. Take it from the url of one of the invoice's documents.`,
    'downloadToken',
  )
}

export async function requestDownload(
  context: OperationContext,
  owner: { readonly account: string } | { readonly subscriptionId: string },
  name: string,
  token: string,
): Promise<string> {
  const invoice =
    'account' in owner
      ? await getInvoiceIn(context, owner.account, name, 'P9')
      : await getInvoiceOfSubscription(context, owner.subscriptionId, name, 'P9')
  const input: DownloadInput = { invoice: invoice.id, kind: kindOfToken(token) }
  return startLongRunning(context, {
    kind: invoiceDownloadKind,
    scope: billingProfileId(invoice.account, invoice.profile),
    input,
  })
}

/** Draws the document if nobody has yet, and opens a link to it that needs no token for an hour. */
export const invoiceDownloadWorker: LongRunningWorker = async (context, input: DownloadInput): Promise<DownloadUrl> => {
  const invoice = await findInvoice(context.db, input.invoice)
  if (!invoice) throw invoiceNotFound(input.invoice)
  await readInvoiceFile(context, invoice, input.kind)
  const ticket = context.random.secret()
  const expiresAt = new Date(context.now.getTime() + validMs)
  await insertDownload(context.db, {
    ticketHash: hashOf(ticket),
    invoiceId: invoice.id,
    kind: input.kind,
    tenantId: context.caller.tenantId,
    principalId: context.caller.objectId,
    expiresAt,
  })
  return { expiryTime: expiresAt.toISOString(), url: `${context.settings.baseUrl}${path}/${ticket}` }
}

/** Who has the link has the document, until it expires or who asked for it may no longer have it. */
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
  if (!invoice || !(await mayStillDownload(context, download, billingProfileId(invoice.account, invoice.profile))))
    throw notFound('DownloadNotFound', 'This link has expired or never was one. Ask for the document again.')
  const kind = kindOfToken(download.kind)
  return { ...(await readInvoiceFile(context, invoice, kind)), kind, name: invoice.number ?? invoice.id }
}

function mayStillDownload(
  { db }: OperationContext,
  { tenantId, principalId }: { readonly tenantId: string; readonly principalId: string },
  scope: string,
): Promise<boolean> {
  return allowsBillingTask({ db, caller: { ...anonymousCaller, tenantId, objectId: principalId } }, 'P9', scope)
}

const hashOf = (ticket: string): string => createHash('sha256').update(ticket).digest('base64url')
