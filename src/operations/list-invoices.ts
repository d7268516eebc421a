import { billingProfileId } from '../domain/billing/billing-ids.ts'
import type { InvoiceDocument } from '../domain/billing/invoice-document.ts'
import { isGuid } from '../domain/directory/object-id.ts'
import { invalid, notFound } from '../domain/refusal.ts'
import { findBillingSubscription } from '../store/billing-subscription.ts'
import { type InvoiceFilter, listInvoices, loadInvoiceDocument, type StoredInvoice } from '../store/invoice.ts'
import { authorizeBilling } from './authorize.ts'
import { requireAccount, requireKnownAccount, requireProfile } from './billing-access.ts'
import type { OperationContext } from './context.ts'
import { getInvoice, getInvoiceDocument, invoiceNotFound } from './read-invoice.ts'

type Page = { after?: string | undefined; limit: number }

/** Documents that ask for money or give it back; statements take no number and are read elsewhere (DEC-37). */
const numbered = ['Invoice', 'CreditNote'] as const

/** `periodStartDate` and `periodEndDate` are days, and the end is part of the period. */
export function invoiceDatesOf(start: string, end: string): { from: Date; to: Date } {
  const from = dayOf(start, 'periodStartDate')
  const last = dayOf(end, 'periodEndDate')
  return { from, to: new Date(last.getTime() + 86_400_000) }
}

function dayOf(text: string, name: string): Date {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00.000Z`) : new Date(Number.NaN)
  if (Number.isNaN(day.getTime())) throw invalid('InvalidDate', `'${name}' is a day such as 2026-10-31.`, name)
  return day
}

export async function listInvoicesOfAccount(
  context: OperationContext,
  accountName: string,
  dates: { from: Date; to: Date },
  page: Page,
): Promise<StoredInvoice[]> {
  const { account } = await requireAccount(context, 'A7', accountName)
  const filter: InvoiceFilter = { account: account.name, documentTypes: numbered, ...dates }
  return listInvoices(context.db, filter, page)
}

export async function listInvoicesOfProfile(
  context: OperationContext,
  accountName: string,
  profileName: string,
  dates: { from: Date; to: Date },
  page: Page,
): Promise<StoredInvoice[]> {
  const { profile } = await requireProfile(context, 'P7', accountName, profileName)
  return listInvoices(context.db, { profiles: [profile.name], documentTypes: numbered, ...dates }, page)
}

/** Invoices with lines of the subscription, for who may see the invoices of its payer. */
export async function listInvoicesOfSubscription(
  context: OperationContext,
  subscriptionId: string,
  dates: { from: Date; to: Date },
  page: Page,
): Promise<StoredInvoice[]> {
  const { account, profile } = await requirePayer(context, subscriptionId)
  const filter: InvoiceFilter = {
    account,
    profiles: [profile],
    documentTypes: numbered,
    subscriptionId: subscriptionId.toLowerCase(),
    ...dates,
  }
  return listInvoices(context.db, filter, page)
}

async function requirePayer(context: OperationContext, subscriptionId: string) {
  const found = isGuid(subscriptionId)
    ? await findBillingSubscription(context.db, subscriptionId.toLowerCase())
    : undefined
  if (!found) throw notFound('SubscriptionNotFound', `The subscription '${subscriptionId}' could not be found.`)
  await authorizeBilling(context, 'P7', billingProfileId(found.account, found.profile))
  return found
}

/** An invoice below an account; under the account name `default`, the number alone finds it. */
export async function getInvoiceIn(
  context: OperationContext,
  accountName: string,
  name: string,
): Promise<StoredInvoice> {
  if (accountName.toLowerCase() === 'default') return getInvoice(context, name)
  // Nobody without a role in the account learns which numbers it has.
  await requireKnownAccount(context, accountName, 'A7')
  const invoice = await getInvoice(context, name)
  if (invoice.account.toLowerCase() === accountName.toLowerCase()) return invoice
  throw invoiceNotFound(name)
}

export async function getInvoiceOfSubscription(
  context: OperationContext,
  subscriptionId: string,
  name: string,
): Promise<StoredInvoice> {
  const { profile } = await requirePayer(context, subscriptionId)
  const invoice = await getInvoice(context, name)
  if (invoice.profile !== profile) throw invoiceNotFound(name)
  return invoice
}

export async function readInvoiceWithDocument(
  context: OperationContext,
  accountName: string,
  name: string,
): Promise<{ invoice: StoredInvoice; document: InvoiceDocument }> {
  await getInvoiceIn(context, accountName, name)
  return getInvoiceDocument(context, name)
}

export async function loadDocuments(
  context: OperationContext,
  invoices: readonly StoredInvoice[],
): Promise<Map<string, InvoiceDocument>> {
  const documents = new Map<string, InvoiceDocument>()
  for (const { id } of invoices)
    documents.set(id, JSON.parse(await loadInvoiceDocument(context.db, id)) as InvoiceDocument)
  return documents
}
