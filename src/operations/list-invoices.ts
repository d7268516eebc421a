import { billingAccountId, billingProfileId, invoiceSectionId } from '../domain/billing/billing-ids.ts'
import type { InvoiceDocument, InvoiceSectionBlock } from '../domain/billing/invoice-document.ts'
import type { InvoiceStatus } from '../domain/billing/invoice-life.ts'
import { isGuid } from '../domain/directory/object-id.ts'
import { invalid, notFound, Refusal } from '../domain/refusal.ts'
import { hasLineOf, type InvoiceHead, listPayingProfiles, loadInvoiceHeads } from '../store/invoice-head.ts'
import {
  findInvoice,
  type InvoiceFilter,
  listInvoices,
  loadInvoiceDocument,
  type StoredInvoice,
} from '../store/invoice.ts'
import { listPayments, type Payment } from '../store/payment.ts'
import { allowsBillingTask, authorizeBilling } from './authorize.ts'
import { requireAccount, requireProfile } from './billing-access.ts'
import type { OperationContext } from './context.ts'
import { invoiceNotFound } from './read-invoice.ts'
import { invoiceStatusOf } from './invoice-status.ts'

export type { InvoiceHead } from '../store/invoice-head.ts'

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

/** Invoices with lines of the subscription, of every payer it had whose invoices the caller may see (BIL-20). */
export async function listInvoicesOfSubscription(
  context: OperationContext,
  subscriptionId: string,
  dates: { from: Date; to: Date },
  page: Page,
): Promise<StoredInvoice[]> {
  const id = subscriptionId.toLowerCase()
  const profiles = await requirePayers(context, subscriptionId)
  const filter: InvoiceFilter = { profiles, documentTypes: numbered, subscriptionId: id, ...dates }
  return listInvoices(context.db, filter, page)
}

/** All of them that the caller may see, perhaps none; nobody is refused. */
export async function listReadableInvoicesOfSubscription(
  context: OperationContext,
  subscriptionId: string,
): Promise<StoredInvoice[]> {
  const profiles = await readablePayers(context, await listPayingProfiles(context.db, subscriptionId))
  return listInvoices(context.db, { profiles, documentTypes: numbered, subscriptionId }, { limit: 1000 })
}

async function readablePayers(
  context: OperationContext,
  payers: Awaited<ReturnType<typeof listPayingProfiles>>,
): Promise<string[]> {
  const allowed: string[] = []
  for (const { account, profile } of payers)
    if (await allowsBillingTask(context, 'P7', billingProfileId(account, profile))) allowed.push(profile)
  return allowed
}

/** The profiles that pay or paid for the subscription, as far as the caller may see their invoices. */
async function requirePayers(context: OperationContext, subscriptionId: string): Promise<string[]> {
  const unknown = notFound('SubscriptionNotFound', `The subscription '${subscriptionId}' could not be found.`)
  if (!isGuid(subscriptionId)) throw unknown
  const payers = await listPayingProfiles(context.db, subscriptionId.toLowerCase())
  const allowed = await readablePayers(context, payers)
  const current = payers.at(-1)
  if (!current) throw unknown
  if (allowed.length > 0) return allowed
  try {
    await authorizeBilling(context, 'P7', billingProfileId(current.account, current.profile))
  } catch (error) {
    // What is said of a foreign account would name it.
    throw error instanceof Refusal && error.kind === 'not_found' ? unknown : error
  }
  return [current.profile]
}

/** An invoice below an account; under the account name `default`, the number alone finds it. */
export async function getInvoiceIn(
  context: OperationContext,
  accountName: string,
  name: string,
  task: 'P7' | 'P9' = 'P7',
): Promise<StoredInvoice> {
  const { invoice, scope } = await findInvoiceIn(context, accountName, name)
  await authorizeInvoice(context, task, scope, accountName, name)
  return invoice
}

/** Below `default` nothing says whose invoice it is, so one of others looks absent. */
async function authorizeInvoice(
  context: OperationContext,
  task: 'P7' | 'P9',
  scope: string,
  accountName: string,
  name: string,
): Promise<void> {
  if (isAnyAccount(accountName) && !(await allowsBillingTask(context, task, scope))) throw invoiceNotFound(name)
  await authorizeBilling(context, task, scope)
}

const isAnyAccount = (accountName: string): boolean => accountName.toLowerCase() === 'default'

/** Whether there is an invoice of this number is said to those only who may see all of the account's. */
async function findInvoiceIn(
  context: OperationContext,
  accountName: string,
  name: string,
): Promise<{ invoice: StoredInvoice; scope: string }> {
  const invoice = await findInvoice(context.db, name)
  if (invoice && (isAnyAccount(accountName) || invoice.account.toLowerCase() === accountName.toLowerCase()))
    return { invoice, scope: billingProfileId(invoice.account, invoice.profile) }
  if (!isAnyAccount(accountName)) await authorizeBilling(context, 'A7', billingAccountId(accountName))
  throw invoiceNotFound(name)
}

export async function getInvoiceOfSubscription(
  context: OperationContext,
  subscriptionId: string,
  name: string,
  task: 'P7' | 'P9' = 'P7',
): Promise<StoredInvoice> {
  const profiles = await requirePayers(context, subscriptionId)
  const invoice = await findInvoice(context.db, name)
  const isOfSubscription =
    invoice && profiles.includes(invoice.profile) && (await hasLineOf(context.db, invoice.id, subscriptionId))
  if (!isOfSubscription) throw invoiceNotFound(name)
  await authorizeBilling(context, task, billingProfileId(invoice.account, invoice.profile))
  return invoice
}

/** The blocks of an invoice: all of them, or those of the sections that the caller may see (INV-16). */
export async function readInvoiceBlocks(
  context: OperationContext,
  accountName: string,
  name: string,
): Promise<{ invoice: StoredInvoice; document: InvoiceDocument }> {
  const { invoice, scope } = await findInvoiceIn(context, accountName, name)
  const document = await loadDocument(context, invoice)
  if (await allowsBillingTask(context, 'P7', scope)) return { invoice, document }
  const sections: InvoiceSectionBlock[] = []
  for (const section of document.sections)
    if (await allowsBillingTask(context, 'S8', invoiceSectionId(invoice.account, invoice.profile, section.name)))
      sections.push(section)
  if (sections.length === 0) await authorizeInvoice(context, 'P7', scope, accountName, name)
  return { invoice, document: { ...document, sections } }
}

async function loadDocument(context: OperationContext, { id }: StoredInvoice): Promise<InvoiceDocument> {
  return JSON.parse(await loadInvoiceDocument(context.db, id)) as InvoiceDocument
}

export type HeadedInvoice = StoredInvoice & {
  readonly head: InvoiceHead
  readonly status: InvoiceStatus | null
  readonly payments: readonly Payment[]
}

/** With the heads of their documents (INV-5), but not their lines, and what came of them since (BIL-23). */
export async function withHeads(
  context: OperationContext,
  invoices: readonly StoredInvoice[],
): Promise<HeadedInvoice[]> {
  const heads = await loadInvoiceHeads(
    context.db,
    invoices.map((invoice) => invoice.id),
  )
  const payments = Map.groupBy(
    await listPayments(
      context.db,
      invoices.map((invoice) => invoice.id),
    ),
    (payment) => payment.invoiceId,
  )
  return invoices.flatMap((invoice) => {
    const head = heads.get(invoice.id)
    const status = invoiceStatusOf(context, invoice)
    return head ? [{ ...invoice, head, status, payments: payments.get(invoice.id) ?? [] }] : []
  })
}
