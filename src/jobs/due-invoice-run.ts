import { closesAt, periodOf, previousPeriod } from '../domain/rating/billing-period.ts'
import { Refusal } from '../domain/refusal.ts'
import type { OperationContext } from '../operations/context.ts'
import { requestInvoiceRun } from '../operations/run-invoices.ts'

export type DueInvoiceRun =
  | { readonly kind: 'nothing_due' }
  | { readonly kind: 'requested'; readonly period: string }
  | { readonly kind: 'refused'; readonly period: string; readonly reason: string }

/**
 * Asks for the invoices of the last closed month, as the operator; asking again for a month that was run is harmless,
 * so every process may do it as often as it likes (INV-4).
 */
export async function requestDueInvoiceRun(context: OperationContext): Promise<DueInvoiceRun> {
  let period = previousPeriod(periodOf(context.now))
  if (closesAt(period, context.settings.graceHours) > context.now) period = previousPeriod(period)
  try {
    const { operationId } = await requestInvoiceRun(context, period)
    return operationId === undefined ? { kind: 'nothing_due' } : { kind: 'requested', period }
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'refused', period, reason: error.message }
    throw error
  }
}
