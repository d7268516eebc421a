import { type InvoiceStatus, statusAt } from '../domain/billing/invoice-life.ts'
import type { StoredInvoice } from '../store/invoice.ts'
import type { OperationContext } from './context.ts'

/** What an invoice is now; nothing else is ever due (DEC-37). */
export function invoiceStatusOf(context: Pick<OperationContext, 'now'>, invoice: StoredInvoice): InvoiceStatus | null {
  return invoice.documentType === 'Invoice' ? statusAt(invoice, invoice.dueDate, context.now) : null
}
