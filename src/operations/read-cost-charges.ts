import type { CostLine } from '../domain/billing/cost.ts'
import { type CostFilter, costInstantOf, parseCostFilter } from '../domain/billing/cost-filter.ts'
import { type CostScope, parseCostScope } from '../domain/billing/cost-scope.ts'
import { billingMonthsOf, type CostWindow, costWindowOf } from '../domain/billing/cost-window.ts'
import type { BillingPeriod } from '../domain/rating/billing-period.ts'
import { compareTexts } from '../domain/rating/line-key.ts'
import { invalid } from '../domain/refusal.ts'
import type { OperationContext } from './context.ts'
import { authorizeCosts, type CostSource } from './read-cost-access.ts'
import { entriesOf } from './read-cost-items.ts'
import { readCosts, withCostReading } from './read-cost-lines.ts'

export interface ChargeSummary {
  readonly account: CostSource['account']
  readonly profile: CostSource['profile']
  readonly period: BillingPeriod
  /** Both null where the payer is not told. */
  readonly section: string | null
  readonly customer: string | null
  readonly showsPayer: boolean
  readonly isInvoiced: boolean
  /** Rounded line by line as on the invoice, without tax (INV-3). */
  readonly amountMinor: bigint
}

/** What each section or customer is charged in each billing month, in the order of month and profile. */
export async function listCharges(
  context: OperationContext,
  query: { scope: string; filter: string | undefined; startDate: string | undefined; endDate: string | undefined },
): Promise<readonly ChargeSummary[]> {
  const scope = parseCostScope(query.scope)
  const sources = await authorizeCosts(context, scope, 'Microsoft.Consumption/charges/read')
  const window = chargesWindow(context, scope, query)
  return withCostReading(context, async (reading) => {
    const summaries = new Map<string, ChargeSummary>()
    for (const source of sources)
      for await (const costs of readCosts(context, reading, source, window, { kind: 'all' }))
        for (const line of new Set((await entriesOf(reading, scope, costs)).map((entry) => entry.line))) {
          const summary = chargeOf(source, line)
          const { period, section, customer, isInvoiced } = summary
          const id = JSON.stringify([source.profile.name, period, section, customer, isInvoiced])
          const amountMinor = summary.amountMinor + (summaries.get(id)?.amountMinor ?? 0n)
          summaries.set(id, { ...summary, amountMinor })
        }
    const order = (summary: ChargeSummary) =>
      [summary.period, summary.profile.name, summary.section, summary.customer, String(summary.isInvoiced)].join('|')
    return [...summaries.values()].toSorted((a, b) => compareTexts(order(a), order(b)))
  })
}

function chargeOf(source: CostSource, line: CostLine): ChargeSummary {
  const showsPayer = source.showsPayer(line)
  return {
    account: source.account,
    profile: source.profile,
    period: line.billingPeriod,
    section: showsPayer ? line.key.invoiceSectionId : null,
    customer: showsPayer ? line.key.customerId : null,
    showsPayer,
    isInvoiced: line.document !== null,
    amountMinor: line.amountMinor,
  }
}

function chargesWindow(
  context: OperationContext,
  scope: CostScope,
  query: { filter: string | undefined; startDate: string | undefined; endDate: string | undefined },
): CostWindow {
  if (query.startDate === undefined && query.endDate === undefined) {
    const filter = parseCostFilter(query.filter)
    requireDatesOnly(filter)
    return { ...costWindowOf(filter, scope.period, context.now), by: 'billingPeriod' }
  }
  if (query.filter !== undefined || query.startDate === undefined || query.endDate === undefined)
    throw invalid('InvalidDateRange', 'Give startDate and endDate together, and no $filter beside them.', 'startDate')
  return billingMonthsOf(costInstantOf('usageStart', query.startDate), costInstantOf('usageEnd', query.endDate))
}

function requireDatesOnly(filter: CostFilter): void {
  if (filter.texts.length === 0) return
  throw invalid(
    'InvalidFilter',
    'Charges are sums of billing months. The $filter may use properties/usageStart and properties/usageEnd only.',
    '$filter',
  )
}
