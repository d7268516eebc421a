import { type CostFilter, costInstantOf, parseCostFilter } from '../domain/billing/cost-filter.ts'
import { type CostScope, parseCostScope } from '../domain/billing/cost-scope.ts'
import { billingMonthsOf, type CostWindow, costWindowOf } from '../domain/billing/cost-window.ts'
import type { BillingPeriod } from '../domain/rating/billing-period.ts'
import { compareTexts } from '../domain/rating/line-key.ts'
import { sumMinor } from '../domain/rating/money.ts'
import { invalid } from '../domain/refusal.ts'
import type { OperationContext } from './context.ts'
import { authorizeCosts, type CostSource } from './read-cost-access.ts'
import { itemsOf } from './read-cost-items.ts'
import { readCostLines, withCostReading } from './read-cost-lines.ts'

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
    const summaries: ChargeSummary[] = []
    for (const source of sources) {
      const costs = await readCostLines(context, reading, source, window)
      const inScope = new Set((await itemsOf(reading, scope, costs)).map(({ item }) => item.line))
      const groups = Map.groupBy(
        costs.lines.filter((line) => inScope.has(line)),
        (line) =>
          JSON.stringify([
            line.billingPeriod,
            ...(source.showsPayer(line) ? [line.key.invoiceSectionId, line.key.customerId] : []),
            line.document !== null,
          ]),
      )
      for (const lines of groups.values()) {
        const [first] = lines
        if (!first) continue
        const showsPayer = source.showsPayer(first)
        summaries.push({
          account: source.account,
          profile: source.profile,
          period: first.billingPeriod,
          section: showsPayer ? first.key.invoiceSectionId : null,
          customer: showsPayer ? first.key.customerId : null,
          showsPayer,
          isInvoiced: first.document !== null,
          amountMinor: sumMinor(lines.map((line) => line.amountMinor)),
        })
      }
    }
    const order = (summary: ChargeSummary) =>
      [summary.period, summary.profile.name, summary.section, summary.customer, String(summary.isInvoiced)].join('|')
    return summaries.toSorted((a, b) => compareTexts(order(a), order(b)))
  })
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
