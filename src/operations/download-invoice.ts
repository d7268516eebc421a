import { createHash } from 'node:crypto'
import { billingAccountId, billingProfileId } from '../domain/billing/billing-ids.ts'
import { invalid, notFound } from '../domain/refusal.ts'
import { findInvoice } from '../store/invoice.ts'
import { findDownload, forgetDownloads, insertDownload } from '../store/invoice-download.ts'
import { allowsBillingTask } from './authorize.ts'
import { anonymousCaller, type OperationContext } from './context.ts'
import { getInvoiceIn, getInvoiceOfSubscription } from './list-invoices.ts'
import { type LongRunningWorker, startLongRunning } from './long-running.ts'
import { type InvoiceFileKind, invoiceNotFound, readInvoiceFile } from './read-invoice.ts'
import { zipArchive } from './zip-archive.ts'

export const invoiceDownloadKind = 'invoiceDownload'
interface DownloadInput {
  readonly isArchive: boolean
  readonly files: readonly { readonly invoice: string; readonly kind: InvoiceFileKind }[]
}
export interface DownloadUrl {
  readonly expiryTime: string
  readonly url: string
}
type Owner = { readonly account: string } | { readonly subscriptionId: string }

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
  owner: Owner,
  name: string,
  token: string,
): Promise<string> {
  const file = await requireFile(context, owner, name, token)
  return startDownload(context, owner, { isArchive: false, files: [file] })
}

/** One archive of the documents that the urls of invoices name; each has to be of this account or subscription. */
export async function requestArchive(
  context: OperationContext,
  owner: Owner,
  urls: readonly string[],
): Promise<string> {
  const files: DownloadInput['files'][number][] = []
  for (const url of urls) {
    const named = /\/invoices\/([^/?]+)\/download\?(.*)$/i.exec(url)
    const token = named && new URLSearchParams(named[2]).get('downloadToken')
    if (!named?.[1] || !token)
      throw invalid('InvalidDownloadUrl', `'${url}' is not the url of one of an invoice's documents.`, 'downloadUrls')
    files.push(await requireFile(context, owner, named[1], token))
  }
  return startDownload(context, owner, { isArchive: true, files })
}

async function requireFile(
  context: OperationContext,
  owner: Owner,
  name: string,
  token: string,
): Promise<DownloadInput['files'][number]> {
  const invoice =
    'account' in owner
      ? await getInvoiceIn(context, owner.account, name, 'P9')
      : await getInvoiceOfSubscription(context, owner.subscriptionId, name, 'P9')
  return { invoice: invoice.id, kind: kindOfToken(token) }
}

function startDownload(context: OperationContext, owner: Owner, input: DownloadInput): Promise<string> {
  const scope = 'account' in owner ? billingAccountId(owner.account) : `/subscriptions/${owner.subscriptionId}`
  return startLongRunning(context, { kind: invoiceDownloadKind, scope, input })
}

/** Draws the documents that nobody has yet, and opens a link to them that needs no token for an hour. */
export const invoiceDownloadWorker: LongRunningWorker = async (context, input: DownloadInput): Promise<DownloadUrl> => {
  for (const { invoice: id, kind } of input.files) {
    const invoice = await findInvoice(context.db, id)
    if (!invoice) throw invoiceNotFound(id)
    await readInvoiceFile(context, invoice, kind)
  }
  await forgetDownloads(context.db, context.now)
  const ticket = context.random.secret()
  const expiresAt = new Date(context.now.getTime() + validMs)
  await insertDownload(context.db, {
    ticketHash: hashOf(ticket),
    tenantId: context.caller.tenantId,
    principalId: context.caller.objectId,
    isArchive: input.isArchive,
    files: input.files.map(({ invoice, kind }) => ({ invoiceId: invoice, kind })),
    expiresAt,
  })
  return { expiryTime: expiresAt.toISOString(), url: `${context.settings.baseUrl}${path}/${ticket}` }
}

export interface DownloadedFile {
  readonly name: string
  readonly kind: InvoiceFileKind | 'zip'
  readonly bytes: Uint8Array
}

/** Who has the link has the documents, until it expires or who asked for it may no longer have them. */
export async function openDownload(context: OperationContext, ticket: string): Promise<DownloadedFile> {
  const gone = notFound('DownloadNotFound', 'This link has expired or never was one. Ask for the document again.')
  const download = await findDownload(context.db, hashOf(ticket), context.now)
  if (!download) throw gone
  const files: DownloadedFile[] = []
  for (const { invoiceId, kind: stored } of download.files) {
    const invoice = await findInvoice(context.db, invoiceId)
    if (!invoice || !(await mayStillDownload(context, download, billingProfileId(invoice.account, invoice.profile))))
      throw gone
    const kind = kindOfToken(stored)
    const { bytes } = await readInvoiceFile(context, invoice, kind)
    files.push({ name: `${invoice.number ?? invoice.id}.${kind}`, kind, bytes })
  }
  const [first] = files
  if (!first) throw gone
  return download.isArchive ? { name: 'invoices.zip', kind: 'zip', bytes: zipArchive(files) } : first
}

function mayStillDownload(
  { db }: OperationContext,
  { tenantId, principalId }: { readonly tenantId: string; readonly principalId: string },
  scope: string,
): Promise<boolean> {
  return allowsBillingTask({ db, caller: { ...anonymousCaller, tenantId, objectId: principalId } }, 'P9', scope)
}

const hashOf = (ticket: string): string => createHash('sha256').update(ticket).digest('base64url')
