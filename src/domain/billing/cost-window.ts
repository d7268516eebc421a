import { type BillingPeriod, findBillingPeriod, nextPeriod, periodOf } from '../rating/billing-period.ts'
import { type CostFilter, unsupported } from './cost-filter.ts'

/**
 * Which costs are asked for: those on the documents of some months, which is what an invoice adds up to and includes
 * late usage of earlier months; or those of usage in some months, whatever document it is on.
 */
export interface CostWindow {
  readonly by: 'billingPeriod' | 'usage'
  readonly periods: readonly BillingPeriod[]
}

const mostMonths = 13

/** Dates in the filter ask by usage; without any, the month named or the present one is meant as it is billed. */
export function costWindowOf(filter: CostFilter, named: BillingPeriod | undefined, now: Date): CostWindow {
  if (named) return { by: 'billingPeriod', periods: [named] }
  if (filter.dates.length === 0) return { by: 'billingPeriod', periods: [periodOf(now)] }
  let first: BillingPeriod | undefined
  let last = periodOf(now)
  for (const { comparison, value } of filter.dates) {
    // Nothing that is before an instant is in the month that begins with it.
    const month = monthOf(comparison === 'lt' ? new Date(value.getTime() - 1) : value)
    if (comparison !== 'le' && comparison !== 'lt' && (first === undefined || month > first)) first = month
    if (comparison !== 'ge' && comparison !== 'gt' && month < last) last = month
  }
  if (first === undefined) throw unsupported("it has no beginning; add properties/usageStart ge '…'")
  return { by: 'usage', periods: monthsUpTo(first, last) }
}

/** The billing months that a span of days touches. */
export function billingMonthsOf(from: Date, to: Date): CostWindow {
  return { by: 'billingPeriod', periods: monthsUpTo(monthOf(from), monthOf(to)) }
}

/** `202610`, `202610-1` and `2026-10`: a billing period is always a calendar month (INV-4). */
export function findNamedPeriod(name: string): BillingPeriod | undefined {
  const match = /^(\d{4})-?(\d{2})(?:-1)?$/.exec(name)
  return match ? findBillingPeriod(`${match[1]}-${match[2]}`) : undefined
}

export const nameOfPeriod = (period: BillingPeriod): string => period.replace('-', '')

function monthOf(instant: Date): BillingPeriod {
  const period = findBillingPeriod(instant.toISOString().slice(0, 7))
  if (!period) throw unsupported('a date is outside the calendar of billing')
  return period
}

function monthsUpTo(first: BillingPeriod, last: BillingPeriod): BillingPeriod[] {
  const months: BillingPeriod[] = []
  for (let month = first; month <= last; month = nextPeriod(month)) {
    if (months.length === mostMonths) throw unsupported(`it spans more than ${mostMonths} months`)
    months.push(month)
  }
  return months
}
