import { invoicePageKey, listInvoices, type StoredInvoice } from '../store/invoice.ts'
import { authorizeOperator } from './authorize.ts'
import type { OperationContext } from './context.ts'
import { requirePeriod } from './run-invoices.ts'

export { invoicePageKey }

/** The documents of a month over all accounts: invoices, statements and credit notes, newest first. */
export async function listInvoicesOfMonth(
  context: OperationContext,
  period: string,
  page: { readonly after?: string | undefined; readonly limit: number },
): Promise<StoredInvoice[]> {
  authorizeOperator(context)
  const documentTypes = ['Invoice', 'CreditNote', 'Statement'] as const
  return listInvoices(context.db, { period: requirePeriod(period), documentTypes }, page)
}
